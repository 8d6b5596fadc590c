"""Mail that would speak for an agent: forged results, spoofed authors, replays, and addresses that leak."""
import re

import pytest

from desk import Desk, wait_for

PASS = "dmarc=pass header.from=firstline.example"
OURS = f"Authentication-Results: mx.firstline.example; {PASS}"
BORDER = "Received: from somewhere (somewhere [192.0.2.9]) by mx.firstline.example (Postfix) with ESMTPS"


@pytest.fixture(scope="module")
def trusting(house, tmp_path_factory):
    """A desk whose mail server is mx.firstline.example, an agent there, and a ticket of Bob's that came by mail."""
    desk = Desk(tmp_path_factory.mktemp("trusting") / "data", environment={"FIRSTLINE_MAIL_AUTHSERV_ID": "mx.firstline.example"}).start()
    house = type(house)(desk)
    house.thread = house.ticket_of(mail("bob@example.org", "Thread", "Message-ID: <thread@example.org>"), sender="bob@example.org")
    address = wait_for(lambda: [one for one in desk.mail_to("bob@example.org") if "Thread" in one["Subject"]], 20)[0]["Reply-To"]
    house.address = address.addresses[0].addr_spec
    # Until Intake has asked the gateway for Berta's address, nobody acts.
    proved = (mail("berta@firstline.example", "Re: Thread", "In-Reply-To: <thread@example.org>", f"X-Try: {number}", first=[OURS]) for number in range(200))
    wait_for(lambda: house.ticket_of(next(proved), sender="berta@firstline.example") == house.thread, 20, 0.2)
    try:
        yield house
    finally:
        desk.stop()


def mail(sender: str, subject: str, *more: str, body: str = "Text.", to: str = "support@localhost", first=()) -> bytes:
    return "\r\n".join([*first, f"From: {sender}", f"To: {to}", f"Subject: {subject}", *more, "", body, ""]).encode()


def by_agents(house) -> int:
    return len([one for one in house.desk.all(f"/tickets/{house.thread}/messages") if one["author"]["kind"] == "agent"])


def attempt(house, raw: bytes, recipient: str | None = None) -> int:
    """The ticket that it went to; nothing on Bob's speaks for an agent because of it, and nothing public is added."""
    before, count = by_agents(house), len(house.desk.all(f"/tickets/{house.thread}/messages"))
    ticket = house.ticket_of(raw, recipient=recipient or house.address, sender="berta@firstline.example")
    assert by_agents(house) == before
    after = house.desk.all(f"/tickets/{house.thread}/messages")
    assert [one["visibility"] for one in after[count:]] == ["internal"] * (len(after) - count)
    return ticket


@pytest.mark.parametrize("first", [
    [],
    [f"Authentication-Results: mx.evil.example; {PASS}"],
    [f"Authentication-Results: mx.firstline.example.evil.example; {PASS}"],
    [f"Authentication-Results: {PASS}"],
    [f"Authentication-Results: (x) mx.firstline.example; {PASS}"],
    [f'Authentication-Results: "mx.firstline.example"; {PASS}'],
    ["Authentication-Results: mx.firstline.example; dmarc=fail header.from=firstline.example"],
    ["Authentication-Results: mx.firstline.example; dmarc=pass header.from=evil.example"],
    ["Authentication-Results: mx.firstline.example; dkim=pass header.d=evil.example header.i=@firstline.example"],
    ["Authentication-Results: mx.firstline.example; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=firstline.example\"@evil.example"],
    ["Authentication-Results: mx.firstline.example; dkim=fail reason=\"(; dmarc=pass header.from=firstline.example\""],
    # The border's own above, the sender's below: whichever is believed, one is a lie.
    ["Authentication-Results: mx.firstline.example; dmarc=fail header.from=firstline.example", BORDER, OURS],
    [OURS, BORDER, OURS],
    # The border wrote none, and lets the sender's through: it stands below what another server wrote.
    [BORDER, "Received: from pc by relay.evil.example with ESMTP", OURS],
    ["Received: from pc by a.evil.example", "Received: from pc by b.evil.example", OURS],
    ["Subject: above", OURS],
], ids=range(16))
def test_what_is_not_proved_never_speaks_for_an_agent(trusting, first):
    ticket = attempt(trusting, mail("Berta <berta@firstline.example>", f"Re: Thread {first}"[:60], to=trusting.address, first=first))
    assert ticket != trusting.thread
    message = trusting.desk.api("GET", f"/tickets/{ticket}/messages")["items"][0]
    assert message["author"]["kind"] == "requester"


@pytest.mark.parametrize("sender", [
    "Berta <berta@firstline.example>, eve@evil.example", "eve@evil.example, berta@firstline.example",
    "\"berta@firstline.example\" <eve@evil.example>", "eve@evil.example\r\nFrom: berta@firstline.example",
    "berta@firstline.example\r\nFrom: eve@evil.example", "berta@firstline.example\r\nFrom : eve@evil.example",
    "staff: berta@firstline.example, eve@evil.example;",
])
def test_more_than_one_author_is_no_agent(trusting, sender):
    before = by_agents(trusting)
    trusting.ticket_of(mail(sender, "Authors", to=trusting.address, first=[OURS]), recipient=trusting.address, sender="eve@evil.example")
    assert by_agents(trusting) == before


def test_a_signed_mail_for_somebody_else_is_not_handed_over_again(trusting):
    private = mail("berta@firstline.example", "Between us", "Message-ID: <private@firstline.example>", to="eve@evil.example", body="Private words.", first=[OURS])
    assert attempt(trusting, private) != trusting.thread


def test_an_agents_machine_never_speaks_for_them(trusting):
    away = mail("berta@firstline.example", "Out of office", "Auto-Submitted: auto-replied", to=trusting.address, body="I am away.", first=[OURS])
    assert attempt(trusting, away) == trusting.thread
    assert not [one for one in trusting.desk.mail_to("bob@example.org") if "I am away." in one.as_string()]


def test_a_token_of_an_agent_vouches_for_no_mail(trusting):
    other = trusting.desk.agent("Carl Cole", "carl@firstline.example", capacity=0)
    token = trusting.token(role="agent", agent_id=other["id"])
    before = by_agents(trusting)
    raw = mail("berta@firstline.example", "Through the API", to=trusting.address, first=[OURS])
    answer = trusting.desk.request("POST", "/api/v1/mail", raw=raw, token=token, headers={"Content-Type": "message/rfc822"})
    assert answer.status == 200 and answer.json["ticket_id"] != trusting.thread and by_agents(trusting) == before


def test_who_has_left_is_a_stranger(trusting):
    gone = trusting.desk.agent("Gone", "gone@firstline.example", capacity=0)
    proved = lambda number: mail("gone@firstline.example", "Re: Thread", "In-Reply-To: <thread@example.org>", f"X-Try: {number}", first=[OURS])
    numbers = iter(range(1_000))
    send = lambda: trusting.ticket_of(proved(next(numbers)), sender="gone@firstline.example")
    wait_for(lambda: send() == trusting.thread, 20, 0.2)
    trusting.desk.api("DELETE", f"/agents/{gone['id']}")
    wait_for(lambda: send() != trusting.thread, 20, 0.2)
    before = by_agents(trusting)
    send()
    assert by_agents(trusting) == before


def test_without_a_trusted_mail_server_no_agent_acts(house, desk):
    ticket = house.ticket_of(mail("vera@example.org", "Untrusting", "Message-ID: <untrusting@example.org>"), sender="vera@example.org")
    assert house.ticket_of(mail("berta@firstline.example", "Re: Untrusting", "In-Reply-To: <untrusting@example.org>", first=[OURS]), sender="berta@firstline.example") != ticket
    assert {one["author"]["kind"] for one in desk.api("GET", f"/tickets/{ticket}/messages")["items"]} == {"requester"}


def test_the_address_for_agents_serves_nobody_else(trusting):
    address = trusting.address.replace("support+", "support+agent+")
    assert re.fullmatch(r"support\+agent\+[0-9a-f]{32}@localhost", address)
    for sender in ("eve@evil.example", "bob@example.org"):
        ticket = trusting.ticket_of(mail(sender, f"Found an address {sender}", to=address), recipient=address, sender=sender)
        assert ticket != trusting.thread


def test_participants_are_the_staffs_to_know(house, desk):
    ticket = house.bob_ticket["id"]
    desk.api("POST", f"/tickets/{ticket}/participants", {"requester": {"email": "hidden@example.org"}})
    for token in (house.bob_token, house.eve_token):
        for method, path, body in (
            ("GET", f"/tickets/{ticket}/participants", None), ("POST", f"/tickets/{ticket}/participants", {"requester": {"email": "x@example.org"}}),
            ("DELETE", f"/tickets/{ticket}/participants/1", None), ("POST", f"/tickets/{ticket}/merge", {"into": house.eve_ticket["id"]}),
        ):
            assert house.status(method, path, body, token=token) == 403, path
        answer = desk.request("GET", f"/api/v1/tickets/{ticket}", token=token)
        assert b"hidden@" not in answer.body


def test_a_merge_shows_nobody_anothers_words(house, desk):
    into = house.ticket("wanda@example.org", "Wanda's", "Wanda's own words")
    source = house.ticket("xaver@example.org", "Xaver's", "Xaver's secret words")
    desk.api("POST", f"/tickets/{source['id']}/merge", {"into": into["id"]}, token=house.agent_token)
    wanda, xaver = (house.token(role="requester", requester_id=one["requester"]["id"]) for one in (into, source))
    assert b"secret" not in desk.request("GET", f"/api/v1/tickets/{into['id']}/messages", token=wanda).body
    assert desk.api("GET", f"/tickets/{into['id']}", token=wanda)["message_count"] == 1
    assert house.status("GET", f"/tickets/{into['id']}", token=xaver) == 404
    desk.api("POST", f"/tickets/{into['id']}/messages", {"body": "To both", "visibility": "public"}, token=house.agent_token)
    for address, others in (("wanda@example.org", ("xaver", "secret")), ("xaver@example.org", ("wanda@",))):
        sent = wait_for(lambda: [one for one in desk.mail_to(address) if "To both" in one.as_string()], 20)
        assert not [word for word in others if word in sent[0].as_string().lower()]
