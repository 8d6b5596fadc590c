"""What hostile peers do, each in a process of its own: `attacks.py NAME ADDRESS CERTIFICATES SECONDS [TICKET]`.

Says `ready` once the attack stands, attacks for so long, and says in a line of JSON what it was answered: how many connections were closed after
which GOAWAY code (`silent` without one), and how many calls got which status. Everything is bounded by the time and by the named numbers.
"""
import collections
import json
import os
import pathlib
import random
import resource
import select
import socket
import ssl
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Client"))
import firstline_client as rpc  # noqa: E402

CROWD = 300  # Connections of an attack that needs many.
GREET = rpc.hello({rpc.STREAM_CREDIT: 2**32 - 1})


class Peer:
    """A raw connection that counts what it is answered."""

    def __init__(self, attack: "Attack", name: str | None = "crm", reads: bool = True, hello: bytes = GREET):
        self.attack, self.buffer, self.reads, self.is_closed = attack, b"", reads, False
        self.goaway: int | None = None
        self.socket = socket.create_connection(attack.address, 10)
        if not reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        if name:
            self.socket = attack.identities[name].wrap_socket(self.socket, server_hostname="localhost")
            self.socket.sendall(hello)
        self.socket.setblocking(False)
        attack.peers.append(self)

    def send(self, data: bytes, seconds: float = 5) -> bool:
        """False when the server takes no more, or has closed."""
        until = time.monotonic() + seconds
        while data and not self.is_closed and time.monotonic() < until:
            try:
                data = data[self.socket.send(data):]
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                if self.reads:
                    self.read()
                select.select([], [self.socket], [], 0.05)
            except OSError:
                self.read()
                self.is_closed = True
        return not data

    def read(self):
        while not self.is_closed:
            try:
                part = self.socket.recv(1 << 18)
            except (BlockingIOError, ssl.SSLWantReadError):
                return
            except OSError:
                part = b""
            if not part:
                self.is_closed = True
                self.attack.closed["silent" if self.goaway is None else str(self.goaway)] += 1
                return
            self.buffer += part
            self._count()

    def _count(self):
        while len(self.buffer) >= 12:
            length, _, kind, flags, _ = rpc.HEADER.unpack_from(self.buffer)
            if len(self.buffer) < 12 + length:
                return
            payload, self.buffer = self.buffer[12:12 + length], self.buffer[12 + length:]
            if kind == rpc.STATUS:
                self.attack.statuses[f"{payload[0]}{'n' if flags & rpc.NOT_PROCESSED else ''}"] += 1
            elif kind == rpc.RESPONSE:
                self.attack.statuses["0"] += 1
            elif kind == rpc.GOAWAY:
                self.goaway = payload[0]


class Attack:
    def __init__(self, address: str, certificates: str, seconds: float, ticket: int):
        host, port = address.rsplit(":", 1)
        self.address, self.until, self.ticket = (host, int(port)), time.monotonic() + seconds, ticket
        folder = pathlib.Path(certificates)
        self.identities = {
            name: rpc.identity(folder / f"{name}.crt", folder / f"{name}.key", folder / "ca.crt") for name in ("crm", "operator")}
        self.peers: list[Peer] = []
        self.closed, self.statuses = collections.Counter(), collections.Counter()

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until

    def read(self, pause: float = 0.0):
        """Reads what the peers that read were sent, and forgets those that were closed."""
        for peer in self.peers:
            if peer.reads:
                peer.read()
        self.peers = [peer for peer in self.peers if not peer.is_closed]
        time.sleep(pause)

    def hold(self):
        """Waits with what stands."""
        say("ready")
        while self.goes_on:
            self.read(0.1)


def say(line: str):
    print(line, flush=True)


def request(number: int, method: str, body: bytes = b"", slot: int | None = None, flags: int = rpc.END, timeout: float | None = 10) -> bytes:
    slot = number % 1_000 + 1 if slot is None else slot
    return rpc.frame(rpc.REQUEST, (number & 0xFFFF) << 16 | slot, rpc.request_head(f"firstline.v1.{method}", {}, timeout), body, flags)


def ticket(attack: Attack) -> bytes:
    return b"\x08" + varint(attack.ticket)


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def part(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


# Before anybody knows who it is

def silent_tcp(attack: Attack):
    """Connects and says nothing."""
    for _ in range(CROWD):
        Peer(attack, None)
    attack.hold()


def unfinished_tls(attack: Attack):
    """A part of a handshake, all of its beginning, or nonsense; then silence."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = attack.identities["crm"].wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        pass
    greeting = outgoing.read()
    for number in range(CROWD):
        Peer(attack, None).send([greeting[:7], greeting, b"\x16\x03\x01\x40\x00", os.urandom(100), b"GET / HTTP/1.1\r\n\r\n"][number % 5])
    attack.hold()


def handshakes(attack: Attack):
    """Connects with TLS and leaves, as fast as a few times ten a second."""
    say("ready")
    while attack.goes_on:
        Peer(attack).socket.close()
        attack.peers.clear()
        time.sleep(0.03)


# With a certificate

def garbage(attack: Attack):
    """Bytes that are no frames, and frames that make no sense."""
    dice = random.Random(7)
    say("ready")
    while attack.goes_on:
        peer = Peer(attack)
        if dice.random() < 0.5:
            peer.send(dice.randbytes(dice.randrange(12, 5_000)))
        else:
            for _ in range(20):
                head = dice.randbytes(dice.randrange(40))
                peer.send(rpc.frame(dice.randrange(1, 14), dice.choice([0, 1, 0x10001, 1 << 31]), head, dice.randbytes(dice.randrange(40)), dice.randrange(8)))
        attack.read(0.02)
        if len(attack.peers) > CROWD:
            attack.peers.pop(0).socket.close()


def length_bombs(attack: Attack):
    """Lengths that promise much, of requests and of other frames, with few bytes behind them."""
    for number in range(CROWD):
        kind, length = [(rpc.REQUEST, 2**32 - 1), (rpc.CREDIT, 2**32 - 1), (rpc.REQUEST, 4_194_304), (99, 4_194_304), (99, 2**31)][number % 5]
        Peer(attack).send(rpc.HEADER.pack(length, 0x10001, kind, 1, 60) + b"\0\0\0\0\0\x05hello")
    attack.hold()


def unfinished_requests(attack: Attack):
    """Requests of 4 MB of which the last byte never comes: as many as the server holds, then four a second more."""
    whole = request(1, "Intake/AppendUpload", part(9, b"x" * 4_100_000))
    for number in range(70):
        Peer(attack).send(whole[:-1])
    say("ready")
    while attack.goes_on:
        Peer(attack).send(whole[:-1])
        attack.read(0.25)


def slow_frames(attack: Attack):
    """A byte a second; and calls whose caller answers no PING."""
    for number in range(CROWD):
        peer = Peer(attack, "operator" if number % 2 else "crm")
        peer.is_slow = not number % 2
        if number % 2:
            peer.send(request(1, "Journal/Follow", part(1, b"slow") + b"\x10\x01", timeout=None))
    say("ready")
    frame = request(1, "Intake/GetTicket", b"x" * 200)
    sent = 0
    while attack.goes_on and attack.peers:
        for peer in attack.peers:
            if peer.is_slow:
                peer.send(frame[sent % len(frame):][:1], 0.01)
        sent += 1
        attack.read(1)


def stream_floods(attack: Attack):
    """Slots beyond the limit; the same slot twice; calls without END; all that may be open at once, again and again."""
    say("ready")
    number = 0
    while attack.goes_on:
        peer = Peer(attack)
        for _ in range(3):
            number += 1
            peer.send(b"".join(request(number, "Health/Check", slot=slot) for slot in range(1_025, 2_049, 8)))
            peer.send(b"".join(request(number, "Intake/GetTicket", ticket(attack), slot=slot) for slot in range(1, 1_025, 64)))
            peer.send(request(number, "Health/Check", slot=1_024, flags=0))
            attack.read(0.05)
        peer.send(b"".join(request(number + 1, "Intake/Search", part(1, b"e"), slot=7) for _ in range(10)))
        attack.read(0.05)
        if len(attack.peers) > 20:
            attack.peers.pop(0).socket.close()


def rapid_cancels(attack: Attack):
    """Opens calls and cancels them at once, a thousand times a second: HTTP/2's rapid reset."""
    peers = [Peer(attack) for _ in range(4)]
    say("ready")
    number = 0
    while attack.goes_on:
        for peer in peers:
            burst = b""
            for _ in range(12):
                number += 1
                one = request(number, "Intake/GetTicket", ticket(attack))
                burst += one + rpc.frame(rpc.CANCEL, struct.unpack_from(">I", one, 4)[0])
            peer.send(burst)
        attack.read(0.05)


def messages(attack: Attack) -> list[tuple[str, bytes]]:
    """Deep, wide and broken ones, to the longest."""
    longest = 4_194_304
    deep = b""
    for _ in range(1_200):
        deep = part(15, deep)
    return [
        ("Intake/CreateTicket", b"\x3a\x00" * (longest // 2)),  # 2 million empty tags.
        ("Intake/CreateTicket", b"\x52\x00" * (longest // 2)),  # 2 million empty custom fields.
        ("Intake/CreateTicket", part(11, b"\x01" * (longest - 10))),  # 4 million attachments.
        ("Intake/ListTickets", part(1, b"\x01" * (longest - 10))),  # 4 million statuses.
        ("Intake/CreateTicket", deep), ("Intake/GetTicket", b"\x7b" * 100_000), ("Intake/GetTicket", b"\x7b" * 100_000 + b"\x7c" * 100_000),
        ("Intake/GetTicket", b"\x12\x00" * (longest // 2)),  # One place, 2 million times over.
        ("Intake/GetTicket", b"\xff" * longest), ("Intake/GetTicket", b"\x08" + b"\x80" * 100_000), ("Intake/CreateTicket", part(1, b"\xff\xfe" * 1_000_000)),
        ("Intake/CreateTicket", part(1, b"a\0" * 1_000_000)), ("Intake/CreateTicket", b"\x3a\x00" * 100_000), ("Intake/CreateTicket", b"\xa2\x06\x00" * 1_000_000),
        ("Intake/CreateTicket", b"\x0a\xff\xff\xff\xff\x0f"), ("Intake/GetTicket", b""),
    ]


def wide_messages(attack: Attack):
    """One after the other, each answered before the next, and each at least once."""
    peer = Peer(attack)
    say("ready")
    rest = messages(attack)
    number, last = 0, time.monotonic() + 60
    while (attack.goes_on or number < len(rest)) and time.monotonic() < last and not peer.is_closed:
        before = sum(attack.statuses.values())
        peer.send(request(number, *rest[number % len(rest)]))
        number += 1
        while sum(attack.statuses.values()) == before and not peer.is_closed and time.monotonic() < last:
            attack.read(0.005)
        time.sleep(0.1)


def unread_answers(attack: Attack):
    """Asks for much and reads nothing: answers at once, and streams with all the credit there is."""
    for number in range(20):
        peer = Peer(attack, "operator", reads=False)
        stream = number % 2
        if stream:
            peer.send(b"".join(request(number, "Journal/Follow", part(1, b"deaf"), slot=slot, timeout=None) for slot in range(1, 61)), 0.5)
        else:
            peer.send(b"".join(request(number, "Reflection/Describe", slot=slot) for slot in range(1, 1_001)), 0.5)
    attack.hold()


def big_requests(attack: Attack):
    """One megabyte after the other on each of three connections, without waiting for answers: 30 MB/s of uploads that nobody began."""
    peers = [Peer(attack) for _ in range(3)]
    body = part(1, b"0" * 32) + part(3, b"x" * 1_000_000)
    say("ready")
    number = 0
    while attack.goes_on:
        for peer in peers:
            number += 1
            peer.send(request(number, "Intake/AppendUpload", body), 0.5)
        attack.read(0.1)


def idle_connections(attack: Attack):
    """A thousand that have said HELLO and nothing else."""
    for _ in range(1_000):
        Peer(attack)
    attack.hold()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    name, address, certificates, seconds, ticket_id = sys.argv[1:6]
    attack = Attack(address, certificates, float(seconds), int(ticket_id))
    globals()[name](attack)
    attack.read()
    say(json.dumps({"closed": attack.closed, "statuses": attack.statuses, "open": len(attack.peers)}))
