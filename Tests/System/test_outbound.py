"""Outbound mail through the real executables, to mail servers of the tests' own that misbehave as real ones do."""
import asyncio
import email.policy
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from desk import PROGRAMS, Desk, Refused, wait_for
from ports import free_ports
from smtp_sink import SMTPSink, certificate

FIVE_HUNDRED = "550 5.1.1 no such user"


@pytest.fixture
def sink():
    """Not started yet: the relay is down."""
    one = SMTPSink(free_ports(1)[0])
    yield one
    one.stop()


@pytest.fixture
def start(tmp_path):
    """Starts a desk that sends to these URLs."""
    desks = []

    def begin(*urls: str, **environment: str) -> Desk:
        desk = Desk(tmp_path / "data", "--smtp", ",".join(urls), environment=environment).start()
        desks.append(desk)
        return desk

    yield begin
    for desk in desks:
        if desk.process.poll() is None:
            assert desk.stop() == 0


def ask(desk: Desk, address: str, **more) -> dict:
    """A new ticket, which is acknowledged."""
    return desk.api("POST", "/tickets", {"subject": f"From {address}", "body": "Help.", "requester": {"email": address, "name": "Anna"}, **more})


def reply(desk: Desk, ticket: dict, text: str = "Here is how.", **more) -> dict:
    return desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": text, "visibility": "public", **more})


def plain(mail: email.message.EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def deliveries(desk: Desk, ticket: dict, kind: str = "acknowledgement") -> list[dict]:
    """None while notification is away."""
    try:
        return [one for one in desk.all(f"/deliveries?ticket_id={ticket['id']}") if one["kind"] == kind]
    except Refused as refused:
        assert refused.status == 503
        return []


def settled(desk: Desk, ticket: dict, state: str, kind: str = "acknowledgement", seconds: float = 30) -> dict:
    return wait_for(lambda: [one for one in deliveries(desk, ticket, kind) if one["state"] == state], seconds, 0.1)[0]


def test_a_relay_that_is_down_loses_nothing_and_is_not_stormed_on_its_return(sink, start):
    desk = start(sink.url)
    tickets = [ask(desk, f"down{number}@example.org") for number in range(60)]
    first = settled(desk, tickets[0], "deferred")
    assert first["attempts"] >= 1 and first["last_error"] and first["next_attempt_at"] and first["sent_at"] is None
    # The others wait in their queue: what is down is not tried by each of them.
    assert len([one for one in desk.all("/deliveries?state=queued")]) > 30
    assert {one["state"] for one in desk.all("/deliveries?state=waiting")} <= {"queued", "deferred", "sending"}
    sink.start()
    desk.api("POST", f"/deliveries/{first['id']}/retry")
    wait_for(lambda: len(sink.taken) >= 60, 60, 0.1)
    wait_for(lambda: not desk.all("/deliveries?state=waiting"), 30, 0.1)
    assert sorted(one.recipients[0] for one in sink.taken) == sorted(f"down{number}@example.org" for number in range(60))
    begin = min(one.at for one in sink.taken)
    assert len([one for one in sink.taken if one.at < begin + 1]) <= 15
    assert sink.most_open <= 16


def test_an_answer_of_4xx_is_tried_again_under_the_same_message_id(sink, start):
    patience = threading.Event()
    sink.answer = lambda stage, argument: "451 4.3.0 come back later" if stage == "end" and not patience.is_set() else None
    desk = start(sink.start().url)
    ticket = ask(desk, "greylisted@example.org")
    deferred = settled(desk, ticket, "deferred")
    assert "451 4.3.0 come back later" in deferred["last_error"] and deferred["next_attempt_at"]
    shown = json.loads(desk.firstline("deliveries", "show", str(deferred["id"]), "--json").stdout)
    assert shown["state"] == "deferred" and shown["next_attempt_at"] >= deferred["next_attempt_at"]
    listed = json.loads(desk.firstline("deliveries", "list", "--state", "deferred", "--json").stdout)["items"]
    assert [one["id"] for one in listed] == [deferred["id"]]
    desk.firstline("deliveries", "retry", str(deferred["id"]))
    tried = wait_for(lambda: [one for one in deliveries(desk, ticket) if one["attempts"] > deferred["attempts"] and one["state"] == "deferred"])[0]
    patience.set()
    desk.api("POST", f"/deliveries/{deferred['id']}/retry")
    sent = settled(desk, ticket, "sent")
    assert sent["attempts"] > tried["attempts"] and sent["relay"] == f"127.0.0.1:{sink.port}" and not sent["last_error"]
    assert {one.message_id for one in sink.offered} == {sent["message_id_header"]} and len(sink.offered) == sent["attempts"]
    assert desk.firstline("deliveries", "retry", str(sent["id"]), check=False).returncode != 0


def test_an_answer_of_5xx_is_final_until_somebody_retries(sink, start):
    sink.answer = lambda stage, argument: FIVE_HUNDRED if stage == "rcpt" and argument.startswith("nobody") else None
    desk = start(sink.start().url)
    good, bad = ask(desk, "anna@example.org"), ask(desk, "nobody@example.org")
    failed = settled(desk, bad, "failed")
    assert failed["attempts"] == 1 and FIVE_HUNDRED in failed["last_error"]
    settled(desk, good, "sent")
    assert [one["id"] for one in desk.all("/deliveries?state=failed")] == [failed["id"]]
    sink.answer = lambda stage, argument: None
    desk.api("POST", f"/deliveries/{failed['id']}/retry")
    assert settled(desk, bad, "sent")["attempts"] == 2


def test_killed_while_the_server_has_not_answered_it_sends_again_under_the_same_message_id(sink, start):
    held = threading.Event()

    async def hold():
        held.set()
        await asyncio.sleep(60)

    sink.answer = lambda stage, argument: hold() if stage == "end" and not held.is_set() else None
    desk = start(sink.start().url)
    ticket = ask(desk, "killed@example.org")
    assert held.wait(20)
    assert deliveries(desk, ticket)[0]["state"] == "sending"
    os.kill(desk.pid_of("notification"), signal.SIGKILL)
    sent = settled(desk, ticket, "sent")
    assert [one.message_id for one in sink.offered] == [sent["message_id_header"]] * 2
    assert len(sink.taken) == 1


def test_stopped_in_the_middle_of_a_mail_it_ends_in_time_and_sends_it_after_its_start(sink, start, tmp_path):
    held = threading.Event()

    async def hold():
        held.set()
        await asyncio.sleep(60)

    sink.answer = lambda stage, argument: hold() if stage == "end" and not held.is_set() else None
    desk = start(sink.start().url)
    ticket = ask(desk, "stopped@example.org")
    assert held.wait(20)
    began = time.monotonic()
    assert desk.stop() == 0
    assert time.monotonic() - began < 10
    desk.start()
    settled(desk, ticket, "sent")
    assert len({one.message_id for one in sink.offered}) == 1


def test_the_second_relay_is_used_while_the_first_is_down(sink, start):
    with SMTPSink(free_ports(1)[0]) as second:
        desk = start(sink.url, second.url)
        sent = settled(desk, ask(desk, "one@example.org"), "sent")
        assert sent["relay"] == f"127.0.0.1:{second.port}" and sent["attempts"] == 1
        assert len(second.taken) == 1
        sink.start()
        number = iter(range(1_000))

        def first_takes():
            ask(desk, f"next{next(number)}@example.org")
            return sink.taken

        wait_for(first_takes, 40, 0.5)
        # A server that greets with "not now" is as good as down.
        sink.answer = lambda stage, argument: "421 4.3.2 not now" if stage in ("connect", "mail") else None
        before = len(second.taken)
        ticket = ask(desk, "again@example.org")
        assert settled(desk, ticket, "sent")["relay"] == f"127.0.0.1:{second.port}"
        assert len(second.taken) > before


def test_a_relay_gets_no_more_than_its_rate(sink, start):
    desk = start(sink.start().url, FIRSTLINE_SMTP_RATE="5")
    for number in range(16):
        ask(desk, f"rate{number}@example.org")
    wait_for(lambda: len(sink.taken) == 16, 30, 0.1)
    times = sorted(one.at for one in sink.taken)
    # 16 at 5 a second take three seconds. The rate is kept where they leave; on a busy machine some arrive together.
    assert times[-1] - times[0] >= 2
    assert max(len([at for at in times if begin <= at < begin + 1]) for begin in times) <= 12


def test_connections_are_used_again(sink, start):
    desk = start(sink.start().url)
    for number in range(40):
        ask(desk, f"many{number}@example.org")
    wait_for(lambda: len(sink.taken) == 40, 30, 0.1)
    assert sink.connections < 20, sink.connections


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_mail_goes_over_verified_tls_with_a_password(start, tmp_path, tls):
    sink = SMTPSink(free_ports(1)[0], tls=tls, certificate=certificate(tmp_path), user="desk", password="secret word")
    with sink:
        desk = start(sink.url, FIRSTLINE_SMTP_CA=sink_ca(tmp_path), FIRSTLINE_SMTP_USER="desk", FIRSTLINE_SMTP_PASSWORD="secret word")
        settled(desk, ask(desk, "secure@example.org"), "sent")
        (one,) = sink.taken
        assert one.secure and one.user == "desk"


def sink_ca(folder) -> str:
    return str(folder / "127.0.0.1.pem")


def test_a_certificate_that_nobody_vouches_for_gets_no_mail(start, tmp_path):
    with SMTPSink(free_ports(1)[0], tls="starttls", certificate=certificate(tmp_path)) as sink:
        desk = start(sink.url)
        ticket = ask(desk, "careful@example.org")
        waiting = settled(desk, ticket, "deferred")
        assert "certificate" in waiting["last_error"].lower()
        assert not sink.offered


def test_a_wrong_password_fails_no_mail(start, tmp_path):
    sink = SMTPSink(free_ports(1)[0], tls="starttls", certificate=certificate(tmp_path), user="desk", password="right")
    with sink:
        desk = start(sink.url, FIRSTLINE_SMTP_CA=sink_ca(tmp_path), FIRSTLINE_SMTP_USER="desk", FIRSTLINE_SMTP_PASSWORD="wrong")
        ticket = ask(desk, "locked@example.org")
        deferred = settled(desk, ticket, "deferred")
        assert "535" in deferred["last_error"]
        sink.password = "wrong"
        desk.api("POST", f"/deliveries/{deferred['id']}/retry")
        settled(desk, ticket, "sent")


def test_a_password_is_never_told_in_the_clear(sink, start):
    sink.user, sink.password = "desk", "secret"
    desk = start(sink.start().url, FIRSTLINE_SMTP_USER="desk", FIRSTLINE_SMTP_PASSWORD="secret")
    assert settled(desk, ask(desk, "clear@example.org"), "deferred")["last_error"]
    assert not sink.offered


BOUNCE = """\
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Your mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; gone@example.org
Action: {action}
Status: {status}
--b--
"""


def bounce(to: str, action: str, status: str) -> bytes:
    return BOUNCE.format(to=to, action=action, status=status).replace("\n", "\r\n").encode()


def test_what_comes_back_is_told_on_its_delivery_and_opens_no_ticket(sink, start):
    desk = start(sink.start().url)
    desk.agent()
    ticket = ask(desk, "gone@example.org")
    reply(desk, ticket, "First answer.")
    reply(desk, ticket, "Second answer.")
    wait_for(lambda: len([one for one in sink.taken_for("gone@example.org") if one.sender]) == 2)
    sent = wait_for(lambda: [one for one in deliveries(desk, ticket, "reply") or [] if one["state"] == "sent"][1:] and deliveries(desk, ticket, "reply"))
    senders = {one.message_id: one.sender for one in sink.taken if one.sender}
    assert len(set(senders.values())) == 2, senders
    by_age = sorted(sent, key=lambda one: one["id"])
    before = len(desk.all("/tickets"))
    desk.lmtp(bounce(senders[by_age[1]["message_id_header"]], "delayed", "4.4.7"), recipient=senders[by_age[1]["message_id_header"]], sender="")
    desk.lmtp(bounce(senders[by_age[0]["message_id_header"]], "failed", "5.1.1"), recipient=senders[by_age[0]["message_id_header"]], sender="")
    bounced = settled(desk, ticket, "bounced", "reply")
    assert bounced["id"] == by_age[0]["id"] and "5.1.1" in bounced["last_error"] and bounced["bounced_at"]
    assert [one["state"] for one in deliveries(desk, ticket, "reply") if one["id"] == by_age[1]["id"]] == ["sent"]
    assert len(desk.all("/tickets")) == before
    notes = [one for one in desk.all(f"/tickets/{ticket['id']}/messages") if one["visibility"] == "internal"]
    assert len(notes) == 2
    # An address that was mended gets it after all.
    desk.api("POST", f"/deliveries/{bounced['id']}/retry")
    wait_for(lambda: len([one for one in sink.taken if one.message_id == bounced["message_id_header"]]) == 2)


@pytest.mark.parametrize("smtp", ["smtp://desk:geheim@127.0.0.1:25", "smtp://127.0.0.1:25,smtps://desk:geheim@127.0.0.1", "desk:geheim@127.0.0.1", "geheim"])
def test_a_password_in_the_url_is_refused_and_not_repeated(tmp_path, smtp):
    done = subprocess.run([PROGRAMS / "firstline", "up", "--data", tmp_path / "data", "--smtp", smtp], capture_output=True, text=True, timeout=20)
    assert done.returncode == 64 and "--smtp" in done.stderr, (done.returncode, done.stderr)
    if "@" in smtp:
        assert "FIRSTLINE_SMTP_USER" in done.stderr and "FIRSTLINE_SMTP_PASSWORD" in done.stderr, done.stderr
    assert "geheim" not in done.stdout + done.stderr
    assert not (tmp_path / "data" / "admin.token").exists()


def test_the_service_alone_repeats_no_password_either(tmp_path):
    subprocess.run([PROGRAMS / "firstline", "certs", "init", "--data", tmp_path / "data"], check=True, capture_output=True, timeout=20)
    done = subprocess.run(
        [PROGRAMS / "firstline-notification", "--data", tmp_path / "data" / "notification", "--listen", "127.0.0.1:0",
         "--admin-listen", "127.0.0.1:0", "--insecure-loopback", "--smtp", "smtp://desk:geheim@127.0.0.1:25"],
        capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert done.returncode != 0 and "FIRSTLINE_SMTP_PASSWORD" in done.stderr, (done.returncode, done.stderr)
    assert "geheim" not in done.stdout + done.stderr


def test_addresses_and_names_of_any_script_arrive(sink, start):
    desk = start(sink.start().url)
    ticket = ask(desk, "анна@пример.испытание", subject="Принтер — не работает 🖨️", requester={"email": "анна@пример.испытание", "name": "Анна, «отдел»"})
    settled(desk, ticket, "sent")
    (one,) = sink.taken
    assert one.recipients == ["анна@пример.испытание"] and "SMTPUTF8" in one.parameters
    mail = email.message_from_bytes(one.raw, policy=email.policy.SMTPUTF8)
    assert mail["Subject"].endswith("Принтер — не работает 🖨️") and mail["To"].addresses[0].display_name == "Анна, «отдел»"
    body = one.raw.partition(b"\r\n\r\n")[2]
    assert max(body) < 128 and max(len(line) for line in one.raw.split(b"\r\n")) <= 998


def test_solved_is_told_once_by_the_reply_that_solves_or_by_a_mail_of_its_own(sink, start):
    desk = start(sink.start().url)
    desk.agent()
    by_reply, alone = ask(desk, "one@example.org"), ask(desk, "two@example.org")
    reply(desk, by_reply, "Done.", status="solved")
    current = desk.request("GET", f"/api/v1/tickets/{alone['id']}")
    desk.api("PATCH", f"/tickets/{alone['id']}", {"status": "solved"}, headers={"If-Match": current.headers["etag"]})
    settled(desk, alone, "sent", "solved")
    assert settled(desk, by_reply, "suppressed", "solved")["last_error"] == "told_by_reply"
    assert len(wait_for(lambda: sink.taken_for("two@example.org")[1:])) == 1
    mail = sink.taken_for("two@example.org")[1]
    assert mail.mail["Auto-Submitted"] == "auto-replied" and not mail.sender


SECRETS = ["whispered secret", "secret-plan", "carol@elsewhere.example", "dave@elsewhere.example", "Zzz-note"]


def test_notes_their_attachments_and_other_peoples_addresses_never_leave(sink, start):
    desk = start(sink.start().url)
    agent = desk.agent()
    desk.lmtp((
        "From: Anna <anna@example.org>\r\nTo: support@localhost, carol@elsewhere.example\r\nCc: Dave <dave@elsewhere.example>\r\n"
        "Subject: Printer\r\nMessage-ID: <a@example.org>\r\n\r\nIt is broken.\r\n").encode())
    ticket = wait_for(lambda: desk.all("/tickets"))[0]
    token = desk.api("POST", "/attachments?filename=secret-plan.txt", raw=b"whispered secret", headers={"Content-Type": "text/plain"})
    for count in range(2):
        reply(desk, ticket, "Zzz-note: whispered secret", visibility="internal", attachments=[token["id"]] if not count else [])
        reply(desk, ticket, f"Public answer {count}.")
    desk.lmtp((
        "From: Dave <dave@elsewhere.example>\r\nTo: support@localhost\r\nSubject: Re: Printer\r\nIn-Reply-To: <a@example.org>\r\n\r\n"
        "Mine too.\r\n").encode(), sender="dave@elsewhere.example")
    reply(desk, ticket, "To both of you.")
    current = desk.request("GET", f"/api/v1/tickets/{ticket['id']}")
    desk.api("PATCH", f"/tickets/{ticket['id']}", {"status": "solved", "assignee_id": agent["id"]}, headers={"If-Match": current.headers["etag"]})
    wait_for(lambda: {one["kind"] for one in desk.all(f"/deliveries?ticket_id={ticket['id']}") if one["state"] == "sent"} >= {
        "acknowledgement", "reply", "assignment", "solved"}, 30, 0.2)
    wait_for(lambda: not desk.all("/deliveries?state=waiting"))
    for one in sink.taken:
        said = " ".join([str(one.mail), *(str(value) for value in one.mail.values())])
        for part in one.mail.walk():
            if not part.is_multipart():
                said += " " + str(part.get_filename()) + " " + part.get_payload(decode=True).decode("utf-8", "replace")
        found = [secret for secret in SECRETS if secret in said and secret not in one.recipients]
        assert not found, (found, said)
    # The reply quotes what it answers, with its author's name.
    last = next(one for one in sink.taken_for("anna@example.org") if one.sender and plain(one.mail).startswith("To both of you.")).mail
    text = plain(last)
    assert re.search(r"^On .* wrote:\r?$", text, re.M) and "\n> " in text
    assert "<blockquote" in last.get_body(("html",)).get_content()
