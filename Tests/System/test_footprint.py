"""How quickly a desk starts and how little it needs; the product's limits hold in the debug build too."""
import time

from desk import PROGRAMS, Desk
from footprint import resident_megabytes

READY_SECONDS = 3
IDLE_MEGABYTES = 200


def test_a_desk_is_ready_within_seconds_and_idles_small(tmp_path):
    desk = Desk(tmp_path / "data").start()
    seconds = float("inf")
    # The best of three: whatever else the machine does is not the desk's.
    for _ in range(3):
        desk.stop()
        started = time.monotonic()
        desk.start()
        seconds = min(seconds, time.monotonic() - started)
        if seconds <= READY_SECONDS:
            break
    try:
        time.sleep(2)
        megabytes = {pid: resident_megabytes(pid) for pid in desk.pids()}
        print(f"ready in {seconds:.2f} s, idle in {sum(megabytes.values()):.0f} MB ({PROGRAMS.name} build): {megabytes}")
        assert seconds <= READY_SECONDS
        assert sum(megabytes.values()) <= IDLE_MEGABYTES
    finally:
        desk.stop()
