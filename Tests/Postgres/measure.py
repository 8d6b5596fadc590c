"""Measures failover, for the benchmark: measure.py ROUNDS ACKNOWLEDGED; prints JSON.

`killed` and `stopped`: seconds from SIGKILL or SIGSTOP of Intake's leading instance to the next acknowledged write. `stopped_commits`:
entries that the stopped ones committed when they went on. `patroni`: a primary killed under load; how many of the acknowledged writes
were lost, and how long no write was acknowledged.
"""
import json
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from pairs import Pairs, postgres_stores  # noqa: E402
from case import Case, furnish  # noqa: E402
from desk import Desk, wait_for  # noqa: E402
from patroni import Cluster  # noqa: E402
from postgres import PostgresServer  # noqa: E402
from test_failover import Load, seconds_to_write  # noqa: E402


def installation(folder: pathlib.Path, store: str) -> Case:
    data = folder / "data"
    furnish(Desk(data, "--insecure-loopback", environment={"FIRSTLINE_STORE": store}))
    return Case(Pairs(data, store), random.randrange(1 << 32), postgres_stores(store))


def entries(case: Case) -> int:
    stores = case.stores(case.house.data)
    try:
        return len(stores.journals["intake"])
    finally:
        stores.close()


def both_stand(pair):
    wait_for(lambda: pair.leader, 60)
    wait_for(lambda: (state := pair.standby.readiness()) and state["ready"], 60)


def measure_pair(folder: pathlib.Path, rounds: int) -> dict:
    killed, stopped, committed = [], [], 0
    with PostgresServer() as server:
        case = installation(folder, server.database("failover"))
        pair = case.house.services["intake"]
        try:
            case.house.start()
            for _ in range(rounds):
                both_stand(pair)
                seconds_to_write(case, "intake", 30)
                pair.leader.crash()
                killed.append(seconds_to_write(case, "intake", 30))
            for _ in range(rounds):
                both_stand(pair)
                leader = pair.leader
                process, ended = leader.process.pid, len(leader.codes)
                os.killpg(process, signal.SIGSTOP)
                stopped.append(seconds_to_write(case, "intake", 60))
                case.house.settle()
                before = entries(case)
                os.killpg(process, signal.SIGCONT)
                wait_for(lambda leader=leader, ended=ended: len(leader.codes) > ended, 20)
                committed += entries(case) - before
        finally:
            case.house.kill_everything()
    return {"killed": killed, "stopped": stopped, "stopped_commits": committed}


def measure_patroni(folder: pathlib.Path, acknowledged: int) -> dict:
    with Cluster() as cluster:
        cluster.sql("CREATE DATABASE failover")
        case = installation(folder, cluster.url("failover"))
        try:
            case.house.start(120)
            cluster.await_synchronous()
            with Load(case, ["ticket"], clients=12):
                wait_for(lambda: len(case.ledger.acknowledged("ticket")) > acknowledged // 2, 600, 0.5)
                primary = wait_for(lambda: cluster.primary, 30)
                primary.signal(signal.SIGKILL)
                primary.process.wait(10)
                seconds = seconds_to_write(case, "intake", 120)
                primary.start()
                wait_for(lambda: len(case.ledger.acknowledged("ticket")) > acknowledged, 600, 0.5)
            cluster.await_synchronous()
            wait_for(lambda: all(pair.leader for pair in case.house.services.values()), 90)
            stores = case.stores(case.house.data)
            there = {row["id"] for row in stores.rows("intake", "SELECT id FROM tickets")}
            stores.close()
            told = [entry.answer for entry in case.ledger.acknowledged("ticket")]
            return {"seconds": seconds, "acknowledged": len(told), "lost": sum(one not in there for one in told),
                    "doubled": len(told) - len(set(told))}
        finally:
            case.house.kill_everything()


def main():
    rounds, acknowledged = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        (one := pathlib.Path(folder) / "pair").mkdir()
        (two := pathlib.Path(folder) / "patroni").mkdir()
        print(json.dumps({**measure_pair(one, rounds), "patroni": measure_patroni(two, acknowledged)}))


if __name__ == "__main__":
    main()
