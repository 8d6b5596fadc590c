"""Figures of a running desk: each a row {name, value, unit, target, holds}. Loads are bounded in count and end by themselves."""
import argparse
import json
import pathlib
import statistics
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

from desk import Desk  # noqa: E402
from footprint import resident_megabytes  # noqa: E402

CLIENTS = 8
REQUESTS_PER_CLIENT = 250
STARTS = 5
IDLE_SECONDS = 3


def figure(name: str, value: float, unit: str, target: float | None = None, at_most: bool = True) -> dict:
    holds = None if target is None else (value <= target if at_most else value >= target)
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target, "holds": holds}


def measure_start(folder: pathlib.Path) -> list[dict]:
    """How long a built desk takes to become ready, and what its five services need while nothing happens."""
    desk = Desk(folder / "start")
    desk.start()
    desk.stop()
    seconds = []
    for _ in range(STARTS):
        began = time.monotonic()
        desk.start()
        seconds.append(time.monotonic() - began)
        if len(seconds) == STARTS:
            time.sleep(IDLE_SECONDS)
            megabytes = sum(resident_megabytes(pid) for pid in desk.pids())
        desk.stop()
    return [figure("start.ready", statistics.median(seconds), "s", 3), figure("start.idle_memory", megabytes, "MB", 200)]


def measure_load(desk: Desk, name: str, send) -> list[dict]:
    """Requests of several clients at once, each waiting for its acknowledgement."""
    latencies: list[float] = []
    lock = threading.Lock()

    def client(number: int):
        own = []
        for count in range(REQUESTS_PER_CLIENT):
            began = time.monotonic()
            send(desk, f"c{number}r{count}@example.org")
            own.append(time.monotonic() - began)
        with lock:
            latencies.extend(own)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    latencies.sort()
    return [
        figure(f"{name}.acknowledged", len(latencies) / seconds, "1/s"),
        figure(f"{name}.p50", latencies[len(latencies) // 2] * 1000, "ms"),
        figure(f"{name}.p99", latencies[len(latencies) * 99 // 100] * 1000, "ms"),
    ]


def send_by_api(desk: Desk, sender: str):
    desk.api("POST", "/tickets", {"subject": "Benchmark", "body": "Please help.", "requester": {"email": sender}},
             headers={"Idempotency-Key": str(uuid.uuid4())})


def send_by_mail(desk: Desk, sender: str):
    mail = (f"From: <{sender}>\r\nTo: support@localhost\r\nSubject: Benchmark\r\nMessage-ID: <{uuid.uuid4()}@example.org>\r\n"
            "\r\nPlease help.\r\n")
    desk.lmtp(mail.encode(), sender=sender)


def with_desk(folder: pathlib.Path, name: str, send) -> list[dict]:
    desk = Desk(folder / name).start()
    try:
        desk.agent(capacity=10_000)
        return measure_load(desk, name, send)
    finally:
        desk.stop()


MEASURES = {
    "start": measure_start,
    "http": lambda folder: with_desk(folder, "http", send_by_api),
    "mail": lambda folder: with_desk(folder, "mail", send_by_mail),
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in MEASURES]:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.names or MEASURES:
            figures += MEASURES[name](pathlib.Path(folder))
    for row in figures:
        target = "" if row["target"] is None else f"  (target {row['target']}: {'holds' if row['holds'] else 'missed'})"
        print(f"{row['name']:<22} {row['value']:>10} {row['unit']}{target}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
