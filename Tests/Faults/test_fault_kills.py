"""SIGKILL in the middle of whatever a service does, again and again, with its peers running on."""
import time

import pytest

from choices import LONG, SEED
from desk import SERVICES
from house import Fault

#: What makes each service write.
WORK = {
    "intake": ["mail", "ticket", "reply", "web", "patch"],
    "routing": ["ticket", "team", "mail"],
    "sla-timer": ["quick", "calendar", "ticket"],
    "notification": ["mail", "ticket", "reply"],
    "gateway": ["token", "web", "reply"],
}
REQUESTS = 12
KILLED = -9


def live(case, service: str, fault: Fault, requests: int = REQUESTS, peek=None, ends: bool = False) -> tuple[int | None, int]:
    """One life of a service under load; its exit code (None: it was still well, and is killed) and how many faults it met.

    Where the fault surely `ends` it, it is given more work until then: the fault may be counted by thread, and ending takes time.
    """
    one = case.house.services[service]
    one.kill()
    one.start(fault)
    if one.await_up():
        case.ledger.work(WORK[service], requests, lambda: one.runs)
        until = time.monotonic() + 30
        while ends and one.runs and time.monotonic() < until:
            case.ledger.work(WORK[service], 3, lambda: one.runs)
        if one.runs and peek:
            peek(one)
    code = None if one.runs else one.codes[-1]
    one.kill()
    return code, one.fired()


def spread(chance, most: int, count: int) -> list[int]:
    """Every number up to `most` in the long form; else some, more of the low ones."""
    if LONG:
        return list(range(1, most + 1))
    return sorted({1 + int(most ** chance.random()) for _ in range(count)})


@pytest.mark.parametrize("service", SERVICES)
def test_killed_at_a_call(make_case, service):
    case = make_case()
    case.house.start()
    met = []
    for call, most, count in [("sync", 60, 3), ("write", 300, 3), ("rename", 12, 2)]:
        if call == "rename" and service not in ("intake", "notification"):
            continue  # It names no files.
        for number in spread(case.chance, most, count):
            fault = Fault(f"kill:{call}:{number}")
            code, _ = live(case, service, fault)
            assert code in (None, KILLED), f"{service} ended with {code} under {fault}:\n{case.house.services[service].log()}"
            met += [str(fault)] if code else []
    print(f"{service}: {met}, seed {SEED}")
    case.check()
