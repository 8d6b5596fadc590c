"""The operator's command: what it prints and how it exits."""
import json
import re
import shutil
import subprocess

import pytest

from desk import PROGRAMS, SERVICES, wait_for

MAIL = b"From: pipe@example.org\nTo: support@localhost\nSubject: %s\n\nText.\n"


def firstline(*arguments, stdin: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAMS / "firstline", *arguments], input=stdin, capture_output=True, timeout=60)


@pytest.mark.parametrize("arguments", [
    (), ("up",), ("status",), ("token", "create"), ("token", "list"), ("token", "revoke"), ("agent", "create"), ("agent", "list"),
    ("mail",), ("certs", "init"), ("certs", "issue"), ("certs", "show"), ("rpc",)])
def test_each_command_explains_itself_and_refuses_unknown_options(arguments):
    shown = firstline(*arguments, "--help")
    assert shown.returncode == 0 and b"USAGE: firstline" in shown.stdout
    wanted = {"token create": ("--role", "agent"), "token revoke": ("1",), "agent create": ("--name", "n", "--email", "e@x.example"),
              "certs issue": ("n", "--out", "o"), "rpc": ("Health/Check",)}.get(" ".join(arguments), ())
    refused = firstline(*arguments, *wanted, "--nonsense")
    assert refused.returncode == 64 and b"--nonsense" in refused.stderr and refused.stdout == b""


def test_status_has_its_shape(desk):
    services = json.loads(desk.firstline("status", "--json").stdout)["services"]
    assert sorted(service["name"] for service in services) == sorted(SERVICES)
    for service in services:
        assert isinstance(service["pid"], int) and service["ready"] is True and service["version"]
        for place in ("rpc", "admin"):
            assert re.fullmatch(r"127\.0\.0\.1:\d+", service[place])
        assert isinstance(service["journal"]["term"], int) and isinstance(service["journal"]["head"], int)
        for follow in service["follows"]:
            assert follow["source"] in SERVICES and isinstance(follow["offset"], int) and follow["lag"] >= 0
    by_name = {service["name"]: service for service in services}
    assert {name for name in by_name if "lmtp" in by_name[name]} == {"intake"}
    assert {name for name in by_name if "http" in by_name[name]} == {"gateway"}
    assert desk.url == "http://" + by_name["gateway"]["http"]
    assert "intake" in {follow["source"] for follow in by_name["routing"]["follows"]}
    text = desk.firstline("status").stdout.decode()
    assert all(name in text for name in SERVICES)


def test_lags_fall_to_nothing(desk):
    desk.ticket()
    wait_for(lambda: all(follow["lag"] == 0 for service in desk.status().values() for follow in service["follows"]))
    follows = {f["source"]: f["offset"] for f in desk.status()["routing"]["follows"]}
    assert follows["intake"] == desk.status()["intake"]["journal"]["head"]


def test_tokens_are_made_listed_and_revoked(desk):
    made = json.loads(desk.firstline("token", "create", "--role", "lead", "--name", "ci", "--json").stdout)
    assert made["token"].startswith("flt_") and made["role"] == "lead"
    assert desk.api("GET", "/me", token=made["token"])["role"] == "lead"
    listed = json.loads(desk.firstline("token", "list", "--json").stdout)
    listed = listed["items"] if isinstance(listed, dict) else listed
    assert made["id"] in [token["id"] for token in listed] and made["token"] not in str(listed)
    desk.firstline("token", "revoke", str(made["id"]))
    assert desk.request("GET", "/api/v1/me", token=made["token"]).status == 401
    bare = desk.firstline("token", "create", "--role", "agent").stdout.decode()
    assert re.fullmatch(r"flt_[A-Za-z0-9_-]{43}\n", bare)
    assert desk.firstline("token", "create", "--role", "king", check=False).returncode in (64, 65)


def test_agents_are_made_and_listed(desk):
    made = json.loads(desk.firstline(
        "agent", "create", "--name", "Ζωή", "--email", "zoe@firstline.example", "--tier", "2", "--capacity", "3", "--json").stdout)
    read = desk.api("GET", f"/agents/{made['id']}")
    assert (read["name"], read["email"], read["tier"], read["capacity"], read["role"]) == ("Ζωή", "zoe@firstline.example", 2, 3, "agent")
    listed = json.loads(desk.firstline("agent", "list", "--json").stdout)
    listed = listed["items"] if isinstance(listed, dict) else listed
    assert made["id"] in [agent["id"] for agent in listed]
    assert desk.firstline("agent", "create", "--name", "Z", "--email", "zoe@firstline.example", check=False).returncode != 0


def test_mail_is_stored_and_a_large_one_too(desk):
    done = desk.firstline("mail", "--sender", "pipe@example.org", stdin=MAIL % b"small")
    match = re.fullmatch(rb"ticket (\d+) message (\d+)\n", done.stdout)
    assert match and desk.api("GET", f"/tickets/{int(match[1])}")["subject"] == "small"
    large = MAIL % b"large" + (b"x" * 70 + b"\n") * 60_000
    assert desk.firstline("mail", "--sender", "pipe@example.org", stdin=large).stdout.startswith(b"ticket ")


def test_the_null_sender_waits_for_no_answer(desk):
    for number, sender in enumerate(["<>", "", "asks@example.org"]):
        mail = b"From: <null%d@example.org>\r\nSubject: null\r\n\r\nI am away.\r\n" % number
        desk.firstline("mail", "--sender", sender, stdin=mail)
    wait_for(lambda: desk.mail_to("null2@example.org"))
    assert not desk.mail_to("null0@example.org") and not desk.mail_to("null1@example.org")


def test_mail_that_can_never_be_stored_exits_65(desk):
    refused = desk.firstline("mail", stdin=MAIL % b"huge" + b"x" * (40 * 1024 * 1024), check=False)
    assert refused.returncode == 65 and len(refused.stderr.strip().splitlines()) == 1


def test_mail_exits_75_when_nothing_runs(tmp_path):
    assert firstline("mail", "--data", tmp_path / "nothing", stdin=MAIL % b"x").returncode == 75


def test_mail_exits_75_when_intake_is_gone(stopped_desk):
    desk = stopped_desk.start()
    assert desk.stop() == 0
    refused = desk.firstline("mail", stdin=MAIL % b"x", check=False)
    assert refused.returncode == 75 and len(refused.stderr.strip().splitlines()) == 1


def test_mail_exits_75_while_its_user_has_no_certificate(desk, tmp_path):
    shutil.copy(desk.data / "run.json", tmp_path / "run.json")
    refused = firstline("mail", "--data", tmp_path, stdin=MAIL % b"x")
    assert refused.returncode == 75 and len(refused.stderr.strip().splitlines()) == 1, (refused.returncode, refused.stderr)


def test_mail_of_a_blocked_sender_is_stored_and_called_what_it_is(desk):
    desk.api("POST", "/blocked_senders", {"sender": "pest@example.org"})
    done = desk.firstline("mail", "--sender", "pest@example.org", stdin=b"From: <pest@example.org>\r\nSubject: Buy\r\n\r\nNow.\r\n")
    assert re.fullmatch(rb"suspended mail \d+\n", done.stdout), done.stdout


def test_certificates_are_made_issued_and_shown(tmp_path):
    data, out = tmp_path / "data", tmp_path / "out"
    assert firstline("certs", "init", "--data", data).returncode == 0
    before = (data / "certs" / "ca.crt").read_bytes()
    assert firstline("certs", "init", "--data", data).returncode == 0 and (data / "certs" / "ca.crt").read_bytes() == before
    assert firstline("certs", "issue", "billing", "--out", out, "--data", data).returncode == 0
    assert sorted(path.name for path in out.iterdir()) == ["billing.crt", "billing.key", "ca.crt"]
    assert (out / "billing.key").stat().st_mode & 0o777 == 0o600 and (out / "ca.crt").read_bytes() == before
    subprocess.run(["openssl", "verify", "-CAfile", out / "ca.crt", out / "billing.crt"], check=True, capture_output=True)
    for path in (out / "billing.crt", data / "certs" / "intake.crt"):
        text = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-text"], check=True, capture_output=True, text=True).stdout
        assert "DNS:localhost" in text and "IP Address:127.0.0.1" in text
        assert f"URI:spiffe://firstline/{path.stem}" in text
        assert "TLS Web Server Authentication" in text and "TLS Web Client Authentication" in text
    shown = json.loads(firstline("certs", "show", "--data", data, "--json").stdout)
    assert "intake" in str(shown)
    assert firstline("certs", "issue", "../escape", "--out", out, "--data", data).returncode not in (0, 70)


def test_rpc_calls_any_service_by_reflection(desk):
    ticket = desk.ticket("By RPC")
    read = json.loads(desk.firstline("rpc", "Intake/GetTicket", json.dumps({"id": ticket["id"]})).stdout)
    assert "By RPC" in str(read)
    assert json.loads(desk.firstline("rpc", "firstline.v1.Intake/GetTicket", "-", stdin=json.dumps({"id": ticket["id"]}).encode()).stdout) == read
    for service in SERVICES:
        assert desk.firstline("rpc", "Health/Check", "{}", "--service", service).returncode == 0
    missing = desk.firstline("rpc", "Intake/GetTicket", '{"id": 99999}', check=False)
    assert missing.returncode not in (0, 64) and b"not" in missing.stderr.lower() and len(missing.stderr.strip().splitlines()) == 1
    for wrong in (("Intake/Nonsense",), ("Nonsense/Get",), ("Intake/GetTicket", '{"nonsense": 1}'), ("Intake/GetTicket", "{")):
        refused = desk.firstline("rpc", *wrong, check=False)
        assert refused.returncode in (64, 65), (wrong, refused.returncode, refused.stderr)
        assert len(refused.stderr.strip().splitlines()) == 1
    events = desk.firstline("rpc", "Intake/ListTickets", "{}").stdout
    assert json.loads(events)


def test_an_unknown_command_is_a_usage_error():
    assert firstline("nonsense").returncode == 64
