"""Mailboxes fetched by IMAP from a real Dovecot: nothing lost, nothing doubled, nothing taken away before it is stored."""
import os
import random
import signal
import time
import uuid

import pytest

from desk import Desk, alive, wait_for
from dovecot import IS_ROOT, PASSWORD, Account, Authority, Dovecot

BACKLOG = 120
KILLS = 5


def mail(subject: str, body: str = "Please help.", sender: str = "anna@example.org") -> bytes:
    return (f"From: <{sender}>\r\nTo: support@example.org\r\nSubject: {subject}\r\nMessage-ID: <{uuid.uuid4()}@example.org>\r\n"
            f"\r\n{body}\r\n").encode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority):
    with Dovecot(authority) as server:
        yield server


@pytest.fixture(scope="module")
def desk(tmp_path_factory, authority):
    folder = tmp_path_factory.mktemp("desk")
    (folder / "secrets").mkdir()
    desk = Desk(folder / "data", environment={
        "FIRSTLINE_IMAP_CA": str(authority.certificate), "FIRSTLINE_IMAP_SECRETS": str(folder / "secrets")}).start()
    desk.secrets = folder / "secrets"
    yield desk
    if desk.process.poll() is None:
        desk.stop()


class Fetched:
    """A mailbox of the desk that is fetched from an account."""

    def __init__(self, desk: Desk, account: Account, **settings):
        self.desk, self.account = desk, account
        team = desk.api("POST", "/teams", {"name": f"Team of {account.user}"})
        self.team = team["id"]
        self.settings = {"host": "localhost", "port": account.server.tls_port, "user": account.user, "secret": PASSWORD,
                         "poll_seconds": 5, **settings}
        self.id = desk.api("POST", "/mailboxes", {
            "name": account.user, "address": f"{account.user}@localhost", "team_id": self.team, "imap": self.settings})["id"]

    def change(self, **settings):
        self.settings |= settings
        self.desk.api("PATCH", f"/mailboxes/{self.id}", {"imap": self.settings})

    @property
    def state(self) -> dict:
        return self.desk.api("GET", f"/mailboxes/{self.id}")["imap_state"]

    @property
    def tickets(self) -> list[dict]:
        return self.desk.all(f"/tickets?team_id={self.team}")

    @property
    def subjects(self) -> list[str]:
        return sorted(ticket["subject"] for ticket in self.tickets)

    def wait_for(self, *subjects: str, seconds: float = 40):
        """Until exactly these are there."""
        try:
            wait_for(lambda: self.subjects == sorted(subjects), seconds, 0.2)
        except AssertionError:
            raise AssertionError(f"wanted {sorted(subjects)}, got {self.subjects}, state {self.state}") from None

    def wait_for_error(self, code: str, seconds: float = 40) -> dict:
        return wait_for(lambda: (state := self.state)["phase"] == "failing" and state["error_code"] == code and state, seconds, 0.2)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_is_there_and_what_comes_is_fetched_whether_seen_or_not(server, desk, security):
    account = server.account(f"reader-{security}")
    account.append(mail("unseen"))
    account.append(mail("seen elsewhere"), flags="\\Seen")
    port = server.tls_port if security == "tls" else server.port
    mailbox = Fetched(desk, account, security=security, port=port)
    mailbox.wait_for("unseen", "seen elsewhere")
    account.append(mail("seen at once"), flags="\\Seen")
    mailbox.wait_for("unseen", "seen elsewhere", "seen at once")
    # It looked, and touched nothing.
    assert account.flags() == {"unseen": set(), "seen elsewhere": {"\\Seen"}, "seen at once": {"\\Seen"}}
    state = mailbox.state
    assert (state["phase"], state["error_code"], state["fetched"], state["troubled"]) == ("working", None, 3, 0)
    assert state["polled_at"]
    assert f'firstline_imap_failing{{mailbox_id="{mailbox.id}"}} 0' in metrics(desk)


def metrics(desk: Desk) -> str:
    import urllib.request
    admin = desk.service("intake")["admin"]
    with urllib.request.urlopen(f"http://{admin}/metrics", timeout=10) as answer:
        return answer.read().decode()


def test_idle_brings_mail_at_once(server, desk):
    account = server.account("idler")
    # Only IDLE can be so quick: the pause between looks is an hour.
    mailbox = Fetched(desk, account, poll_seconds=3600)
    wait_for(lambda: mailbox.state["phase"] == "working", 20)
    subjects, latencies = [], []
    for number in range(5):
        subjects.append(f"urgent {number}")
        account.append(mail(subjects[-1]))
        began = time.monotonic()
        mailbox.wait_for(*subjects, seconds=20)
        latencies.append(time.monotonic() - began)
    print(f"IDLE latency, s: {sorted(latencies)}")


@pytest.mark.parametrize("after", ["seen", "move", "delete"])
def test_a_stored_mail_is_flagged_moved_or_deleted(server, desk, after):
    account = server.account(f"after-{after}")
    account.append(mail("one"), mail("two"))
    mailbox = Fetched(desk, account, after=after, **({"move_to": "Firstline.Готово"} if after == "move" else {}))
    mailbox.wait_for("one", "two")
    if after == "seen":
        wait_for(lambda: account.flags() == {"one": {"\\Seen"}, "two": {"\\Seen"}}, 20)
    else:
        wait_for(lambda: account.flags() == {}, 20)
    if after == "move":
        # The name that it has in modified UTF-7.
        assert account.flags("Firstline.&BBMEPgRCBD4EMgQ+-").keys() == {"one", "two"}
    account.append(mail("three"))
    mailbox.wait_for("one", "two", "three")


def test_a_server_without_idle_and_move_is_looked_at_again_and_copied_from(authority, desk):
    bare = "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS AUTH=PLAIN"
    with Dovecot(authority, more=bare) as server:
        account = server.account("bare")
        account.append(mail("one"))
        mailbox = Fetched(desk, account, after="move", move_to="Done", poll_seconds=5)
        mailbox.wait_for("one")
        account.append(mail("two"))
        mailbox.wait_for("one", "two")
        wait_for(lambda: account.flags() == {}, 20)
        assert account.flags("Done").keys() == {"one", "two"}
        desk.api("PATCH", f"/mailboxes/{mailbox.id}", {"imap": None})


def test_a_server_that_does_not_move_is_shown_and_mail_is_fetched_all_the_same(server, desk):
    account = server.account("unmoved")
    account.append(mail("one"))
    # This server's folders have no slashes in their names.
    mailbox = Fetched(desk, account, after="move", move_to="not/here")
    assert mailbox.wait_for_error("not_settled")["error"]
    account.append(mail("two"))
    mailbox.wait_for("one", "two")
    assert account.flags().keys() == {"one", "two"}
    mailbox.change(move_to="Done")
    wait_for(lambda: account.flags() == {}, 20)
    assert account.flags("Done").keys() == {"one", "two"}
    assert mailbox.state["fetched"] == 2


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_while_intake_is_killed_and_mail_is_deleted(server, desk):
    account = server.account("killed")
    ledger = [f"killed {number}" for number in range(BACKLOG)]
    account.append(*(mail(subject) for subject in ledger[:BACKLOG // 2]))
    mailbox = Fetched(desk, account, after="delete")
    chance = random.Random(7)
    done: list[int] = []
    for round_number in range(KILLS):
        account.append(*(mail(subject) for subject in ledger[BACKLOG // 2 + round_number::KILLS]))
        time.sleep(chance.uniform(0.2, 1.0))
        done.append(len(mailbox.tickets))
        pid = desk.pid_of("intake")
        os.kill(pid, signal.SIGTERM if round_number == 2 else signal.SIGKILL)
        wait_for(lambda: not alive(pid), 15)
        wait_for(lambda: (new := desk.pid_of("intake")) and new != pid, 30)
        desk._status = None
        wait_for(lambda: ready(desk), 60)
    print(f"stored at each kill: {done} of {BACKLOG}")
    mailbox.wait_for(*ledger, seconds=120)
    wait_for(lambda: account.flags() == {}, 30)
    assert len(mailbox.tickets) == BACKLOG
    assert mailbox.state["fetched"] == BACKLOG


def ready(desk: Desk) -> bool:
    return desk.request("GET", "/api/v1/mailboxes").status == 200


def test_a_changed_uidvalidity_doubles_nothing_and_loses_nothing(server, desk):
    account = server.account("changed")
    account.append(mail("old 1"), mail("old 2"))
    mailbox = Fetched(desk, account)
    mailbox.wait_for("old 1", "old 2")
    before = account.uid_validity()
    server.stop()
    # As after a restored or rebuilt index; the mails get other UIDs, for a new one comes between them.
    for path in account.folder.glob("dovecot*"):
        path.unlink()
    account.deliver(mail("new 1"))
    time.sleep(1.1)
    server.start()
    mailbox.wait_for("old 1", "old 2", "new 1")
    assert account.uid_validity() != before
    account.append(mail("new 2"))
    mailbox.wait_for("old 1", "old 2", "new 1", "new 2")
    assert mailbox.state["fetched"] == 4


def test_a_folder_deleted_and_made_again_under_a_running_session_is_noticed(server, desk):
    account = server.account("remade")
    mails = [mail("a"), mail("b")]
    client = account.client()
    client.create("Support")
    account.append(*mails, folder="Support")
    mailbox = Fetched(desk, account, folder="Support")
    mailbox.wait_for("a", "b")
    before = account.uid_validity("Support")
    client.delete("Support")
    time.sleep(1.1)
    client.create("Support")
    client.logout()
    account.append(mail("c"), *mails, folder="Support")
    assert account.uid_validity("Support") != before
    mailbox.wait_for("a", "b", "c")
    assert mailbox.state["fetched"] == 3


def test_what_nobody_can_read_is_quarantined_among_the_others(server, desk):
    account = server.account("garbage")
    raw = b"\xff\xfe\x00\x01 no header at all \x80" * 10
    # Maildir as it is: by APPEND the server would refuse NUL.
    account.deliver(mail("before"))
    account.deliver(raw)
    account.deliver(mail("after"))
    mailbox = Fetched(desk, account)
    wait_for(lambda: len(mailbox.tickets) == 3, 30)
    quarantined = [ticket for ticket in mailbox.tickets if ticket["quarantined"]]
    assert len(quarantined) == 1
    message = desk.api("GET", f"/tickets/{quarantined[0]['id']}/messages")["items"][0]
    assert b"no header at all" in desk.api("GET", f"/tickets/{quarantined[0]['id']}/messages/{message['id']}/source")
    assert mailbox.state["quarantined"] == 1


@pytest.mark.skipif(not IS_ROOT, reason="only root can put a mail out of the server's reach")
@pytest.mark.timeout(240)
def test_a_mail_that_the_server_cannot_give_stops_nobody_and_is_quarantined_in_the_end(server, desk):
    account = server.account("poison")
    account.deliver(mail("before"))
    path = account.deliver(mail("poison"))
    account.deliver(mail("after"))
    # The server's part that reads mail is nobody's.
    os.chown(path, 0, 0)
    os.chmod(path, 0o600)
    mailbox = Fetched(desk, account, after="move", move_to="Done")
    wait_for(lambda: {"before", "after"} <= set(mailbox.subjects), 60, 0.2)
    # Each failure counts once other mail came after the one before: the server is well.
    for number in range(20):
        if any(ticket["quarantined"] for ticket in mailbox.tickets):
            break
        account.append(mail(f"later {number}"))
        wait_for(lambda subject=f"later {number}": subject in mailbox.subjects, 60, 0.2)
        # Until the poison is tried again.
        time.sleep(6)
    lost = [ticket for ticket in mailbox.tickets if ticket["quarantined"]]
    assert len(lost) == 1
    text = desk.api("GET", f"/tickets/{lost[0]['id']}/messages")["items"][0]["text"]
    assert "could not be fetched" in text and "INBOX" in text
    # It was not taken away, and is not tried again.
    assert path.name in [name.partition(":")[0] for name in os.listdir(account.folder / "new") + os.listdir(account.folder / "cur")]
    wait_for(lambda: mailbox.state["troubled"] == 0, 20)


@pytest.mark.timeout(240)
def test_a_mail_beyond_the_limit_is_noted_with_its_beginning_and_stays(server, desk):
    account = server.account("large")
    account.deliver(mail("huge", "x" * 70 + ("\r\n" + "x" * 70) * (27 * 1024 * 1024 // 72)))
    account.deliver(mail("small"))
    mailbox = Fetched(desk, account, after="delete")
    mailbox.wait_for("huge", "small", seconds=60)
    huge = [ticket for ticket in mailbox.tickets if ticket["quarantined"]]
    assert [ticket["subject"] for ticket in huge] == ["huge"]
    assert huge[0]["requester"]["email"] == "anna@example.org"
    wait_for(lambda: account.flags().keys() == {"huge"}, 20)


@pytest.mark.timeout(240)
def test_mail_of_an_outage_is_fetched_after_it(server, desk):
    account = server.account("outage")
    mailbox = Fetched(desk, account)
    account.append(mail("before"))
    mailbox.wait_for("before")
    server.stop()
    for number in range(5):
        account.deliver(mail(f"meanwhile {number}"))
    state = mailbox.wait_for_error("unreachable")
    assert state["failed_at"] and state["error"]
    server.start()
    mailbox.wait_for("before", *(f"meanwhile {number}" for number in range(5)), seconds=90)
    state = wait_for(lambda: (now := mailbox.state)["phase"] == "working" and now, 30)
    # What went wrong last stays to be read.
    assert state["error_code"] in ("unreachable", "disconnected")


def test_a_wrong_password_is_shown_and_a_right_one_works_at_once(server, desk):
    account = server.account("forgetful")
    account.append(mail("waiting"))
    mailbox = Fetched(desk, account, secret="wrong-but-secret")
    state = mailbox.wait_for_error("sign_in_refused")
    assert "secret" not in (state["error"] or "")
    mailbox.change(secret=PASSWORD)
    mailbox.wait_for("waiting")
    shown = desk.request("GET", f"/api/v1/mailboxes/{mailbox.id}").body + desk.request("GET", "/api/v1/mailboxes").body
    assert PASSWORD.encode() not in shown and b'"secret"' not in shown
    log = open(desk.log.name).read()
    assert PASSWORD not in log and "wrong-but-secret" not in log
    # Nor can it be had by sending it to another server.
    settings = {key: value for key, value in mailbox.settings.items() if key != "secret"}
    assert desk.request("PATCH", f"/api/v1/mailboxes/{mailbox.id}", {"imap": {**settings, "host": "127.0.0.1"}}).status == 422
    assert desk.request("PATCH", f"/api/v1/mailboxes/{mailbox.id}", {"imap": settings}).status == 200


@pytest.mark.parametrize("fault", ["authority", "name"])
def test_a_certificate_that_does_not_fit_is_refused_before_the_password_goes_out(tmp_path, authority, desk, fault):
    signed_by = Authority(tmp_path / "other") if fault == "authority" else authority
    names = "DNS:localhost" if fault == "authority" else "DNS:elsewhere.example"
    with Dovecot(signed_by, names) as impostor:
        for security, port in (("tls", impostor.tls_port), ("starttls", impostor.port)):
            account = impostor.account(f"fooled-{fault}-{security}")
            mailbox = Fetched(desk, account, security=security, port=port)
            assert mailbox.wait_for_error("tls")["error"]
            desk.api("PATCH", f"/mailboxes/{mailbox.id}", {"imap": None})
            assert desk.api("GET", f"/mailboxes/{mailbox.id}")["imap"] is None
        log = (impostor.folder / "dovecot.log").read_text()
        assert "Login: user=<fooled" not in log


def test_an_access_token_signs_in_by_xoauth2_and_is_read_anew_from_its_file(server, desk):
    account = server.account("modern")
    account.append(mail("by token"))
    (desk.secrets / "modern.token").write_text(account.token(seconds=-60) + "\n")
    mailbox = Fetched(desk, account, sign_in="xoauth2", secret=None, secret_file="modern.token")
    mailbox.wait_for_error("sign_in_refused")
    (desk.secrets / "modern.token").write_text(account.token() + "\n")
    mailbox.wait_for("by token", seconds=60)
    assert "method=XOAUTH2" in (server.folder / "dovecot.log").read_text()
    missing = Fetched(desk, server.account("nameless"), secret=None, secret_file="nobody.token")
    assert "nobody.token" in missing.wait_for_error("no_secret")["error"]


def test_a_paused_mailbox_is_left_alone_and_goes_on_later(server, desk):
    account = server.account("resting")
    mailbox = Fetched(desk, account, paused=True)
    account.append(mail("held"))
    assert mailbox.state["phase"] == "paused"
    mailbox.change(paused=False)
    mailbox.wait_for("held")
    mailbox.change(paused=True)
    assert mailbox.state["phase"] == "paused"
    account.append(mail("held too"))
    time.sleep(2)
    assert mailbox.subjects == ["held"]
    mailbox.change(paused=False)
    mailbox.wait_for("held", "held too")
