"""How heavy are the pages, how soon are they there, and what do they cost beside their queries?

Usage: python -m benchmarks.pages [--rounds N]

Run from the root of the repository with the environment of the tests and Chromium; `make bundle` before. A cold
Chromium (a new profile for each load, an empty cache) opens each page of a server with `--cache 0`. Weight is what came
over the wire, compressed, headers included; the largest paint is that of the Largest Contentful Paint interface
(https://www.w3.org/TR/largest-contentful-paint/). What a page costs beside its queries is the server's own account of
one request (Server-Timing): all of it, and the part spent asking. The report, in Markdown, goes to standard output.
"""

from __future__ import annotations

import argparse
import http.client
import re
import shutil
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright
from tests.browser.conftest import QUIET

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: Page → the most that it may weigh, in bytes.
PAGES = {
    "/": 60_000,
    "/doc/infrastructure/coreweave-falun": 60_000,
    "/doc/infrastructure/mimer": 60_000,
    "/doc/programme/eu-ai-gigafactories": 60_000,
    "/doc/place/sweden": 60_000,
    "/map": 60_000,
    "/timeline": 60_000,
    "/money": 60_000,
    "/conflicts": 60_000,
    "/sources": 60_000,
    "/ontology": 60_000,
    "/questions": 60_000,
    "/questions/mimer_funding_shares": 60_000,
    "/sparql": 500_000,
}
ENTITIES = [path for path in PAGES if path.startswith("/doc/")]
LARGEST_PAINT, TIMES_ITS_QUERIES = 1000.0, 3.0
_PAINT = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({type: 'largest-contentful-paint', buffered: true});
})"""
_TIMING = re.compile(r'ask;dur=([\d.]+);desc="(\d+) queries", page;dur=([\d.]+)')


def load(browser: Browser, url: str) -> tuple[float, float, int, int]:
    """Return milliseconds to the largest paint and to the load event, bytes over the wire, and requests."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []

    def finished(event: dict[str, Any]) -> None:
        weights.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    page.goto(url, wait_until="networkidle")
    paint = float(page.evaluate(_PAINT))
    loaded = float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    context.close()
    return paint, loaded, int(sum(weights)), len(weights)


def cost(url: str, path: str, number: int) -> tuple[float, int, float]:
    """Return milliseconds spent asking, number of queries, and milliseconds in all, of one request."""
    host = urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname or "", host.port)
    connection.request("GET", f"{path}?again={number}", headers={"Accept": "text/html", "Accept-Encoding": "br"})
    response = connection.getresponse()
    response.read()
    connection.close()
    found = _TIMING.search(response.headers["Server-Timing"])
    assert found, response.headers["Server-Timing"]
    return float(found[1]), int(found[2]), float(found[3])


def report(url: str, rounds: int) -> tuple[list[str], bool]:
    """Return the lines of the report, and whether every figure is as it should be."""
    good = True
    lines = [
        "| page | weight | of at most | requests | largest paint | load |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        for path, most in PAGES.items():
            print(path, file=sys.stderr, flush=True)
            found = []
            for _round in range(rounds):
                browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
                found.append(load(browser, url.rstrip("/") + path))
                browser.close()
            paint, loaded, weight, requests = (statistics.median(column) for column in zip(*found, strict=True))
            good &= weight < most and paint < LARGEST_PAINT
            lines.append(
                f"| {path} | {weight / 1000:.1f} kB | {most // 1000} kB | {requests:.0f} | {paint:.0f} ms |"
                f" {loaded:.0f} ms |"
            )
    lines += ["", "| page of an entity | queries | asking | page | times |", "|:--|--:|--:|--:|--:|"]
    for path in ENTITIES:
        for number in range(5):
            cost(url, path, -1 - number)
        costs = [cost(url, path, number) for number in range(max(rounds * 5, 15))]
        asked = statistics.median(item[0] for item in costs)
        whole = statistics.median(item[2] for item in costs)
        good &= whole < TIMES_ITS_QUERIES * asked
        lines.append(f"| {path} | {costs[0][1]} | {asked:.1f} ms | {whole:.1f} ms | {whole / asked:.1f} |")
    return lines, good


def main() -> int:
    """Print the report; return 1 where a figure is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    command = [sys.executable, "-m", "computeatlas", "serve", "--bind", "127.0.0.1:0", "--cache", "0", "--log", "off"]
    with subprocess.Popen([*command, "--rate", "off"], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            url = process.stdout.readline().rsplit(" ", 1)[1].strip()
            lines, good = report(url, rounds)
        finally:
            process.terminate()
    print("# The pages: weight, paint and cost\n")
    print(
        f"`make benchmark-pages`, medians of {rounds} loads in a cold Chromium; all as it should be: "
        f"{'yes' if good else '**no**'}.\n"
    )
    print("\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
