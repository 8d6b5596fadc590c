"""Services of two releases side by side, as in a rolling upgrade, in whatever order they are replaced."""
import time

import pytest

from callers import Callers
from desk import SERVICES, Desk, wait_for
from every_method import every_method
from house import PEERS
from schema import ROOT, Schema, compiled
from test_versions import RELEASES, next_schema
from translator import Newer, Older, Translator

GOLDEN = ROOT / "Tests" / "Golden"

#: Who is of the other release; the rest is of ours. One service alone, each in turn, is what a rolling upgrade begins and ends with.
OTHERS = [{"intake"}, {"routing"}, {"sla-timer"}, {"notification"}, {"gateway"}, set(SERVICES)]


@pytest.fixture
def make_mixed(make_house):
    """An installation in which every call and journal between services of different releases is translated."""
    made = []

    def make(others: set, release):
        house = make_house()
        for caller, peers in PEERS.items():
            for peer in peers:
                if caller in others or peer in others:
                    translator = Translator(house.services[peer].rpc, release)
                    made.append(translator)
                    house.routes[(caller, peer)] = translator.address
        return house.start(), made

    yield make
    for translator in made:
        translator.close()


def whole_way(house: Desk):
    """From a mail to an agent, promises, an answer and outgoing mail."""
    agent = house.agent()
    day = [["00:00", "24:00"]]
    calendar = house.api("POST", "/calendars", {
        "name": "Always", "time_zone": "UTC", "hours": {name: day for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}})
    target = {"first_response": "PT1H", "resolution": "PT8H"}
    house.api("POST", "/sla_policies", {
        "name": "All", "position": 0, "conditions": {}, "calendar_id": calendar["id"],
        "targets": {name: target for name in ("low", "normal", "high", "urgent")}})
    said = house.lmtp(b"From: anna@example.org\r\nTo: support@localhost\r\nSubject: Stuck\r\nMessage-ID: <a@example.org>\r\n\r\nThe door.")
    ticket_id = int(said.split("ticket ")[1].split()[0])
    wait_for(lambda: house.api("GET", f"/tickets/{ticket_id}")["assignee_id"] == agent["id"])
    wait_for(lambda: len(house.api("GET", f"/tickets/{ticket_id}/sla")["timers"]) >= 2)
    wait_for(lambda: house.mail_to("anna@example.org"))
    acknowledged = len(house.mail_to("anna@example.org"))
    house.api("POST", f"/tickets/{ticket_id}/messages", {"body": "Push harder.", "visibility": "public", "status": "solved"})
    wait_for(lambda: len(house.mail_to("anna@example.org")) > acknowledged)
    wait_for(lambda: {timer["state"] for timer in house.api("GET", f"/tickets/{ticket_id}/sla")["timers"]} == {"met"})
    assert house.history_kinds(ticket_id).count("ticket.assigned") == 1
    house.settle()


@pytest.mark.parametrize("others", OTHERS, ids=lambda others: "+".join(sorted(others)) if len(others) == 1 else "all")
@pytest.mark.parametrize("release", RELEASES)
def test_an_older_service_among_ours(make_mixed, release, others):
    """The older one sends and reads what its release knew, so do ours to it."""
    house, translators = make_mixed(others, Older(Schema(compiled(GOLDEN / release))))
    whole_way(house)
    assert house.stop() == 0
    assert [failure for one in translators for failure in one.failures] == []
    assert sum(one.messages for one in translators) > 10


@pytest.mark.parametrize("others", OTHERS, ids=lambda others: "+".join(sorted(others)) if len(others) == 1 else "all")
def test_a_newer_service_among_ours(make_mixed, others):
    """Fields and kinds of entries that ours do not know are passed over; their places in the journal are not."""
    release = Newer(Schema(next_schema()))
    house, translators = make_mixed(others, release)
    whole_way(house)
    assert house.stop() == 0
    assert [failure for one in translators for failure in one.failures] == []
    if others & {"intake", "routing"}:
        assert release.unknown_entries > 0


@pytest.mark.parametrize("release", RELEASES)
def test_a_follower_of_an_older_release_reads_every_journal(release, tmp_path):
    """By its own schema it finds each entry in its place; what it does not know is an entry without a body."""
    desk = Desk(tmp_path / "data").start()
    callers = Callers(desk, Schema(compiled()))
    older = Schema(compiled(GOLDEN / release))
    known = {field.name for field in older.JournalEntry.DESCRIPTOR.oneofs_by_name["body"].fields}
    try:
        every_method(callers.schema, callers)
        for service in SERVICES:
            head = callers("Journal/Head", service=service).head
            entries, deadline = [], time.monotonic() + 20
            for body in callers.client(service).stream("firstline.v1.Journal/Follow", older.FollowRequest(follower="older")):
                entries += older.FollowResponse.FromString(body).entries
                if len(entries) >= head or time.monotonic() > deadline:
                    break
            assert [entry.offset for entry in entries] == list(range(1, len(entries) + 1)) and len(entries) >= head
            current = [callers.schema.JournalEntry.FromString(entry.SerializeToString()) for entry in entries]
            for old, new in zip(entries, current):
                kind = new.WhichOneof("body")
                assert kind and old.WhichOneof("body") == (kind if kind in known else None)
    finally:
        callers.close()
        desk.stop()
