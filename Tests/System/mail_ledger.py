"""Mail handed to a mail server in front of a desk, and what became of each: the same questions for Postfix and for Exim."""
import os
import re
import smtplib
import threading
import time
import uuid

from desk import ROOT, Desk, alive, wait_for
from mail_servers import MailServer

CORPUS = ROOT / "Tests" / "Corpus" / "messages"
LONG = os.environ.get("FIRSTLINE_TEST_LONG") == "1"
KILLS = 20 if LONG else 6
CLIENTS = 4
MAILBOXES = ["support@localhost", "sales@localhost"]
LIMIT_BYTES = 25 * 1024 * 1024
MARK = re.compile(r"mark-[0-9a-f]{32}")


class Ledger:
    """What the mail server has taken: each mail's mark, and how many recipients it had."""

    def __init__(self, server: MailServer):
        self.server, self.lock = server, threading.Lock()
        self.taken: dict[str, int] = {}
        self.sources: dict[str, bytes] = {}

    def send(self, raw: bytes, *recipients: str, sender: str = "anna@customer.example", options: tuple = (), mark: str = ""):
        """Returns once the server has taken the mail; the mark stands somewhere in it."""
        with smtplib.SMTP("127.0.0.1", self.server.port, timeout=120) as client:
            client.sendmail(sender, list(recipients), raw, mail_options=list(options))
        if mark:
            with self.lock:
                self.taken[mark] = len(recipients)
                self.sources[mark] = raw


def new_mark() -> str:
    return f"mark-{uuid.uuid4().hex}"


def mail(mark: str, sender: str = "anna@customer.example", *lines: str, body: str = "Please help.") -> bytes:
    header = [f"From: <{sender}>", "To: support@desk.example", f"Subject: {mark}", f"Message-ID: <{mark}@customer.example>",
              "Date: Tue, 05 Nov 2024 10:02:11 +0100", *lines]
    return ("\r\n".join(header) + f"\r\n\r\n{body}\r\n{mark}\r\n").encode()


def lmtp_port(desk: Desk) -> str:
    return desk.service("intake")["lmtp"].rsplit(":", 1)[1]


def stored(desk: Desk) -> dict[str, list[tuple[int, int]]]:
    """Every mark that the desk has, with the tickets and messages that hold it."""
    found: dict[str, list[tuple[int, int]]] = {}
    for ticket in desk.all("/tickets"):
        for message in desk.all(f"/tickets/{ticket['id']}/messages"):
            for mark in set(MARK.findall(message["text"])) or set(MARK.findall(ticket["subject"])):
                found.setdefault(mark, []).append((ticket["id"], message["id"]))
    return found


def check_that_nothing_is_lost_or_doubled(desk: Desk, ledger: Ledger):
    found = stored(desk)
    wrong = {mark: (count, found.get(mark, [])) for mark, count in ledger.taken.items() if len(found.get(mark, [])) != count}
    assert not wrong, f"{len(wrong)} of {len(ledger.taken)}: {dict(list(wrong.items())[:5])}\n{ledger.server.log[-3000:]}"
    assert found.keys() <= ledger.taken.keys()
    for mark in list(ledger.taken)[:: max(1, len(ledger.taken) // 25)]:
        for ticket_id, message_id in found[mark]:
            source = desk.request("GET", f"/api/v1/tickets/{ticket_id}/messages/{message_id}/source").body
            assert holds(source, ledger.sources[mark]), source[:2000]


def holds(source: bytes, sent: bytes) -> bool:
    """Whether a source is what was sent, with the fields that a mail server adds, and with the line ends that a pipe has."""
    (head, body), (sent_head, sent_body) = (raw.replace(b"\r\n", b"\n").split(b"\n\n", 1) for raw in (source, sent))
    return body == sent_body and set(sent_head.split(b"\n")) <= set(head.split(b"\n"))


def kill_intake(desk: Desk):
    pid = desk.pid_of("intake")
    os.kill(pid, 9)
    wait_for(lambda: not alive(pid))
    wait_for(lambda: desk.pid_of("intake"), 30)


def deliver_under_kills(desk: Desk, server: MailServer):
    """Clients send without a pause while Intake dies again and again; some mails answer the one before, some have several recipients."""
    ledger, stop = Ledger(server), threading.Event()
    failures: list[BaseException] = []

    def client(number: int):
        try:
            before = ""
            for count in range(600):
                if stop.is_set():
                    return
                mark, sender = new_mark(), f"client{number}@customer.example"
                answer = [f"In-Reply-To: <{before}@customer.example>"] if before and count % 3 == 1 else []
                recipients = ["support@desk.example"] if count % 5 else ["support@desk.example", "sales@desk.example", f"support+{count}@desk.example"]
                ledger.send(mail(mark, sender, *answer), *recipients, sender=sender, mark=mark)
                before = mark
                time.sleep(0.1)
        except BaseException as error:  # told by the test, not by a thread
            failures.append(error)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for one in clients:
        one.start()
    try:
        deadline = time.monotonic() + 300
        kills = 0
        while (kills < KILLS or len(ledger.taken) < 10 * KILLS) and not failures and time.monotonic() < deadline:
            time.sleep(1.2)
            kill_intake(desk)
            kills += 1
    finally:
        stop.set()
        for one in clients:
            one.join(60)
    assert not failures, failures
    server.wait_until_empty()
    wait_for(lambda: all(state["ready"] for state in desk.status().values()), 30)
    print(f"{len(ledger.taken)} mails to {sum(ledger.taken.values())} recipients, {kills} kills")
    assert len(ledger.taken) >= 10 * KILLS
    check_that_nothing_is_lost_or_doubled(desk, ledger)


def deliver_every_kind(desk: Desk, server: MailServer):
    for address in MAILBOXES[1:]:
        desk.api("POST", "/mailboxes", {"name": address.split("@")[0], "address": address})
    ledger = Ledger(server)

    several = new_mark()
    ledger.send(mail(several), "support@desk.example", "sales@desk.example", "nobody@desk.example", mark=several)

    eight_bit = new_mark()
    ledger.send(mail(eight_bit, "anna@customer.example", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", body="Grüße, Привет, Γειά"),
                "support@desk.example", options=("BODY=8BITMIME",), mark=eight_bit)

    international = new_mark()
    ledger.send(mail(international, "почта@customer.example", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", body="Привет"),
                "support@desk.example", sender="почта@customer.example", options=("SMTPUTF8", "BODY=8BITMIME"), mark=international)

    dots = new_mark()
    ledger.send(mail(dots, body=".\r\n..\r\n.leading dot\r\n\r\n.\r\n"), "support@desk.example", mark=dots)

    big = new_mark()
    line = "x" * 74 + "\r\n"
    ledger.send(mail(big, "anna@customer.example", "Content-Type: multipart/mixed; boundary=b",
                     body=f"--b\r\n\r\n{big}\r\n--b\r\nContent-Type: application/pdf; name=big.pdf\r\n\r\n{line * (20_000_000 // len(line))}--b--\r\n"),
                "support@desk.example", mark=big)

    unparsable = {}
    for name in ("limit-depth", "limit-attachments"):
        mark = new_mark()
        raw = (CORPUS / f"{name}.eml").read_bytes().replace(b"Subject: Re: Printer on the second floor", f"Subject: {mark}".encode())
        ledger.send(raw, "support@desk.example", mark=mark)
        unparsable[mark] = raw
    after = new_mark()
    ledger.send(mail(after), "support@desk.example", mark=after)

    server.wait_until_empty()
    check_that_nothing_is_lost_or_doubled(desk, ledger)
    found = stored(desk)
    assert len({ticket_id for ticket_id, _ in found[several]}) == 3
    for mark, words in ((eight_bit, "Grüße, Привет, Γειά"), (international, "Привет"), (dots, ".\n..\n.leading dot")):
        ((ticket_id, message_id),) = found[mark]
        (message,) = desk.all(f"/tickets/{ticket_id}/messages")
        assert words in message["text"], message["text"]
    assert desk.api("GET", f"/tickets/{found[international][0][0]}")["requester"]["email"] == "почта@customer.example"
    (message,) = desk.all(f"/tickets/{found[big][0][0]}/messages")
    assert [(one["filename"], one["size"] > 19_000_000) for one in message["attachments"]] == [("big.pdf", True)]
    for mark in unparsable:
        assert desk.api("GET", f"/tickets/{found[mark][0][0]}")["quarantined"] is True


def give_back_what_is_too_large(desk: Desk, server: MailServer, words: str):
    """A mail that the server takes and Firstline never can: its sender is told, in our words, and the queue is empty."""
    mark = new_mark()
    Ledger(server).send(mail(mark, "large@customer.example", body=("x" * 74 + "\r\n") * (LIMIT_BYTES // 74)),
                        "support@desk.example", sender="large@customer.example")
    server.wait_until_empty()
    assert server.sink.to("large@customer.example"), server.log[-3000:]
    (bounce,) = server.sink.to("large@customer.example")
    assert words in " ".join(bounce.as_string().split()), bounce.as_string()[:3000]
    assert mark not in stored(desk)


