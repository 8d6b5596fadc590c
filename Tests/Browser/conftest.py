import os
import pathlib
import sys

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

from desk import Desk  # noqa: E402

CHROMIUM = os.environ.get("FIRSTLINE_TEST_CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running desk with the believable company in it."""
    desk = Desk(tmp_path_factory.mktemp("desk") / "data", "--demo").start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.fixture(scope="module")
def browser():
    if not os.path.exists(CHROMIUM):
        pytest.skip(f"no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def signed_in(desk, browser):
    """Makes pages of a signed-in administrator."""
    contexts = []

    def page(**options):
        context = browser.new_context(base_url=desk.url, **{"locale": "en-GB", "reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
        link = desk.firstline("agent", "link", "1").stdout.decode().strip()
        page.goto(link)
        page.get_by_role("button").first.click()
        page.wait_for_url(desk.url + "/")
        return page

    yield page
    for context in contexts:
        context.close()
