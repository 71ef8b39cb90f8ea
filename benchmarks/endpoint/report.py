"""The report of a run, in Markdown: ratios first, then what they were made of."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from endpoint import graph
from endpoint.workloads import MIX, MIX_POOL, POPULAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from endpoint.load import Measurement
    from endpoint.servers import Server
    from endpoint.workloads import Workload

REFERENCE = "native"
TARGETS = {"look-ups": 0.4, "joins": 0.8, "aggregations": 1.0, "lists": 0.95, "mix": 1.0, "mix again": 1.0}
TARGET_CLIENTS = 8


@dataclass
class Findings:
    """All that a run found; `measured` holds a measurement a round by workload, clients and server."""

    rounds: int
    seconds: int
    clients: list[int]
    workloads: list[Workload]
    servers: list[Server]
    versions: dict[str, str]
    silent: dict[str, set[str]] = field(default_factory=dict)
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    measured: dict[tuple[str, int, str], list[Measurement]] = field(default_factory=dict)

    def rate(self, workload: str, clients: int, server: str) -> float | None:
        """Return the median of answers a second, None where nothing was measured."""
        found = self.measured.get((workload, clients, server))
        return median(one.rate for one in found) if found else None

    def ratio(self, workload: str, clients: int, server: str) -> float | None:
        """Return the median over the rounds of the rate as a share of the native server's in the same round."""
        found = self.measured.get((workload, clients, server))
        against = self.measured.get((workload, clients, REFERENCE))
        if not found or not against:
            return None
        pairs = zip(found, against, strict=True)
        return median(one.rate / native.rate if native.rate else 0.0 for one, native in pairs)


def write(findings: Findings) -> str:
    """Return the whole report."""
    return "\n".join(
        [
            *_head(findings),
            *_verdict(findings),
            *_ratios(findings, "request", "Cold: no query is asked twice"),
            *_ratios(findings, "run", "The mix, from a cache that knows none of its queries"),
            *_ratios(findings, "never", "Warm: queries that were asked before"),
            *_upkeep(findings),
            *_details(findings),
        ]
    )


def machine() -> str:
    """Return cores, processor, memory, kernel and Python of this machine in a line; no name of it, no path."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return (
        f"{os.cpu_count()} cores ({model}), {memory / 2**20:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _head(findings: Findings) -> Iterable[str]:
    others = [one.others for found in findings.measured.values() for one in found]
    shares = ", ".join(f"{share:.0%} {kind}" for kind, share in MIX.items())
    pool = ", ".join(f"{count} {kind}" for kind, count in MIX_POOL.items())
    popular = ", ".join(f"{count} {kind}" for kind, count in POPULAR.items())
    yield from (
        "# The endpoint's speed beside others",
        "",
        f"Made by `python benchmarks/endpoint.py`: {machine()}.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in findings.versions.items()) + ".",
        "",
        f"The graph is generated: {graph.FACILITIES} facilities, {graph.TRIPLES} triples in the default graph. All",
        "servers are started on the same machine as the load (`wrk`, one thread) and measured in turn while the others",
        "idle. Before that, all must give the same rows. Requests are GET, answers JSON, without compression. Shown",
        f"are medians over rounds ({findings.rounds}, of {findings.seconds} s a measurement), and medians of the",
        "ratios made within each round. Aggregations and mixes by more than 8 clients are measured three times as",
        "long, or what is under way at the end would weigh too much.",
        "",
        "- *native*: `oxigraph serve`, in memory. *ours*: `computeatlas serve`, all limits at their defaults except",
        "  the number of requests a minute. *ours without cache*: the same with `--cache 0`. *plain Flask*: Flask and",
        "  pyoxigraph on granian, a process for each core, no limits, no isolation. *rdflib-endpoint*: as it comes.",
        "- *look-ups*: one thing and all or one of its properties, 1 to 9 rows; *joins*: two or three patterns, about",
        "  10 to 50 rows; *aggregations*: GROUP BY over all facilities; *lists*: 2 000 rows.",
        f"- *mix*: {shares}; each kind by Zipf's law, exponent 1, over",
        f"  {pool}. The limits of its queries differ from measurement",
        "  to measurement, so each begins with no answer kept. *mix again* and *popular …* ask the same queries in all",
        "  measurements, after one that is thrown away.",
        f"- *popular …*: {popular}, each as often as the others.",
        "",
        f"While a server was measured, other programs of the machine took {median(others):.0%} of a core in the median,"
        f" {max(others):.0%} at worst.",
        "",
    )


def _ratios(findings: Findings, fresh: str, title: str) -> Iterable[str]:
    workloads = [workload for workload in findings.workloads if workload.fresh == fresh]
    names = [
        server.name
        for server in findings.servers
        if server.name != REFERENCE and any((w.name, findings.clients[0], server.name) in findings.measured
                                            or _is_silent(findings, w.name, server.name) for w in workloads)
    ]  # fmt: skip
    if not workloads:
        return
    yield f"## {title}"
    yield ""
    yield f"| workload | clients | native, answers/s | {' | '.join(names)} | to reach |"
    yield f"|:--|--:|--:|{'--:|' * len(names)}--:|"
    for workload in workloads:
        for clients in findings.clients:
            native = findings.rate(workload.name, clients, REFERENCE)
            cells = [_ratio_cell(findings, workload.name, clients, name) for name in names]
            target = _target(workload.name)
            yield f"| {workload.name} | {clients} | {_number(native)} | {' | '.join(cells)} | {target} |"
    yield ""


def _target(workload: str) -> str:
    """Return the ratio to reach in words: at least that, for the mixes more than that."""
    target = TARGETS.get(workload)
    if target is None:
        return ""
    return f"{'more than' if workload.startswith('mix') else 'at least'} {target:g}"


def _verdict(findings: Findings) -> Iterable[str]:
    """Give a line a workload that has a target: what ours came to at the number of clients that the target names."""
    ratios = {name: findings.ratio(name, TARGET_CLIENTS, "ours") for name in TARGETS}
    if not any(ratios.values()):
        return
    yield from (f"## Ours as a share of native, {TARGET_CLIENTS} clients", "", "| workload | ours | to reach | |")
    yield "|:--|--:|--:|:--|"
    for name, ratio in ratios.items():
        if ratio is not None:
            reached = ratio > TARGETS[name] if name.startswith("mix") else ratio >= TARGETS[name]
            yield f"| {name} | {ratio:.2f} | {_target(name)} | {'reached' if reached else 'missed'} |"
    yield ""


def _is_silent(findings: Findings, workload: str, server: str) -> bool:
    return workload.removeprefix("popular ") in findings.silent.get(server, ())


def _ratio_cell(findings: Findings, workload: str, clients: int, server: str) -> str:
    if _is_silent(findings, workload, server):
        return "none answered"
    ratio = findings.ratio(workload, clients, server)
    if ratio is None:
        return ""
    found = findings.measured[workload, clients, server]
    if not any(one.answered for one in found):
        return "none answered"
    failures = sum(one.failures for one in found)
    return (f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}") + (f" ({failures} failed)" if failures else "")


def _upkeep(findings: Findings) -> Iterable[str]:
    yield from (
        "## Start and memory",
        "",
        "Start: from the command to the first answer over the data (native: its upload included; ours and the others",
        "read the file by themselves, ours compressed). Memory: resident, shared pages counted once, after the start",
        "and at the end of the run.",
        "",
        "| server | start, s | memory at first, MiB | at the end, MiB | started anew |",
        "|:--|--:|--:|--:|--:|",
    )
    for server in findings.servers:
        first, last = findings.memory[server.name]
        yield f"| {server.name} | {server.start_seconds:.2f} | {first:.0f} | {last:.0f} | {server.restarts} |"
    yield ""
    yield "A server is started anew when it still works ten seconds after the load has gone, or has died."
    yield ""


def _details(findings: Findings) -> Iterable[str]:
    yield from (
        "## All measurements",
        "",
        "Latencies in ms, and CPU time of all processes of the server in µs an answer: medians of the rounds. Failed:",
        "in all rounds, status of 400 or more / broken / timed out.",
        "",
        "| workload | clients | server | answers/s | least–most | p50 | p99 | CPU | failed |",
        "|:--|--:|:--|--:|--:|--:|--:|--:|--:|",
    )
    for (workload, clients, server), found in findings.measured.items():
        rates = [one.rate for one in found]
        failed = "/".join(str(sum(getattr(one, kind) for one in found)) for kind in ("refused", "broken", "timed_out"))
        p50, p99 = median(one.p50 for one in found), median(one.p99 for one in found)
        cpu = median(one.cpu for one in found)
        shown = f"{p50:.2f} | {p99:.2f} | {cpu:.0f}" if any(one.answered for one in found) else "– | – | –"
        yield (
            f"| {workload} | {clients} | {server} | {_number(median(rates))} | "
            f"{_number(min(rates))}–{_number(max(rates))} | {shown} | {'' if failed == '0/0/0' else failed} |"
        )
    yield ""


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
