"""The pages in a real Chromium against the real server."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

#: Chromium speaks to nobody but the server under test.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def url(serving, release: Path) -> Iterator[str]:
    with serving("--release", str(release)) as address:
        yield address


@pytest.fixture(scope="module")
def page(url: str, require) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require(chromium, "Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser.new_page()
        browser.close()


def answer(page: Page) -> list[str]:
    """Return the cells of the table of results, once it is there: reading texts does not wait for a page to load."""
    page.locator("tbody td").first.wait_for()
    return page.locator("tbody td").all_inner_texts()


def test_a_reader_opens_the_front_page_and_runs_a_question(page: Page, url: str) -> None:
    hosts: set[str] = set()
    faults: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(url)
    assert "AI infrastructure" in page.locator("h1").inner_text()
    page.get_by_role("link", name="How many gigafactories would the money buy").click()
    assert answer(page) == ["EUR 20 billion", "announced plan", "EUR 3 to 5 billion", "estimate", "4", "6"]
    assert hosts == {url.split("/")[2]}
    assert faults == []


def test_a_query_can_be_changed_and_run_again(page: Page, url: str) -> None:
    page.goto(url + "sparql")
    # A field of a form, or the editor.
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT (6 * 7 AS ?answer) {}")
    page.get_by_role("button", name="Run").click()
    assert answer(page) == ["42"]
    assert "6+*+7" in page.url


def test_pages_fit_a_narrow_screen(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    for path in ("", "sparql"):
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
