"""Tickets, messages and history through the HTTP API, to the letter of the contract."""
import datetime
import re

import pytest

from desk import Refused, wait_for

TICKET = {
    "id", "subject", "status", "priority", "type", "channel", "requester", "organization_id", "team_id", "assignee_id", "tier", "tags",
    "custom_fields", "sla", "version", "created_at", "updated_at", "solved_at", "message_count"}
SLA = {"first_response_due_at", "next_response_due_at", "resolution_due_at", "breached", "paused"}
MESSAGE = {"id", "ticket_id", "visibility", "channel", "author", "text", "new_text", "html", "attachments", "created_at"}


def test_a_new_ticket_has_every_field_that_was_given(desk):
    team = desk.api("POST", "/teams", {"name": "Hardware"})
    ticket = desk.ticket(
        priority="high", type="incident", tags=["printer", "blinking"], team_id=team["id"], channel="web",
        custom_fields={"order": "A-17"}, html_body="<p>What does <b>it</b> want?</p>")
    assert TICKET <= set(ticket) and set(ticket["requester"]) == {"id", "email", "name"} and SLA <= set(ticket["sla"])
    assert (ticket["priority"], ticket["type"], ticket["channel"], ticket["team_id"]) == ("high", "incident", "web", team["id"])
    assert sorted(ticket["tags"]) == ["blinking", "printer"] and ticket["custom_fields"] == {"order": "A-17"}
    assert ticket["requester"]["email"] == "anna@example.org" and ticket["message_count"] == 1 and ticket["solved_at"] is None
    assert ticket["status"] == "new" and ticket["version"] >= 1


def test_the_answer_names_the_ticket_and_its_version(desk):
    answer = desk.request(
        "POST", "/api/v1/tickets", {"subject": "s", "body": "b", "requester": {"email": "anna@example.org"}})
    assert answer.status == 201
    ticket = answer.json
    assert answer.headers["location"] == f"/api/v1/tickets/{ticket['id']}"
    assert answer.headers["etag"] == f"\"{ticket['version']}\""
    assert desk.request("GET", f"/api/v1/tickets/{ticket['id']}").headers["etag"] == f"\"{ticket['version']}\""


def test_a_change_wants_the_version_and_gets_the_current_ticket_when_stale(desk):
    ticket = desk.ticket()
    path = f"/api/v1/tickets/{ticket['id']}"
    assert desk.request("PATCH", path, {"priority": "low"}).status == 428
    tag = desk.request("GET", path).headers["etag"]
    changed = desk.request("PATCH", path, {"priority": "low", "subject": "Now green"}, headers={"If-Match": tag})
    assert changed.status == 200 and changed.json["priority"] == "low" and changed.json["subject"] == "Now green"
    assert changed.headers["etag"] == f"\"{changed.json['version']}\"" != tag
    stale = desk.request("PATCH", path, {"priority": "urgent"}, headers={"If-Match": tag})
    assert stale.status == 412 and stale.json["code"] == "stale_version"
    assert stale.json["current"]["priority"] == "low" and stale.json["current"]["version"] == changed.json["version"]
    assert stale.headers["etag"] == changed.headers["etag"]
    nonsense = desk.request("PATCH", path, {"priority": "urgent"}, headers={"If-Match": "yesterday"})
    assert nonsense.status == 412 and nonsense.json["current"]["id"] == ticket["id"]
    assert desk.request("PATCH", path, {"tags": ["any"]}, headers={"If-Match": "*"}).json["tags"] == ["any"]


def test_every_field_of_a_ticket_can_be_changed(desk, berta):
    team = desk.api("POST", "/teams", {"name": "Everything"})
    ticket = desk.ticket(custom_fields={"a": "1", "b": "2"})
    changed = desk.patch(f"/tickets/{ticket['id']}", {
        "status": "pending", "priority": "urgent", "type": "problem", "subject": "New", "tags": ["x", "y"], "assignee_id": berta["id"],
        "team_id": team["id"], "custom_fields": {"a": "3", "b": None}})
    assert {name: changed[name] for name in ("status", "priority", "type", "subject", "assignee_id", "team_id", "custom_fields")} == {
        "status": "pending", "priority": "urgent", "type": "problem", "subject": "New", "assignee_id": berta["id"],
        "team_id": team["id"], "custom_fields": {"a": "3"}}
    assert sorted(changed["tags"]) == ["x", "y"]
    assert changed["sla"]["paused"] in (True, False)


def test_solved_at_stands_while_a_ticket_is_solved(desk):
    ticket = desk.ticket()
    path = f"/tickets/{ticket['id']}"
    assert desk.patch(path, {"status": "solved"})["solved_at"] is not None
    assert desk.patch(path, {"status": "open"})["solved_at"] is None
    desk.patch(path, {"status": "closed"})
    with pytest.raises(Refused) as refusal:
        desk.patch(path, {"status": "open"})
    assert refusal.value.status in (409, 422)


@pytest.mark.parametrize("status", ["new", "open", "pending", "on_hold", "solved", "closed"])
def test_lists_filter_by_each_status(desk, status):
    ticket = desk.ticket()
    if status != "new":
        desk.patch(f"/tickets/{ticket['id']}", {"status": status})
    items = desk.all(f"/tickets?status={status}")
    assert ticket["id"] in [item["id"] for item in items] and {item["status"] for item in items} == {status}


def test_history_tells_each_change_with_milliseconds_and_actor(desk, berta, agent_token):
    ticket = desk.ticket()
    path = f"/tickets/{ticket['id']}"
    wait_for(lambda: "ticket.queued" in desk.history_kinds(ticket["id"]))
    desk.patch(path, {"assignee_id": berta["id"]}, token=agent_token)
    desk.patch(path, {"status": "pending"}, token=agent_token)
    desk.api("POST", path + "/messages", {"body": "Press it.", "visibility": "internal"}, token=agent_token)
    history = desk.all(path + "/history")
    ids = [event["id"] for event in history]
    assert ids == sorted(set(ids)) and all(re.search(r"\.\d{3}Z$", event["at"]) for event in history)
    by_kind = {event["kind"]: event for event in history}
    assert history[0]["kind"] == "ticket.created"
    assert by_kind["ticket.assigned"]["assignee_id"] == berta["id"]
    assert by_kind["ticket.status_changed"]["new"] == "pending"
    assert by_kind["message.added"]["actor"]["id"] == berta["id"] and by_kind["message.added"]["actor"]["kind"] == "agent"


def test_a_message_has_its_shape_and_is_found_in_the_thread(desk, berta, agent_token):
    ticket = desk.ticket()
    reply = desk.api("POST", f"/tickets/{ticket['id']}/messages", {
        "body": "Press the red button.\n\n> What does it want?\n", "html_body": "<p>Press <script>alert(1)</script>the button.</p>",
        "visibility": "public", "status": "pending", "seen_message_count": 1}, token=agent_token)
    assert MESSAGE <= set(reply) and reply["ticket_id"] == ticket["id"] and reply["visibility"] == "public"
    assert reply["author"] == {"kind": "agent", "id": berta["id"], "name": "Berta Braun"}
    assert "script" not in reply["html"] and "What does" not in reply["new_text"]
    thread = desk.all(f"/tickets/{ticket['id']}/messages")
    assert thread[1] == reply and len(thread) == 2
    read = desk.api("GET", f"/tickets/{ticket['id']}")
    assert read["status"] == "pending" and read["message_count"] == 2


def test_a_reply_to_an_old_thread_gets_what_is_new(desk, agent_token):
    ticket = desk.ticket()
    path = f"/api/v1/tickets/{ticket['id']}/messages"
    note = desk.api("POST", path.removeprefix("/api/v1"), {"body": "I do it.", "visibility": "internal"})
    stale = desk.request("POST", path, {"body": "No, I.", "visibility": "public", "seen_message_count": 1}, token=agent_token)
    assert stale.status == 412 and [message["id"] for message in stale.json["new_messages"]] == [note["id"]]
    assert len(desk.all(f"/tickets/{ticket['id']}/messages")) == 2
    assert desk.request("POST", path, {"body": "I.", "visibility": "public", "seen_message_count": 2}, token=agent_token).status == 201


def test_what_is_new_in_a_long_thread_is_told(desk, agent_token):
    ticket = desk.ticket()
    path = f"/tickets/{ticket['id']}/messages"
    for number in range(202):
        desk.api("POST", path, {"body": f"Note {number}.", "visibility": "internal"})
    stale = desk.request("POST", "/api/v1" + path, {"body": "b", "visibility": "public", "seen_message_count": 201}, token=agent_token)
    assert stale.status == 412 and [message["text"] for message in stale.json["new_messages"]] == ["Note 200.", "Note 201."]


def test_an_assignee_must_be_an_agent(desk):
    ticket = desk.ticket()
    answer = desk.request("PATCH", f"/api/v1/tickets/{ticket['id']}", {"assignee_id": 99999}, headers={"If-Match": str(ticket["version"])})
    assert answer.status == 422 and answer.json["violations"][0]["field"] == "assignee_id"


def test_html_is_sanitized_loads_nothing_remote_and_escapes_attributes(desk):
    ticket = desk.ticket(html_body=(
        '<p onclick="x()" title="a<b">Hi <img src="https://tracker.example/p.gif"><a href="javascript:x()">l</a>'
        '<style>p{background:url(https://tracker.example)}</style><iframe src="https://e.example"></iframe></p>'))
    html = desk.all(f"/tickets/{ticket['id']}/messages")[0]["html"]
    assert "onclick" not in html and "javascript:" not in html and "<iframe" not in html and "<style" not in html
    assert not re.search(r"(src|background|style)=\"?https?:", html) and "url(" not in html
    assert "a<b" not in html


def test_requesters_see_their_own_public_side_alone(desk, annas_token, agent_token):
    ticket = desk.ticket()
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "Secret.", "visibility": "internal"}, token=agent_token)
    own = desk.api("GET", f"/tickets/{ticket['id']}", token=annas_token)
    assert own["message_count"] == 1
    assert [m["text"] for m in desk.api("GET", f"/tickets/{ticket['id']}/messages", token=annas_token)["items"]] == [
        "What does it want?"]
    other = desk.ticket(requester={"email": "bob@example.org"})
    assert desk.request("GET", f"/api/v1/tickets/{other['id']}", token=annas_token).status == 404
    assert desk.request("GET", f"/api/v1/tickets/{other['id']}/sla", token=annas_token).status in (403, 404)
    assert desk.request("GET", "/api/v1/agents", token=annas_token).status == 403
    assert desk.request(
        "POST", f"/api/v1/tickets/{ticket['id']}/messages", {"body": "n", "visibility": "internal"}, token=annas_token
    ).status in (403, 422)
    assert {t["requester"]["email"] for t in desk.api("GET", "/tickets", token=annas_token)["items"]} == {"anna@example.org"}
    found = desk.api("GET", "/search?q=secret", token=annas_token)
    assert found["items"] == []


def test_an_agent_may_not_administrate(desk, agent_token):
    for path in ("/tokens",):
        assert desk.request("GET", f"/api/v1{path}", token=agent_token).status == 403
    assert desk.request("POST", "/api/v1/agents", {"name": "x", "email": "x@firstline.example"}, token=agent_token).status == 403
    assert desk.request("POST", "/api/v1/teams", {"name": "x"}, token=agent_token).status == 403
    assert desk.request("GET", "/api/v1/agents", token=agent_token).status == 200


@pytest.mark.parametrize("path, body", [
    ("/tickets", {"subject": "s", "body": "b", "requester": {"email": "a@example.org", "colour": 1}, "nonsense": 1, "more": 2}),
    ("/requesters", {"email": "q@example.org", "nonsense": 1}), ("/organizations", {"name": "q", "nonsense": 1}),
    ("/agents", {"name": "q", "email": "q@example.org", "nonsense": 1}), ("/teams", {"name": "q", "nonsense": 1}),
    ("/calendars", {"name": "q", "time_zone": "UTC", "hours": {"noday": []}, "nonsense": 1}),
    ("/sla_policies", {"name": "q", "calendar_id": 1, "targets": {}, "nonsense": 1}),
    ("/mailboxes", {"name": "q", "address": "q@example.org", "nonsense": 1}),
    ("/tokens", {"name": "q", "role": "admin", "nonsense": 1}), ("/calendars/preview", {"nonsense": 1}),
])
def test_unknown_fields_are_refused_by_their_names(desk, path, body):
    answer = desk.request("POST", "/api/v1" + path, body)
    assert answer.status == 422
    fields = " ".join(violation["field"] for violation in answer.json["violations"])
    for name in ("nonsense", "more", "colour", "noday"):
        assert (name in str(body)) == (name in fields), answer.json


def test_refusals_by_method_media_type_credential_and_parameter(desk):
    ticket = desk.ticket()
    for token in ("", "flt_" + "x" * 43):
        answer = desk.request("GET", "/api/v1/tickets", token=token)
        assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Bearer")
    answer = desk.request("DELETE", f"/api/v1/tickets/{ticket['id']}")
    assert answer.status == 405 and "GET" in answer.headers["allow"] and "PATCH" in answer.headers["allow"]
    assert desk.request("POST", "/api/v1/tickets", raw=b"{}", headers={"Content-Type": "text/plain"}).status == 415
    assert desk.request("POST", "/api/v1/mail", raw=b"From: a@b.c\r\n\r\n", headers={"Content-Type": "text/plain"}).status == 415
    for query in ("limit=0", "limit=201", "limit=x", "status=nonsense", "sort=nonsense", "nonsense=1", "cursor=nonsense",
                  "created_after=yesterday"):
        assert desk.request("GET", f"/api/v1/tickets?{query}").status == 422, query
    assert desk.request("GET", "/api/v1/tickets/abc").status in (404, 422)
    assert desk.request("GET", "/api/v1/tickets/999999/messages").status == 404


def test_lists_go_on_by_cursor_and_end_with_null(desk):
    for number in range(5):
        desk.ticket(f"Page {number}", tags=["paging"])
    seen, cursor = [], None
    while True:
        page = desk.api("GET", "/tickets?tag=paging&limit=2" + (f"&cursor={cursor}" if cursor else ""))
        assert set(page) <= {"items", "next_cursor", "total"} and len(page["items"]) <= 2
        seen += [item["subject"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == [f"Page {number}" for number in range(5)]


def test_every_sort_is_enumerated_and_sorts(desk):
    document = desk.document["paths"]["/tickets"]["get"]
    (sort,) = [parameter for parameter in document["parameters"] if parameter["name"] == "sort"]
    key = {"created": "created_at", "updated": "updated_at"}
    for name in sort["schema"]["enum"]:
        items = desk.all(f"/tickets?sort={name}")
        field = key.get(name.split("_")[0])
        if field:
            values = [item[field] for item in items]
            assert values == sorted(values, reverse=name.endswith("_descending")), name


def test_lists_filter_by_every_parameter(desk, berta):
    ticket = desk.ticket(priority="urgent", tags=["only"], channel="phone", requester={"email": "filter@example.org"})
    desk.patch(f"/tickets/{ticket['id']}", {"assignee_id": berta["id"]})
    before = datetime.datetime.fromisoformat(ticket["created_at"]) - datetime.timedelta(milliseconds=1)
    instant = before.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for query in ("priority=urgent", f"assignee_id={berta['id']}", f"requester_id={ticket['requester']['id']}", "tag=only",
                  "channel=phone", f"created_after={instant}", f"updated_after={instant}"):
        assert ticket["id"] in [item["id"] for item in desk.all(f"/tickets?{query}")], query
    assert [t["id"] for t in desk.all(f"/tickets?tag=only&requester_id={ticket['requester']['id']}")] == [ticket["id"]]
    assert desk.all("/tickets?tag=only&priority=low") == []
    assert desk.all(f"/tickets?tag=only&created_before={instant}") == []
