"""Who writes by mail, through the real executables: agents, participants, blocked senders, and what comes for a merged ticket."""
import email.policy
import email
import re

import pytest

from desk import Desk, wait_for

PROOF = "Authentication-Results: mx.firstline.example; dmarc=pass header.from=firstline.example"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk") / "data", environment={"FIRSTLINE_MAIL_AUTHSERV_ID": "mx.firstline.example, mx2.firstline.example"}).start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.fixture(scope="module")
def berta(desk):
    return desk.agent()


def mail(sender: str, subject: str, *more: str, body: str = "Text.", to: str = "support@localhost", first: str = "") -> bytes:
    lines = ([first] if first else []) + [f"From: {sender}", f"To: {to}", f"Subject: {subject}", *more, "", body, ""]
    return "\r\n".join(lines).encode()


def ticket_of(answer: str) -> int:
    return int(answer.split("ticket ")[1].split()[0])


def opened(desk, address: str, subject: str, *more: str) -> dict:
    return desk.api("GET", f"/tickets/{ticket_of(desk.lmtp(mail(address, subject, *more), sender=address))}")


def outgoing(desk, address: str, count: int = 1):
    return wait_for(lambda: len(found := desk.mail_to(address)) >= count and found, 20)


def messages(desk, ticket: int) -> list[dict]:
    return desk.api("GET", f"/tickets/{ticket}/messages")["items"]


def staff_is_known(desk, berta):
    """Intake has asked for the address: such a mail no longer opens a ticket of its own on a thread."""
    own = opened(desk, "probe@example.org", "Probe", "Message-ID: <probe@example.org>")
    number = iter(range(1_000))

    def acts():
        probe = mail(berta["email"], "Re: Probe", "In-Reply-To: <probe@example.org>", body=f"Probe {next(number)}", first=PROOF)
        return ticket_of(desk.lmtp(probe, sender=berta["email"])) == own["id"]

    wait_for(acts, 20, 0.2)


def test_an_agent_answers_the_notification_and_the_requester_gets_it(desk, berta):
    staff_is_known(desk, berta)
    ticket = opened(desk, "rita@example.org", "No ink")
    wait_for(lambda: desk.api("GET", f"/tickets/{ticket['id']}")["assignee_id"] == berta["id"])
    told = wait_for(lambda: [one for one in desk.mail_to(berta["email"]) if "No ink" in one["Subject"] or "No ink" in one.as_string()], 20)[0]
    address = told["Reply-To"].addresses[0].addr_spec
    assert re.fullmatch(r"support\+agent\+[0-9a-f]{32}@localhost", address)
    quoted = "\r\n".join("> " + line for line in told.get_body(("plain",)).get_content().splitlines())
    answer = mail(berta["email"], "Re: " + told["Subject"], f"In-Reply-To: {told['Message-ID']}", to=address, first=PROOF,
                  body=f"Shake the cartridge.\r\n\r\nOn Fri, 27 Nov 2026 at 12:00, Support <support@localhost> wrote:\r\n{quoted}")
    assert ticket_of(desk.lmtp(answer, recipient=address, sender=berta["email"])) == ticket["id"]
    message = messages(desk, ticket["id"])[-1]
    assert message["author"]["kind"] == "agent" and message["author"]["id"] == berta["id"] and message["visibility"] == "public"
    assert message["text"] == "Shake the cartridge." and message["channel"] == "email"
    sent = next(one for one in outgoing(desk, "rita@example.org", 2) if "Shake the cartridge." in one.as_string())
    assert "assigned" not in sent.get_body(("plain",)).get_content()
    assert sent["From"].addresses[0].display_name == "Berta Braun" and berta["email"] not in sent.as_string()
    timers = wait_for(lambda: [one for one in desk.api("GET", f"/tickets/{ticket['id']}/sla")["timers"] if one["metric"] == "first_response" and one["state"] == "met"])
    assert timers
    # The requester answers that mail, and it is their thread.
    back = mail("rita@example.org", "Re: No ink", f"In-Reply-To: {sent['Message-ID']}", body="It prints.")
    assert ticket_of(desk.lmtp(back, sender="rita@example.org")) == ticket["id"]


def test_by_the_operators_command_and_the_api_of_an_administrator_it_acts_as_well(desk, berta):
    staff_is_known(desk, berta)
    ticket = opened(desk, "piotr@example.org", "By pipe", "Message-ID: <pipe@example.org>")
    raw = mail(berta["email"], "Re: By pipe", "In-Reply-To: <pipe@example.org>", body="From a pipe.", first=PROOF)
    desk.firstline("mail", "--sender=" + berta["email"], "--recipient=support@localhost", stdin=raw)
    assert messages(desk, ticket["id"])[-1]["author"]["kind"] == "agent"
    raw = mail(berta["email"], "Re: By pipe", "In-Reply-To: <pipe@example.org>", body="From a call.", first=PROOF)
    accepted = desk.request("POST", "/api/v1/mail", raw=raw, headers={"Content-Type": "message/rfc822"}).json
    assert accepted["ticket_id"] == ticket["id"] and accepted["suspended_mail_id"] is None


def test_a_reply_to_a_merged_ticket_lands_in_its_target(desk):
    first, second, third = (opened(desk, "mona@example.org", f"Merge {number}", f"Message-ID: <merge{number}@example.org>") for number in range(3))
    address = outgoing(desk, "mona@example.org", 3)[0]["Reply-To"].addresses[0].addr_spec
    addresses = {one["Subject"]: one["Reply-To"].addresses[0].addr_spec for one in desk.mail_to("mona@example.org")}
    address = next(value for subject, value in addresses.items() if "Merge 0" in subject)
    answer = desk.request("POST", f"/api/v1/tickets/{first['id']}/merge", {"into": second["id"]}, headers={"If-Match": '"99"'})
    assert answer.status == 412 and answer.json["code"] == "stale_version" and answer.json["current"]["id"] == first["id"]
    version = desk.api("GET", f"/tickets/{first['id']}")["version"]
    merged = desk.request("POST", f"/api/v1/tickets/{first['id']}/merge", {"into": second["id"]}, headers={"If-Match": f'"{version}"'})
    assert merged.status == 200 and merged.json["merged_into_id"] == second["id"] and merged.json["status"] == "closed"
    assert merged.headers["etag"] == f'"{merged.json["version"]}"'
    desk.api("POST", f"/tickets/{second['id']}/merge", {"into": third["id"]})
    for ticket, into, code in ((first, third, "ticket_merged"), (third, first, "merge_loop"), (third, third, "merge_into_itself")):
        refused = desk.request("POST", f"/api/v1/tickets/{ticket['id']}/merge", {"into": into["id"]})
        assert refused.status == 409 and refused.json["code"] == code
    assert desk.request("POST", f"/api/v1/tickets/{third['id']}/merge", {"into": 999_999}).status == 422
    assert ticket_of(desk.lmtp(mail("mona@example.org", "x", body="By address", to=address), recipient=address, sender="mona@example.org")) == third["id"]
    assert ticket_of(desk.lmtp(mail("mona@example.org", "y", "References: <merge1@example.org>", body="In thread"), sender="mona@example.org")) == third["id"]
    assert [one["text"] for one in messages(desk, third["id"])] == ["Text.", "Text.", "Text.", "By address", "In thread"]
    assert desk.api("GET", f"/tickets/{third['id']}")["message_count"] == 5
    assert "ticket.merged" in desk.history_kinds(first["id"]) and "ticket.merged" in desk.history_kinds(third["id"])
    wait_for(lambda: {one["state"] for one in desk.api("GET", f"/tickets/{first['id']}/sla")["timers"]} <= {"cancelled", "breached"})
    # Each got its acknowledgement; of a merged ticket nobody is told anything more.
    desk.api("POST", f"/tickets/{third['id']}/messages", {"body": "One answer", "visibility": "public"})
    outgoing(desk, "mona@example.org", 4)
    assert len(desk.mail_to("mona@example.org")) == 4
    for ticket in (first, second):
        assert {one["kind"] for one in desk.all(f"/deliveries?ticket_id={ticket['id']}") if one["state"] == "sent"} <= {"acknowledgement", "assignment"}


def test_who_takes_part_gets_replies_and_sees_nobodys_address(desk):
    known = opened(desk, "kay@example.org", "Known")
    ticket = opened(desk, "otto@example.org", "Copies", "Cc: Kay <kay@example.org>, unknown@example.org")
    told = desk.api("GET", f"/tickets/{ticket['id']}/participants")["items"]
    assert [one["requester"]["email"] for one in told] == ["kay@example.org"] and told[0]["added_by"]["kind"] == "requester"
    added = desk.api("POST", f"/tickets/{ticket['id']}/participants", {"requester": {"email": "lena@example.org", "name": "Lena"}})
    assert added["requester"]["id"] and added["added_by"]["kind"] in ("agent", "service")
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "For all of you", "visibility": "public"})
    people = ["otto@example.org", "kay@example.org", "lena@example.org"]
    for address in people:
        sent = wait_for(lambda: [one for one in desk.mail_to(address) if "For all of you" in one.as_string()], 20)
        assert len(sent) == 1 and sent[0]["To"].addresses[0].addr_spec == address
        assert not [other for other in people + ["unknown@example.org"] if other != address and other in sent[0].as_string()]
    assert not desk.mail_to("unknown@example.org")
    # They answer by what they got, and are known by it.
    back = mail("lena@example.org", "Re: Copies", f"In-Reply-To: {sent[0]['Message-ID']}", body="Thanks")
    assert ticket_of(desk.lmtp(back, sender="lena@example.org")) == ticket["id"]
    desk.api("DELETE", f"/tickets/{ticket['id']}/participants/{known['requester']['id']}")
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "For two of you", "visibility": "public"})
    wait_for(lambda: [one for one in desk.mail_to("lena@example.org") if "For two of you" in one.as_string()], 20)
    assert not [one for one in desk.mail_to("kay@example.org") if "For two of you" in one.as_string()]
    desk.api("POST", f"/tickets/{ticket['id']}/messages", {"body": "For none of you", "visibility": "internal"})
    mailbox = desk.api("PATCH", "/mailboxes/1", {"cc_policy": "all"})
    assert mailbox["cc_policy"] == "all"
    alone = desk.api("POST", "/mailboxes", {"name": "alone", "address": "alone@desk.example", "cc_policy": "ignore"})
    assert alone["cc_policy"] == "ignore"
    open_to_all = opened(desk, "otto@example.org", "More copies", "Cc: unknown@example.org")
    assert [one["requester"]["email"] for one in desk.api("GET", f"/tickets/{open_to_all['id']}/participants")["items"]] == ["unknown@example.org"]
    assert "For none of you" not in "".join(one.as_string() for one in desk.outbox())


def test_a_blocked_senders_mail_is_accepted_and_kept_apart(desk):
    ticket = opened(desk, "bad@pest.example", "Before", "Message-ID: <before@pest.example>")
    before = len(desk.all("/tickets"))
    blocked = desk.api("POST", "/blocked_senders", {"sender": "Pest.example", "reason": "Advertising"})
    assert blocked["sender"] == "pest.example"
    raw = mail("bad@pest.example", "Re: Before", "In-Reply-To: <before@pest.example>", body="Buy!")
    assert desk.lmtp(raw, sender="bad@pest.example") == "2.1.5 Accepted" == desk.lmtp(raw, sender="bad@pest.example")
    assert len(desk.all("/tickets")) == before and len(messages(desk, ticket["id"])) == 1
    kept = desk.api("GET", "/suspended_mails")["items"]
    assert [(one["sender"], one["subject"], one["blocked_sender_id"]) for one in kept] == [("bad@pest.example", "Re: Before", blocked["id"])]
    source = desk.request("GET", f"/api/v1/suspended_mails/{kept[0]['id']}/source")
    assert source.status == 200 and source.body == raw and source.headers["content-type"] == "message/rfc822"
    assert desk.request("GET", f"/api/v1/suspended_mails/{kept[0]['id'] + 1}/source").status == 404
    admin = desk.service("intake")["admin"]
    import urllib.request
    with urllib.request.urlopen(f"http://{admin}/metrics") as answer:
        assert 'firstline_mail_total{outcome="suspended"} 2' in answer.read().decode()
    assert desk.request("POST", "/api/v1/blocked_senders", {"sender": "pest.example"}).status == 409
    desk.api("DELETE", f"/blocked_senders/{blocked['id']}")
    assert desk.api("GET", "/blocked_senders")["items"] == []
    assert ticket_of(desk.lmtp(raw, sender="bad@pest.example")) == ticket["id"]


def test_a_bad_name_of_a_mail_server_stops_the_start(tmp_path):
    import subprocess
    from desk import PROGRAMS
    done = subprocess.run(
        [PROGRAMS / "firstline-intake", "--data", tmp_path / "intake", "--insecure-loopback", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
         "--lmtp-listen", "127.0.0.1:0", "--mail-authserv-id", "mx.desk.example;evil"], capture_output=True, timeout=60)
    assert done.returncode == 78 and b"--mail-authserv-id" in done.stderr
