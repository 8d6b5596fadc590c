"""Ports for programs that tests start."""
import random
import socket


def free_ports(count: int, low: int = 10_000, high: int = 32_000) -> list[int]:
    """Different ports of the loopback, below those that the kernel gives to connections: what is started again gets its own port again."""
    held = []
    while len(held) < count:
        one = socket.socket()
        try:
            one.bind(("127.0.0.1", random.randrange(low, high)))
            held.append(one)
        except OSError:
            one.close()
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
