"""Readers go through the pages in a real browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from .conftest import AXE

pytestmark = pytest.mark.slow

PAGES = [
    "/",
    "/search?q=falun",
    "/doc/infrastructure/coreweave-falun",
    "/doc/infrastructure/mimer",
    "/doc/programme/eu-ai-gigafactories",
    "/doc/place/sweden",
    "/doc/claim/falun-built-by-nvidia",
    "/doc/source/vr-mimer",
    "/doc/passage/petterhedman-falun-0-31",
    "/doc/modality/reported",
    "/map",
    "/timeline",
    "/money",
    "/conflicts",
    "/sources",
    "/quality",
    "/ontology",
    "/download/",
    "/dataset",
    "/graph/claims",
    "/problems",
    "/sparql",
    "/questions",
    "/questions/mimer_funding_shares",
    "/questions/contradictions",
    "/doc/infrastructure/no-such-thing",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width, dark, language", [(1280, False, "en"), (360, True, "sv")])
def test_a_page_is_accessible_fits_the_screen_and_calls_nobody(
    visit, require, path: str, width: int, dark: bool, language: str
) -> None:
    require(AXE.is_file(), "axe-core (npm ci in server/frontend)")
    visitor = visit(width=width, dark=dark, language=language)
    page = visitor.go(path)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert visitor.axe() == []
    assert not visitor.is_too_wide()
    assert visitor.spilled() == []
    assert visitor.hosts == {urlsplit(visitor.site).netloc}
    missing = [fault for fault in visitor.faults if "404" not in fault or "no-such-thing" not in path]
    assert missing == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_its_content_without_javascript(visit, path: str) -> None:
    with_script, without = visit(), visit(javascript=False)
    with_script.go(path)
    page = without.go(path)
    assert page.locator("h1").inner_text() == with_script.page.locator("h1").inner_text()
    assert len(page.locator("main").inner_text()) > 40
    assert without.faults == [fault for fault in without.faults if "404" in fault]


def test_an_answer_with_its_sources_in_three_clicks(visit) -> None:
    page = visit().go("/")
    page.locator("main input[type=search]").fill("MIMER")
    page.locator("main form[role=search] button").click()
    page.locator("main").get_by_role("link", name="MIMER", exact=True).first.click()
    assert page.locator("h1").inner_text() == "MIMER"
    note = page.locator("sup a").first
    target = note.get_attribute("href") or ""
    note.click()
    assert page.locator(target).is_visible()
    page.locator(target).get_by_role("link").first.click()
    assert urlsplit(page.url).path.startswith(("/doc/passage/", "/doc/source/", "/doc/claim/"))


def test_a_reader_switches_to_swedish_and_stays_there(visit) -> None:
    page = visit().go("/doc/place/sweden")
    assert page.locator("h1").inner_text() == "Sweden"
    page.get_by_role("link", name="Svenska").click()
    assert page.locator("h1").inner_text() == "Sverige"
    page.get_by_role("link", name="Karta").click()
    assert page.locator("html").get_attribute("lang") == "sv"


def test_every_page_can_be_reached_by_the_keyboard_from_its_top(visit) -> None:
    page = visit().go("/conflicts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
