"""Whoever leads may die, fall silent or lose its database: another goes on, and nothing acknowledged is lost or doubled."""
import os
import signal
import smtplib
import threading
import time
import urllib.request

import pytest
from choices import LONG
from desk import SERVICES, wait_for
from dovecot import PASSWORD, Authority, Dovecot
from ledger import BROKEN, Ledger
from proxy import Proxy

#: What makes each service write.
WORK = {
    "intake": "ticket", "routing": "team", "sla-timer": "calendar", "notification": "ticket", "gateway": "token"}


class Load:
    """Clients that ask for everything, until told to stop."""

    def __init__(self, case, kinds=tuple(Ledger.KINDS), clients: int = 3):
        self.case, self.clients, self.is_over = case, clients, threading.Event()
        self.thread = threading.Thread(target=self.work, args=(list(kinds),))

    def work(self, kinds: list[str]):
        while not self.is_over.is_set():
            self.case.ledger.work(kinds, 2 * self.clients, lambda: not self.is_over.is_set(), clients=self.clients)

    def __enter__(self) -> "Load":
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join(90)
        assert not self.thread.is_alive(), "the load hangs"


def seconds_to_write(case, service: str, limit: float) -> float:
    """From now to the next acknowledged write of a service."""
    begun = time.monotonic()
    while True:
        entry = case.ledger.make(WORK[service])
        try:
            case.ledger.send(entry)
            return time.monotonic() - begun
        except BROKEN:
            assert time.monotonic() - begun < limit, f"no write of {service} for {limit} s:\n{case.house.services[service].log()}"
            time.sleep(0.02)


def test_a_standby_says_who_leads_and_clients_follow(make_pairs):
    case = make_pairs()
    case.house.start()
    pair = case.house.services["intake"]
    leader, standby = pair.leader, pair.standby
    state = wait_for(lambda: (s := standby.readiness()) and s["ready"] and s, 10)
    assert state["leader"] == leader.rpc
    from house import PlainPeer
    from rpc import field
    with PlainPeer(standby.rpc) as peer:
        code, answer = peer.call("Intake/GetTicket", field(1, 1))
    assert code == 14 and leader.rpc in str(answer), (code, answer)
    # HTTP and LMTP come in at either.
    token = case.house.data.joinpath("admin.token").read_text().strip()
    gateway = case.house.services["gateway"]
    wait_for(lambda: (s := gateway.standby.readiness()) and s["ready"], 10)
    for one in gateway.instances:
        request = urllib.request.Request(f"http://{one.extra}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200
    host, port = standby.extra.rsplit(":", 1)
    with smtplib.LMTP(host, int(port), timeout=5) as client:
        assert client.ehlo()[0] == 250
    # Every peer was given the standby's address too, and finds the leader's by itself.
    case.check()


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_leader_is_followed(make_pairs, service):
    case = make_pairs()
    case.house.start()
    pair = case.house.services[service]
    with Load(case):
        for _ in range(5 if LONG else 1):
            time.sleep(1)
            wait_for(lambda: pair.leader, 30)
            wait_for(lambda: (s := pair.standby.readiness()) and s["ready"], 30)
            pair.leader.crash()
            took = seconds_to_write(case, service, 15)
            print(f"{service}: killed, next write after {took:.2f} s")
    case.check()


@pytest.mark.parametrize("service", ["intake", "sla-timer", "notification"])
def test_a_stopped_leader_is_followed_and_commits_nothing_more(make_pairs, service):
    case = make_pairs()
    case.house.start()
    pair = case.house.services[service]
    with Load(case):
        time.sleep(1)
        leader = pair.leader
        wait_for(lambda: (s := pair.standby.readiness()) and s["ready"], 30)
        stopped = leader.process.pid
        os.killpg(stopped, signal.SIGSTOP)
        took = seconds_to_write(case, service, 25)
        print(f"{service}: stopped, next write elsewhere after {took:.2f} s")
        assert wait_for(lambda: pair.leader, 20) is not leader
        codes = len(leader.codes)
        os.killpg(stopped, signal.SIGCONT)
        wait_for(lambda: len(leader.codes) > codes, 10)
        assert leader.codes[codes] == 75, f"the stopped one ended with {leader.codes[codes]}:\n{leader.log()}"
    case.check()


def test_a_leader_that_is_cut_off_from_its_database_stops_by_itself(make_pairs, server):
    """A partition: clients still reach the leader, which no longer reaches the database, and hears nothing of it."""
    case = make_pairs()
    pair = case.house.services["intake"]
    proxies = [Proxy(f"127.0.0.1:{server.port}", seed) for seed in range(2)]
    try:
        for place, proxy in enumerate(proxies):
            case.house.ways["intake", place] = case.house.store.replace(f"127.0.0.1:{server.port}", proxy.address)
        case.house.start()
        with Load(case):
            time.sleep(1)
            leader = pair.leader
            wait_for(lambda: (s := pair.standby.readiness()) and s["ready"], 30)
            codes = len(leader.codes)
            proxies[leader.place].hold(True)
            took = seconds_to_write(case, "intake", 30)
            print(f"cut off, next write elsewhere after {took:.2f} s")
            assert wait_for(lambda: pair.leader, 20) is not leader
            wait_for(lambda: len(leader.codes) > codes, 10)
            assert leader.codes[codes] == 75, leader.log()
            proxies[leader.place].hold(False)
        case.check()
    finally:
        case.house.kill_everything()
        for proxy in proxies:
            proxy.close()


def test_the_database_may_crash(make_pairs, server):
    case = make_pairs()
    case.house.start()
    with Load(case):
        for _ in range(3 if LONG else 1):
            time.sleep(1)
            server.stop(signal.SIGQUIT)
            time.sleep(1)
            server.start()
            took = seconds_to_write(case, "intake", 40)
            print(f"database crashed, next write {took:.2f} s after it was back")
    case.check()


def test_only_the_leader_fetches_mail_by_imap_and_the_next_one_goes_on(make_pairs, tmp_path, monkeypatch):
    authority = Authority(tmp_path / "authority")
    monkeypatch.setenv("FIRSTLINE_IMAP_CA", str(authority.certificate))
    with Dovecot(authority) as server:
        account = server.account("pair")
        case = make_pairs()
        house = case.house
        house.start()
        team = house.api("POST", "/teams", {"name": "Fetched"})["id"]
        mailbox = house.api("POST", "/mailboxes", {
            "name": "pair", "address": "pair@localhost", "team_id": team,
            "imap": {"host": "localhost", "port": server.tls_port, "user": account.user, "secret": PASSWORD, "after": "delete"}})
        subjects = [f"fetched {number}" for number in range(60)]

        def deliver(some: list[str]):
            for subject in some:
                account.deliver(f"From: anna@example.org\r\nSubject: {subject}\r\n\r\nPlease.\r\n".encode())

        def fetched() -> list[str]:
            return sorted(ticket["subject"] for ticket in house.all(f"/tickets?team_id={team}"))

        def sign_ins() -> int:
            # Mail comes as files: only the instances sign in.
            return (server.folder / "dovecot.log").read_text().count(f"Login: user=<{account.user}>")

        deliver(subjects[:40])
        wait_for(lambda: len(fetched()) >= 3, 40)
        assert sign_ins() == 1
        house.services["intake"].leader.crash()
        deliver(subjects[40:])
        # Whichever leads next: the one that stood by, or the one that was started again.
        wait_for(lambda: house.services["intake"].leader, 60)
        wait_for(lambda: fetched() == sorted(subjects), 60)
        assert sign_ins() == 2
        wait_for(lambda: not account.flags(), 20)
        state = wait_for(
            lambda: (now := house.api("GET", f"/mailboxes/{mailbox['id']}")["imap_state"])["phase"] == "working" and now, 20)
        assert state["fetched"] == len(subjects)
