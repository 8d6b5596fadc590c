"""Attachments, mail by HTTP, search and deliveries."""
import re
import urllib.parse

import pytest

from desk import Refused, wait_for
from ports import free_ports


def upload(desk, content: bytes, filename: str, kind: str, token=None) -> dict:
    return desk.api("POST", f"/attachments?filename={urllib.parse.quote(filename)}", raw=content, headers={"Content-Type": kind}, token=token)


def test_a_file_is_uploaded_used_and_downloaded_only(desk):
    page = upload(desk, b"<script>alert(1)</script>", "страница.html", "text/html")
    assert {"id", "filename", "content_type", "size", "inline"} <= set(page)
    assert (page["filename"], page["content_type"], page["size"], page["inline"]) == ("страница.html", "text/html", 25, False)
    ticket = desk.ticket(attachments=[page["id"]])
    assert [a["id"] for a in desk.all(f"/tickets/{ticket['id']}/messages")[0]["attachments"]] == [page["id"]]
    answer = desk.request("GET", f"/api/v1/attachments/{page['id']}")
    assert answer.body == b"<script>alert(1)</script>" and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "filename*=UTF-8''" + urllib.parse.quote("страница.html") in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"] and answer.headers["content-length"] == "25"


def test_a_file_belongs_to_who_uploaded_it_until_a_message_carries_it(desk, agent_token, annas_token):
    own = upload(desk, b"mine", "mine.txt", "text/plain", token=agent_token)
    ticket = desk.ticket()
    with pytest.raises(Refused) as refusal:
        desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "b", "visibility": "public", "attachments": [own["id"]]})
    assert refusal.value.status in (404, 422)
    assert desk.request("GET", f"/api/v1/attachments/{own['id']}", token=annas_token).status == 404
    note = {"body": "b", "visibility": "internal", "attachments": [own["id"]]}
    desk.api("POST", f"/tickets/{ticket['id']}/messages", note, token=agent_token)
    assert desk.request("GET", f"/api/v1/attachments/{own['id']}", token=annas_token).status == 404
    with pytest.raises(Refused) as refusal:
        desk.api("POST", f"/tickets/{ticket['id']}/messages", note, token=agent_token)
    assert refusal.value.status in (404, 409, 422)
    assert desk.request("GET", "/api/v1/attachments/99999").status == 404


def test_an_upload_without_a_name_or_too_large_is_refused(desk):
    assert desk.request("POST", "/api/v1/attachments?filename=x", raw=b"x" * (26 * 1024 * 1024), headers={"Content-Type": "text/plain"}).status == 413
    assert desk.request("POST", "/api/v1/attachments?filename=empty.txt", raw=b"", headers={"Content-Type": "text/plain"}).status in (201, 422)


MAIL = (
    b"From: Anna Petrova <anna@example.org>\r\nTo: support@localhost\r\nMessage-ID: <http-mail-1@example.org>\r\n"
    b"Subject: By the webhook\r\n\r\nIt hums.\r\n")


def test_mail_by_http_is_as_mail_by_lmtp_and_keeps_its_source(desk):
    accepted = desk.api("POST", "/mail", raw=MAIL, headers={"Content-Type": "message/rfc822"})
    ticket = desk.api("GET", f"/tickets/{accepted['ticket_id']}")
    assert ticket["channel"] == "email" and ticket["subject"] == "By the webhook" and ticket["requester"]["email"] == "anna@example.org"
    source = desk.request("GET", f"/api/v1/tickets/{ticket['id']}/messages/{accepted['message_id']}/source")
    assert source.body == MAIL and source.headers["content-type"].startswith("message/rfc822")
    again = desk.api("POST", "/mail", raw=MAIL, headers={"Content-Type": "message/rfc822"})
    assert (again["ticket_id"], again["message_id"]) == (accepted["ticket_id"], accepted["message_id"])


def find(desk, query: str, **more) -> list[int]:
    return [hit["id"] for hit in desk.api("GET", "/search?q=" + urllib.parse.quote(query), **more)["items"]]


def test_search_knows_its_operators_and_shows_snippets(desk, berta):
    one = desk.ticket("Zebra stripes fade", "The <b>quick</b> brown foxglove jumps.", tags=["animal"], requester={"email": "zoo@safari.example", "name": "Zoë Keeper"})
    two = desk.ticket("Zebra crossing", "Brown quick is not in that order.", requester={"email": "road@city.example"})
    desk.patch(f"/tickets/{two['id']}", {"status": "pending", "assignee_id": berta["id"]})
    assert set(find(desk, "zebra")) == {one["id"], two["id"]}
    assert find(desk, "zebra status:pending") == [two["id"]]
    assert find(desk, "zebra tag:animal") == [one["id"]]
    assert find(desk, "zebra from:safari") == [one["id"]]
    assert find(desk, "zebra from:zoo@safari.example") == [one["id"]]
    assert find(desk, f"zebra assignee:{berta['id']}") == [two["id"]]
    assert find(desk, "zebra assignee:none") == [one["id"]]
    assert find(desk, '"quick brown"') == [one["id"]] or find(desk, '"brown foxglove"') == [one["id"]]
    assert find(desk, '"stripes fade"') == [one["id"]] and find(desk, '"fade stripes"') == []
    assert find(desk, "zebra -stripes") == [two["id"]] and find(desk, "zebra -tag:animal") == [two["id"]]
    assert find(desk, "Keeper") == [one["id"]] and find(desk, "foxgloves") == [one["id"]]
    assert find(desk, "zebra status:nonsense") == [] and find(desk, "((\"* OR NOT :") == []
    (hit,) = desk.api("GET", "/search?q=foxglove")["items"]
    assert "<mark>foxglove</mark>" in hit["snippet"] and "<b>" not in hit["snippet"]
    assert desk.request("GET", "/api/v1/search").status == 422


def test_search_is_ranked_and_goes_on_by_cursor(desk):
    for number in range(5):
        desk.ticket(f"Giraffe {number}", "neck" + " giraffe" * number)
    first = desk.api("GET", "/search?q=giraffe&limit=3")
    rest = desk.api("GET", f"/search?q=giraffe&limit=3&cursor={urllib.parse.quote(first['next_cursor'])}")
    ranks = [hit["rank"] for hit in first["items"] + rest["items"]]
    assert len({hit["id"] for hit in first["items"] + rest["items"]}) == 5 and ranks == sorted(ranks, reverse=True)
    assert rest["next_cursor"] is None


def test_the_acknowledgement_is_a_delivery_and_stands_in_the_outbox(desk):
    ticket = desk.ticket(requester={"email": "deliver@example.org"})
    delivery = desk.wait_for_delivery(ticket["id"])
    assert delivery["recipient"] == "deliver@example.org" and delivery["attempts"] == 1 and delivery["sent_at"]
    assert desk.api("GET", f"/deliveries/{delivery['id']}") == delivery
    assert desk.request("POST", f"/api/v1/deliveries/{delivery['id']}/retry").status == 409
    assert desk.request("POST", "/api/v1/deliveries/9999/retry").status == 404
    (path,) = [path for path in (desk.data / "outbox" / "new").iterdir() if b"deliver@example.org" in path.read_bytes()]
    lines = path.read_bytes().split(b"\n")
    assert path.suffix == ".eml"
    assert lines[0].rstrip() == b"Return-Path: <>" and lines[1].rstrip() == b"X-Envelope-To: deliver@example.org", lines[:3]
    (mail,) = desk.mail_to("deliver@example.org")
    assert mail["Auto-Submitted"] == "auto-replied" and mail["Message-ID"] == delivery["message_id_header"]


def test_an_agents_reply_goes_out_with_a_return_path(desk, agent_token):
    ticket = desk.ticket(requester={"email": "reply@example.org"})
    first = desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "Like this.", "visibility": "public"}, token=agent_token)
    mail = wait_for(lambda: [mail for mail in desk.mail_to("reply@example.org") if "Like this." in mail.as_string()])[0]
    assert mail.keys()[:2] == ["Return-Path", "X-Envelope-To"]
    assert re.fullmatch(r"<support\+b[0-9a-f]{8}\+[0-9a-f]{32}@localhost>", mail["Return-Path"]), mail["Return-Path"]
    assert "Auto-Submitted" not in mail
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "A secret.", "visibility": "internal"}, token=agent_token)
    deliveries = desk.all(f"/deliveries?ticket_id={ticket['id']}")
    assert first["id"] in [delivery["message_id"] for delivery in deliveries]
    assert not [mail for mail in desk.mail_to("reply@example.org") if "A secret." in mail.as_string()]


def test_a_delivery_that_cannot_be_sent_waits_and_is_retried(stopped_desk):
    stopped_desk.options = ("--smtp", f"smtp://127.0.0.1:{free_ports(1)[0]}")
    desk = stopped_desk.start()
    ticket = desk.api("POST", "/tickets", {"subject": "s", "body": "b", "requester": {"email": "wait@example.org"}})
    waiting = wait_for(lambda: [d for d in desk.all(f"/deliveries?ticket_id={ticket['id']}") if d["attempts"] and d["last_error"]])[0]
    assert waiting["state"] == "deferred" and waiting["next_attempt_at"]
    desk.api("POST", f"/deliveries/{waiting['id']}/retry")
    wait_for(lambda: desk.api("GET", f"/deliveries/{waiting['id']}")["attempts"] > waiting["attempts"])
