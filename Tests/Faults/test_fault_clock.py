"""The wall clock is set a day forward and a day back under a running desk."""
import struct
import time

import pytest

from choices import LONG
from desk import wait_for
from house import Fault
from stores import Stores, number

DAY = 86_400_000


class Clock:
    """The file that shifts the clock of every service."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(8))

    def set(self, milliseconds: int):
        with open(self.path, "r+b") as file:
            file.write(struct.pack("q", milliseconds))


@pytest.mark.parametrize("steps", [[DAY, 0], [-DAY, 0]] + ([[DAY, -DAY, 0], [-DAY, DAY, 0], [DAY, 2 * DAY, -DAY, 0]] if LONG else []))
def test_the_wall_clock_is_set(make_case, tmp_path, steps):
    """Calls are answered at once after each step, the journals' time never goes back, and timers fire once and never early."""
    clock = Clock(tmp_path / "clock")
    case = make_case(Fault(clock=clock.path))
    case.house.start()
    kinds = ["mail", "ticket", "web", "reply", "quick", "patch", "team", "token"]
    for step in [None, *steps]:
        if step is not None:
            clock.set(step)
        for kind in kinds:
            if entry := case.ledger.make(kind):
                case.ledger.send(entry)
    # The next starts see the true time again.
    time.sleep(0.2)
    case.house.stop()
    case.check()


def test_no_timer_fires_before_its_time_on_a_clock_set_back(make_case, tmp_path):
    clock = Clock(tmp_path / "clock")
    case = make_case(Fault(clock=clock.path))
    case.house.start()
    # The promise falls due after a second: the clock must be back by then.
    for _ in range(5):
        began = time.monotonic()
        ticket = case.ledger.send(case.ledger.make("quick"))
        clock.set(-DAY)
        if time.monotonic() - began < 0.8:
            break
        clock.set(0)
    else:
        pytest.fail("no ticket was taken within a second")
    time.sleep(4)
    assert ticket not in {breached for breached, _ in breaches(case)}, "a timer fired a day before it was due"
    clock.set(0)
    case.check()
    assert len(breaches(case)) == 2 * len(case.ledger.acknowledged("quick"))


def test_timers_fire_once_whoever_restarts(make_case):
    case = make_case()
    case.house.start()
    ticket = case.ledger.send(case.ledger.make("quick"))
    wait_for(lambda: len(breaches(case)) == 2, 40)
    for service in ("sla-timer", "intake"):
        one = case.house.services[service]
        one.kill()
        one.start()
        assert one.await_up()
    case.check()
    assert [breach for breach in breaches(case) if breach[0] == ticket] == [(ticket, 1), (ticket, 3)]


def breaches(case) -> list:
    stores = Stores(case.house.data)
    try:
        return [(entry.ticket, number(entry.body, 1)) for entry in stores.of_kind("sla-timer", "TimerBreached")]
    finally:
        stores.close()
