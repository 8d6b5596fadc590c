"""The console in a real browser: by keyboard, on a phone, in the dark, in four languages."""
import os
import pathlib

import pytest

PICTURES = os.environ.get("FIRSTLINE_TEST_PICTURES")
WIDTHS = [360, 1280]


def picture(page, name: str):
    """Keeps a screenshot where a person wants to look at one."""
    if PICTURES:
        page.screenshot(path=pathlib.Path(PICTURES) / f"{name}.png", full_page=True)


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_queue_and_ticket_fit_and_run_without_a_fault(signed_in, width, scheme):
    page = signed_in(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto("/?view=open")
    picture(page, f"queue-{width}-{scheme}")
    assert overflow(page) <= 0
    assert page.locator("table.queue tbody tr").count() >= 5
    page.locator("table.queue a").first.click()
    page.wait_for_selector("#body")
    picture(page, f"ticket-{width}-{scheme}")
    assert overflow(page) <= 0
    assert page.faults == []


@pytest.mark.parametrize("locale, word", [("en", "Queue"), ("ru", "Очередь"), ("el", "Ουρά"), ("pl", "Kolejka")])
def test_the_console_speaks_the_readers_language(signed_in, locale, word):
    page = signed_in(locale=locale, viewport={"width": 360, "height": 800})
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == locale
    assert overflow(page) <= 0
    page.goto("/tickets/1")
    assert word.lower() in page.inner_text("body").lower()
    picture(page, f"ticket-360-{locale}")


def test_an_agent_replies_by_the_keyboard_alone(signed_in, desk):
    page = signed_in()
    page.goto("/tickets/2")
    page.focus("#body")
    page.keyboard.type("The pedals are on their way.")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.primary')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("article.message:has-text('The pedals are on their way.')")
    assert any("The pedals are on their way." in message["text"] for message in desk.all("/tickets/2/messages"))


def test_no_draft_is_lost_where_a_colleague_was_quicker(signed_in, desk):
    page = signed_in()
    page.goto("/tickets/3")
    page.fill("#body", "My careful draft.")
    desk.api("POST", "/tickets/3/messages", {"body": "I was quicker.", "visibility": "internal"})
    page.locator("button.primary").click()
    page.wait_for_load_state()
    assert page.input_value("#body").strip() == "My careful draft."
    assert not any(message["text"] == "My careful draft." for message in desk.all("/tickets/3/messages"))


def test_a_sign_in_link_works_once_and_only_by_its_button(desk, browser):
    link = desk.firstline("agent", "link", "1").stdout.decode().strip()
    for _ in range(2):
        # Looking at it, as a mail scanner does, burns nothing.
        assert desk.request("GET", link.removeprefix(desk.url), token="").status == 200
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button").first.click()
    page.wait_for_url(desk.url + "/")
    context.close()
    again = browser.new_context()
    page = again.new_page()
    page.goto(link)
    assert page.get_by_role("button").count() == 0
    again.close()
