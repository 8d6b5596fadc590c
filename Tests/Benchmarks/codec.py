"""Messages to bytes and back, alone: ours against swift-protobuf."""
import json
import pathlib
import subprocess

import peers
from figures import Sample, against, alternate, column
from plan import PROGRAMS, Plan

COUNT = 200_000
TARGET = 1.8
# swift-protobuf decodes the same bytes that `Peers/samples` has; ours makes its own, which must come to as many.
MESSAGES = ["ticket", "request", "reply", "entry"]


def measure(plan: Plan) -> list[dict]:
    count = ["--count", str(plan.scaled(COUNT))]
    own, other = alternate(
        plan.rounds, lambda: _sample(PROGRAMS / "RPCBenchmark", "codec", *count),
        lambda: _sample(peers.swift_protobuf(), *count, "--samples", str(peers.samples())))
    figures = []
    for message in MESSAGES:
        sizes = column(own, f"{message}.bytes") + column(other, f"{message}.bytes")
        assert len(set(sizes)) == 1, f"the sides measure different messages: {message} {sizes}"
        for direction in ("decode", "encode"):
            name = f"{message}.{direction}"
            target = TARGET if message == "ticket" else None
            figures.append(against(f"codec.{name}", "1/s", column(own, name), column(other, name), "swift-protobuf", target))
    return figures


def _sample(program: pathlib.Path, *arguments: str) -> Sample:
    """Messages a second by "MESSAGE.DIRECTION", and "MESSAGE.bytes"."""
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, check=True, timeout=120)
    sample = {}
    for line in map(json.loads, done.stdout.splitlines()):
        sample[f"{line['message']}.bytes"] = line["bytes"]
        for direction in ("decode", "encode"):
            sample[f"{line['message']}.{direction}"] = 1e9 / line[f"{direction}_ns"]
    return sample
