"""A real Chromium, which speaks to nobody but the server under test."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).resolve().parents[2] / "server/frontend/node_modules/axe-core/axe.min.js"
#: The rules of WCAG 2.0 to 2.2, levels A and AA.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: What axe-core finds wrong alone: what it finds right, element by element, takes seconds to hand over.
_VIOLATIONS = """async rules => {
  const options = {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]};
  return (await axe.run(document, options)).violations;
}"""

#: Boxes that scroll, drawings and what is shown to screen readers only are meant to be as they are.
_SPILLED = """() => [...document.querySelectorAll("main *, header *")].filter(box =>
  !box.closest("svg, .scroll, .hidden, .CodeMirror") && box.checkVisibility() && box.clientWidth > 40
  && getComputedStyle(box).display !== "inline" && getComputedStyle(box).overflowX === "visible"
  && box.scrollWidth > box.clientWidth + 1
).map(box => `${box.tagName}.${box.className}: ${box.innerText.slice(0, 60)}`)"""


@pytest.fixture(scope="module")
def chromium(require) -> Iterator[Browser]:
    """The browser, without a page; for one module, since Playwright's event loop runs as long as it is there."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require(found, "Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


class Visitor:
    """A reader with a browser of their own, and what went wrong meanwhile."""

    def __init__(self, context: BrowserContext, site: str):
        self.site = site
        self.context = context
        self.hosts: set[str] = set()
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def go(self, path: str) -> Page:
        """Open the page at `path` and wait until it is loaded."""
        self.page.goto(self.site.rstrip("/") + path, wait_until="load")
        return self.page

    def axe(self) -> list[str]:
        """Return the violations of WCAG 2.2 AA on the page, as axe-core finds them."""
        # Evaluated by the debugger, so the page's policy on scripts stays in force for the page.
        self.page.evaluate(AXE.read_text(encoding="utf-8") + "; void 0")
        found = self.page.evaluate(_VIOLATIONS, _RULES)
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found
            for node in violation["nodes"]
        ]

    def spilled(self) -> list[str]:
        """Return the boxes whose content is wider than they are and shows outside of them, over what is beside."""
        return list(self.page.evaluate(_SPILLED))

    def is_too_wide(self) -> bool:
        """Say whether the page must be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Return what opens a browser: `visit(width=360, dark=True, language="sv", javascript=False)`."""
    open_contexts: list[BrowserContext] = []

    def begin(
        *, width: int = 1280, dark: bool = False, language: str = "en", javascript: bool = True, to: str = site
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=language,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        # What never comes is told from what comes late on a machine that is busy with other things.
        context.set_default_timeout(120_000)
        open_contexts.append(context)
        return Visitor(context, to)

    yield begin
    for context in open_contexts:
        context.close()
