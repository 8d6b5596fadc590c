"""The systemd units: without faults by systemd's own judgement, for every service, and well confined."""
import pathlib
import re
import shutil
import subprocess

import pytest

from desk import ROOT, SERVICES

UNITS = ROOT / "deploy" / "systemd"
SYSTEM = pathlib.Path("/usr/lib/systemd/system")
# systemd's score of what a unit leaves open, from 0 to 10.
EXPOSURE = 1.5


@pytest.fixture(scope="module")
def machine(tmp_path_factory) -> pathlib.Path:
    """A root folder with systemd's own units, ours, and something executable where our programs would be."""
    root = tmp_path_factory.mktemp("machine")
    shutil.copytree(SYSTEM, root / "usr/lib/systemd/system", symlinks=True)
    own = root / "etc/systemd/system"
    own.mkdir(parents=True)
    for unit in [*UNITS.glob("*.service"), *UNITS.glob("*.target")]:
        shutil.copy(unit, own)
    programs = root / "usr/local/bin"
    programs.mkdir(parents=True)
    for name in SERVICES:
        shutil.copy("/bin/true", programs / f"firstline-{name}")
    return root


def analyze(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def unit(name: str) -> str:
    return f"firstline@{name}.service"


def test_systemd_finds_no_fault(machine):
    done = analyze("verify", f"--root={machine}", "firstline.target", *map(unit, SERVICES))
    said = [line for line in done.stderr.splitlines() if "firstline" in line]
    assert (done.returncode, said) == (0, [])


def test_systemd_would_find_a_fault(machine):
    (machine / "etc/systemd/system/firstline-wrong.service").write_text("[Service]\nExecStart=/nowhere\nNonsense=1\n")
    done = analyze("verify", f"--root={machine}", "firstline-wrong.service")
    assert done.returncode != 0 and "Nonsense" in done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined(machine, name):
    done = analyze("security", "--offline=true", f"--root={machine}", "--no-pager", unit(name))
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(exposure) <= EXPOSURE, done.stdout


def test_the_target_starts_every_service_and_each_has_a_user_of_its_own():
    wanted = re.search(r"^Wants=(.*)$", (UNITS / "firstline.target").read_text(), re.MULTILINE)[1].split()
    assert wanted == [unit(name) for name in SERVICES]
    users = re.findall(r"^u (\S+) -", (UNITS / "sysusers.conf").read_text(), re.MULTILINE)
    assert users == [f"firstline-{name}" for name in SERVICES]
