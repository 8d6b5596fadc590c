"""One trace id from a mail or a request through every journal and every log to the mail that goes out, and the command that shows it."""
import email.message
import email.utils
import json
import pathlib
import re

import pytest
from desk import Desk, wait_for

SERVICES = {"intake", "routing", "sla-timer", "notification"}
TRACE_PARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-0[01]$")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running desk that says in its log all that it does."""
    desk = Desk(tmp_path_factory.mktemp("desk") / "data", environment={"FIRSTLINE_LOG_LEVEL": "debug"}).start()
    desk.agent()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


def trace_id(header: str) -> str:
    return TRACE_PARENT.match(header)[1]


def log_lines(desk) -> list[dict]:
    lines = pathlib.Path(desk.log.name).read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def logged(desk, trace: str) -> dict[str, set[str]]:
    """What each service said within a trace."""
    said: dict[str, set[str]] = {}
    for line in log_lines(desk):
        if line.get("trace_id") == trace:
            said.setdefault(line["service"], set()).add(line["message"])
    return said


def traced(desk, *arguments: str) -> list[dict]:
    return json.loads(desk.firstline("trace", *arguments, "--json").stdout)["items"]


def kinds(items: list[dict]) -> dict[str, list[str]]:
    """The kinds of each journal's entries, in order."""
    found: dict[str, list[str]] = {}
    for item in items:
        if item["source"] == "journal":
            found.setdefault(item["service"], []).append(item["kind"])
    return found


def mail_sent(desk, address: str, subject: str):
    return wait_for(lambda: [mail for mail in desk.mail_to(address) if subject in mail["Subject"]])[0]


def mail_of(name: str, subject: str) -> email.message.EmailMessage:
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{name} <{name}@example.org>", "support@localhost", subject
    mail["Message-ID"] = email.utils.make_msgid(domain="example.org")
    mail.set_content("Hello, it does not print.")
    return mail


def settled(desk, ticket_id: int) -> bool:
    """Whether the requester's and the agent's mails are out, and noted as sent."""
    sent = [delivery for delivery in desk.all(f"/deliveries?ticket_id={ticket_id}") if delivery["state"] == "sent"]
    return len(sent) >= 2


def is_whole(items: list[dict]) -> bool:
    """Whether every service has journaled its part; the SLA timer's, a promise each of response and solution, waits for nobody's mail."""
    found = kinds(items)
    return set(found) == SERVICES and found["sla-timer"] == ["TimerChanged", "TimerChanged"]


def test_a_mails_trace_goes_through_every_journal_and_log_to_the_mail_that_goes_out(desk):
    text = desk.lmtp(mail_of("anna", "The printer blinks").as_bytes())
    ticket_id = int(text.split("ticket ")[1].split()[0])
    wait_for(lambda: settled(desk, ticket_id))
    acknowledgement = mail_sent(desk, "anna@example.org", "The printer blinks")
    alert = mail_sent(desk, "berta@firstline.example", "The printer blinks")
    trace = trace_id(acknowledgement["Traceparent"])
    assert trace_id(alert["Traceparent"]) == trace

    items = wait_for(lambda: is_whole(read := traced(desk, trace)) and read)
    found = kinds(items)
    assert found["intake"] == ["RequesterChanged", "TicketCreated", "MessageAdded", "TicketChanged"]
    assert found["routing"] == ["AssignmentProposed"]
    assert found["notification"].count("DeliveryChanged") == 4
    assert {trace_id(item["trace_parent"]) for item in items if item["source"] == "journal"} == {trace}
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)

    def all_said():
        said = logged(desk, trace)
        return set(said) >= SERVICES and said
    said = wait_for(all_said)
    assert {"mail accepted", "ticket created", "ticket changed", "entry applied"} <= said["intake"]
    assert {"entry applied", "assignment proposed"} <= said["routing"]
    assert {"entry applied", "timer changed"} <= said["sla-timer"]
    assert {"entry applied", "delivery changed"} <= said["notification"]

    # The command shows the log's lines among the entries, without being told where the log is.
    shown = {(item["service"], item["message"]) for item in traced(desk, trace) if item["source"] == "log"}
    assert ("intake", "mail accepted") in shown and ("routing", "assignment proposed") in shown


def test_a_requests_trace_is_its_own_or_the_callers_and_the_answer_names_it(desk):
    given = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = desk.request(
        "POST", "/api/v1/tickets",
        {"subject": "The scanner hums", "body": "Loudly.", "requester": {"email": "boris@example.org"}},
        headers={"traceparent": f"00-{given}-00f067aa0ba902b7-01"})
    assert answer.status == 201 and trace_id(answer.headers["traceparent"]) == given
    assert "00f067aa0ba902b7" not in answer.headers["traceparent"], "the span is our own"
    ticket_id = answer.json["id"]
    wait_for(lambda: settled(desk, ticket_id))
    assert trace_id(mail_sent(desk, "boris@example.org", "The scanner hums")["Traceparent"]) == given
    wait_for(lambda: set(kinds(traced(desk, given))) == SERVICES)
    said = wait_for(lambda: set(logged(desk, given)) >= SERVICES | {"gateway"} and logged(desk, given))
    assert "request answered" in said["gateway"]

    other = desk.request("GET", f"/api/v1/tickets/{ticket_id}")
    assert trace_id(other.headers["traceparent"]) != given
    refused = desk.request("GET", "/api/v1/tickets/999999", headers={"traceparent": "nonsense"})
    assert refused.status == 404 and TRACE_PARENT.match(refused.headers["traceparent"])

    # An answer to the ticket is on a trace of its own; the ticket's number finds both.
    token = desk.firstline("token", "create", "--role", "admin").stdout.decode().strip()
    reply = desk.request(
        "POST", f"/api/v1/tickets/{ticket_id}/messages", {"body": "Switch it off.", "visibility": "public"}, token=token)
    second = trace_id(reply.headers["traceparent"])
    assert second != given
    wait_for(lambda: "MessageAdded" in kinds(traced(desk, second)).get("intake", []))
    both = json.loads(desk.firstline("trace", "--ticket", str(ticket_id), "--json").stdout)
    assert {given, second} <= set(both["trace_ids"])
    assert {item["ticket_id"] for item in both["items"] if item["source"] == "journal"} == {ticket_id}


def test_the_table_names_time_service_and_what_happened(desk):
    answer = desk.request(
        "POST", "/api/v1/tickets",
        {"subject": "A table", "body": "Of rows.", "requester": {"email": "clara@example.org"}})
    trace = answer.headers["traceparent"]
    wait_for(lambda: set(kinds(traced(desk, trace))) == SERVICES)
    lines = desk.firstline("trace", trace).stdout.decode().splitlines()
    assert lines[0].split() == ["TIME", "SERVICE", "FROM", "WHAT", "TICKET", "DETAIL"]
    created = next(line for line in lines if "TicketCreated" in line)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  intake +journal:\d+ +TicketCreated +\d+", created)
    assert any("because of intake:" in line for line in lines if "AssignmentProposed" in line)


def test_logs_can_be_named_or_piped_in(desk, tmp_path):
    trace = "0af7651916cd43dd8448eb211c80319c"
    line = {"ts": "2026-01-05T09:00:00.000Z", "level": "info", "service": "proxy", "message": "passed on", "trace_id": trace}
    other = {**line, "trace_id": "1" * 32}
    text = "not json\n" + json.dumps(other) + "\n" + json.dumps(line) + "\n" + "x" * 2_000_000 + "\n" + json.dumps(line)
    log = tmp_path / "proxy.log"
    log.write_text(text)
    for arguments, stdin in [(("--logs", str(log)), b""), (("--logs", "-"), text.encode())]:
        done = desk.firstline("trace", trace, *arguments, "--json", stdin=stdin)
        assert [item["message"] for item in json.loads(done.stdout)["items"]] == ["passed on", "passed on"]


@pytest.mark.parametrize("arguments, code, words", [
    (("nonsense",), 64, "no trace"),
    (("0" * 32,), 64, "no trace"),
    ((), 64, "one of the two"),
    (("1" * 32, "--ticket", "1"), 64, "one of the two"),
    (("--ticket", "0"), 64, "no ticket"),
    (("1" * 32,), 65, "nothing belongs to trace"),
    (("--ticket", "4711"), 65, "nothing is known of ticket 4711"),
    (("1" * 32, "--logs", "/nowhere/at/all.log"), 66, "cannot read /nowhere/at/all.log"),
])
def test_what_cannot_be_shown_is_said_in_one_line(desk, arguments, code, words):
    done = desk.firstline("trace", *arguments, check=False)
    assert done.returncode == code and done.stdout == b""
    assert words in done.stderr.decode()


def test_without_a_running_system_only_logs_are_read(tmp_path):
    desk = Desk(tmp_path / "data")
    trace = "0af7651916cd43dd8448eb211c80319c"
    assert desk.firstline("trace", trace, check=False).returncode == 69
    log = tmp_path / "old.log"
    log.write_text(json.dumps({
        "ts": "2026-01-05T09:00:00.000Z", "level": "info", "service": "intake", "message": "mail accepted", "trace_id": trace}))
    done = desk.firstline("trace", trace, "--logs", str(log))
    assert b"mail accepted" in done.stdout and b"only the logs" in done.stderr


def test_a_service_that_is_away_is_named_and_the_rest_is_shown(desk):
    import os
    import signal
    answer = desk.request(
        "POST", "/api/v1/tickets", {"subject": "Partly", "body": "Away.", "requester": {"email": "dora@example.org"}})
    trace = answer.headers["traceparent"]
    wait_for(lambda: set(kinds(traced(desk, trace))) == SERVICES)
    pid = desk.pid_of("routing")
    os.kill(pid, signal.SIGSTOP)
    try:
        done = desk.firstline("trace", trace, "--json", check=False)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert done.returncode == 69 and b"the journal of routing cannot be read" in done.stderr
    assert set(kinds(json.loads(done.stdout)["items"])) == SERVICES - {"routing"}
