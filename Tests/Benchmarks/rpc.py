"""Calls and streams on one connection of loopback: ours, gRPC C++, bare C over epoll, and grpc-swift-2, in turn."""
import contextlib
import dataclasses
import json
import pathlib
import subprocess
import sys

import peers
from figures import Sample, against, alternate, column
from plan import PROGRAMS, Plan
from services import Installation

IN_FLIGHT = [1, 16, 256]
CALLS_TARGETS = {"plaintext": {1: 1.8, 16: 2.5, 256: 5.0}, "tls": {1: 1.5, 16: 2.0, 256: 4.0}}
CPU_TARGET = 1 / 5
P99_TARGET = 1 / 3
STREAM_TARGET = 3.0
EPOLL_CPU_TARGET = 2.5
GRPC_SWIFT_TARGET = 30.0
# What gRPC C++ is tried with; each figure is held against the best.
GRPC_UNARY = [["--api", "queue", "--threads", "1"], ["--api", "queue", "--threads", "2"], ["--api", "callback"]]
GRPC_STREAM = [["--api", "queue"], ["--api", "callback"], ["--api", "sync"]]
LIMIT_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Side:
    """A program that knows `server`, `client` and `stream`."""
    name: str
    program: pathlib.Path
    options: tuple[str, ...] = ()

    def measure(self, plan: Plan, command: str, *options: str, tls: pathlib.Path | None = None, seconds: float | None = None) -> Sample:
        """One client against a fresh server. Adds `cpu_us`: the processor's time of both for one call or entry."""
        common = [*self.options, *(["--tls", str(tls)] if tls else [])]
        seconds = seconds or (0.5 if plan.quick else 1.5)
        with self._server(common) as server:
            port = str(json.loads(server.stdout.readline())["port"])
            times = ["--seconds", str(seconds), "--warm-up-seconds", str(seconds / 3)]
            client = subprocess.run(
                [self.program, command, "--port", port, *times, *options, *common], stdout=subprocess.PIPE, check=True, timeout=LIMIT_SECONDS)
            sample = json.loads(client.stdout)
            server.terminate()
            used = json.loads(server.stdout.readline())["cpu_seconds"]
        noun, plural = ("call", "calls") if command == "client" else ("entry", "entries")
        sample["rate"] = sample[f"{plural}_per_second"]
        sample["cpu_us"] = sample[f"cpu_us_per_{noun}"] + used * 1e6 / sample[f"{plural}_with_warm_up"]
        return sample

    @contextlib.contextmanager
    def _server(self, options: list[str]):
        with subprocess.Popen([self.program, "server", *options], stdout=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                # It has told what it used; how it ends is not what is measured.
                process.kill()


def measure(plan: Plan) -> list[dict]:
    certificates = Installation(plan.folder / "rpc").certificates
    figures = []
    for security, tls in (("plaintext", None), ("tls", certificates)):
        for in_flight in IN_FLIGHT:
            figures += _unary(plan, security, tls, in_flight)
        figures += _stream(plan, security, tls)
    return figures


def _unary(plan: Plan, security: str, tls: pathlib.Path | None, in_flight: int) -> list[dict]:
    window = ("--in-flight", str(in_flight))
    sides = [ours(), _best(plan, GRPC_UNARY, "client", *window, tls=tls)]
    if not tls:
        sides.append(epoll())
        if in_flight == 256:
            sides += grpc_swift()
    samples = alternate(plan.rounds, *(lambda side=side: side.measure(plan, "client", *window, tls=tls) for side in sides))
    own, grpc = samples[0], samples[1]
    peer, name = sides[1].name, f"rpc.{security}.{in_flight}"
    many = in_flight > 1
    figures = [
        against(f"{name}.calls", "1/s", column(own, "rate"), column(grpc, "rate"), peer, CALLS_TARGETS[security][in_flight]),
        against(f"{name}.cpu", "us", column(own, "cpu_us"), column(grpc, "cpu_us"), peer, CPU_TARGET if many else None, at_most=True),
        against(
            f"{name}.p99", "us", column(own, "p99_us"), column(grpc, "p99_us"), peer, P99_TARGET if in_flight == 16 else None, at_most=True),
    ]
    if not tls:
        bare = column(samples[2], "cpu_us")
        figures.append(
            against(f"{name}.cpu_epoll", "us", column(own, "cpu_us"), bare, sides[2].name, EPOLL_CPU_TARGET if many else None, at_most=True))
    if len(sides) > 3:
        figures.append(
            against(f"{name}.calls_swift", "1/s", column(own, "rate"), column(samples[3], "rate"), sides[3].name, GRPC_SWIFT_TARGET))
    return figures


def _stream(plan: Plan, security: str, tls: pathlib.Path | None) -> list[dict]:
    sides = [ours(), _best(plan, GRPC_STREAM, "stream", tls=tls)]
    own, grpc = alternate(plan.rounds, *(lambda side=side: side.measure(plan, "stream", tls=tls) for side in sides))
    name = f"rpc.{security}.stream"
    return [
        against(f"{name}.entries", "1/s", column(own, "rate"), column(grpc, "rate"), sides[1].name, None if tls else STREAM_TARGET),
        against(f"{name}.cpu", "us", column(own, "cpu_us"), column(grpc, "cpu_us"), sides[1].name),
    ]


def _best(plan: Plan, variants: list[list[str]], command: str, *options: str, tls: pathlib.Path | None) -> Side:
    """The fastest way to use gRPC C++ for this load, by a short trial of each."""
    sides = [_grpc_cpp(variant) for variant in variants]
    return max(sides, key=lambda side: side.measure(plan, command, *options, tls=tls, seconds=0.7)["rate"])


def ours() -> Side:
    return Side("Firstline", PROGRAMS / "RPCBenchmark")


def epoll() -> Side:
    return Side("C epoll", peers.epoll(), ("--samples", str(peers.samples())))


def grpc_swift() -> list[Side]:
    """Empty, and said so, where it cannot be built: the other peers need nothing of it."""
    try:
        return [Side("grpc-swift-2", peers.grpc_swift(), ("--samples", str(peers.samples())))]
    except subprocess.CalledProcessError as error:
        print(f"grpc-swift-2 is left out: {error}", file=sys.stderr)
        return []


def _grpc_cpp(variant: list[str]) -> Side:
    words = [word for word in variant if not word.startswith("--")]
    name = words[0] + (" x2" if words[1:] == ["2"] else "")
    return Side(f"gRPC C++, {name}", peers.grpc_cpp(), ("--samples", str(peers.samples()), *variant))
