"""EIO and ENOSPC at whatever call: a service refuses clearly and goes on, or stops with its documented code; and nothing is lost."""
import time

import pytest

from choices import LONG, SEED
from desk import SERVICES, wait_for
from house import Fault
from test_fault_kills import live, spread

IOERR, TEMPFAIL = 74, 75


#: Which calls fail how, the highest number of one that is hit, and how many are tried in the short form.
FAILURES = [
    ("EIO", "write", 200, 2), ("EIO", "sync", 50, 2), ("EIO", "open", 40, 1), ("EIO", "truncate", 6, 1), ("EIO", "rename", 8, 1),
    ("ENOSPC", "write", 200, 2), ("ENOSPC", "sync", 50, 1), ("ENOSPC", "open", 40, 1)]


@pytest.mark.parametrize("service", SERVICES)
def test_a_failing_call(make_case, service):
    case = make_case()
    case.house.start()
    outcomes = []
    for error, call, most, count in FAILURES:
        for number in spread(case.chance, most, count):
            # Once, or from then on at every third such call.
            fault = Fault(f"{error}:{call}:{number}" + case.chance.choice(["", "+3"]))
            code, met = live(case, service, fault, peek=lambda one: goes_on(case, one))
            log = case.house.services[service].log()
            assert code in (None, IOERR, TEMPFAIL), f"{service} ended with {code} under {fault}:\n{log}"
            if call == "sync" and met:
                assert code == IOERR, f"{service} went on after an fsync that failed ({fault}):\n{log}"
            outcomes.append((str(fault), met, code))
    print(f"{service}: {outcomes}, seed {SEED}")
    case.check()


def goes_on(case, one):
    """A service that did not stop still answers whoever reads."""
    try:
        assert case.house.readiness(one.name)["service"] == one.name
    except OSError:
        time.sleep(0.1)
        if one.runs:
            raise


@pytest.mark.parametrize("number", range(1, 60, 3) if LONG else [4])
def test_a_full_disk_refuses_and_still_serves_readers(make_case, number):
    """For a while no write finds space: mail gets 452, calls get `storage_full`, and what is there can be read. Then it goes on."""
    case = make_case()
    house, ledger = case.house, case.ledger
    house.start()
    ledger.work(["ticket", "mail"], 6, lambda: True)
    intake = house.services["intake"]
    intake.kill()
    intake.start(Fault("ENOSPC:write:1000000"))
    assert intake.await_up(), intake.log()
    opening = intake.counts()[0]
    intake.kill()
    intake.start(Fault(f"ENOSPC:write:{opening + number}+1x40"))
    assert intake.await_up(), intake.log()
    wait_for(lambda: house.request("GET", "/api/v1/tickets?limit=1").status == 200)
    ledger.work(["ticket", "mail", "web"], 12, lambda: True, again=0)
    refused = [entry for entry in ledger.entries if entry.answer is None]
    assert refused and intake.fired(), "the disk was not full"
    for kind, sign in [("mail", "452"), ("ticket", "no space left"), ("web", "storage_full")]:
        said = [entry.refusals for entry in refused if entry.kind == kind]
        assert said and all(sign in refusals[-1] for refusals in said), said
    for entry in ledger.acknowledged("ticket", "mail"):
        assert house.api("GET", f"/tickets/{entry.answer}")["subject"] == entry.marker
    assert intake.runs and not intake.codes[2:], f"{intake.codes} {intake.log()}"
    case.check()
