"""Mail in by LMTP, to the letter (RFC 2033)."""
import os
import re
import socket

import pytest

REPLY = re.compile(rb"^250 .*ticket (\d+) message (\d+)\r\n$")


class Session:
    def __init__(self, desk):
        host, port = desk.service("intake")["lmtp"].rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 10)
        self.file = self.socket.makefile("rb")
        assert self.reply().startswith(b"220 ")
        self.capabilities = self.say(b"LHLO client.example")

    def reply(self) -> bytes:
        lines = b""
        while True:
            line = self.file.readline()
            lines += line
            if not line or line[3:4] == b" ":
                return lines

    def say(self, *commands: bytes) -> bytes:
        self.socket.sendall(b"".join(command + b"\r\n" for command in commands))
        return b"".join(self.reply() for _ in commands)

    def deliver(self, recipients: list[bytes], mail: bytes, sender: bytes = b"<anna@example.org>") -> list[bytes]:
        self.say(b"MAIL FROM:" + sender)
        for recipient in recipients:
            assert self.say(b"RCPT TO:<" + recipient + b">").startswith(b"250 2.1.5"), recipient
        assert self.say(b"DATA").startswith(b"354")
        self.socket.sendall(mail + b"\r\n.\r\n")
        return [self.reply() for _ in recipients]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


def mail(subject: str = "") -> bytes:
    return b"From: anna@example.org\r\nSubject: %s\r\n\r\nText.\r\n..dot\r\n" % (subject or os.urandom(6).hex()).encode()


def numbers(reply: bytes) -> tuple[int, int]:
    match = REPLY.match(reply)
    assert match, reply
    return int(match[1]), int(match[2])


def test_the_greeting_names_every_extension(desk):
    with Session(desk) as session:
        words = {line[4:].split()[0].decode() for line in session.capabilities.splitlines()[1:]}
        assert {"SIZE", "8BITMIME", "SMTPUTF8", "PIPELINING", "CHUNKING", "ENHANCEDSTATUSCODES"} <= words
        size = re.search(rb"SIZE (\d+)", session.capabilities)
        assert size and int(size[1]) >= 25 * 1024 * 1024
        refused = session.say(b"MAIL FROM:<a@example.org> SIZE=%d" % (int(size[1]) + 1))
        assert refused.startswith(b"552 5.3.4")


def test_the_reply_names_ticket_and_message_that_are_there(desk):
    with Session(desk) as session:
        ((ticket_id, message_id),) = map(numbers, session.deliver([b"support@localhost"], mail("Named")))
    assert desk.api("GET", f"/tickets/{ticket_id}")["subject"] == "Named"
    (message,) = desk.all(f"/tickets/{ticket_id}/messages")
    assert message["id"] == message_id and message["text"].splitlines()[1] == ".dot"


def test_each_recipient_gets_its_own_reply(desk):
    for name in ("lmtpa", "lmtpb"):
        desk.api("POST", "/mailboxes", {"name": name, "address": f"{name}@localhost"})
    with Session(desk) as session:
        replies = session.deliver([b"lmtpa@localhost", b"lmtpb@localhost", b"lmtpa+tag@elsewhere.example"], mail())
        assert len([numbers(reply) for reply in replies]) == 3
        assert session.say(b"NOOP").startswith(b"250")


@pytest.mark.parametrize("recipient", [b"nobody@nowhere.example", b"support+anything@localhost", b"SUPPORT@localhost", b"odd+"+b"0"*32+b"@x.example"])
def test_any_recipient_belongs_to_a_mailbox(desk, recipient):
    with Session(desk) as session:
        ((ticket_id, _),) = map(numbers, session.deliver([recipient], mail()))
    assert desk.api("GET", f"/tickets/{ticket_id}")["channel"] == "email"


def test_a_name_with_a_tag_goes_to_its_mailboxs_team(desk):
    team = desk.api("POST", "/teams", {"name": "Tagged"})
    desk.api("POST", "/mailboxes", {"name": "tagged", "address": "tagged@localhost", "team_id": team["id"]})
    with Session(desk) as session:
        replies = session.deliver([b"tagged+x=y@anywhere.example"], mail()) + session.deliver([b"unknown@anywhere.example"], mail())
    assert [desk.api("GET", f"/tickets/{numbers(reply)[0]}")["team_id"] for reply in replies] == [team["id"], None]


def test_mail_sent_twice_is_one(desk):
    twice = b"Message-ID: <%s@example.org>\r\n" % os.urandom(6).hex().encode() + mail()
    with Session(desk) as session:
        first, second = (numbers(session.deliver([b"support@localhost"], twice)[0]) for _ in range(2))
    assert first == second


def test_pipelined_commands_are_answered_in_order(desk):
    with Session(desk) as session:
        replies = session.say(b"MAIL FROM:<> BODY=8BITMIME SMTPUTF8", b"RCPT TO:<support@localhost>", b"DATA")
        assert [line[:3] for line in replies.splitlines()] == [b"250", b"250", b"354"]
        session.socket.sendall("From: ü@example.org\r\nSubject: grüße\r\n\r\nÜ\r\n.\r\nQUIT\r\n".encode())
        ticket_id, _ = numbers(session.reply())
        assert session.reply().startswith(b"221")
    assert desk.api("GET", f"/tickets/{ticket_id}")["subject"] == "grüße"


def test_a_mail_in_chunks_is_one_mail(desk):
    raw = mail("In chunks")
    with Session(desk) as session:
        session.say(b"MAIL FROM:<anna@example.org>", b"RCPT TO:<support@localhost>")
        session.socket.sendall(b"BDAT 10\r\n" + raw[:10] + b"BDAT %d LAST\r\n" % (len(raw) - 10) + raw[10:] + b"QUIT\r\n")
        assert session.reply().startswith(b"250 2.0.0 10 ")
        ticket_id, message_id = numbers(session.reply())
        assert session.reply().startswith(b"221")
    assert desk.api("GET", f"/tickets/{ticket_id}")["subject"] == "In chunks"
    # Nothing is unstuffed in chunks.
    assert desk.request("GET", f"/api/v1/tickets/{ticket_id}/messages/{message_id}/source").body == raw


def test_null_sender_and_reset(desk):
    with Session(desk) as session:
        assert session.say(b"MAIL FROM:<a@example.org>", b"RSET", b"RCPT TO:<support@localhost>").splitlines()[-1].startswith(b"503")
        assert numbers(session.deliver([b"support@localhost"], mail(), sender=b"<>")[0])
        assert session.say(b"VRFY x")[:1] in (b"2", b"5") and session.say(b"QUIT").startswith(b"221")


def test_a_mail_that_cannot_be_understood_is_quarantined_with_its_source(desk):
    raw = b"\xff\xfe\x00\x01\x00\x02" * 50
    with Session(desk) as session:
        ((ticket_id, message_id),) = map(numbers, session.deliver([b"support@localhost"], raw))
        numbers(session.deliver([b"support@localhost"], mail())[0])
    ticket = desk.api("GET", f"/tickets/{ticket_id}")
    assert ticket["quarantined"] is True
    (message,) = desk.all(f"/tickets/{ticket_id}/messages")
    assert message["attachments"], message
    source = desk.request("GET", f"/api/v1/tickets/{ticket_id}/messages/{message_id}/source")
    assert source.body.rstrip(b"\r\n") == raw
    attached = desk.request("GET", f"/api/v1/attachments/{message['attachments'][0]['id']}")
    assert attached.body.rstrip(b"\r\n") == raw


def test_a_bounce_of_known_mail_is_a_note(desk, agent_token):
    ticket = desk.ticket(requester={"email": "bounces@example.org"})
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "Hello?", "visibility": "public"}, token=agent_token)
    from desk import wait_for
    sent = wait_for(lambda: [m for m in desk.mail_to("bounces@example.org") if "Hello?" in m.as_string()])[0]
    bounce = (
        b"From: MAILER-DAEMON@mx.example.org\r\nTo: " + sent["Return-Path"].strip("<>").encode() + b"\r\nSubject: Undelivered Mail\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nNo such user.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        b"Final-Recipient: rfc822; bounces@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: " + sent["Message-ID"].encode() + b"\r\nSubject: x\r\n\r\nx\r\n--b--\r\n")
    with Session(desk) as session:
        (reply,) = session.deliver([sent["Return-Path"].strip("<>").encode()], bounce, sender=b"<>")
    assert numbers(reply)[0] == ticket["id"]
    last = desk.all(f"/tickets/{ticket['id']}/messages")[-1]
    assert last["visibility"] == "internal"
    before = len(desk.mail_to("bounces@example.org"))
    desk.lmtp(mail())
    assert len(desk.mail_to("bounces@example.org")) == before
