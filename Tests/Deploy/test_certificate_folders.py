"""deploy/certificates: each service gets what it reads and nothing of the others."""
import json
import os
import subprocess

from desk import PROGRAMS, ROOT, SERVICES

PROGRAM = PROGRAMS / "firstline"


def lay_out(folder, *options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [ROOT / "deploy" / "certificates", folder, *options], capture_output=True, text=True, env={**os.environ, "FIRSTLINE": str(PROGRAM)})


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_each_service_has_its_own_and_only_the_gateway_signs(tmp_path):
    assert lay_out(tmp_path).returncode == 0
    for name in SERVICES:
        own = {f"{name}.crt", f"{name}.key", "ca.crt", "principal.pub"}
        assert contents(tmp_path / name).keys() == own | ({"principal.key"} if name == "gateway" else set())
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / name).iterdir()} == {0o600}
    addresses = json.loads((tmp_path / "operator" / "run.json").read_text())["services"]
    assert [service["rpc"] for service in addresses] == [f"firstline-{name}:{7401 + number}" for number, name in enumerate(SERVICES)]


def test_another_run_changes_nothing_until_certificates_are_rotated(tmp_path):
    lay_out(tmp_path, "--host", "127.0.0.1")
    before = contents(tmp_path / "intake")
    lay_out(tmp_path, "--host", "127.0.0.1")
    assert contents(tmp_path / "intake") == before
    subprocess.run([PROGRAM, "certs", "rotate", "--data", tmp_path / "operator"], check=True)
    lay_out(tmp_path)
    after = contents(tmp_path / "intake")
    assert after["intake.crt"] != before["intake.crt"] and after["ca.crt"] == before["ca.crt"]
    assert (tmp_path / "operator" / "certs" / "intake.crt").read_bytes() == after["intake.crt"]
    addresses = json.loads((tmp_path / "operator" / "run.json").read_text())["services"]
    assert addresses[0]["rpc"] == "127.0.0.1:7401" and addresses[0]["admin"] == "127.0.0.1:7501"


def test_each_service_may_be_a_user_of_its_own(tmp_path):
    said = tmp_path / "said"
    (tmp_path / "chown").write_text(f'#!/bin/sh\necho "$@" >>{said}\n')
    (tmp_path / "chown").chmod(0o755)
    subprocess.run(
        [ROOT / "deploy" / "certificates", tmp_path / "folder", "--owner", "firstline-%"], check=True,
        env={**os.environ, "FIRSTLINE": str(PROGRAM), "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert said.read_text().splitlines() == [f"-R firstline-{name} {tmp_path}/folder/{name}" for name in SERVICES]
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o755 and (tmp_path / "folder/operator").stat().st_mode & 0o777 == 0o700


def test_a_wrong_call_is_refused(tmp_path):
    assert lay_out(tmp_path, "--nonsense", "1").returncode == 64
    assert lay_out("--owner", "1").returncode == 64
