"""What does the server do under attack? The load and fault tests at full length, with the strict figures.

Usage: python -m benchmarks.faults [--fuzz N] [--kills N] [--slow N] [--seed N] [--only PART,PART]

Run from the root of the repository on a machine that does nothing else: the figures of look-ups beside runaways are
times. The report, in Markdown, goes to standard output; what it is doing goes to standard error. Exits 1 where a figure
is not as it should be. The parts are hostile, runaways, fuzz, slow and kills.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import socket
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.fuzz import requests, send_over_three, warm_up
from tests.faults.harness import LIMITS, PREFIX, TOKEN, Listener, Server, wait_until, write_data
from tests.faults.hostile import hostile_queries, hostile_writes, nested_queries
from tests.faults.kills import kill_while_writing
from tests.faults.runaways import ENDS, RUNAWAYS, idle, percentile, run_away, settled_load, settled_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
LIMIT, GRACE = 2.0, 1.0
#: How many times their idle 99th percentile look-ups may take beside runaways.
FACTOR = 5
LOOKUP = PREFIX + "SELECT ?l { :i7 :label ?l }"


def say(text: str) -> None:
    """Tell the user what happens."""
    print(text, file=sys.stderr, flush=True)


def verdict(good: bool) -> str:
    """Return the word for the report."""
    return "yes" if good else "**no**"


def machine() -> str:
    """Return the machine in a sentence."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = ""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GiB of memory, Linux"
        f" {platform.release().split('-')[0]}, Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}."
        f" Load average at the start: {load:.1f}."
    )


def hostile(folder: Path) -> tuple[list[str], bool]:
    """Send every hostile request, with a limit on nesting and without."""
    data = write_data(folder / "data.ttl")
    lines = ["| collection | requests | honest | within the limit + 1 s | slowest | called another server |"]
    lines.append("|---|--:|--:|--:|--:|--:|")
    wrong: list[str] = []
    good = True
    options = ("--timeout", str(LIMIT), "--write-timeout", str(LIMIT), "--memory", "400", "--max-result", "4000000")
    for deep in (False, True):
        more = ("--max-nesting", "100000") if deep else ()
        with Listener() as ear, Server("--data", str(data), *LIMITS, *options, *more) as server:
            collections = {"nested, no limit on nesting": nested_queries()}
            if not deep:
                collections = {
                    "nested": nested_queries(),
                    "queries": hostile_queries(ear.port),
                    "updates and uploads": hostile_writes(ear.port),
                }
            for name, items in collections.items():
                say(f"hostile: {name}")
                honest = timely = 0
                slowest = 0.0
                for item in items:
                    with server.client() as client:
                        reply = client.send(
                            "PUT" if item.path.startswith("/store") else "POST",
                            item.path,
                            item.body,
                            Content_Type=item.content_type,
                            Accept=item.accept,
                            Authorization=f"Bearer {TOKEN}",
                        )
                    seconds = server.seconds(reply) if reply.headers else 0.0
                    slowest = max(slowest, seconds)
                    honest += reply.outcome in item.expected
                    timely += seconds < LIMIT + GRACE
                    if reply.outcome not in item.expected:
                        wrong.append(f"- {name}, {item.name}: {reply.outcome}")
                wait_until(server.is_whole, "all workers are there")
                lines.append(
                    f"| {name} | {len(items)} | {honest} | {timely} | {slowest:.2f} s | {len(ear.calls)} times |"
                )
                good &= honest == timely == len(items) and not ear.calls
    return [*lines, "", *(["Not as foreseen:", "", *wrong, ""] if wrong else [])], good


def runaways(folder: Path) -> tuple[list[str], bool]:
    """Let four of each kind run away at once beside point look-ups of another client."""
    data = write_data(folder / "data.ttl")
    good = True
    with Server("--data", str(data), *LIMITS, "--timeout", str(LIMIT), "--memory", "400") as server:
        idle(server, 500)
        usual = percentile(idle(server, 3000).lookups, 0.99)
        lines = [
            f"Look-ups of the second client while nothing else runs: 99th percentile {usual * 1000:.2f} ms. Limit of a"
            f" query: {LIMIT:g} s.",
            "",
            "| kind | outcomes | latest end | look-ups | failed | median | 99th percentile | × idle |"
            " processor 2 s later | memory |",
            "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for kind, text in RUNAWAYS.items():
            say(f"runaways: {kind}")
            before = server.memory()
            found = run_away(server, text)
            latest = max(server.seconds(reply) for reply in found.replies)
            load = settled_load(server)
            memory = settled_memory(server, before * 1.1) / before
            slow = percentile(found.lookups, 0.99)
            outcomes = sorted({reply.outcome for reply in found.replies})
            lines.append(
                f"| {kind} | {', '.join(outcomes)} | {latest:.2f} s | {len(found.lookups)} | {len(found.failed)} |"
                f" {percentile(found.lookups, 0.5) * 1000:.2f} ms | {slow * 1000:.2f} ms | {slow / usual:.1f} |"
                f" {load:.0%} | {memory:.0%} |"
            )
            good &= set(outcomes) <= ENDS and latest < LIMIT + GRACE and not found.failed
            good &= slow < FACTOR * usual and load < 0.1 and memory <= 1.1
    return [*lines, ""], good


def fuzz(folder: Path, count: int, seed: int) -> tuple[list[str], bool]:
    """Send generated and mutated requests."""
    data = write_data(folder / "data.ttl")
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries").rglob("*.rq"))]
    options = ("--timeout", "0.5", "--workers", "6", "--memory", "300", "--max-result", "5000000")
    with Server("--data", str(data), *LIMITS, *options) as server:
        before = warm_up(server, texts, count // 20, seed + 1000)
        items = list(requests(random.Random(seed), texts, count))  # noqa: S311 - not for secrets
        say(f"fuzz: {count} requests")
        outcomes = send_over_three(server, items)
        wait_until(server.is_whole, "all workers are there")
        after = settled_memory(server, before * 1.1)
        with server.client() as client:
            answers = b"item number 7" in client.query(LOOKUP).body
        traced = "Traceback" in server.words
    counts = sorted(outcomes.counts.items(), key=lambda pair: -pair[1])
    lines = [
        f"{count} requests from seed {seed}, over three connections, after {count // 20 * 3} others. Memory of all"
        f" processes: {before / 2**20:.0f} MiB before, {after / 2**20:.0f} MiB after ({after / before:.0%}). All"
        f" workers are there: yes. It answers: {verdict(answers)}. Internal errors or no answer: {len(outcomes.bad)}."
        f" Traces in the log: {'**yes**' if traced else 'none'}.",
        "",
        "| outcome | requests |",
        "|---|--:|",
        *(f"| {name} | {number} |" for name, number in counts),
        "",
        *(f"- {item.method} {item.path}: {outcome}" for item, outcome in outcomes.bad[:20]),
    ]
    return [*lines, ""], answers and not outcomes.bad and after <= before * 1.1 and not traced


@contextlib.contextmanager
def slow_clients(port: int, count: int) -> Iterator[threading.Event]:
    """Keep `count` connections open that each send a byte of a request every second; the event is set at the end."""
    request = f"POST /sparql HTTP/1.1\r\nHost: e.example\r\nX-Padding: {'x' * 1000}".encode()
    over = threading.Event()
    socks = [socket.create_connection(("127.0.0.1", port), 30, ("127.0.0.2", 0)) for _ in range(count)]

    def run() -> None:
        step = 0
        while not over.wait(1.0):
            for sock in socks:
                with contextlib.suppress(OSError):
                    sock.send(request[step : step + 1])
            step += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield over
    finally:
        over.set()
        thread.join()
        for sock in socks:
            sock.close()


def slow(folder: Path, count: int) -> tuple[list[str], bool]:
    """Let clients send a byte a second beside one that looks things up."""
    data = write_data(folder / "data.ttl")
    say(f"slow: {count} clients")
    with Server("--data", str(data), *LIMITS) as server:
        alone = idle(server, 2000)
        with slow_clients(server.port, count):
            time.sleep(2)
            beside = idle(server, 3000)
        usual, found = percentile(alone.lookups, 0.99), percentile(beside.lookups, 0.99)
    good = not alone.failed and not beside.failed and found < FACTOR * usual
    line = (
        f"{count} clients that send a byte a second: {len(beside.lookups)} look-ups of another client,"
        f" {len(beside.failed)} failed, 99th percentile {found * 1000:.2f} ms against {usual * 1000:.2f} ms alone."
    )
    return [line, ""], good


def kills(folder: Path, count: int, seed: int) -> tuple[list[str], bool]:
    """Kill a server that writes to disk."""

    def tell(number: int) -> None:
        if number % 20 == 0:
            say(f"kills: {number}")

    found = kill_while_writing(folder, kills=count, seed=seed, say=tell)
    line = (
        f"{found.kills} kills -9 of all processes of a server that writes to disk, at random moments, seed {seed}:"
        f" {found.acknowledged} acknowledged writes, {len(found.lost)} lost, {len(found.corrupt)} corrupt or half."
    )
    return [line, "", *(f"- {text}" for text in found.corrupt[:20])], not found.lost and not found.corrupt


def main() -> int:
    """Run the parts asked for and print the report."""
    parser = argparse.ArgumentParser(description="The load and fault tests at full length.")
    parser.add_argument("--fuzz", type=int, default=10_000, help="how many requests are generated")
    parser.add_argument("--kills", type=int, default=200, help="how many times the server is killed")
    parser.add_argument("--slow", type=int, default=500, help="how many slow clients there are")
    parser.add_argument("--seed", type=int, default=1, help="from which all chance comes")
    parser.add_argument("--only", default="hostile,runaways,fuzz,slow,kills", help="parts to run")
    options = parser.parse_args()
    parts: dict[str, tuple[str, Callable[[Path], tuple[list[str], bool]]]] = {
        "hostile": ("Hostile requests", hostile),
        "runaways": ("Four runaways of a kind at once", runaways),
        "fuzz": ("Generated and mutated requests", lambda folder: fuzz(folder, options.fuzz, options.seed)),
        "slow": ("Slow clients", lambda folder: slow(folder, options.slow)),
        "kills": ("Kills", lambda folder: kills(folder, options.kills, options.seed)),
    }
    print(f"# Load and fault tests: the last report\n\n`make faults`, {time.strftime('%Y-%m-%d')}. {machine()}\n")
    all_good = True
    for name in options.only.split(","):
        title, run = parts[name]
        with tempfile.TemporaryDirectory() as folder:
            lines, good = run(Path(folder))
        all_good &= good
        print(f"## {title}\n\nAs it should be: {verdict(good)}.\n")
        print("\n".join(lines), flush=True)
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
