"""Who is told by mail that a note names them, in whose name mail goes out, and mailboxes that are closed; by the real executables."""
import json
import re

from desk import Desk, wait_for
from ports import free_ports
from sending import desk, sink  # noqa: F401
from smtp_sink import SMTPSink
from test_outbound import ask, deliveries, reply, settled


def token_of(desk: Desk, agent: dict) -> str:
    return desk.api("POST", "/tokens", {"name": agent["name"], "role": "agent", "agent_id": agent["id"]})["token"]


def test_a_note_tells_the_agents_whom_it_names_and_nobody_else(desk, sink):
    berta, cleo = desk.agent(), desk.agent("Cleo Costa", "cleo@firstline.example", language="pl")
    ticket = ask(desk, "anna@example.org")
    settled(desk, ticket, "sent")
    token = token_of(desk, berta)
    note = {"visibility": "internal", "body": "Zzz-secret for @Cleo Costa, not for @berta nor @anna@example.org, see x@cleo"}
    desk.api("POST", f"/tickets/{ticket['id']}/messages", note, token=token)
    told = settled(desk, ticket, "sent", "mention")
    assert told["recipient"] == "cleo@firstline.example"
    (mail,) = sink.taken_for("cleo@firstline.example")
    text = mail.mail.get_body(("plain",)).get_content()
    assert "Berta Braun" in text and str(ticket["id"]) in text and "Zzz-secret" not in mail.raw.decode()
    assert mail.mail["Auto-Submitted"] == "auto-generated" and not mail.sender
    # Where an answer becomes a note as well.
    assert "<support+note+" in mail.mail["Reply-To"]
    # A public reply names nobody, and the requester got nothing but their acknowledgement.
    reply(desk, ticket, "As @cleo says.")
    settled(desk, ticket, "sent", "reply")
    assert len(deliveries(desk, ticket, "mention")) == 1
    assert len(sink.taken_for("anna@example.org")) == 2 and "Zzz-secret" not in "".join(one.raw.decode() for one in sink.taken)


def test_a_reply_bears_its_authors_signature_and_its_mailboxs_brand(desk, sink):
    berta = desk.agent()
    token = token_of(desk, berta)
    # One's own signature is one's own to set; anything else of an agent is not, nor is another's.
    signature = "Berta <Braun>\nSecond line & more"
    changed = desk.api("PATCH", f"/agents/{berta['id']}", {"signature": signature}, token=token)
    assert changed["signature"] == signature
    for path, body in [(f"/agents/{berta['id']}", {"signature": "x", "name": "y"}), ("/agents/1", {"signature": "x"})]:
        assert desk.request("PATCH", "/api/v1" + path, body, token=token).status == 403
    assert desk.request("PATCH", f"/api/v1/agents/{berta['id']}", {"signature": "a\u0007b"}).status == 422
    brand = {"from_name": "Help at Example", "color": "#336699", "footer": "Example & Co.\n1 Street"}
    assert {name: desk.api("PATCH", "/mailboxes/1", brand)[name] for name in brand} == brand
    assert desk.request("PATCH", "/api/v1/mailboxes/1", {"color": "url(x)"}).status == 422
    ticket = ask(desk, "anna@example.org")
    settled(desk, ticket, "sent")
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "Here is how.", "visibility": "public"}, token=token)
    settled(desk, ticket, "sent", "reply")
    automatic, answer = (one.mail for one in sink.taken_for("anna@example.org"))
    assert automatic["From"].addresses[0].display_name == "Help at Example"
    assert automatic.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip().endswith("Example & Co.\n1 Street")
    assert answer["From"].addresses[0].display_name == "Berta Braun"
    text = answer.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert f"\n-- \n{signature}\nSupport\nExample & Co.\n1 Street\n" in text
    html = answer.get_body(("html",)).get_content().replace("\r\n", "\n")
    assert "Berta &lt;Braun&gt;<br>\nSecond line &amp; more" in html and "#336699" in html and "<Braun>" not in html
    cleared = desk.api("PATCH", f"/agents/{berta['id']}", {"signature": None})
    assert cleared["signature"] is None


def solve(desk: Desk, ticket: dict):
    current = desk.request("GET", f"/api/v1/tickets/{ticket['id']}")
    desk.api("PATCH", f"/tickets/{ticket['id']}", {"status": "solved"}, headers={"If-Match": current.headers["etag"]})


def test_a_requester_is_asked_how_it_was_and_the_answer_lands_on_the_ticket(tmp_path, sink):
    desk = Desk(tmp_path / "survey", "--smtp", sink.url, environment={"FIRSTLINE_PUBLIC_URL": "https://help.example.org/"}).start()
    try:
        asks_and_answers(desk, sink)
    finally:
        assert desk.stop() == 0


def asks_and_answers(desk: Desk, sink: SMTPSink):
    desk.agent()
    before = ask(desk, "early@example.org")
    solve(desk, before)
    settled(desk, before, "sent", "solved")
    assert not deliveries(desk, before, "survey")
    assert desk.api("PATCH", "/mailboxes/1", {"survey_after_minutes": 60})["survey_after_minutes"] == 60
    ticket = ask(desk, "anna@example.org")
    assert ticket["satisfaction"] is None
    solve(desk, ticket)
    waiting = settled(desk, ticket, "queued", "survey")
    assert waiting["next_attempt_at"] > waiting["created_at"]
    # An hour is long: somebody wants it now.
    desk.api("POST", f"/deliveries/{waiting['id']}/retry")
    settled(desk, ticket, "sent", "survey")
    mail = sink.taken_for("anna@example.org")[-1]
    text = mail.mail.get_body(("plain",)).get_content()
    links = re.findall(r"https://help\.example\.org(/survey/[0-9a-f]{32})\?answer=(good|bad)", text)
    assert [answer for _, answer in links] == ["good", "bad"] and len({path for path, _ in links}) == 1
    assert 'href="https://help.example.org/survey/' in mail.mail.get_body(("html",)).get_content()
    path = links[0][0]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    # Whatever follows links answers nothing.
    for _ in range(2):
        page = desk.request("GET", path + "?answer=bad", token="")
        assert page.status == 200 and "noindex" in page.headers["x-robots-tag"] and page.headers["cache-control"] == "no-store"
    body = page.body.decode()
    assert "<script" not in body and '<form method="post"' in body and "anna@example.org" not in body
    assert re.search(r'value="bad"[^>]*autofocus', body) and not re.search(r'value="good"[^>]*autofocus', body)
    assert desk.request("HEAD", path, token="").status == 200
    assert desk.api("GET", f"/tickets/{ticket['id']}")["satisfaction"] is None
    for answer in ["bad", "bad", "good"]:
        done = desk.request("POST", path, raw=f"answer={answer}".encode(), token="", headers=form)
        assert done.status == 303 and done.headers["location"] == path
        wait_for(lambda: desk.api("GET", f"/tickets/{ticket['id']}")["satisfaction"] == answer)
    told = [one for one in desk.all(f"/tickets/{ticket['id']}/history") if one["kind"] == "survey.answered"]
    assert [one["satisfaction"] for one in told] == ["bad", "good"] and told[0]["actor"]["kind"] == "requester"
    assert "Good" in desk.request("GET", path, token="").body.decode()
    assert desk.request("POST", path, raw=b"answer=perhaps", token="", headers=form).status == 422
    for wrong in ["/survey/" + "0" * 32, "/survey/x", "/survey", path + "/more", "/survey/" + path[8:].upper()]:
        assert desk.request("GET", wrong, token="").status == 404, wrong
        assert desk.request("POST", wrong, raw=b"answer=good", token="", headers=form).status == 404, wrong
    # Solved once more, it is not asked once more.
    desk.lmtp(b"From: anna@example.org\r\nTo: x\r\nSubject: Re: it\r\n\r\nNot yet.\r\n", recipient=mail.mail["Reply-To"].addresses[0].addr_spec)
    wait_for(lambda: desk.api("GET", f"/tickets/{ticket['id']}")["status"] == "open")
    solve(desk, ticket)
    second = settled(desk, ticket, "queued", "survey")
    desk.api("POST", f"/deliveries/{second['id']}/retry")
    assert settled(desk, ticket, "suppressed", "survey")["last_error"] == "already_asked"


def test_a_template_is_changed_only_at_the_version_that_was_seen(desk):
    (template,) = [one for one in desk.all("/templates?kind=solved&language=el") if one["mailbox_id"] is None]
    path = f"/api/v1/templates/{template['id']}"
    assert desk.request("GET", path).headers["etag"] == '"0"'
    change = lambda subject, match=None: desk.request("PATCH", path, {"subject": subject}, headers={"If-Match": match} if match else {})
    assert change("x", '"1"').status == 412
    first = change("one", '"0"')
    assert first.status == 200 and first.headers["etag"] == '"1"' and first.json["version"] == 1
    stale = change("two", '"0"')
    assert stale.status == 412 and stale.json["code"] == "stale_version" and stale.json["current"]["subject"] == "one"
    assert stale.headers["etag"] == '"1"'
    assert change("two", '"nonsense"').status == 412
    assert change("two", "*").json["version"] == 2 and change("three").json["version"] == 3
    assert desk.request("GET", path).headers["etag"] == '"3"'


def test_a_closed_mailbox_frees_its_address_and_keeps_its_tickets(desk, sink):
    desk.agent()
    sales = desk.api("POST", "/mailboxes", {"name": "Sales", "address": "sales@localhost"})
    outcome = desk.lmtp(b"From: anna@example.org\r\nTo: sales@localhost\r\nSubject: Price\r\n\r\nHow much?\r\n", recipient="sales@localhost")
    ticket = desk.api("GET", f"/tickets/{outcome.split('ticket ')[1].split()[0]}")
    settled(desk, ticket, "sent")
    old = sink.taken_for("anna@example.org")[0].mail
    assert old["From"].addresses[0].addr_spec == "sales@localhost"
    assert desk.request("DELETE", "/api/v1/mailboxes/1").status == 409
    assert desk.request("DELETE", f"/api/v1/mailboxes/{sales['id']}").status == 204
    assert desk.request("DELETE", f"/api/v1/mailboxes/{sales['id']}").status == 404
    assert desk.request("GET", f"/api/v1/mailboxes/{sales['id']}").status == 404
    assert [one["id"] for one in desk.all("/mailboxes")] == [1]
    # Answered under its name, from the default address; the answer to what was sent before still finds its ticket.
    reply(desk, ticket)
    settled(desk, ticket, "sent", "reply")
    answer = sink.taken_for("anna@example.org")[1].mail
    assert answer["From"].addresses[0].addr_spec == "support@localhost" and "Sales" in answer.get_body(("plain",)).get_content()
    back = old["Reply-To"].addresses[0].addr_spec
    desk.lmtp(b"From: anna@example.org\r\nTo: x\r\nSubject: Re: Price\r\n\r\nThanks.\r\n", recipient=back)
    assert len(desk.all("/tickets")) == 1
    # New mail to the address goes to the default mailbox, and the address may be another's.
    desk.lmtp(b"From: boris@example.org\r\nTo: sales@localhost\r\nSubject: New\r\n\r\nHello?\r\n", recipient="sales@localhost")
    assert len(desk.all("/tickets")) == 2
    again = desk.api("POST", "/mailboxes", {"name": "Sales again", "address": "sales@localhost"})
    assert again["id"] != sales["id"]


def test_where_a_mailbox_is_fetched_is_told_to_administrators_and_in_the_operators_status(desk):
    berta = desk.agent()
    token = token_of(desk, berta)
    port = free_ports(1)[0]
    settings = {"host": "127.0.0.1", "port": port, "user": "sales-user", "secret": "geheim"}
    sales = desk.api("POST", "/mailboxes", {"name": "Sales", "address": "sales@localhost", "imap": settings})
    path = f"/mailboxes/{sales['id']}"
    state = wait_for(lambda: (one := desk.api("GET", path)["imap_state"])["error"] and one, 40)
    assert desk.api("GET", path)["imap"]["host"] == "127.0.0.1"
    for seen in [desk.api("GET", path, token=token), next(one for one in desk.api("GET", "/mailboxes", token=token)["items"] if one["id"] == sales["id"])]:
        assert seen["imap"] is None and seen["imap_state"]["error"] is None
        assert seen["imap_state"]["phase"] == "failing" and seen["imap_state"]["error_code"] == state["error_code"]
        assert "127.0.0.1" not in json.dumps(seen) and "sales-user" not in json.dumps(seen)
    (one,) = json.loads(desk.firstline("status", "--json").stdout)["mailboxes"]
    assert one["address"] == "sales@localhost" and one["phase"] == "failing" and one["error_code"] == state["error_code"] and one["error"]
    shown = desk.firstline("status").stdout.decode()
    assert "sales@localhost" in shown and state["error_code"] in shown and "geheim" not in shown
