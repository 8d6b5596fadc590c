"""The bugs that `Tests/Faults/prove` plants must fit the code as it stands, or they prove nothing until somebody tries."""
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUGS = sorted((ROOT / "Tests" / "Faults" / "bugs").glob("*.patch"))


def test_every_bug_can_be_planted_beside_the_others(tmp_path):
    assert len(BUGS) > 20
    for patch in BUGS:
        for name in re.findall(r"^--- a/(\S+)", patch.read_text(), re.MULTILINE):
            if not (tmp_path / name).exists() and (ROOT / name).exists():
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, tmp_path / name)
        done = subprocess.run(["git", "apply", patch], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{patch.name} no longer fits:\n{done.stderr}"
