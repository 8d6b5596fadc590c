"""The words of the mails: what there is, previews, changes, and what is refused."""
import pytest

from desk import Refused

KINDS = {"acknowledgement", "reply", "assignment", "mention", "sla_warning", "sla_breach", "solved", "survey"}


def refused(desk, method: str, path: str, body) -> dict:
    with pytest.raises(Refused) as caught:
        desk.api(method, path, body)
    assert caught.value.status == 422, caught.value.problem
    return caught.value.problem


def one(desk, kind: str, language: str) -> dict:
    (found,) = [item for item in desk.all(f"/templates?kind={kind}&language={language}") if item["mailbox_id"] is None]
    return found


def test_every_kind_has_its_words_in_every_language(desk):
    found = desk.all("/templates")
    assert {(item["kind"], item["language"]) for item in found if item["original"]} == {(k, l) for k in KINDS for l in ("en", "ru", "el", "pl")}
    for item in found:
        preview = desk.api("POST", "/templates/preview", {name: item[name] for name in ("kind", "language", "subject", "text", "html")})
        for part in preview.values():
            assert part and "{{" not in part, (item["kind"], item["language"], preview)
        assert "\n" not in preview["subject"] and "<3" not in preview["html"]
        assert desk.api("GET", f"/templates/{item['id']}") == item


def test_a_change_is_previewed_then_saved_then_mailed_and_can_be_taken_back(desk):
    original = one(desk, "acknowledgement", "en")
    words = {"subject": "Got it: {{ticket.subject}}", "text": "Dear {{recipient.name}},\nwe have #{{ticket.id}}.", "html": ""}
    preview = desk.api("POST", "/templates/preview", {"kind": "acknowledgement", "language": "en", **words})
    assert preview["subject"].startswith("Got it: The printer") and preview["text"].startswith("Dear Anna <3,\nwe have #1234.") and not preview["html"]
    assert desk.api("GET", f"/templates/{original['id']}") == original
    changed = desk.api("PATCH", f"/templates/{original['id']}", words)
    assert not changed["original"] and changed["version"] == 1 and changed["updated_at"]
    try:
        # What the requester writes is no template, and no second header.
        ticket = desk.ticket(requester={"email": "words@example.org", "name": "{{ticket.id}}"}, subject="{{brand.name}} Bcc: x@example.org")
        desk.wait_for_delivery(ticket["id"])
        (mail,) = desk.mail_to("words@example.org")
        assert mail["Subject"] == "Got it: {{brand.name}} Bcc: x@example.org" and mail["Bcc"] is None
        assert mail.get_content().splitlines() == ["Dear {{ticket.id}},", f"we have #{ticket['id']}."]
    finally:
        desk.request("DELETE", f"/api/v1/templates/{original['id']}")
    assert desk.api("GET", f"/templates/{original['id']}") == original


def test_a_mailbox_has_its_own_words_and_brand(desk):
    box = desk.api("POST", "/mailboxes", {"name": "Shop", "address": "brand@localhost"})
    made = desk.api("POST", "/templates", {
        "kind": "acknowledgement", "language": "en", "mailbox_id": box["id"], "subject": "{{brand.name}} has it", "text": "Yours, {{brand.name}}", "html": "<p>{{brand.name}}</p>"})
    assert made["mailbox_id"] == box["id"] and made["id"] > 1000
    again = {name: made[name] for name in ("kind", "language", "mailbox_id", "subject", "text")}
    assert desk.request("POST", "/api/v1/templates", again).status == 409
    desk.lmtp(b"From: brandy@example.org\r\nTo: brand@localhost\r\nSubject: Order\r\n\r\nWhere is it?\r\n", recipient="brand@localhost")
    (ticket,) = [item for item in desk.all("/tickets") if item["requester"]["email"] == "brandy@example.org"]
    desk.wait_for_delivery(ticket["id"])
    (mail,) = desk.mail_to("brandy@example.org")
    assert mail["Subject"] == "Shop has it" and mail["From"].addresses[0].display_name == "Shop"
    assert desk.request("DELETE", f"/api/v1/templates/{made['id']}").status == 204
    assert desk.request("GET", f"/api/v1/templates/{made['id']}").status == 404


@pytest.mark.parametrize("field, words, named", [
    ("subject", "{{ticket.colour}} {{requester.email}}", ["ticket.colour", "requester.email"]),
    ("text", "{{#quote}}never closed", ["does not compile"]),
    ("html", "{{{ticket.subject}}}", ["ticket.subject"]),
    ("text", "{{> partial}}", ["partial"]),
    ("html", "{{message.text", ["not closed"]),
    ("text", "{{#quote}}" * 17 + "{{/quote}}" * 17, ["16 deep"]),
    ("html", "{{! }}" * 201, ["200 tags"]),
    ("text", "{{#quote}}" * 10_000, ["1000 opening braces"]),
])
def test_what_does_not_compile_or_names_unknown_fields_is_refused_by_name(desk, field, words, named):
    item = one(desk, "reply", "en")
    asked = {name: item[name] for name in ("kind", "language", "subject", "text", "html")} | {field: words}
    for problem in (refused(desk, "PATCH", f"/templates/{item['id']}", {field: words}), refused(desk, "POST", "/templates/preview", asked)):
        assert problem["code"] == "invalid_field", problem
        (violation,) = problem["violations"]
        assert violation["field"] == field
        for name in named:
            assert name in violation["message"], violation
    assert desk.api("GET", f"/templates/{item['id']}") == item


def test_only_those_who_lead_change_words(desk, agent_token):
    item = one(desk, "reply", "pl")
    assert desk.request("PATCH", f"/api/v1/templates/{item['id']}", {"subject": "x"}, token=agent_token).status == 403
    assert desk.request("GET", f"/api/v1/templates/{item['id']}", token=agent_token).status == 200
    assert desk.request("GET", "/api/v1/templates/999999").status == 404
    asked = {"kind": "reply", "language": "en", "mailbox_id": 999999, "subject": "s", "text": "t"}
    assert refused(desk, "POST", "/templates", asked)
