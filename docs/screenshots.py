"""Pictures of the main pages, to be looked at: wide and narrow, light and dark, in both languages.

Usage: python docs/screenshots.py [DIRECTORY]

`make screenshots` runs it. Needs Chromium and the packages of the tests; the pictures are not kept in the repository.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PAGES = {
    "front": "/",
    "search": "/search?q=borlange",
    "facility": "/doc/infrastructure/coreweave-falun",
    "mimer": "/doc/infrastructure/mimer",
    "programme": "/doc/programme/eu-ai-gigafactories",
    "place": "/doc/place/sweden",
    "claim": "/doc/claim/falun-built-by-nvidia",
    "source": "/doc/source/vr-mimer",
    "questions": "/questions",
    "question": "/questions/mimer_funding_shares",
    "map": "/map",
    "timeline": "/timeline",
    "money": "/money",
    "conflicts": "/conflicts",
    "sources": "/sources",
    "ontology": "/ontology",
    "download": "/download/",
    "missing": "/doc/infrastructure/no-such-thing",
    "editor": "/sparql",
}
#: Name → width, dark, language.
LOOKS = {"wide": (1280, False, "en"), "dark": (1280, True, "sv"), "narrow": (360, False, "sv")}


def main() -> int:
    """Make the pictures in the directory that is named, `screenshots` by default."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    directory.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    command = [sys.executable, "-m", "computeatlas", "serve", "--bind", "127.0.0.1:0", "--log", "off", "--rate", "off"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, sync_playwright() as playwright:  # noqa: S603
        assert process.stdout is not None
        try:
            url = process.stdout.readline().rsplit(" ", 1)[1].strip().rstrip("/")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for look, (width, dark, language) in LOOKS.items():
                context = browser.new_context(
                    viewport={"width": width, "height": 900},
                    color_scheme="dark" if dark else "light",
                    locale=language,
                )
                page = context.new_page()
                for name, path in PAGES.items():
                    page.goto(url + path, wait_until="networkidle")
                    page.screenshot(path=directory / f"{name}-{look}.png", full_page=True)
                context.close()
            browser.close()
        finally:
            process.terminate()
    print(directory)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
