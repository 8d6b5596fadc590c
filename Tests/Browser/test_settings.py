"""The pages of settings and what a ticket's page has beside the reply: whole at every width and in the dark, by keyboard alone, without scripts."""
import pytest

from desk import Desk
from ports import free_ports
from smtp_sink import SMTPSink
from test_console import WIDTHS, overflow, picture
from test_outbound import ask, settled

PAGES = {
    "profile": "/settings/profile", "mailboxes": "/settings/mailboxes", "mailbox": "/settings/mailboxes/1", "blocked": "/settings/blocked?sender=eve%40spam.example",
    "suspended": "/settings/suspended", "suppressions": "/settings/suppressions", "ticket": "/tickets/2", "merge": "/tickets/2/merge?into=1",
    "merge-nowhere": "/tickets/2/merge?into=99"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk with an address that does not exist, a blocked sender and their mail, and a ticket with a participant."""
    with SMTPSink(free_ports(1)[0]) as sink:
        sink.answer = lambda stage, argument: "550 5.1.1 no such user" if stage == "rcpt" and argument == "gone@example.org" else None
        desk = Desk(tmp_path_factory.mktemp("desk") / "data", "--smtp", sink.url).start()
        settled(desk, ask(desk, "gone@example.org"), "failed")
        ask(desk, "anna@example.org")
        desk.api("POST", "/tickets/2/participants", {"requester": {"email": "boss@customer.example", "name": "Bodil Olsen-Wintergreen"}})
        desk.api("POST", "/blocked_senders", {"sender": "spam.example", "reason": "Ticket #1"})
        mail = b"From: eve@spam.example\r\nTo: support@desk.example\r\nSubject: You have won a really remarkable amount of money\r\n\r\nNow."
        assert desk.request("POST", "/api/v1/mail", raw=mail, headers={"Content-Type": "message/rfc822"}).status in (200, 201, 202)
        yield desk
        if desk.process.poll() is None:
            desk.stop()


def test_every_page_fits_labels_its_fields_and_runs_without_a_fault(signed_in):
    page = signed_in()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for name, path in PAGES.items():
            page.goto(path)
            for scheme in ["light", "dark"]:
                page.emulate_media(color_scheme=scheme)
                picture(page, f"{name}-{width}-{scheme}")
            assert overflow(page) <= 0, (name, width)
            unlabelled = page.evaluate(
                "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(one => !one.labels.length).map(one => one.outerHTML)")
            assert unlabelled == [], name
    # What names nothing is refused, and the browser notes that.
    assert [fault for fault in page.faults if "422" not in fault] == []


def test_a_sender_is_blocked_and_a_participant_added_by_the_keyboard_without_scripts(signed_in, desk):
    page = signed_in(java_script_enabled=False)
    page.goto("/tickets/2")
    page.fill("#body", "My careful draft.")
    page.focus("#participant")
    page.keyboard.type("carl@customer.example")
    page.keyboard.press("Enter")
    page.wait_for_selector(".people li:has-text('carl@customer.example')")
    assert page.input_value("#body").strip() == "My careful draft." and desk.api("GET", "/tickets/2")["message_count"] == 1
    page.get_by_role("button", name="Remove carl@customer.example").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".people li:has-text('carl@customer.example')", state="detached")
    page.get_by_role("link", name="Block this sender").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/blocked?**")
    assert page.get_by_role("textbox", name="Sender").input_value() == "anna@example.org"
    page.get_by_role("textbox", name="Reason").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Unblock anna@example.org").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("tr:has-text('anna@example.org')", state="detached")
    assert [one["sender"] for one in desk.all("/blocked_senders")] == ["spam.example"]
    page.goto("/settings/suppressions")
    page.get_by_role("button", name="Allow again gone@example.org").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".empty")
    assert desk.all("/suppressions") == []


def test_a_colleagues_participant_is_announced_on_the_open_page(signed_in, desk):
    # Not online: she is assigned nothing, so nothing else is announced.
    berta = desk.api("POST", "/agents", {"name": "Berta Braun", "email": "berta@firstline.example", "role": "agent"})
    token = desk.api("POST", "/tokens", {"name": "berta", "role": "agent", "agent_id": berta["id"]})["token"]
    page = signed_in()
    with page.expect_request("**/api/v1/events**"):
        page.goto("/tickets/2")
    assert page.locator("#live").is_hidden()
    desk.api("POST", "/tickets/2/participants", {"requester": {"email": "dora@customer.example"}}, token=token)
    page.wait_for_selector("#live:not([hidden])")
    page.locator("#live a").click()
    page.wait_for_selector(".people li:has-text('dora@customer.example')")
