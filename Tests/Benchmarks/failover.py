"""Beyond one machine: how soon another instance writes, what a failover of the database loses, and what PostgreSQL costs."""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

import peers  # noqa: E402
from figures import Sample, against, alternate, column, figure  # noqa: E402
from plan import ROOT, Plan  # noqa: E402
from postgres import PostgresServer, binaries  # noqa: E402
from services import Installation  # noqa: E402
from store import CALLERS, CALLS, benchmark  # noqa: E402

ACKNOWLEDGED = 10_000
PYTHON = ROOT / ".build-python" / "bin" / "python"


def measure(plan: Plan) -> list[dict]:
    peers.install("postgresql", "patroni", "etcd-server")
    return _rates(plan) + _failover(plan)


def _rates(plan: Plan) -> list[dict]:
    """`CreateTicket` on both engines, in turn, each round into an empty store: in one that has seen its keys nothing would be written."""
    count = plan.scaled(CALLS)
    here, there = Installation(plan.folder / "sqlite"), Installation(plan.folder / "postgres")
    with PostgresServer(shared_buffers="512MB", max_wal_size="4GB") as server:
        def create(installation: Installation, store: str | None = None) -> Sample:
            shutil.rmtree(installation.folder / "intake", ignore_errors=True)
            with installation.run("intake", store=store) as intake:
                sample = benchmark("create", intake.address, *installation.certificate("operator"), count, CALLERS)
            assert _tickets(installation, store) == count, "not every call has made a ticket"
            return sample

        rounds = iter(range(plan.rounds + 1))
        ours, theirs = alternate(
            plan.rounds, lambda: create(there, server.database(f"round{next(rounds)}")), lambda: create(here))
    return [
        against(
            "postgres.create_ticket", "1/s", column(ours, "calls_per_second"), column(theirs, "calls_per_second"), "SQLite", 0.4),
        figure("postgres.create_ticket_p99", statistics.median(column(ours, "p99_us")) / 1000, "ms"),
    ]


def _tickets(installation: Installation, store: str | None) -> int:
    """How many tickets the store holds."""
    if store:
        command = [binaries() / "psql", "-AtX", store, "-c", "SELECT count(*) FROM intake.tickets"]
        return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    with contextlib.closing(sqlite3.connect(installation.folder / "intake" / "store.sqlite")) as database:
        (found,) = database.execute("SELECT count(*) FROM tickets").fetchone()
        return found


def _failover(plan: Plan) -> list[dict]:
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", PYTHON.parents[1]], check=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", ROOT / "Tests" / "requirements.txt"], check=True)
    done = subprocess.run(
        [PYTHON, ROOT / "Tests" / "Postgres" / "measure.py", str(plan.rounds), str(plan.scaled(ACKNOWLEDGED))],
        stdout=subprocess.PIPE, text=True, check=True, timeout=1_800)
    told = json.loads(done.stdout.splitlines()[-1])
    return [
        figure("failover.killed", statistics.median(told["killed"]), "s", 3, at_most=True),
        figure("failover.stopped", statistics.median(told["stopped"]), "s", 15, at_most=True),
        figure("failover.stopped_commits", told["stopped_commits"], "", 0, at_most=True),
        figure("failover.patroni_lost", told["patroni"]["lost"], f"of {told['patroni']['acknowledged']}", 0, at_most=True),
        figure("failover.patroni", told["patroni"]["seconds"], "s"),
    ]
