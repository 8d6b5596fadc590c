"""Certificates and authorities are replaced while the desk runs and is used, and no call fails."""
import pathlib
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest

for folder in ("Security", "Client"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))

from desk import PROGRAMS, Desk, wait_for  # noqa: E402
from firstline_client import RPCError  # noqa: E402
from rpc import Peer  # noqa: E402

# Connections live for 2 s at this desk, ±10 %.
AGE = 2


class Load:
    """Callers of the API, each request of which crosses from the gateway to Intake, and at times to the others."""

    def __init__(self, desk: Desk, callers: int = 3):
        self.desk, self.calls, self.failures = desk, 0, []
        self.ends = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(callers)]

    def run(self, caller: int):
        number = 0
        while not self.ends.is_set():
            number += 1
            try:
                ticket = self.desk.api("POST", "/tickets", {
                    "subject": f"load {caller}.{number}", "body": "Please help.", "requester": {"email": f"load{caller}@example.org"}})
                self.desk.api("GET", f"/tickets/{ticket['id']}/sla")
                self.desk.api("GET", "/teams")
                self.desk.api("GET", "/deliveries?limit=1")
                self.calls += 4
            except Exception as failure:  # noqa: BLE001 - every kind of failure counts
                self.failures.append(repr(failure))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        for thread in self.threads:
            thread.join(30)

    def settle(self):
        """Until every connection that stood has given way to a younger one, under load."""
        before, end = self.calls, time.monotonic() + AGE * 1.1 + 1
        while time.monotonic() < end:
            time.sleep(0.1)
        assert self.calls > before, self.failures[:3]


def shown(desk: Desk, service: str) -> bytes:
    """The certificate that a service shows to a connection that begins now."""
    host, port = desk.service(service)["rpc"].rsplit(":", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["firstline/1"])
    context.load_cert_chain(desk.data / "certs" / "operator.crt", desk.data / "certs" / "operator.key")
    with socket.create_connection((host, int(port)), 10) as plain, context.wrap_socket(plain) as connection:
        return connection.getpeercert(binary_form=True)


def on_disk(desk: Desk, service: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert((desk.data / "certs" / f"{service}.crt").read_text())


def accepted(desk: Desk, certificate: pathlib.Path) -> bool:
    peer = Peer(desk.service("intake")["rpc"], desk.data, certificate)
    try:
        return peer.call("Health/Check")[0] == 0
    except RPCError:
        return False
    finally:
        peer.close()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path / "data", environment={"FIRSTLINE_CONNECTION_AGE": f"{AGE}s"}).start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


def test_a_new_authority_takes_over_without_a_failed_call(desk, tmp_path):
    services = ["intake", "routing", "sla-timer", "notification", "gateway"]
    before = desk.pids()
    desk.firstline("certs", "issue", "crm", "--out", str(tmp_path / "old"))
    old, new = tmp_path / "old" / "crm", tmp_path / "new" / "crm"
    shown_before = {name: shown(desk, name) for name in services}
    with Load(desk) as load:
        load.settle()
        desk.firstline("certs", "rotate")
        load.settle()
        assert all(shown(desk, name) == on_disk(desk, name) != shown_before[name] for name in services)

        desk.firstline("certs", "rotate", "--authority")
        load.settle()
        assert all(shown(desk, name) == on_disk(desk, name) for name in services)
        desk.firstline("certs", "issue", "crm", "--out", str(tmp_path / "new"))
        assert accepted(desk, old) and accepted(desk, new)

        desk.firstline("certs", "rotate", "--forget-old")
        load.settle()
        assert accepted(desk, new) and not accepted(desk, old)
    assert load.failures == []
    assert desk.pids() == before, "a service was restarted"
    assert {service["ready"] for service in desk.status().values()} == {True}
    assert all(follow["lag"] == 0 for service in wait_for(lambda: caught_up(desk)).values() for follow in service["follows"])


def caught_up(desk: Desk) -> dict | None:
    status = desk.status()
    return status if all(follow["lag"] == 0 for service in status.values() for follow in service["follows"]) else None


def test_a_bad_set_is_named_in_the_log_and_the_old_one_serves(desk):
    certificate, key = desk.data / "certs" / "intake.crt", desk.data / "certs" / "intake.key"
    good, other = certificate.read_bytes(), (desk.data / "certs" / "routing.crt").read_bytes()
    before = shown(desk, "intake")
    for bad in (good[:200], other, b""):
        certificate.write_bytes(bad)
        time.sleep(1.1)
        assert shown(desk, "intake") == before
        assert desk.api("GET", "/tickets") is not None
    certificate.write_bytes(good)
    log = pathlib.Path(desk.log.name).read_text()
    assert "changed certificates cannot be used" in log and str(key) in log and str(certificate) in log


def test_old_authorities_are_kept_while_a_service_needs_them(desk):
    authority = (desk.data / "certs" / "ca.crt").read_text()
    desk.firstline("certs", "rotate", "--authority")
    assert (desk.data / "certs" / "ca.crt").read_text().count("BEGIN CERTIFICATE") == 2
    folder = desk.data / "certs"
    # As if the services' certificates had not been replaced.
    subprocess.run(["cp", folder / "intake.crt", folder / "intake.new"], check=True)
    (folder / "intake.crt").write_text(authority)
    done = desk.firstline("certs", "rotate", "--forget-old", check=False)
    assert done.returncode == 65 and b"intake" in done.stderr
    (folder / "intake.new").rename(folder / "intake.crt")
    desk.firstline("certs", "rotate", "--forget-old")
    assert (folder / "ca.crt").read_text().count("BEGIN CERTIFICATE") == 1


def test_a_service_that_ends_amid_handshakes_just_ends(desk, tmp_path):
    """It greets its peers, and finds at the same moment that a port of its own is taken: nothing is pulled away beneath its threads."""
    command = [PROGRAMS / "firstline-gateway", "--data", tmp_path / "gateway", "--listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0",
               "--admin-listen", desk.service("gateway")["admin"], "--principal-key", desk.data / "certs" / "principal.pub",
               "--principal-signing-key", desk.data / "gateway" / "principal.key"]
    for name in ("intake", "routing", "sla-timer", "notification"):
        command += [f"--peer-{name}", desk.service(name)["rpc"]]
    for name, file in (("cert", "gateway.crt"), ("key", "gateway.key"), ("ca", "ca.crt")):
        command += [f"--tls-{name}", desk.data / "certs" / file]
    for _ in range(40):
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert ended.returncode == 69 and "(--admin-listen): Address already in use" in ended.stderr, ended.stderr[-2000:]
