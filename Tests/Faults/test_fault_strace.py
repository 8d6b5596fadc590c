"""The kernel's own boundary: strace kills a service at its K-th system call, or fails the call."""
import shutil

import pytest

from choices import LONG, SEED
from desk import SERVICES
from house import Fault
from test_fault_kills import live

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
CALLS = ["fdatasync", "fsync", "pwrite64", "rename"]


@pytest.mark.parametrize("service", SERVICES)
def test_killed_and_failed_by_strace(make_case, service):
    """SIGKILL at a system call; and an fdatasync that fails, after which nothing more may be promised."""
    case = make_case()
    case.house.start()
    for call in CALLS if LONG else case.chance.sample(CALLS, 2):
        for number in range(1, 41) if LONG else [case.chance.randrange(1, 9)]:
            fault = Fault(strace=["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"])
            code, _ = live(case, service, fault, 9)
            assert code in (None, -9, 137), f"{service} ended with {code} under {fault}, seed {SEED}"
    for number in range(1, 10) if LONG else [case.chance.randrange(1, 4)]:
        fault = Fault(strace=["-e", "trace=fdatasync", "-e", f"inject=fdatasync:error=EIO:when={number}"])
        code, _ = live(case, service, fault, 12, ends=True)
        assert code == 74, f"{service} ended with {code} under {fault}, seed {SEED}"
    case.check()
