"""A disk that forgets what was not synced, and one that keeps a random part of it: the log's torn tail, and writes in another order."""
import sqlite3
import time

import pytest

from choices import LONG, SEED
from desk import SERVICES
from house import Fault
from stores import problems_of
from test_fault_kills import KILLED, live, spread


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_not_synced_vanishes(make_case, service):
    """Killed at a random moment and at random calls, on a disk that has only what was synced."""
    case = make_case()
    case.house.start()
    for number in spread(case.chance, 300, 3):
        fault = Fault(f"kill:any:{number}", disk=True)
        code, _ = live(case, service, fault)
        assert code in (None, KILLED), f"{service} ended with {code} under {fault}:\n{case.house.services[service].log()}"
    # From outside, at no call at all.
    live(case, service, Fault(disk=True))
    case.check()


@pytest.mark.parametrize("service", SERVICES)
def test_a_random_part_of_what_was_not_synced_is_there(make_case, service):
    case = make_case()
    case.house.start()
    for number in spread(case.chance, 300, 4):
        fault = Fault(f"crash:any:{number}", disk=True, seed=case.chance.randrange(1 << 32))
        code, _ = live(case, service, fault)
        assert code in (None, KILLED), f"{service} ended with {code} under {fault}:\n{case.house.services[service].log()}"
    print(f"{service}: seed {SEED}")
    case.check()


@pytest.mark.parametrize("turn", range(20 if LONG else 1))
def test_everything_loses_power_at_once(make_case, turn):
    case = make_case(Fault(disk=True))
    for _ in range(3):
        case.house.start()
        case.ledger.work(["mail", "ticket", "web", "reply", "patch", "token", "team"], 24, lambda: True)
        case.house.kill_everything()
    case.check()


@pytest.mark.parametrize("service, kind", [("intake", "ticket"), ("routing", "team"), ("sla-timer", "calendar"), ("gateway", "token")])
def test_the_harness_sees_a_disk_that_lies(make_case, service, kind):
    """The proof of the proof: where syncs do nothing, which is what `synchronous = NORMAL` comes to, acknowledged work is missing."""
    case = make_case()
    case.house.start()
    one = case.house.services[service]
    one.kill()
    one.start(Fault(disk=True, lies=True))
    assert one.await_up()
    # The others may still wait before they connect to it again, and answer at once that it is away.
    for _ in range(40):
        case.ledger.work([kind], 6, lambda: one.runs)
        if case.ledger.acknowledged(kind):
            break
        time.sleep(0.25)
    assert case.ledger.acknowledged(kind)
    case.house.kill_everything()
    assert [problem for problem in problems_of(case.house.data, case.ledger, in_the_end=False) if "was acknowledged" in problem]


@pytest.mark.parametrize("turn", range(8 if LONG else 1))
def test_a_torn_tail_of_the_log_is_passed_over(make_case, turn):
    """What stands behind the last commit in the log is garbage: half a frame, or frames of noise. Nothing acknowledged stands there."""
    case = make_case()
    case.house.start()
    case.ledger.work(["mail", "ticket", "web", "reply", "patch", "token", "team", "calendar"], 24, lambda: True)
    case.house.kill_everything()
    for service in SERVICES:
        path = case.house.data / service / "store.sqlite-wal"
        before = acknowledged_rows(path.with_name("store.sqlite"))
        with open(path, "r+b") as log:
            log.seek(0, 2)
            log.write(case.chance.randbytes(case.chance.choice([7, 512, 4096, 4120, 9000])))
        assert acknowledged_rows(path.with_name("store.sqlite")) == before
    case.check()


def acknowledged_rows(path) -> int:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return database.execute("SELECT journal_head FROM store_meta").fetchone()[0]
    finally:
        database.close()
