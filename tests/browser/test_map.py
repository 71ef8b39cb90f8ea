"""The map in a real browser: keyboard, zoom, clusters, narrow screens, no scripts."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def view_box(page) -> list[float]:
    return [float(part) for part in page.locator("figure.map svg").get_attribute("viewBox").split()]


def test_by_keyboard_one_zooms_moves_and_comes_back(visit) -> None:
    page = visit().go("/map")
    whole = view_box(page)
    page.get_by_role("button", name="Zoom in").focus()
    page.keyboard.press("+")
    near = view_box(page)
    assert near[2] < whole[2]
    page.keyboard.press("ArrowLeft")
    west = view_box(page)
    assert west[0] < near[0]
    assert west[1:] == near[1:]
    page.keyboard.press("ArrowUp")
    assert view_box(page)[1] < west[1]
    page.keyboard.press("0")
    assert view_box(page) == whole


def test_buttons_do_the_same(visit) -> None:
    page = visit().go("/map")
    whole = view_box(page)
    page.get_by_role("button", name="Zoom in").click()
    near = view_box(page)
    assert near[2] < whole[2]
    page.get_by_role("button", name="To the south").click()
    assert view_box(page)[1] > near[1]
    page.get_by_role("button", name="The whole map").click()
    assert view_box(page) == whole


def test_a_cluster_opens_when_there_is_room_and_the_focus_stays_on_it(visit) -> None:
    page = visit().go("/map")
    cluster = page.locator(".group[data-apart] .cluster").first
    assert page.locator(".member").first.is_hidden()
    cluster.focus()
    frame = page.locator("figure.map svg").bounding_box()
    for _ in range(3):
        page.keyboard.press("+")
    # Zooming goes towards what has the focus.
    box = cluster.locator(".bunch").bounding_box()
    assert frame["x"] <= box["x"] <= frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]
    for _ in range(3):
        page.keyboard.press("+")
    assert cluster.is_hidden()
    assert page.locator(".member").first.is_visible()
    assert page.evaluate("document.activeElement.matches('.member')")
    box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
    assert frame["x"] <= box["x"] <= frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]
    page.keyboard.press("0")
    assert page.evaluate("document.activeElement.matches('.cluster')")


def test_a_sign_out_of_sight_is_shown_when_it_gets_the_focus(visit) -> None:
    page = visit().go("/map")
    page.locator(".cluster").first.focus()
    for _ in range(4):
        page.keyboard.press("+")
    areas = page.locator(".area")
    areas.last.focus()
    box = areas.last.locator(".number").bounding_box()
    frame = page.locator("figure.map svg").bounding_box()
    assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]


def test_a_focused_sign_is_seen_to_be_focused(visit) -> None:
    page = visit().go("/map")
    page.get_by_role("button", name="The whole map").focus()
    page.keyboard.press("Tab")
    shown = "getComputedStyle(document.activeElement.querySelector('.number')).strokeWidth"
    assert page.evaluate("document.activeElement.matches('.area:focus-visible')")
    assert page.evaluate(shown) == "4px"


def test_signs_keep_their_size_on_every_screen_and_are_large_enough(visit) -> None:
    for width in (360, 1280):
        page = visit(width=width).go("/map")
        # From the left to the right edge of the target, as large as WCAG 2.2, 2.5.8 asks for.
        box = page.locator(".pin:visible .target, .cluster .bunch").first.bounding_box()
        assert box["width"] >= 24
        page.get_by_role("button", name="Zoom in").click()
        assert page.locator(".pin:visible .target, .cluster .bunch").first.bounding_box()["width"] == pytest.approx(
            box["width"], abs=2
        )


def test_without_scripts_the_map_stands_still_and_its_links_work(visit) -> None:
    page = visit(javascript=False).go("/map")
    assert page.locator(".map-buttons").is_hidden()
    page.locator(".area").first.click()
    assert "#only-" in page.url
    page.get_by_role("checkbox", name="data centre").uncheck()
    page.get_by_role("button", name="Show", exact=True).click()
    assert "kind=" in page.url
    assert "EcoDataCenter and Mistral AI data centre in Borlänge" not in page.locator("tbody").inner_text()


def test_a_sign_leads_to_the_facility(visit) -> None:
    page = visit().go("/map")
    sign = page.locator(".pin:not(.cluster, .member)").first
    name = (sign.get_attribute("aria-label") or "").partition(", ")[0]
    sign.click()
    page.wait_for_url("**/doc/**")
    assert name in page.locator("h1").inner_text()
