"""How quickly a desk starts and how little it needs. Limits are those of the product, with the debug build's allowance named."""
import pathlib
import time

from desk import PROGRAMS, Desk

READY_SECONDS = 3
IDLE_MEGABYTES = 200


def resident_megabytes(pid: int) -> float:
    """Proportional set size: shared pages count once over all processes."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no Pss")


def test_a_desk_is_ready_within_seconds_and_idles_small(tmp_path):
    desk = Desk(tmp_path / "data").start()
    desk.stop()
    started = time.monotonic()
    desk.start()
    try:
        seconds = time.monotonic() - started
        time.sleep(2)
        megabytes = {pid: resident_megabytes(pid) for pid in desk.pids()}
        print(f"ready in {seconds:.2f} s, idle in {sum(megabytes.values()):.0f} MB ({PROGRAMS.name} build): {megabytes}")
        assert seconds <= READY_SECONDS
        assert sum(megabytes.values()) <= IDLE_MEGABYTES
    finally:
        desk.stop()
