"""Role × action × object: whoever may not, cannot; what one may not know of is not there."""
import json
import urllib.parse

import pytest

from desk import EventStream, wait_for

LISTS = ["/tickets", "/requesters", "/organizations", "/agents", "/teams", "/tokens", "/mailboxes", "/deliveries", "/suppressions", "/templates", "/blocked_senders", "/suspended_mails", "/calendars", "/sla_policies"]


@pytest.mark.parametrize("path", [
    "/tickets/{t}", "/tickets/{t}/messages", "/tickets/{t}/history", "/tickets/{t}/sla", "/tickets/{t}/routing", "/requesters/{r}",
    "/attachments/{a}", "/attachments/{n}", "/tickets/{t}/messages/{m}/source",
])
def test_a_requester_reads_nothing_of_another(house, desk, path):
    ticket = house.bob_ticket["id"]
    public = house.upload(house.bob_token, b"public of bob")
    private = house.upload(house.agent_token, b"private note")
    message = desk.api("POST", f"/tickets/{ticket}/messages", {"body": "see file", "visibility": "public", "attachments": [public["id"]]}, token=house.bob_token)
    house.note(ticket, "secretnote", attachments=[private["id"]])
    where = path.format(t=ticket, r=house.bob, a=public["id"], n=private["id"], m=message["id"])
    assert house.status("GET", where, token=house.eve_token) in (403, 404)
    if path in ("/tickets/{t}", "/tickets/{t}/messages", "/requesters/{r}", "/attachments/{a}", "/attachments/{n}"):
        missing = path.format(t=999999, r=999999, a=999999, n=999999)
        assert desk.request("GET", "/api/v1" + where, token=house.eve_token).body == desk.request("GET", "/api/v1" + missing, token=house.eve_token).body


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/tickets/{t}/messages", {"body": "I was here", "visibility": "public"}),
    ("PATCH", "/tickets/{t}", {"status": "solved"}),
    ("PATCH", "/requesters/{r}", {"name": "Mallory"}),
    ("POST", "/requesters", {"email": "new@example.org"}),
    ("POST", "/organizations", {"name": "Acme"}),
    ("POST", "/agents", {"name": "X", "email": "x@example.org", "role": "admin"}),
    ("POST", "/tokens", {"name": "x", "role": "admin"}),
    ("POST", "/mailboxes", {"name": "x", "address": "x@localhost"}), ("PATCH", "/mailboxes/1", {"name": "x"}),
    ("DELETE", "/mailboxes/2", None), ("POST", "/teams", {"name": "x"}),
    ("POST", "/deliveries/1/retry", None), ("DELETE", "/suppressions/1", None), ("PATCH", "/agents/1", {"signature": "x"}),
    ("PATCH", "/templates/11", {"subject": "Mine"}), ("DELETE", "/templates/11", None),
    ("POST", "/templates", {"kind": "reply", "language": "en", "mailbox_id": 1, "subject": "s", "text": "t"}),
    ("DELETE", "/tokens/1", None), ("DELETE", "/agents/1", None),
    ("POST", "/tickets/{t}/merge", {"into": 1}), ("POST", "/tickets/{t}/participants", {"requester": {"email": "m@evil.example"}}),
    ("DELETE", "/tickets/{t}/participants/1", None), ("POST", "/blocked_senders", {"sender": "bob@example.org"}), ("DELETE", "/blocked_senders/1", None),
])
def test_a_requester_changes_nothing_of_another(house, method, path, body):
    status = house.status(method, path.format(t=house.bob_ticket["id"], r=house.bob), body, token=house.eve_token, headers={"If-Match": "*"})
    assert status in (403, 404), status


def test_a_requester_lists_their_own_alone(house, desk):
    for query in ("", f"?requester_id={house.bob}", "?status=open,new", "?assignee_id=0", "?sort=updated_ascending"):
        items = desk.api("GET", "/tickets" + query, token=house.eve_token)["items"]
        assert {item["requester"]["id"] for item in items} <= {house.eve}, query
    for path in LISTS[1:]:
        assert house.status("GET", path, token=house.eve_token) == 403, path


def test_a_requester_opens_for_themselves_whatever_they_say(house, desk):
    ticket = desk.api("POST", "/tickets", {"subject": "as bob", "body": "b", "requester": {"email": "bob@example.org"}}, token=house.eve_token)
    assert ticket["requester"]["id"] == house.eve
    for field, value in (("team_id", 1), ("assignee_id", house.agent["id"])):
        assert house.status("POST", "/tickets", {"subject": "s", "body": "b", "requester": {"email": "eve@example.org"}, field: value}, token=house.eve_token) == 422


def test_a_requester_neither_notes_nor_solves(house):
    ticket = house.eve_ticket["id"]
    assert house.status("POST", f"/tickets/{ticket}/messages", {"body": "n", "visibility": "internal"}, token=house.eve_token) == 422
    assert house.status("POST", f"/tickets/{ticket}/messages", {"body": "n", "visibility": "public", "status": "closed"}, token=house.eve_token) == 422
    assert house.status("PATCH", f"/tickets/{ticket}", {"tags": ["vip"]}, token=house.eve_token, headers={"If-Match": "*"}) == 403


def test_a_note_is_seen_nowhere_by_its_requester(house, desk):
    ticket = house.ticket("nora@example.org", "Refund wanted")
    token = house.token(role="requester", requester_id=ticket["requester"]["id"])
    before = desk.api("GET", f"/tickets/{ticket['id']}", token=token)
    file = house.upload(house.agent_token, b"zanzibar inside", "zanzibar.txt")
    note = house.note(ticket["id"], "Suspected fraud: zanzibar", attachments=[file["id"]])
    after = desk.api("GET", f"/tickets/{ticket['id']}", token=token)
    assert after["message_count"] == before["message_count"] == 1
    thread = desk.request("GET", f"/api/v1/tickets/{ticket['id']}/messages", token=token)
    assert b"zanzibar" not in thread.body and len(thread.json["items"]) == 1
    assert house.status("GET", f"/attachments/{file['id']}", token=token) == 404
    assert house.status("GET", f"/tickets/{ticket['id']}/messages/{note['id']}/source", token=token) in (403, 404)
    assert desk.api("GET", "/search?q=zanzibar", token=house.agent_token)["items"]
    for query in ("zanzibar", "refund zanzibar", '"suspected fraud"', "zanz*"):
        assert desk.api("GET", "/search?q=" + urllib.parse.quote(query), token=token)["items"] == [], query
    # Nor by what is missing when it is excluded.
    assert desk.api("GET", "/search?q=" + urllib.parse.quote("refund -zanzibar"), token=token)["items"]
    assert "zanzibar" not in json.dumps(desk.api("GET", "/search?q=refund", token=token))
    # What someone has not seen is what they may see.
    assert house.status("POST", f"/tickets/{ticket['id']}/messages", {"body": "more", "visibility": "public", "seen_message_count": 1}, token=token) == 201


def test_search_finds_nothing_of_another(house, desk):
    assert desk.api("GET", "/search?q=swordfish42", token=house.agent_token)["items"]
    for query in ("swordfish42", "from:bob", "status:new", "status:open", "printer", "-eve", f"assignee:{house.agent['id']}"):
        items = desk.api("GET", "/search?q=" + urllib.parse.quote(query), token=house.eve_token)["items"]
        assert {item["requester"]["id"] for item in items} <= {house.eve}, query


def listen(desk, token, query=""):
    import http.client
    place = urllib.parse.urlsplit(desk.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    connection.request("GET", "/api/v1/events?after=0" + query, headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    assert response.status == 200
    return connection, response


def test_events_tell_a_requester_of_public_things_of_their_own(house, desk):
    mine = house.ticket("live@example.org", "Live")
    token = house.token(role="requester", requester_id=mine["requester"]["id"])
    note = house.note(mine["id"], "hidden")
    desk.api("POST", f"/tickets/{mine['id']}/messages", {"body": "seen", "visibility": "public"}, token=house.agent_token)
    for query in ("", f"&ticket_id={mine['id']}", f"&ticket_id={house.bob_ticket['id']}"):
        connection, response = listen(desk, token, query)
        told = []
        try:
            while "ticket_id=" + str(house.bob_ticket["id"]) not in query:
                line = response.readline().decode()
                if line.startswith("data:") and "kind" in line:
                    told.append(json.loads(line[5:]))
                    if told[-1]["kind"] == "message.added" and not told[-1].get("first"):
                        break
            else:
                connection.sock.settimeout(1)
                try:
                    while line := response.readline():
                        assert not line.startswith(b"data:"), line
                except TimeoutError:
                    pass
        finally:
            connection.sock.close() if connection.sock else None
            response.close()
        assert {event["ticket_id"] for event in told} <= {mine["id"]}
        assert not [event for event in told if event.get("message_id") == note["id"] or event.get("visibility") == "internal"]
        assert {event["kind"] for event in told} <= {"ticket.created", "message.added", "ticket.status_changed"}


def test_a_revoked_token_and_stream_end_at_once(house, desk):
    made = desk.api("POST", "/tokens", {"name": "short", "role": "requester", "requester_id": house.eve})
    connection, response = listen(desk, made["token"])
    desk.api("DELETE", f"/tokens/{made['id']}")
    assert house.status("GET", "/me", token=made["token"]) == 401
    connection.sock and connection.sock.settimeout(10)
    while response.readline():
        pass


@pytest.mark.parametrize("method, path, body", [
    ("GET", "/tokens", None), ("POST", "/tokens", {"name": "x", "role": "admin"}), ("DELETE", "/tokens/1", None),
    ("POST", "/agents", {"name": "X", "email": "x@example.org", "role": "admin"}), ("DELETE", "/agents/1", None),
    ("PATCH", "/agents/1", {"role": "agent"}), ("PATCH", "/agents/{a}", {"role": "admin"}), ("PATCH", "/agents/{a}", {"capacity": 1000}),
    ("PATCH", "/agents/1", {"presence": "offline"}), ("POST", "/mailboxes", {"name": "x", "address": "x@localhost"}),
    ("PATCH", "/mailboxes/1", {"name": "x"}), ("DELETE", "/mailboxes/1", None), ("PATCH", "/agents/1", {"signature": "x"}),
    ("PATCH", "/agents/{a}", {"signature": "x", "language": "en"}),
    ("POST", "/teams", {"name": "x"}), ("DELETE", "/sla_policies/1", None), ("DELETE", "/calendars/1", None),
    ("GET", "/blocked_senders", None), ("POST", "/blocked_senders", {"sender": "bob@example.org"}), ("DELETE", "/blocked_senders/1", None),
    ("GET", "/suspended_mails", None), ("GET", "/suspended_mails/1/source", None),
])
def test_an_agent_does_not_administrate(house, method, path, body):
    assert house.status(method, path.format(a=house.agent["id"]), body, token=house.agent_token) == 403


def test_a_scope_to_read_writes_nothing(house, desk):
    token, ticket = house.reader_token, house.bob_ticket["id"]
    assert house.status("GET", f"/tickets/{ticket}", token=token) == 200
    for method, path, body in (
        ("POST", "/tickets", {"subject": "s", "body": "b", "requester": {"email": "a@example.org"}}),
        ("PATCH", f"/tickets/{ticket}", {"status": "solved"}), ("POST", f"/tickets/{ticket}/messages", {"body": "b", "visibility": "public"}),
        ("POST", f"/tickets/{ticket}/merge", {"into": house.eve_ticket["id"]}), ("POST", f"/tickets/{ticket}/participants", {"requester": {"email": "z@example.org"}}),
        ("PATCH", f"/agents/{house.agent['id']}", {"presence": "away"}), ("PATCH", f"/agents/{house.agent['id']}", {"signature": "x"}),
        ("DELETE", "/suppressions/1", None), ("POST", "/requesters", {"email": "z@example.org"}),
    ):
        assert house.status(method, path, body, token=token, headers={"If-Match": "*"}) == 403, path
    assert desk.request("POST", "/api/v1/attachments?filename=a.txt", raw=b"x", token=token, headers={"Content-Type": "text/plain"}).status == 403
    assert desk.request("POST", "/api/v1/mail", raw=b"From: a@b.example\r\n\r\nx", token=token, headers={"Content-Type": "message/rfc822"}).status == 403


def test_a_token_falls_with_its_user(house, desk):
    agent = desk.agent("Short Lived", "short@firstline.example")
    token = house.token(role="agent", agent_id=agent["id"])
    assert house.status("GET", "/me", token=token) == 200
    desk.api("DELETE", f"/agents/{agent['id']}")
    assert house.status("GET", "/me", token=token) == 401
    assert house.status("POST", "/tokens", {"name": "x", "role": "admin", "agent_id": house.agent["id"]}) == 422


def test_a_file_of_another_cannot_be_taken_into_a_message(house):
    file = house.upload(house.bob_token, b"bob's passport")
    assert house.status("GET", f"/attachments/{file['id']}", token=house.eve_token) == 404
    answers = [
        house.desk.request("POST", f"/api/v1/tickets/{house.eve_ticket['id']}/messages", {"body": "b", "visibility": "public", "attachments": [number]}, token=house.eve_token)
        for number in (file["id"], 999999)]
    assert [answer.status for answer in answers] == [422, 422]


def test_an_answer_kept_for_one_is_not_given_to_another(house, desk):
    key = {"Idempotency-Key": "shared-key-1"}
    body = {"subject": "mine alone", "body": "b", "requester": {"email": "any@example.org"}}
    tickets = [desk.api("POST", "/tickets", body, token=token, headers=key) for token in (house.eve_token, house.bob_token, house.agent_token)]
    assert len({ticket["id"] for ticket in tickets}) == 3
    assert [ticket["requester"]["id"] for ticket in tickets[:2]] == [house.eve, house.bob]
    assert desk.api("POST", "/tickets", body, token=house.eve_token, headers=key)["id"] == tickets[0]["id"]
