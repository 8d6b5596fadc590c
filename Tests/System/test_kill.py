"""Nothing acknowledged is lost when everything is killed at once; one service may be down and the others go on."""
import os
import random
import signal
import smtplib
import threading
import time
import uuid

import pytest

from desk import Desk, Refused, SERVICES, alive, wait_for

CLIENTS = 8
LONG = os.environ.get("FIRSTLINE_TEST_LONG") == "1"
ROUNDS = 30
LOAD_SECONDS = (1.5, 5.0) if LONG else (0.3, 1.2)
# What a client sends in one round at the most.
MOST_REQUESTS = 400 if LONG else 60


def mail(sender: str, subject: str) -> bytes:
    return (f"From: <{sender}>\r\nTo: support@localhost\r\nSubject: {subject}\r\nMessage-ID: <{uuid.uuid4()}@example.org>\r\n"
            "\r\nPlease help.\r\n").encode()


class Ledger:
    """What was sent, and what was acknowledged with which ticket."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sent: dict[str, tuple] = {}
        self.acknowledged: dict[str, int] = {}

    def send(self, subject: str, how: tuple):
        with self.lock:
            self.sent[subject] = how

    def acknowledge(self, subject: str, ticket_id: int):
        with self.lock:
            self.acknowledged[subject] = ticket_id


def load(desk: Desk, ledger: Ledger, number: int, round_number: int, stop: threading.Event):
    """One client: mails or API calls until it is told to stop or the desk is gone."""
    for count in range(MOST_REQUESTS):
        if stop.is_set():
            return
        subject = f"round{round_number} client{number} request{count}"
        sender = f"client{number}.{round_number}.{count}@example.org"
        try:
            if number % 2:
                raw = mail(sender, subject)
                ledger.send(subject, ("mail", raw, sender))
                text = desk.lmtp(raw, sender=sender, timeout=10)
                ledger.acknowledge(subject, int(text.split("ticket ")[1].split()[0]))
            else:
                key, body = str(uuid.uuid4()), {"subject": subject, "body": "Please help.", "requester": {"email": sender}}
                ledger.send(subject, ("api", key, body))
                ticket = desk.api("POST", "/tickets", body, headers={"Idempotency-Key": key}, timeout=10)
                ledger.acknowledge(subject, ticket["id"])
        except (OSError, smtplib.SMTPException, Refused, AssertionError, IndexError, ValueError):
            # Cut off: not acknowledged, and nothing is promised.
            return
        except Exception as error:  # http.client raises its own family
            if type(error).__module__ != "http.client":
                raise
            return


def send_again(desk: Desk, how: tuple) -> int:
    if how[0] == "mail":
        return int(desk.lmtp(how[1], sender=how[2]).split("ticket ")[1].split()[0])
    return desk.api("POST", "/tickets", how[2], headers={"Idempotency-Key": how[1]})["id"]


@pytest.mark.timeout(1200)
def test_killing_everything_under_load_loses_and_doubles_nothing(tmp_path):
    seed = int(os.environ.get("FIRSTLINE_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"FIRSTLINE_TEST_SEED={seed}")
    chance = random.Random(seed)
    desk, ledger = Desk(tmp_path / "data"), Ledger()
    desk.start()
    agents = [desk.agent(f"Agent {number}", f"agent{number}@firstline.example", capacity=10_000) for number in range(3)]
    try:
        for round_number in range(ROUNDS):
            stop = threading.Event()
            clients = [
                threading.Thread(target=load, args=(desk, ledger, number, round_number, stop)) for number in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(chance.uniform(*LOAD_SECONDS))
            desk.kill_everything()
            stop.set()
            for client in clients:
                client.join(30)
                assert not client.is_alive()
            desk.start()
        check(desk, ledger, agents)
    finally:
        if desk.process.poll() is None:
            desk.stop()


def check(desk: Desk, ledger: Ledger, agents: list):
    assert len(ledger.acknowledged) > ROUNDS
    # Sent again, an acknowledged request returns its ticket; an unacknowledged one makes it now if it was not made then.
    sample = dict(list(ledger.sent.items())[-200:])
    for subject, how in sample.items():
        ticket_id = send_again(desk, how)
        assert ledger.acknowledged.setdefault(subject, ticket_id) == ticket_id
    tickets = desk.all("/tickets?sort=created_ascending")
    print(f"{len(ledger.sent)} sent, {len(ledger.acknowledged)} acknowledged, {len(tickets)} tickets")
    by_subject: dict[str, list] = {}
    for ticket in tickets:
        by_subject.setdefault(ticket["subject"], []).append(ticket["id"])
    for subject, ids in by_subject.items():
        assert len(ids) == 1, f"{subject} became tickets {ids}"
    for subject, ticket_id in ledger.acknowledged.items():
        assert by_subject.get(subject) == [ticket_id], f"{subject} was acknowledged as ticket {ticket_id}"

    def unsettled():
        problems = []
        for ticket in desk.all("/tickets?sort=created_ascending"):
            if not ticket["assignee_id"]:
                problems.append((ticket["id"], "no assignee"))
            if not ticket["sla"] or not ticket["sla"]["first_response_due_at"] or not ticket["sla"]["resolution_due_at"]:
                problems.append((ticket["id"], "no timers"))
        return problems

    wait_for(lambda: not unsettled(), 60, 0.5)
    for ticket in chosen(tickets):
        kinds = desk.history_kinds(ticket["id"])
        assert kinds.count("ticket.created") == 1 and kinds.count("message.added") == 1
        assert kinds.count("ticket.assigned") == 1
    # Every requester is told once, in the outbox as in the list of deliveries.
    wait_for(lambda: not [d for d in desk.all("/deliveries") if d["state"] in ("queued", "sending", "deferred")], 60, 0.5)
    deliveries = desk.all("/deliveries")
    acknowledged = sorted(d["ticket_id"] for d in deliveries if d["kind"] == "acknowledgement" and d["state"] == "sent")
    assert acknowledged == sorted(ticket["id"] for ticket in tickets)
    told = sorted(d["ticket_id"] for d in deliveries if d["kind"] == "assignment" and d["state"] in ("sent", "suppressed"))
    assert told == sorted(ticket["id"] for ticket in tickets)
    # An outbox write may be repeated after a kill, always with the same Message-ID: the receiver drops it.
    in_outbox = {mail["Message-ID"] for mail in desk.outbox() if mail["X-Envelope-To"].endswith("@example.org")}
    assert len(in_outbox) == len(tickets)


def chosen(tickets: list, most: int = 150) -> list:
    return tickets[:: max(1, len(tickets) // most)]


DOWN_SECONDS = 60 if LONG else 6


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_down_loses_nothing_and_blocks_nobody_else(fresh_desk, service):
    """The service is stopped (SIGSTOP: it neither answers nor ends), the others are used, then it goes on."""
    desk = fresh_desk
    desk.agent()
    pid = desk.pid_of(service)
    os.kill(pid, signal.SIGSTOP)
    accepted = []
    try:
        ends = time.monotonic() + DOWN_SECONDS
        count = 0
        while time.monotonic() < ends:
            count += 1
            if service == "intake":
                # Without Intake nothing can be promised: the gateway says so, and goes on.
                assert desk.request("GET", "/api/v1/me", timeout=10).status == 200
            else:
                accepted.append(int(desk.lmtp(mail(f"a{count}@example.org", f"down {count}")).split("ticket ")[1].split()[0]))
                if service != "gateway":
                    assert desk.api("GET", f"/tickets/{accepted[-1]}", timeout=15)["id"] == accepted[-1]
            time.sleep(0.3)
    finally:
        os.kill(pid, signal.SIGCONT)
    if service == "intake":
        accepted.append(int(desk.lmtp(mail("late@example.org", "late")).split("ticket ")[1].split()[0]))
    settle(desk, accepted)


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_service_is_started_again_and_catches_up(fresh_desk, service):
    desk = fresh_desk
    desk.agent()
    before = int(desk.lmtp(mail("before@example.org", "before")).split("ticket ")[1].split()[0])
    pid = desk.pid_of(service)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not alive(pid))
    again = wait_for(lambda: desk.pid_of(service))
    assert again != pid
    wait_for(lambda: all(state["ready"] for state in desk.status().values()), 60)
    after = int(desk.lmtp(mail("after@example.org", "after")).split("ticket ")[1].split()[0])
    settle(desk, [before, after])


def read(desk: Desk, ticket_id: int) -> dict | None:
    """The ticket; None while the gateway does not reach Intake, which has just come back, and says 503."""
    try:
        return desk.api("GET", f"/tickets/{ticket_id}")
    except Refused as refusal:
        if refusal.status != 503:
            raise
        return None


def settle(desk: Desk, ticket_ids: list):
    """Each ticket has its assignee, its deadlines and its acknowledgement in the end."""
    for ticket_id in ticket_ids:
        ticket = wait_for(
            lambda: (t := read(desk, ticket_id)) and t["assignee_id"] and t["sla"]["resolution_due_at"] and t, 30)
        wait_for(lambda: desk.mail_to(ticket["requester"]["email"]), 30)
        assert len(desk.mail_to(ticket["requester"]["email"])) == 1
        assert desk.history_kinds(ticket_id).count("ticket.assigned") == 1
