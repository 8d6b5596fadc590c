"""The journal: a real follower catches up with a prepared journal of Intake, each entry with its effects in the follower's own store."""
import contextlib
import shutil
import sqlite3
import statistics
import time

from figures import column, figure
from plan import Plan
from services import Installation
from store import benchmark

TICKETS = 20_000
LIMIT_SECONDS = 120


def measure(plan: Plan) -> list[dict]:
    figures = []
    installation = Installation(plan.folder / "followers")
    entries = int(benchmark("journal", installation.folder / "intake", plan.scaled(TICKETS))["entries"])
    with installation.run("intake") as intake:
        for follower in ("sla-timer", "routing"):
            samples = [_catch_up(installation, follower, intake.address, entries) for _ in range(plan.rounds)]
            figures += [
                figure(f"journal.{follower}.applied", statistics.median(column(samples, "rate")), "entries/s", 20_000),
                figure(f"journal.{follower}.cpu", statistics.median(column(samples, "cpu_us")), "us/entry"),
            ]
    return figures


def _catch_up(installation: Installation, follower: str, intake: str, entries: int) -> dict[str, float]:
    """A new follower, from its first applied batch to the last one."""
    folder = installation.folder / follower
    with installation.run(follower, intake=intake) as service:
        deadline = time.monotonic() + LIMIT_SECONDS
        began, first, offset, cpu = time.monotonic(), 0, 0, 0.0
        with contextlib.closing(sqlite3.connect(f"file:{folder}/store.sqlite?mode=ro", uri=True, timeout=10)) as database:
            while offset < entries:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{follower} applied {offset} of {entries} entries in {LIMIT_SECONDS} s")
                time.sleep(0.002)
                row = database.execute("SELECT entry_offset FROM journal_cursor WHERE source = 'intake'").fetchone()
                offset = row[0] if row else 0
                if offset and not first:
                    began, first, cpu = time.monotonic(), offset, service.cpu_seconds()
        seconds = time.monotonic() - began
        cpu = service.cpu_seconds() - cpu
    shutil.rmtree(folder)
    return {"rate": (entries - first) / seconds, "cpu_us": cpu * 1e6 / (entries - first)}
