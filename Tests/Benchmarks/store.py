"""The store: a ticket's rows through the seam against raw C SQLite, and CreateTicket over mutual TLS against the same raw C."""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import statistics
import subprocess

import peers
from figures import Sample, against, alternate, column, figure
from plan import PROGRAMS, Plan
from services import Installation

CALLERS = 256
TRANSACTIONS = 40_000
CALLS = 20_000
TABLES = ["tickets", "ticket_tags", "messages", "ticket_participants", "search_rows", "history", "journal_entry", "idempotency_key"]
# What the raw C peer may keep in memory and in its log: as the store does by default.
CHECKPOINT_PAGES = 2000
CACHE_KIB = 8192
RAW_C = "raw C SQLite"


def measure(plan: Plan) -> list[dict]:
    raw = peers.sqlite()
    prepared = plan.folder / "prepared"
    benchmark("prepare", prepared)
    count = plan.scaled(TRANSACTIONS)
    batches: list[float] = []

    def seam() -> Sample:
        with _copy(prepared, plan.folder / "round") as folder:
            sample = benchmark("write", folder, count, CALLERS)
            batches.append(sample["calls"] / sample["commits"])
            _check_rows(folder, count)
        return sample

    def raw_c() -> Sample:
        with _copy(prepared, plan.folder / "round") as folder:
            sample = _json(raw, folder, count, round(batches[-1]), CHECKPOINT_PAGES, CACHE_KIB)
            _check_rows(folder, count)
        return sample

    installation = Installation(plan.folder / "installation")

    def create() -> Sample:
        with _copy(prepared, installation.folder / "intake"), installation.run("intake") as intake:
            return benchmark("create", intake.address, *installation.certificate("operator"), plan.scaled(CALLS), CALLERS)

    ours, theirs, calls = alternate(plan.rounds, seam, raw_c, create)
    raw_rate = column(theirs, "calls_per_second")
    return [
        against("store.transactions", "1/s", column(ours, "calls_per_second"), raw_rate, RAW_C, 0.85),
        figure("store.transactions_per_commit", statistics.median(batches), ""),
        against("store.transactions_cpu", "us", column(ours, "cpu_us_per_call"), column(theirs, "cpu_us_per_call"), RAW_C),
        figure("store.transactions_p99", statistics.median(column(ours, "p99_us")) / 1000, "ms"),
        against("store.create_ticket", "1/s", column(calls, "calls_per_second"), raw_rate, RAW_C, 0.4),
        figure("store.create_ticket_p99", statistics.median(column(calls, "p99_us")) / 1000, "ms"),
    ]


def benchmark(*arguments) -> Sample:
    """One command of `StoreBenchmark`."""
    return _json(PROGRAMS / "StoreBenchmark", *arguments)


def _json(program: pathlib.Path, *arguments) -> Sample:
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    return json.loads(done.stdout) if done.stdout else {}


@contextlib.contextmanager
def _copy(prepared: pathlib.Path, folder: pathlib.Path):
    """A store of its own for one round."""
    shutil.copytree(prepared, folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _check_rows(folder: pathlib.Path, count: int):
    """Both sides wrote the same numbers of rows, else they are not compared but confused."""
    with contextlib.closing(sqlite3.connect(folder / "store.sqlite")) as database:
        rows = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}
        (found,) = database.execute("SELECT count(*) FROM search").fetchone()
    twice = {"ticket_tags", "search_rows", "history", "journal_entry"}
    assert rows == {name: count * (2 if name in twice else 1) for name in TABLES} and found == count * 2, (rows, found)
