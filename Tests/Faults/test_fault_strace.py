"""The kernel's own boundary: strace kills a service at its K-th system call, or fails the call."""
import shutil

import pytest

from conftest import LONG, SEED
from desk import SERVICES
from house import Fault
from test_fault_kills import live

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
CALLS = ["fdatasync", "fsync", "pwrite64", "rename"]


@pytest.mark.parametrize("service", SERVICES)
def test_killed_by_strace(make_case, service):
    case = make_case()
    case.house.start()
    for call in CALLS if LONG else case.chance.sample(CALLS, 2):
        for number in range(1, 41) if LONG else [case.chance.randrange(1, 9)]:
            fault = Fault(strace=["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"])
            code, _ = live(case, service, fault, 9)
            assert code in (None, -9, 137), f"{service} ended with {code} under {fault}, seed {SEED}"
    case.check()


@pytest.mark.parametrize("service", SERVICES)
def test_an_fdatasync_that_fails_stops_the_service(make_case, service):
    case = make_case()
    case.house.start()
    fault = Fault(strace=["-e", "trace=fdatasync", "-e", f"inject=fdatasync:error=EIO:when={case.chance.randrange(1, 4)}"])
    code, _ = live(case, service, fault, 12)
    assert code == 74, f"{service} ended with {code} under {fault}, seed {SEED}"
    case.check()
