"""What a running desk does: how fast it starts, what it needs, and how it takes tickets by HTTP and by mail."""
import pathlib
import statistics
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

from desk import Desk  # noqa: E402
from figures import figure  # noqa: E402
from footprint import resident_megabytes  # noqa: E402
from plan import Plan  # noqa: E402

CLIENTS = 8
IDLE_SECONDS = 3


def measure_start(plan: Plan) -> list[dict]:
    """How long a built desk takes to become ready, and what its five services need while nothing happens."""
    desk = Desk(plan.folder / "start")
    desk.start()
    desk.stop()
    seconds = []
    megabytes = 0.0
    for _ in range(plan.rounds):
        began = time.monotonic()
        desk.start()
        seconds.append(time.monotonic() - began)
        if len(seconds) == plan.rounds:
            time.sleep(IDLE_SECONDS)
            megabytes = sum(resident_megabytes(pid) for pid in desk.pids())
        desk.stop()
    return [
        figure("start.ready", statistics.median(seconds), "s", 3, at_most=True),
        figure("start.idle_memory", megabytes, "MB", 200, at_most=True),
    ]


def measure_http(plan: Plan) -> list[dict]:
    return _with_desk(plan, "http", _send_by_api)


def measure_mail(plan: Plan) -> list[dict]:
    return _with_desk(plan, "mail", _send_by_mail)


def _with_desk(plan: Plan, name: str, send) -> list[dict]:
    desk = Desk(plan.folder / name).start()
    try:
        desk.agent(capacity=10_000)
        return _load(desk, name, send, plan.scaled(250))
    finally:
        desk.stop()


def _load(desk: Desk, name: str, send, requests: int) -> list[dict]:
    """Requests of several clients at once, each waiting for its acknowledgement."""
    latencies: list[float] = []
    lock = threading.Lock()

    def client(number: int):
        own = []
        for count in range(requests):
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


def _send_by_api(desk: Desk, sender: str):
    desk.api("POST", "/tickets", {"subject": "Benchmark", "body": "Please help.", "requester": {"email": sender}},
             headers={"Idempotency-Key": str(uuid.uuid4())})


def _send_by_mail(desk: Desk, sender: str):
    mail = (f"From: <{sender}>\r\nTo: support@localhost\r\nSubject: Benchmark\r\nMessage-ID: <{uuid.uuid4()}@example.org>\r\n"
            "\r\nPlease help.\r\n")
    desk.lmtp(mail.encode(), sender=sender)
