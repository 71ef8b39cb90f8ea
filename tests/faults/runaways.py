"""Kinds of queries that run until they are stopped, and the measure of what they do to others."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .harness import PREFIX, SOON, Client, Reply, Server, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Who runs away, and who must not notice.
CULPRIT, BYSTANDER = "127.0.0.2", "127.0.0.3"

_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i ."
_WORDS = " ".join(f"'value {number}'" for number in range(150))
_VALUES = f"VALUES ?v1 {{ {_WORDS} }} VALUES ?v2 {{ {_WORDS} }} VALUES ?v3 {{ {_WORDS} }} VALUES ?v4 {{ {_WORDS} }}"
_DOUBLED = "".join(f" BIND(CONCAT(?x{n},?x{n}) AS ?x{n + 1})" for n in range(40))
_STAR = " ".join(f"?s :p{number} ?o{number} ." for number in range(200))

#: Kind → a query of that kind.
RUNAWAYS = {
    "counting": f"SELECT (COUNT(*) AS ?n) {{ {_CROSS} }}",
    "filtering": f"SELECT * {{ {_CROSS} FILTER(STRLEN(CONCAT(STR(?c), STR(?f), STR(?i))) > 9999) }}",
    "parsing": "SELECT * { FILTER(" + "REGEX(" * 40,
    "planning": PREFIX + f"SELECT * {{ {_STAR} }}",
    "paths": PREFIX + "SELECT (COUNT(*) AS ?n) { ?s ((:p|!:p)*/(:p|!:p)*)* ?o }",
    "sorting": f"SELECT * {{ {_VALUES} }} ORDER BY ?v4 ?v1",
    "grouping": f"SELECT (GROUP_CONCAT(?v1) AS ?x) {{ {_VALUES} }}",
    "doubling": f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {_DOUBLED} }}",
    "hashing": f"SELECT (COUNT(SHA512(CONCAT(STR(?c), STR(?f)))) AS ?n) {{ {_CROSS} }}",
    "constructing": f"CONSTRUCT {{ [] ?b [ ?e ?i ] }} {{ {_CROSS} }}",
    "nesting": "SELECT (1" + "+1" * 30_000 + " AS ?x) {}",
}

#: How a runaway may end: by its time, by its memory, by the size of its result.
ENDS = frozenset({"504 query-timeout", "503 query-memory", "400 result-too-large", "200 broken"})


@dataclass
class Findings:
    """What came of four runaways: their replies, and of a bystander's look-ups how long each took, in seconds.

    `control` is the same of a server that was left alone, asked in turn with the one that was not.
    """

    replies: list[Reply] = field(default_factory=list)
    lookups: list[float] = field(default_factory=list)
    control: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def look_up(
    server: Server,
    findings: Findings,
    until: threading.Event | None,
    most: int = 10_000,
    control: Server | None = None,
) -> None:
    """Ask point look-ups, no two alike, as the bystander, one by one, until `until` is set or `most` are done.

    With `control`, that server is asked the same in turn, and no fewer than thirty times.
    """
    with contextlib.ExitStack() as stack:
        asked = [(stack.enter_context(server.client(BYSTANDER)), findings.lookups)]
        if control is not None:
            asked.append((stack.enter_context(control.client(BYSTANDER)), findings.control))
        for number in range(most):
            if until is not None and until.is_set() and (control is None or number >= 30):
                return
            text = PREFIX + f"SELECT ?l {{ :i{number % 3000} :label ?l }} # {number}"
            for client, times in asked:
                begun = time.perf_counter()
                reply = client.query(text)
                times.append(time.perf_counter() - begun)
                if reply.status != 200 or b"item number" not in reply.body:
                    findings.failed.append(reply.outcome)
            time.sleep(0.002)


def _culprit(port: int, text: str) -> Reply:
    with Client(port, CULPRIT) as client:
        return client.query(text)


def _culprits(port: int, text: str, count: int) -> list[Reply]:
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(lambda _number: _culprit(port, text), range(count)))


def run_away(server: Server, text: str, count: int = 4, control: Server | None = None) -> Findings:
    """Let the culprit send `text` `count` times at once while the bystander looks things up, and return what came.

    `control` is a server that the bystander asks in turn with this one.

    The culprit is another process: what it reads, sixteen megabytes at times, would else hold up the bystander here.
    """
    findings = Findings()
    over = threading.Event()
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as elsewhere:
        # The process is there before anything is measured.
        elsewhere.submit(os.getpid).result()
        bystander = threading.Thread(target=look_up, args=(server, findings, over), kwargs={"control": control})
        bystander.start()
        findings.replies.extend(elsewhere.submit(_culprits, server.port, text, count).result())
        over.set()
        bystander.join()
    return findings


def idle(server: Server, count: int = 300) -> Findings:
    """Return what the bystander's look-ups take while nobody else asks."""
    findings = Findings()
    look_up(server, findings, None, count)
    return findings


def settled_load(server: Server, seconds: float = 2.0, span: float = 0.5) -> float:
    """Return which share of one processor the engine's processes use, `seconds` from now, over `span` seconds."""
    time.sleep(seconds)
    before = server.processor_times()
    begun = time.monotonic()
    time.sleep(span)
    after = server.processor_times()
    return sum(used - before.get(pid, 0) for pid, used in after.items()) / (time.monotonic() - begun)


def settled_memory(server: Server, most: float, seconds: float = SOON) -> int:
    """Return the memory of all processes once it is below `most` bytes, or what it is after `seconds`."""
    with contextlib.suppress(AssertionError):
        wait_until(lambda: server.is_whole() and server.memory() <= most, "memory returns", seconds)
    return server.memory()
