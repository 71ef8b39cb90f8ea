"""The pages in a real Chromium against the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@pytest.fixture
def url(site: str) -> str:
    return site


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def answer(page: Page) -> list[str]:
    """Return the cells of the table of results, once it is there: reading texts does not wait for a page to load."""
    page.locator("tbody td").first.wait_for()
    return page.locator("tbody td").all_inner_texts()


def test_a_reader_opens_the_front_page_and_reads_the_answer_to_a_question(page: Page, url: str) -> None:
    hosts: set[str] = set()
    faults: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(url)
    assert "AI infrastructure" in page.locator("h1").inner_text()
    page.get_by_role("link", name="How many gigafactories would the money buy").click()
    row = ["EUR 20 billion", "announced plan", "EUR 3 to 5 billion", "estimate", "4", "6"]
    cells = answer(page)
    assert row in [cells[start : start + len(row)] for start in range(0, len(cells), len(row))]
    assert "Between 4 and" in page.locator(".lead").inner_text()
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
