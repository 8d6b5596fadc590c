"""What a running desk does: how fast it starts, what it needs, and how it takes tickets by HTTP and by mail."""
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

from desk import Desk  # noqa: E402
from desk import wait_for  # noqa: E402
from figures import figure  # noqa: E402
from footprint import resident_megabytes  # noqa: E402
from plan import Plan  # noqa: E402
from ports import free_ports  # noqa: E402

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
    return _with_desk(plan, "mail", _send_by_mail) + _measure_outbound(plan)


def _measure_outbound(plan: Plan) -> list[dict]:
    """Acknowledgements from the journal to a mail server of Python's: each is entered, claimed and settled durably. Notification sleeps while
    the tickets are opened, so that nothing but its own work is measured; the mail server tells its first and its last mail's time."""
    count = plan.scaled(1_000) * 4
    port = free_ports(1)[0]
    sink = subprocess.Popen(
        [sys.executable, pathlib.Path(__file__).parents[1] / "System" / "smtp_sink.py", str(port)], stdout=subprocess.PIPE, text=True)
    desk = None
    try:
        assert sink.stdout.readline() == "ready\n"
        desk = Desk(plan.folder / "outbound", "--smtp", f"smtp://127.0.0.1:{port}").start()
        notification = desk.pid_of("notification")
        os.kill(notification, signal.SIGSTOP)
        try:
            _load(desk, "outbound", _send_by_api, -(-count // CLIENTS))
        finally:
            os.kill(notification, signal.SIGCONT)
        wait_for(lambda: desk.api("GET", "/deliveries?limit=1")["items"], 30, 0.1)
        wait_for(lambda: not desk.api("GET", "/deliveries?state=waiting&limit=1")["items"], 300, 1)
        sink.terminate()
        taken, seconds = sink.communicate(timeout=30)[0].split()
        assert int(taken) >= count, taken
        return [figure("mail.outbound", int(taken) / float(seconds), "1/s", 500)]
    finally:
        if sink.poll() is None:
            sink.kill()
        if desk is not None:
            desk.stop()


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
