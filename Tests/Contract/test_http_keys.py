"""`Idempotency-Key` on every POST: the same key and body returns the first answer, another body is refused."""
import os

import pytest

MAIL = b"From: anna@example.org\r\nTo: support@localhost\r\nSubject: Key %s\r\n\r\nText.\r\n"


def bodies(desk) -> dict:
    """Every POST of the document: two bodies that differ, for the path as it is called."""
    requester = {"email": "anna@example.org"}
    ticket = desk.ticket()
    into = [desk.ticket()["id"] for _ in "ab"]
    delivery = desk.wait_for_delivery(ticket["id"])
    return {
        "/tickets": ("/tickets", *({"subject": s, "body": "b", "requester": requester} for s in "ab")),
        "/tickets/{id}/messages": (f"/tickets/{ticket['id']}/messages", *({"body": b, "visibility": "internal"} for b in "ab")),
        "/tickets/{id}/participants": (f"/tickets/{ticket['id']}/participants", *({"requester": {"email": f"key-{n}@example.net"}} for n in "ab")),
        "/tickets/{id}/merge": (f"/tickets/{desk.ticket()['id']}/merge", *({"into": n} for n in into)),
        "/blocked_senders": ("/blocked_senders", *({"sender": f"{n}.pest.example"} for n in "ab")),
        "/requesters": ("/requesters", *({"email": f"key-{n}@example.org"} for n in "ab")),
        "/organizations": ("/organizations", *({"name": f"Key {n}"} for n in "ab")),
        "/agents": ("/agents", *({"name": "Key", "email": f"key-{n}@firstline.example"} for n in "ab")),
        "/teams": ("/teams", *({"name": f"Key {n}"} for n in "ab")),
        "/calendars": ("/calendars", *({"name": f"Key {n}", "time_zone": "UTC", "hours": {"mon": [["09:00", "17:00"]]}} for n in "ab")),
        "/calendars/preview": ("/calendars/preview", *({"calendar_id": 1, "from": "2026-01-05T09:00:00Z", "business": b} for b in ("PT1H", "PT2H"))),
        "/sla_policies": ("/sla_policies", *({"name": f"Key {n}", "calendar_id": 1, "targets": {}, "position": 9} for n in "ab")),
        "/mailboxes": ("/mailboxes", *({"name": f"key{n}", "address": f"key{n}@localhost"} for n in "ab")),
        "/tokens": ("/tokens", *({"name": f"Key {n}", "role": "agent"} for n in "ab")),
        "/templates": ("/templates", *(
            {"kind": "reply", "language": language, "mailbox_id": desk.api("GET", "/mailboxes")["items"][0]["id"], "subject": "s", "text": "t"}
            for language in ("en", "pl"))),
        "/templates/preview": ("/templates/preview", *({"kind": "reply", "language": "en", "subject": s, "text": "t"} for s in "ab")),
        "/attachments": ("/attachments?filename=a.txt", b"a", b"b"),
        "/mail": ("/mail", MAIL % b"a", MAIL % b"b"),
        "/deliveries/{id}/retry": (f"/deliveries/{delivery['id']}/retry", None, None),
    }


def test_every_post_knows_its_key(desk):
    known = bodies(desk)
    posts = {path for path, operations in desk.document["paths"].items() if "post" in operations}
    assert posts == set(known)
    for pattern, (path, first, other) in known.items():
        key = os.urandom(8).hex()

        def post(body):
            headers = {"Idempotency-Key": key}
            if isinstance(body, bytes):
                headers["Content-Type"] = "message/rfc822" if path == "/mail" else "text/plain"
                return desk.request("POST", "/api/v1" + path, raw=body, headers=headers)
            return desk.request("POST", "/api/v1" + path, body, headers=headers)

        one, again = post(first), post(first)
        assert again.status == one.status, (pattern, one.status, one.body, again.status, again.body)
        if one.status < 300:
            assert again.body == one.body, (pattern, one.body, again.body)
            assert again.headers.get("location") == one.headers.get("location")
            assert again.headers.get("etag") == one.headers.get("etag")
        else:
            assert pattern == "/deliveries/{id}/retry" and one.status == 409, (pattern, one.body)
        if other is not None:
            answer = post(other)
            assert answer.status == 422 and answer.json["code"] == "idempotency_key_reused", (pattern, answer.body)


def test_another_caller_may_use_the_same_key(desk, agent_token):
    key = {"Idempotency-Key": "shared"}
    one = desk.api("POST", "/tickets", {"subject": "1", "body": "b", "requester": {"email": "anna@example.org"}}, headers=key)
    two = desk.api(
        "POST", "/tickets", {"subject": "2", "body": "b", "requester": {"email": "anna@example.org"}}, headers=key, token=agent_token)
    assert one["id"] != two["id"]


def test_the_same_key_after_a_restart_returns_the_first_answer(desk):
    body, key = {"subject": "r", "body": "b", "requester": {"email": "anna@example.org"}}, {"Idempotency-Key": "restart"}
    first = desk.api("POST", "/tickets", body, headers=key)
    assert desk.stop() == 0
    desk.start()
    assert desk.api("POST", "/tickets", body, headers=key) == first


@pytest.mark.parametrize("key", ["x" * 256, "with space"])
def test_a_key_that_is_none_is_refused(desk, key):
    answer = desk.request("POST", "/api/v1/teams", {"name": "x"}, headers={"Idempotency-Key": key})
    assert answer.status == 422
