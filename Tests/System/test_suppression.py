"""Bounces and addresses that do not exist, through the real executables."""
import asyncio
import json
import threading

import pytest

from desk import Desk, wait_for
from sending import desk, sink  # noqa: F401
from smtp_sink import SMTPSink
from test_outbound import ask, bounce, deliveries, reply, settled

NO_SUCH_USER = "550 5.1.1 no such user"


def suppressions(desk: Desk, address: str = "") -> list[dict]:
    return desk.all("/suppressions" + (f"?address={address}" if address else ""))


def refuse(sink: SMTPSink, address: str):
    sink.answer = lambda stage, argument: NO_SUCH_USER if stage == "rcpt" and argument == address else None


def test_an_address_that_does_not_exist_gets_nothing_more_and_the_agent_sees_it(desk, sink):
    desk.agent()
    refuse(sink, "gone@example.org")
    first = ask(desk, "gone@example.org")
    failed = settled(desk, first, "failed")
    (one,) = suppressions(desk)
    assert one["address"] == "gone@example.org" and one["status"] == "5.1.1"
    assert one["delivery_id"] == failed["id"] and one["ticket_id"] == first["id"] and one["at"]
    # From now on the relay would take it, and is not asked.
    sink.answer = lambda stage, argument: None
    second = ask(desk, "gone@example.org")
    assert settled(desk, second, "suppressed")["last_error"] == "address_suppressed: 5.1.1"
    reply(desk, second)
    unsent = settled(desk, second, "suppressed", "reply")
    assert unsent["last_error"] == "address_suppressed: 5.1.1" and unsent["recipient"] == "gone@example.org"
    told = wait_for(lambda: [one for one in desk.all(f"/tickets/{second['id']}/history") if one["kind"] == "delivery.suppressed"])[0]
    assert told["message_id"] == unsent["message_id"] and told["delivery_id"] == unsent["id"] and told["code"] == "address_suppressed"
    settled(desk, ask(desk, "there@example.org"), "sent")
    assert not sink.taken_for("gone@example.org")
    # The operator's command lists it and lets mail go there again.
    listed = json.loads(desk.firstline("deliveries", "suppressed", "--json").stdout)["items"]
    assert [(row["address"], row["status"]) for row in listed] == [("gone@example.org", "5.1.1")]
    desk.firstline("deliveries", "allow", "Gone@example.org")
    assert desk.firstline("deliveries", "allow", "gone@example.org", check=False).returncode == 64
    assert not suppressions(desk)
    settled(desk, ask(desk, "gone@example.org"), "sent")
    # What was suppressed meanwhile is sent when somebody retries it.
    desk.api("POST", f"/deliveries/{unsent['id']}/retry")
    settled(desk, second, "sent", "reply")


def test_it_is_lifted_by_the_api_by_a_retry_and_by_mail_from_the_address(desk, sink):
    refuse(sink, "anna@example.org")
    ticket = ask(desk, "anna@example.org")
    failed = settled(desk, ticket, "failed")
    (one,) = suppressions(desk, "ANNA@example.org")
    assert not suppressions(desk, "other@example.org")
    assert desk.request("DELETE", f"/api/v1/suppressions/{one['id']}").status == 204
    assert desk.request("DELETE", f"/api/v1/suppressions/{one['id']}").status == 404
    assert not suppressions(desk)
    # Who retries vouches for the address, and is told again when it is refused again.
    for _ in range(2):
        before = len(sink.offered)
        desk.api("POST", f"/deliveries/{failed['id']}/retry")
        wait_for(lambda: deliveries(desk, ticket)[0]["state"] == "failed" and suppressions(desk))
        assert len(sink.offered) == before
    # Mail of a program lifts nothing, a person's does.
    automatic = "From: anna@example.org\r\nTo: support@localhost\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    desk.lmtp(automatic.encode())
    settled(desk, ask(desk, "other@example.org"), "sent")
    assert suppressions(desk, "anna@example.org")
    sink.answer = lambda stage, argument: None
    desk.lmtp(b"From: anna@example.org\r\nTo: support@localhost\r\nSubject: Here again\r\n\r\nI am here.\r\n")
    wait_for(lambda: not suppressions(desk))
    wait_for(lambda: sink.taken_for("anna@example.org"))


@pytest.mark.parametrize(("status", "is_dead"), [("5.1.1", True), ("5.2.2", False)])
def test_a_bounce_suppresses_its_address_only_where_it_says_that_there_is_none(desk, sink, status, is_dead):
    desk.agent()
    ticket = ask(desk, "gone@example.org")
    settled(desk, ticket, "sent")
    reply(desk, ticket)
    settled(desk, ticket, "sent", "reply")
    sender = next(one.sender for one in sink.taken if one.sender)
    desk.lmtp(bounce(sender, "failed", status), recipient=sender, sender="")
    settled(desk, ticket, "bounced", "reply")
    wait_for(lambda: "delivery.bounced" in desk.history_kinds(ticket["id"]))
    assert [one["address"] for one in suppressions(desk)] == (["gone@example.org"] if is_dead else [])
    reply(desk, ticket, "Once more.")
    settled(desk, ticket, "suppressed" if is_dead else "sent", "reply")


def test_a_bounce_that_is_here_before_the_mail_server_has_answered_wins(desk, sink):
    desk.agent()
    ticket = ask(desk, "slow@example.org")
    settled(desk, ticket, "sent")
    go = threading.Event()

    async def hold():
        while not go.is_set():
            await asyncio.sleep(0.05)

    # The reply alone is held: the agent's own notices go out at the same time, and have no bounce address.
    sink.answer = lambda stage, argument: hold() if stage == "end" and "Here is how." in argument else None
    reply(desk, ticket)
    sender = wait_for(lambda: [one.sender for one in sink.offered if one.sender])[0]
    desk.lmtp(bounce(sender, "failed", "5.1.1"), recipient=sender, sender="")
    wait_for(lambda: [one for one in desk.all(f"/tickets/{ticket['id']}/messages") if one["visibility"] == "internal"])
    head = desk.status()["intake"]["journal"]["head"]
    wait_for(lambda: next(one["offset"] for one in desk.status()["notification"]["follows"] if one["source"] == "intake") >= head, pause=0.3)
    assert deliveries(desk, ticket, "reply")[0]["state"] == "sending"
    go.set()
    bounced = settled(desk, ticket, "bounced", "reply")
    assert bounced["last_error"] == "bounced: 5.1.1" and bounced["bounced_at"] and bounced["sent_at"]
    assert suppressions(desk, "slow@example.org")
