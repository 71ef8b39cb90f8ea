"""Suggestions, copying and the pages of search and terms in a real Chromium against the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-GB")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def test_keys_choose_a_suggestion_and_enter_goes_there(page: Page, site: str) -> None:
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.goto(site)
    field = page.get_by_role("combobox", name="Search")
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("borlng")
    option = page.get_by_role("option").first
    option.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert "Borlänge" in option.inner_text()
    assert "suggestions" in page.locator("form.search [role=status]").inner_text()
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    assert option.get_attribute("aria-selected") == "true"
    field.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("ArrowDown")
    with page.expect_navigation():
        field.press("Enter")
    assert page.url == site + "doc/place/borlange"
    assert [fault for fault in faults if "Content Security" in fault] == []


def test_escape_closes_the_list_and_keeps_what_was_typed(page: Page, site: str) -> None:
    page.goto(site + "ontology")
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("mimer")
    page.get_by_role("option").first.wait_for()
    field.press("Escape")
    assert page.get_by_role("option").count() == 0
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "mimer"


def test_a_click_goes_to_the_page_of_what_is_clicked(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("combobox").press_sequentially("fundedBy")
    with page.expect_navigation():
        page.get_by_role("option").first.click()
    assert page.url == site + "ontology#fundedBy"


def test_an_older_answer_never_overwrites_a_newer_one(page: Page, site: str) -> None:
    page.goto(site)
    aborted: list[str] = []
    page.on("requestfailed", lambda request: aborted.append(request.url))
    held = []
    # The first question is answered only when the second one was.
    page.route("**/suggestions?q=fal&*", lambda route: held.append(route))
    field = page.get_by_role("combobox")
    field.press_sequentially("fal")
    page.wait_for_function("performance.now() > 0")
    while not held:
        page.wait_for_timeout(20)
    field.fill("mimer")
    option = page.get_by_role("option").first
    option.wait_for()
    assert "MIMER" in option.inner_text()
    assert any("q=fal&" in address for address in aborted)


def test_without_a_choice_enter_searches(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("combobox").press_sequentially("falun")
    with page.expect_navigation():
        page.get_by_role("combobox").press("Enter")
    assert "/search?q=falun" in page.url
    assert page.get_by_role("link", name="Falun", exact=True).count() == 1


def test_without_scripts_the_form_searches_and_no_button_copies(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    plain = context.new_page()
    plain.goto(site)
    assert plain.get_by_role("button", name="Copy").count() == 0
    plain.get_by_role("searchbox", name="Search").fill("borlange")
    plain.get_by_role("button", name="Search").click()
    assert plain.get_by_role("link", name="Borlänge", exact=True).count() == 1
    context.close()


def test_a_button_copies_the_citation(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "SHA-256" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("path", ["", "search?q=falun", "ontology", "download/"])
def test_pages_fit_a_narrow_screen(page: Page, site: str, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
