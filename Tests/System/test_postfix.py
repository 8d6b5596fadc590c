"""A real Postfix in front of the desk, set up as deploy/mail/README.md says."""
import shutil
import smtplib

import pytest

from desk import PROGRAMS, Desk, wait_for
from mail_ledger import Ledger, check_that_nothing_is_lost_or_doubled, deliver_every_kind, deliver_under_kills, give_back_what_is_too_large, lmtp_port, mail, new_mark
from mail_servers import Postfix, snippet, snippets


def postfix(desk: Desk, heading: str = "Postfix", more: str = "") -> Postfix:
    return Postfix(snippet(heading, "main.cf").replace("7424", lmtp_port(desk)) + more)


def test_every_block_of_the_page_is_tried_here_or_with_exim():
    assert snippets().keys() == {
        ("Postfix", "main.cf"), ("TLS", "main.cf"), ("Pipe", "main.cf"), ("Pipe", "master.cf"), ("Exim", "router"), ("Exim", "transport"),
        ("Agents who answer by mail", "header_checks")}


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_while_intake_is_killed(fresh_desk):
    fresh_desk.api("POST", "/mailboxes", {"name": "sales", "address": "sales@localhost"})
    with postfix(fresh_desk) as server:
        deliver_under_kills(fresh_desk, server)


def test_a_forged_field_of_our_own_mail_server_is_removed(fresh_desk, tmp_path):
    checks = tmp_path / "header_checks"
    checks.write_text(snippet("Agents who answer by mail", "header_checks"))
    raw = b"".join(b"Authentication-Results%s; dmarc=pass header.from=desk.example\r\n" % claim for claim in (
        b": mx.desk.example", b":  mx.desk.example 1", b" : mx.desk.example", b":mx.desk.example", b": (x) mx.desk.example",
        b': "mx.desk.example"', b":\r\n mx.desk.example", b": other.example"))
    with postfix(fresh_desk, more=f"header_checks = regexp:{checks}\n") as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        client.sendmail("eve@customer.example", ["support@desk.example"], raw + b"From: eve@customer.example\r\nSubject: Forged\r\n\r\nText.\r\n")
        ticket = wait_for(lambda: [one for one in fresh_desk.all("/tickets") if one["subject"] == "Forged"], 30)[0]
    message = fresh_desk.api("GET", f"/tickets/{ticket['id']}/messages")["items"][0]
    source = fresh_desk.request("GET", f"/api/v1/tickets/{ticket['id']}/messages/{message['id']}/source").body
    assert b"Subject: Forged" in source and b"authentication-results" not in source.lower() and b"dmarc=pass" not in source


@pytest.mark.timeout(600)
def test_every_kind_of_mail_arrives(fresh_desk):
    with postfix(fresh_desk) as server:
        deliver_every_kind(fresh_desk, server)


@pytest.mark.timeout(600)
def test_what_is_too_large_is_refused_at_once_or_goes_back_to_its_sender(fresh_desk):
    with postfix(fresh_desk) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        client.ehlo()
        assert client.mail("large@customer.example", ["SIZE=26214401"])[0] == 552
    # A server with a larger limit of its own: Postfix compares with the SIZE that we offer, and says it in its words.
    with postfix(fresh_desk, more="message_size_limit = 60000000\n") as server:
        give_back_what_is_too_large(fresh_desk, server, "exceeds size limit 26214400")
    # One that does not look at SIZE hears it from us.
    with postfix(fresh_desk, more="message_size_limit = 60000000\nlmtp_discard_lhlo_keywords = size\n") as server:
        give_back_what_is_too_large(fresh_desk, server, "Message too large, 26214400 bytes at most")


@pytest.mark.timeout(300)
def test_mail_comes_by_tls_and_only_so(tmp_path):
    desk = Desk(tmp_path / "data").start()
    desk.firstline("certs", "issue", "mail", "--out", tmp_path / "mail")
    desk.stop()
    desk = Desk(tmp_path / "data", environment={
        "FIRSTLINE_LMTP_TLS_CERT": str(tmp_path / "mail" / "mail.crt"), "FIRSTLINE_LMTP_TLS_KEY": str(tmp_path / "mail" / "mail.key")}).start()
    try:
        settings = snippet("TLS", "main.cf").replace("7424", lmtp_port(desk))
        authority = "/etc/firstline/operator/certs/ca.crt"
        assert authority in settings
        with Postfix(settings.replace(authority, "ca.crt") + "lmtp_tls_loglevel = 1\n", files={"ca.crt": tmp_path / "mail" / "ca.crt"}) as server:
            ledger = Ledger(server)
            for _ in range(5):
                mark = new_mark()
                ledger.send(mail(mark), "support@desk.example", mark=mark)
            server.wait_until_empty()
            check_that_nothing_is_lost_or_doubled(desk, ledger)
            assert "Verified TLS connection established to localhost" in server.log
        # Whoever expects another authority does not get through.
        other = Desk(tmp_path / "other")
        other.firstline("certs", "init")
        with Postfix(settings.replace(authority, "ca.crt"), files={"ca.crt": tmp_path / "other" / "certs" / "ca.crt"}) as server:
            Ledger(server).send(mail(new_mark()), "support@desk.example")
            wait_for(lambda: "status=deferred" in server.log, 30)
            assert "Server certificate not" in server.log, server.log[-2000:]
    finally:
        desk.stop()


@pytest.mark.timeout(300)
def test_the_pipe_stores_waits_and_gives_back(fresh_desk):
    """`firstline mail` under Postfix's pipe(8), as a user who may read nothing but the operator's folder."""
    desk = fresh_desk
    with Postfix(snippet("Pipe", "main.cf") + "message_size_limit = 60000000\n") as server:
        folder = server.folder / "operator"
        (folder / "certs").mkdir(parents=True)
        for name in ("run.json", "certs/ca.crt", "certs/operator.crt", "certs/operator.key"):
            shutil.copy(desk.data / name, folder / name)
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, "nobody")
        folder.chmod(0o700)
        shutil.copy(PROGRAMS / "firstline", server.folder / "firstline")
        master = snippet("Pipe", "master.cf").replace("/usr/local/bin/", f"{server.folder}/").replace("firstline-operator", "nobody")
        server.extend(master.replace("/etc/firstline/operator", str(folder)))

        ledger = Ledger(server)
        for count in range(4):
            mark = new_mark()
            recipients = ["support@desk.example", "sales@desk.example"][: 1 + count % 2]
            ledger.send(mail(mark), *recipients, mark=mark)
        server.wait_until_empty()
        check_that_nothing_is_lost_or_doubled(desk, ledger)
        # From the null path: a bounce of unknown mail, stored all the same.
        mark = new_mark()
        ledger.send(mail(mark, "mailer-daemon@customer.example"), "support@desk.example", sender="", mark=mark)
        server.wait_until_empty()

        # 75: nobody is there; the mail waits.
        desk.stop()
        mark = new_mark()
        ledger.send(mail(mark), "support@desk.example", mark=mark)
        wait_for(lambda: "status=deferred" in server.log, 60)
        wait_for(lambda: server.queued() == 1)
        desk.start()
        shutil.copy(desk.data / "run.json", folder / "run.json")
        server.wait_until_empty()
        check_that_nothing_is_lost_or_doubled(desk, ledger)

        # 65: never.
        give_back_what_is_too_large(desk, server, "the message is larger than 26214400 bytes")
