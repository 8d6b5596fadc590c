"""Mail lies: about who wrote it, about what it answers, about its headers."""
import base64
import re
import smtplib
import time

import pytest

from desk import wait_for


def mail(sender: str, subject: str, *more: str, body: str = "Text.", to: str = "support@localhost") -> bytes:
    return "\r\n".join([f"From: {sender}", f"To: {to}", f"Subject: {subject}", *more, "", body, ""]).encode()


def outgoing(desk, address: str, count: int = 1):
    return wait_for(lambda: len(found := desk.mail_to(address)) >= count and found, 20)


def test_a_spoofed_agent_is_only_a_requester(house, desk):
    ticket = house.bob_ticket["id"]
    before = desk.api("GET", f"/tickets/{ticket}")
    for subject in (f"[#{ticket}] close this", f"Re: [#{ticket}] Bob's printer"):
        number = house.ticket_of(mail("Berta <berta@firstline.example>", subject, f"In-Reply-To: <firstline.{ticket}.1.0000000000000000@localhost>"), sender="berta@firstline.example")
        assert number != ticket
        message = desk.api("GET", f"/tickets/{number}/messages")["items"][0]
        assert message["author"]["kind"] == "requester" and message["visibility"] == "public"
    after = desk.api("GET", f"/tickets/{ticket}")
    assert (after["version"], after["message_count"], after["status"]) == (before["version"], before["message_count"], before["status"])


def test_a_stranger_who_quotes_a_message_id_gets_a_ticket_of_their_own(house, desk):
    ticket = house.ticket_of(mail("carl@example.org", "Quoted", "Message-ID: <known@example.org>"), sender="carl@example.org")
    ours = outgoing(desk, "carl@example.org")[0]["Message-ID"]
    for quoted in ("<known@example.org>", ours):
        for header in ("In-Reply-To", "References"):
            number = house.ticket_of(mail("mallory@evil.example", "Re: Quoted " + header + quoted[:9], f"{header}: {quoted}"), sender="mallory@evil.example")
            assert number != ticket
    # Carl himself may.
    assert house.ticket_of(mail("carl@example.org", "Re: Quoted", f"In-Reply-To: {ours}"), sender="carl@example.org") == ticket


def test_a_guessed_reply_address_opens_nothing(house):
    for guess in ("0" * 32, "f" * 32, "%" * 32, "' OR 1=1 --", "../" * 10):
        number = house.ticket_of(mail("mallory@evil.example", "guess " + guess[:4]), recipient=f"support+{'a' * 32}@localhost", sender="mallory@evil.example")
        assert number not in (house.bob_ticket["id"], house.eve_ticket["id"])


def test_a_forwarded_reply_address_lets_a_colleague_write_but_read_nothing(house, desk):
    ticket = house.ticket_of(mail("dora@example.org", "Forwarded"), sender="dora@example.org")
    address = re.search(r"support\+[0-9a-f]{32}@localhost", outgoing(desk, "dora@example.org")[0]["Reply-To"])[0]
    assert house.ticket_of(mail("colleague@example.org", "Re: Forwarded", body="I know more.", to=address), recipient=address, sender="colleague@example.org") == ticket
    message = desk.api("GET", f"/tickets/{ticket}/messages")["items"][-1]
    assert message["author"]["kind"] == "requester" and message["author"]["id"] != desk.api("GET", f"/tickets/{ticket}")["requester"]["id"]
    colleague = house.token(role="requester", requester_id=message["author"]["id"])
    assert house.status("GET", f"/tickets/{ticket}", token=colleague) == 404
    desk.api("POST", f"/tickets/{ticket}/messages", {"body": "For Dora alone", "visibility": "public"}, token=house.agent_token)
    outgoing(desk, "dora@example.org", 2)
    assert not desk.mail_to("colleague@example.org")


def test_a_note_and_its_file_are_never_mailed(house, desk):
    ticket = house.ticket("paul@example.org", "Mailed?")
    file = house.upload(house.agent_token, b"walrus file", "walrus.txt")
    house.note(ticket["id"], "walrus note", attachments=[file["id"]])
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "public words", "visibility": "public"}, token=house.agent_token)
    outgoing(desk, "paul@example.org", 2)
    for sent in desk.mail_to("paul@example.org"):
        assert "walrus" not in sent.as_string()


def test_line_ends_never_become_headers(house, desk):
    evil = "Hi\r\nBcc: victim@evil.example\r\nX-Evil: 1"
    for body in (
        {"subject": evil, "body": "b", "requester": {"email": "quinn@example.org"}},
        {"subject": "s", "body": "b", "requester": {"email": "quinn@example.org", "name": evil}},
        {"subject": "s", "body": "b", "requester": {"email": "quinn@example.org\r\nBcc: x@evil.example"}},
        {"subject": "s", "body": "b", "requester": {"email": "<quinn@example.org> x@evil.example"}},
    ):
        assert house.status("POST", "/tickets", body) == 422
    encoded = "=?utf-8?B?" + base64.b64encode(evil.encode()).decode() + "?="
    ticket = house.ticket_of(mail(f"{encoded} <rosa@example.org>", encoded, "Message-ID: <a@b>\r\n\tX-Evil: 2"), sender="rosa@example.org")
    file = house.upload(house.agent_token, b"x", "a\r\nX-Evil: 3.txt")
    desk.api("POST", f"/tickets/{ticket}/messages", {"body": "r", "visibility": "public", "attachments": [file["id"]]}, token=house.agent_token)
    for sent in outgoing(desk, "rosa@example.org", 2):
        assert sent["Bcc"] is None and sent["X-Evil"] is None and sent["To"].addresses[0].addr_spec == "rosa@example.org"
        for part in sent.walk():
            assert part["X-Evil"] is None
    assert house.status("POST", "/agents", {"name": "A\r\nBcc: x@y.example", "email": "crlf@firstline.example", "role": "agent"}) in (201, 422)


def test_machines_are_not_answered(house, desk):
    for number, more in enumerate((
        ["Auto-Submitted: auto-replied"], ["Auto-Submitted: auto-generated"], ["Precedence: bulk"], ["List-Id: <x.example.org>"],
        ["X-Autoreply: yes"], ["X-Auto-Response-Suppress: All"], ["Return-Path: <>"],
    )):
        house.ticket_of(mail(f"robot{number}@example.org", f"machine {number}", *more), sender=f"robot{number}@example.org")
    house.ticket_of(mail("robot77@example.org", "null path"), sender="")
    marker = house.ticket_of(mail("human@example.org", "a person"), sender="human@example.org")
    assert marker and outgoing(desk, "human@example.org")
    assert not [sent for sent in desk.outbox() if sent["X-Envelope-To"].startswith("robot")]


def test_our_own_mail_is_marked_and_comes_back_as_a_machines(house, desk):
    house.ticket_of(mail("sara@example.org", "Loop"), sender="sara@example.org")
    ours = outgoing(desk, "sara@example.org")[0]
    assert ours["Auto-Submitted"] == "auto-replied" and ours["Return-Path"] == "<>"
    count = len(desk.outbox())
    returned = ours.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    ticket = house.ticket_of(returned, sender="other-desk@example.net")
    assert desk.api("GET", f"/tickets/{ticket}/messages")["items"][-1]["automatic"] is True
    house.ticket_of(mail("tess@example.org", "marker"), sender="tess@example.org")
    outgoing(desk, "tess@example.org")
    assert not [sent for sent in desk.outbox()[count:] if "tess@" not in sent["X-Envelope-To"] and "berta@" not in sent["X-Envelope-To"]]


def test_a_storm_of_one_address_stops_within_three_answers(house, desk):
    """Two desks that answer each other, neither marking its mail; and a mail bomb in somebody's name."""
    with_desk = [mail("storm@example.org", f"storm {number}") for number in range(40)]
    host, port = desk.service("intake")["lmtp"].rsplit(":", 1)
    with smtplib.LMTP(host, int(port), timeout=30) as client:
        client.ehlo()
        for one in with_desk:
            client.mail("storm@example.org")
            client.rcpt("support@localhost")
            assert client.data(one)[0] == 250
    wait_for(lambda: len([d for d in desk.all("/deliveries?state=suppressed") if d["kind"] == "acknowledgement" and d["recipient"] == "storm@example.org"]) >= 37, 25, 0.3)
    assert len(desk.mail_to("storm@example.org")) == 3


def test_a_bounce_is_a_note(house, desk):
    ticket = house.ticket_of(mail("uma@example.org", "Bounces"), sender="uma@example.org")
    token = house.token(role="requester", requester_id=desk.api("GET", f"/tickets/{ticket}")["requester"]["id"])
    ours = outgoing(desk, "uma@example.org")[0]["Message-ID"]
    assert house.ticket_of(mail("MAILER-DAEMON@example.org", "Undelivered", f"In-Reply-To: {ours}"), sender="") == ticket
    assert desk.api("GET", f"/tickets/{ticket}")["message_count"] == 2
    assert desk.api("GET", f"/tickets/{ticket}", token=token)["message_count"] == 1


@pytest.mark.parametrize("name, build", [
    ("headers", lambda: b"".join(b"X-%d: y\r\n" % n for n in range(100_000))),
    ("one header", lambda: b"Subject: " + b"a " * 2_000_000 + b"\r\n"),
    ("references", lambda: b"References: " + b"".join(b"<%d@x.example>\r\n " % n for n in range(40_000)) + b"<e@x>\r\n"),
    ("recipients", lambda: b"Cc: " + b", ".join(b"a%d@x.example" % n for n in range(40_000)) + b"\r\n"),
    ("encoded words", lambda: b"Subject: " + b"=?utf-8?B?YQ==?= " * 60_000 + b"\r\n"),
    ("parentheses", lambda: b"From: " + b"(" * 200_000 + b" a@x.example\r\n"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_huge_headers_cost_little(house, name, build):
    raw = b"From: huge@example.org\r\nAuto-Submitted: auto-generated\r\n" + build() + b"\r\nText " + name.encode() + b"\r\n"
    started = time.monotonic()
    assert house.ticket_of(raw, sender="huge@example.org")
    assert time.monotonic() - started < 5
