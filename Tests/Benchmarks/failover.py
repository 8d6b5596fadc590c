"""Beyond one machine: how soon another instance writes, what a failover of the database loses, and what PostgreSQL costs."""
import json
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

import peers  # noqa: E402
from figures import Sample, against, alternate, column, figure  # noqa: E402
from plan import ROOT, Plan  # noqa: E402
from postgres import PostgresServer  # noqa: E402
from services import Installation  # noqa: E402
from store import CALLERS, CALLS, benchmark  # noqa: E402

ACKNOWLEDGED = 10_000
PYTHON = ROOT / ".build-python" / "bin" / "python"


def measure(plan: Plan) -> list[dict]:
    peers.install("postgresql", "patroni", "etcd-server")
    return _rates(plan) + _failover(plan)


def _rates(plan: Plan) -> list[dict]:
    """`CreateTicket` on both engines, in turn."""
    count = plan.scaled(CALLS)
    here, there = Installation(plan.folder / "sqlite"), Installation(plan.folder / "postgres")
    with PostgresServer(shared_buffers="512MB", max_wal_size="4GB") as server:
        def create(installation: Installation, store: str | None = None) -> Sample:
            with installation.run("intake", store=store) as intake:
                return benchmark("create", intake.address, *installation.certificate("operator"), count, CALLERS)

        rounds = iter(range(plan.rounds + 1))
        ours, theirs = alternate(
            plan.rounds, lambda: create(there, server.database(f"round{next(rounds)}")), lambda: create(here))
    return [
        against(
            "postgres.create_ticket", "1/s", column(ours, "calls_per_second"), column(theirs, "calls_per_second"), "SQLite", 0.4),
        figure("postgres.create_ticket_p99", statistics.median(column(ours, "p99_us")) / 1000, "ms"),
    ]


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
