"""Connections that delay, stall, break off and come twice, between the services and towards their clients."""
import time

import pytest

from choices import LONG, SEED
from desk import SERVICES, wait_for
from house import PEERS
from ledger import Ledger
from proxy import Proxy


@pytest.fixture
def proxied(make_case):
    """A case all of whose connections lead through proxies."""
    case, proxies = make_case(), []

    def through(place: tuple[str, str], target: str, repeats: bool = False):
        proxy = Proxy(target, case.chance.randrange(1 << 32), repeats=repeats)
        proxies.append(proxy)
        case.house.routes[place] = proxy.address

    for service in SERVICES:
        for peer in PEERS[service]:
            through((service, peer), case.house.services[peer].rpc)
    for name in SERVICES:
        through(("client", name), case.house.services[name].rpc, repeats=True)
    through(("client", "lmtp"), case.house.services["intake"].extra, repeats=True)
    web = Proxy(case.house.services["gateway"].extra, case.chance.randrange(1 << 32), repeats=True)
    proxies.append(web)
    case.house.url = f"http://{web.address}"
    case.proxies = proxies
    yield case
    case.house.kill_everything()
    for proxy in proxies:
        proxy.close()


@pytest.mark.parametrize("turn", range(30 if LONG else 2))
def test_a_bad_network_loses_and_doubles_nothing(proxied, turn):
    case = proxied
    case.house.start()
    for proxy in case.proxies:
        proxy.mischief = case.chance.choice([0.2, 0.5, 0.9])
    case.ledger.work(Ledger.KINDS, 60, lambda: True, clients=5)
    happened: dict[str, int] = {}
    for proxy in case.proxies:
        proxy.mischief = 0
        for what, times in proxy.events.items():
            happened[what] = happened.get(what, 0) + times
    print(f"seed {SEED}: {happened}")
    assert happened.get("cut") and happened.get("repeat"), happened
    case.check()


def test_followers_go_on_where_they_were_when_their_streams_are_cut(proxied):
    case = proxied
    case.house.start()
    ends = time.monotonic() + (60 if LONG else 3)
    while time.monotonic() < ends:
        case.ledger.work(["mail", "web", "quick"], 6, lambda: True)
        for proxy in case.chance.sample(case.proxies, 4):
            proxy.cut()
    case.check()


@pytest.fixture
def held(make_case):
    """Makes the proxy between a service and a peer, which can be held."""
    case, proxies = make_case(), []

    def between(caller: str, peer: str) -> Proxy:
        proxy = Proxy(case.house.services[peer].rpc, 1)
        proxies.append(proxy)
        case.house.routes[caller, peer] = proxy.address
        return proxy

    yield case, between
    case.house.kill_everything()
    for proxy in proxies:
        proxy.close()


def test_an_answer_that_the_timer_has_not_read_yet_is_no_breach(held):
    case, between = held
    proxy = between("sla-timer", "intake")
    case.house.start()
    for _ in range(5):
        ticket = case.ledger.send(case.ledger.make("quick"))
        wait_for(lambda: case.house.api("GET", f"/tickets/{ticket}/sla")["timers"])
        proxy.hold(True)
        answer = case.house.api("POST", f"/tickets/{ticket}/messages", {"body": "At once.", "visibility": "public"})
        due = next(one["due_at"] for one in case.house.api("GET", f"/tickets/{ticket}/sla")["timers"] if one["metric"] == "first_response")
        if answer["created_at"] < due:
            break
        # The machine was too busy to answer within the second that was promised.
        proxy.hold(False)
    else:
        pytest.fail("no ticket was answered within a second")
    time.sleep(2)
    proxy.hold(False)
    wait_for(case.house.is_settled, 30)
    timers = {timer["metric"]: timer["state"] for timer in case.house.api("GET", f"/tickets/{ticket}/sla")["timers"]}
    assert timers["first_response"] == "met", timers
    case.check()


def test_a_proposal_that_comes_too_late_is_refused(held):
    case, between = held
    proxy = between("intake", "routing")
    case.house.start()
    proxy.hold(True)
    ticket = case.ledger.send(case.ledger.make("ticket"))
    wait_for(lambda: case.house.readiness("routing")["journal"]["head"] > 0)
    # The one with room for little: routing would not choose them first.
    case.ledger.assign(ticket, 4)
    time.sleep(0.3)
    proxy.hold(False)
    wait_for(case.house.is_settled, 30)
    assert case.house.api("GET", f"/tickets/{ticket}")["assignee_id"] == 4
    case.check()


@pytest.mark.parametrize("service", SERVICES)
def test_a_stopped_peer_holds_nobody_up(make_case, service):
    """SIGSTOP: it neither answers nor ends. The others go on with their own work; afterwards it catches up."""
    case = make_case()
    case.house.start()
    others = {
        "intake": ["team", "calendar", "token"], "gateway": ["mail", "ticket"],
        "routing": ["mail", "ticket", "web", "reply", "calendar", "token"],
        "sla-timer": ["mail", "ticket", "web", "reply", "team", "token"],
        "notification": ["mail", "ticket", "web", "reply", "team", "calendar", "token"]}[service]
    case.house.services[service].pause()
    try:
        ends = time.monotonic() + (60 if LONG else 2)
        while time.monotonic() < ends:
            entries = [entry for kind in others if (entry := case.ledger.make(kind))]
            for entry in entries:
                case.ledger.send(entry)
            time.sleep(0.1)
    finally:
        case.house.services[service].resume()
    wait_for(case.house.is_settled, 30)
    case.check()
