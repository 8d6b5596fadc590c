"""Each service by itself: settings, admin HTTP, logs and the end."""
import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from desk import PROGRAMS, SERVICES, wait_for
from firstline_client import Connection, RPCError
from rpc import field

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTLINE_")}


class Service:
    """One service executable, alone, with every port free."""

    def __init__(self, name: str, folder, *flags: str, environment: dict | None = None):
        self.data = folder / "data" / name
        subprocess.run([PROGRAMS / "firstline", "certs", "init", "--data", self.data.parent], check=True, capture_output=True, env=CLEAN)
        arguments = [PROGRAMS / f"firstline-{name}", "--data", self.data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                     "--insecure-loopback", *flags]
        if name == "intake":
            arguments += ["--lmtp-listen", "127.0.0.1:0"]
        if name == "gateway":
            arguments += ["--http-listen", "127.0.0.1:0"]
        self.log = folder / f"{name}.log"
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(self.log, "wb"), env={**CLEAN, **(environment or {})})

    def places(self) -> dict:
        def read():
            try:
                places = json.loads((self.data / "endpoints.json").read_text())
                return places if "admin" in places else None
            except (FileNotFoundError, json.JSONDecodeError):
                assert self.process.poll() is None, self.log.read_text()
        return wait_for(read)

    def get(self, path: str):
        host, port = self.places()["admin"].rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader("content-type") or "", body

    def stop(self) -> tuple[int, float]:
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15), time.monotonic() - began


@pytest.mark.parametrize("name", SERVICES)
def test_help_lists_every_key_with_unit_and_default(name):
    shown = subprocess.run([PROGRAMS / f"firstline-{name}", "--help"], capture_output=True, text=True, env=CLEAN)
    assert shown.returncode == 0
    keys = re.findall(r"^  (--[a-z-]+)", shown.stdout, re.MULTILINE)
    assert {"--listen", "--admin-listen", "--data", "--store", "--tls-cert", "--tls-key", "--tls-ca"} <= set(keys)
    assert any(key.startswith("--peer-") for key in keys)
    for key in set(keys) - {"--help", "--version"}:
        block = re.search(rf"^  {key}( .*)?\n((?:      .*\n)+)", shown.stdout, re.MULTILINE)
        assert block and "FIRSTLINE_" in block[2], key
        assert "default" in block[2], (key, block[2])


@pytest.mark.parametrize("name", SERVICES)
def test_check_looks_at_the_settings_and_does_nothing_else(name, tmp_path):
    data = tmp_path / name
    check = [PROGRAMS / f"firstline-{name}", "--check", "--data", data, "--insecure-loopback"]
    done = subprocess.run(check, capture_output=True, text=True, env=CLEAN)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["service"] == name and told["store"] == "sqlite" and told["migrations"]["seam"] and told["migrations"]["service"]
    assert not data.exists()
    # Where the store is may hold a password: it is told only when it is asked for, and never on a terminal.
    environment = {**CLEAN, "FIRSTLINE_STORE": "postgres://desk:sesame@db/desk"}
    told, places = [
        subprocess.run([check[0], word, *check[2:]], capture_output=True, text=True, env=environment).stdout
        for word in ("--check", "--check-places")]
    assert "sesame" not in told and json.loads(told)["store"] == "postgres"
    assert json.loads(places)["places"] == {
        "files": {"data": str(data)}, "schema": name.replace("-", "_"), "url": "postgres://desk:sesame@db/desk"}
    shown = subprocess.run(["script", "-qec", f"{check[0]} --check-places --insecure-loopback --data {data}", "/dev/null"],
                           capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    assert shown.returncode == 64 and "sesame" not in shown.stdout
    for arguments, code in [(["--connection-age", "soon"], 64), (["--tls-cert", tmp_path / "nowhere"], 66)]:
        refused = subprocess.run([*check[:4], *arguments], capture_output=True, text=True, env=CLEAN)
        assert refused.returncode == code and refused.stdout == "" and len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_an_unknown_or_bad_setting_stops_the_start_with_one_line(name, tmp_path):
    program = PROGRAMS / f"firstline-{name}"
    (tmp_path / "bad.yaml").write_text("nonsense: 1\n")
    (tmp_path / "broken.yaml").write_text("a: [\n")
    cases = [
        (["--nonsense", "1"], {}, "nonsense"), ([], {"FIRSTLINE_NONSENSE": "1"}, "FIRSTLINE_NONSENSE"),
        (["--config", tmp_path / "bad.yaml"], {}, "nonsense"), (["--config", tmp_path / "broken.yaml"], {}, "broken.yaml"),
        (["--config", tmp_path / "missing.yaml"], {}, "missing.yaml"), (["--listen", "nowhere"], {}, "listen"),
        (["--log-level", "loud"], {}, "log-level"), (["--store", "oracle"], {}, "store"), (["--listen"], {}, "listen"),
        (["--listen", "0.0.0.0:0", "--insecure-loopback"], {}, "loopback"),
    ]
    for flags, environment, named in cases:
        done = subprocess.run(
            [program, "--data", tmp_path / "data" / name, *flags], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
            env={**CLEAN, **environment})
        lines = done.stderr.strip().splitlines()
        assert done.returncode in (64, 66, 78) and len(lines) == 1 and named in lines[0].replace("_", "-").replace("FIRSTLINE-", "FIRSTLINE_"), (
            flags, environment, done.returncode, done.stderr)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_alone_is_alive_measured_logs_json_and_ends_in_time(name, tmp_path):
    service = Service(name, tmp_path)
    try:
        assert wait_for(lambda: service.get("/healthz"))[0] == 200
        status, _, body = service.get("/readyz")
        assert status in (200, 503) and body
        status, kind, metrics = service.get("/metrics")
        assert status == 200 and kind.startswith("text/plain")
        for line in metrics.splitlines():
            assert not line or line.startswith("#") or re.fullmatch(r"[a-zA-Z_:][\w:]*(\{.*\})? [-+.\dEeInfNa]+", line), line
        # The names that the README gives to operators.
        for metric in ("store_wal_bytes", "store_commit_seconds_bucket", "store_batch_transactions_bucket"):
            assert f"\nfirstline_{metric}" in metrics, metric
        assert service.get("/nonsense")[0] == 404
    finally:
        code, seconds = service.stop()
    assert code == 0 and seconds < 10
    lines = service.log.read_text().splitlines()
    assert lines
    for line in lines:
        entry = json.loads(line)
        assert isinstance(entry, dict) and entry


class Caller(threading.Thread):
    """Opens tickets one after the other until the service says that it takes no more."""

    def __init__(self, address: str):
        super().__init__()
        self.connection = Connection(address, None, None, {})
        self.stored, self.failures = 0, []

    def run(self):
        ticket = field(1, "Drain") + field(2, "Please help.") + field(4, field(2, "caller@example.org"))
        while not self.connection.is_draining:
            try:
                self.connection.start("firstline.v1.Intake/CreateTicket", ticket, 10, {}).result()
                self.stored += 1
            except RPCError as error:
                if not error.not_processed:
                    self.failures.append(error)
                    return


def test_the_end_loses_no_call_in_flight(tmp_path):
    service = Service("intake", tmp_path)
    callers = []
    try:
        address = service.places()["rpc"]
        callers = [Caller(address) for _ in range(8)]
        for caller in callers:
            caller.start()
        wait_for(lambda: all(caller.stored >= 10 or caller.failures for caller in callers))
    finally:
        code, seconds = service.stop()
        for caller in callers:
            caller.join(10)
    assert [caller.failures for caller in callers] == [[]] * 8
    assert all(caller.connection.is_draining for caller in callers)
    assert code == 0 and seconds < 10
    # What was said to be stored is stored, and nothing else.
    with sqlite3.connect(f"file:{service.data / 'store.sqlite'}?mode=ro", uri=True) as store:
        stored = store.execute("SELECT count(*) FROM tickets").fetchone()[0]
    assert stored == sum(caller.stored for caller in callers)
    for caller in callers:
        caller.connection.close()


def test_flags_are_stronger_than_environment_and_that_than_the_file(tmp_path):
    (tmp_path / "settings.yaml").write_text("mailbox:\n  address: file@example.org\nlog:\n  level: debug\n")
    service = Service(
        "intake", tmp_path, "--config", str(tmp_path / "settings.yaml"), "--log-level", "error",
        environment={"FIRSTLINE_LOG_LEVEL": "debug"})
    service.places()
    time.sleep(0.2)
    assert service.stop()[0] == 0
    assert '"debug"' not in service.log.read_text()


def test_a_secret_may_stand_in_a_file(tmp_path):
    shown = subprocess.run([PROGRAMS / "firstline-notification", "--help"], capture_output=True, text=True, env=CLEAN).stdout
    assert "FIRSTLINE_SMTP_PASSWORD_FILE" in shown
    (tmp_path / "password").write_text("geheim\n")
    both = {"FIRSTLINE_SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    service = Service("notification", tmp_path, "--smtp", "smtp://127.0.0.1:9", environment=both)
    try:
        assert wait_for(lambda: service.get("/healthz"))[0] == 200
    finally:
        assert service.stop()[0] == 0
    assert "geheim" not in service.log.read_text()
    missing = subprocess.run(
        [PROGRAMS / "firstline-notification", "--data", tmp_path / "x" / "notification", "--insecure-loopback"], capture_output=True, text=True,
        timeout=20, stdin=subprocess.DEVNULL, env={**CLEAN, "FIRSTLINE_SMTP_PASSWORD_FILE": str(tmp_path / "none")})
    assert missing.returncode in (66, 78) and len(missing.stderr.strip().splitlines()) == 1


def test_ready_tells_when_every_peer_is_there(desk):
    for name in SERVICES:
        host, port = desk.service(name)["admin"].rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        assert answer.status == 200, (name, answer.read())
        connection.close()
