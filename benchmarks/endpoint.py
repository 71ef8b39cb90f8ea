"""How fast is the endpoint beside the native Oxigraph server, plain Flask and rdflib-endpoint?

Usage: python benchmarks/endpoint.py [--quick] [--rounds N] [--seconds N] [--clients N,N] [--workloads NAME,NAME]
       [--servers NAME,NAME] [--workdir DIR] [--python-rivals PYTHON] [--before CHECKOUT]

Makes a graph of the project's shape, installs the rivals into an environment of their own, starts all servers once on
this machine, lets all answer the same queries and refuses to go on if any answers differ. Then it measures them in
turn with `wrk` (Debian package of that name), round by round, and prints a report in Markdown; what it is doing goes
to standard error. `--quick` is one round of one second each: it shows that all works, its numbers mean little.
`--before` names a checkout of an earlier commit, whose server is measured in the same run: that is how a change shows
what it costs.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from endpoint import report, rivals
from endpoint.answers import DifferentAnswersError, compare
from endpoint.load import measure
from endpoint.report import REFERENCE, Findings
from endpoint.servers import NoAnswerError, Server, all_servers
from endpoint.workloads import Workload, all_workloads
from endpoint.workspace import Files, make_files

QUIET_SECONDS = 10
WARM_CLIENTS = 8
CACHED = ("native", "ours", "before")
MUST_ANSWER = ("native", "ours", "ours without cache", "plain Flask")


@dataclass
class Run:
    """One run of the benchmark: what to measure, and what has been found so far."""

    files: Files
    findings: Findings
    pools: dict[str, Path]
    number: int = 0

    def measure(self, server: Server, workload: Workload, clients: int, seed: int, *, keep: bool = True) -> None:
        """Measure once; afterwards the server is quiet, started anew if need be."""
        self.number += 1
        pool = self.pools[workload.name]
        seconds = workload.seconds(self.findings.seconds, clients)
        found = measure(server, workload, pool, run=self.number, seed=seed, clients=clients, seconds=seconds)
        if keep:
            self.findings.measured.setdefault((workload.name, clients, server.name), []).append(found)
            failed = f"; {found.refused} refused, {found.broken} broken, {found.timed_out} timed out"
            say(
                f"{workload.name}, {clients} clients, {server.name}: {found.rate:.0f} answers/s"
                f"{failed if found.failures else ''}"
            )
        self.settle(server)

    def settle(self, server: Server) -> None:
        """Wait until the server is quiet; start it anew if it is not soon, or has died."""
        if not server.alive() or not server.wait_quiet(QUIET_SECONDS):
            say(f"{server.name} is started anew")
            server.stop()
            server.start(self.files.log(server.name))

    def takes_part(self, server: Server, workload: Workload) -> bool:
        """Return whether measuring this server has a point: it answers, and it has a cache where one is asked for."""
        if workload.name in self.findings.silent.get(server.name, ()):
            return False
        return workload.fresh != "never" or server.name in CACHED

    def all_rounds(self) -> None:
        """Measure everything: in each round all workloads, and all servers in turn, each time another one first."""
        servers = self.findings.servers
        for workload in self.findings.workloads:
            for server in servers:
                if workload.fresh == "never" and self.takes_part(server, workload):
                    self.measure(server, workload, WARM_CLIENTS, 0, keep=False)
        for turn in range(self.findings.rounds):
            say(f"round {turn + 1} of {self.findings.rounds}")
            first = turn % len(servers)
            for workload in self.findings.workloads:
                for clients in self.findings.clients:
                    for server in servers[first:] + servers[:first]:
                        if self.takes_part(server, workload):
                            self.measure(server, workload, clients, 1000 * turn + clients)


def say(what: str) -> None:
    """Tell the person at the terminal, apart from the report."""
    print(what, file=sys.stderr, flush=True)


def prepare(arguments: argparse.Namespace, folder: Path) -> Run:
    """Make graph and pools, find or install the rivals, and choose servers and workloads. Starts nothing."""
    say("making the graph")
    files = make_files(folder)
    python = arguments.python_rivals
    if python is None:
        say("installing the rivals")
        python = rivals.install((arguments.workdir or platformdirs.user_cache_path("computeatlas")) / "rivals")
    servers = all_servers(files, python, arguments.before)
    unknown = arguments.servers - {server.name for server in servers}
    if unknown:
        raise RuntimeError(f"no such server: {', '.join(sorted(unknown))}")
    servers = [server for server in servers if not arguments.servers or server.name in arguments.servers]
    workloads = [w for w in all_workloads() if not arguments.workloads or w.name in arguments.workloads]
    names = ("oxigraph", "pyoxigraph", "flask", "granian", "rdflib", "rdflib-endpoint")
    versions = rivals.versions(Path(sys.executable), ("compute-atlas",)) | rivals.versions(python, names)
    versions["wrk"] = rivals.wrk_version()
    findings = Findings(arguments.rounds, arguments.seconds, arguments.clients, workloads, servers, versions)
    return Run(files, findings, {workload.name: workload.write_pool(folder) for workload in workloads})


def main(arguments: argparse.Namespace) -> int:
    """Run the benchmark and print the report; return 0, or 1 if a server fails or the answers differ."""
    if shutil.which("wrk") is None:
        say("wrk is not there; on Debian: apt install wrk")
        return 1
    with tempfile.TemporaryDirectory(dir=arguments.workdir, prefix="endpoint-") as folder:
        try:
            run = prepare(arguments, Path(folder))
        except (RuntimeError, subprocess.SubprocessError) as reason:
            say(str(reason))
            return 1
        findings = run.findings
        try:
            for server in findings.servers:
                say(f"starting {server.name}")
                server.start(run.files.log(server.name))
                server.wait_quiet(QUIET_SECONDS)
            started = {server.name: server.memory_mib() for server in findings.servers}
            say("comparing the answers")
            reference, *others = findings.servers
            findings.silent = compare(reference, others)
            mute = {name: kinds for name, kinds in findings.silent.items() if kinds and name in MUST_ANSWER}
            if mute:
                say(f"not answered: {mute}")
                return 1
            for server in findings.servers:
                run.settle(server)
            run.all_rounds()
            findings.memory = {s.name: (started[s.name], s.memory_mib()) for s in findings.servers}
        except (DifferentAnswersError, NoAnswerError, OSError, RuntimeError, subprocess.SubprocessError) as reason:
            say(f"{type(reason).__name__}: {reason}")
            return 1
        finally:
            for server in findings.servers:
                server.stop()
        print(report.write(findings))
    return 0


def parse(words: list[str]) -> argparse.Namespace:
    """Return the options, checked against the names that there are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round of one second each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="how long each measurement takes")
    parser.add_argument("--clients", default="1,8,64", help="numbers of connections")
    parser.add_argument("--workloads", default="", help="names, with commas between; all if left out")
    parser.add_argument("--servers", default="", help="the same for the servers; native always takes part")
    parser.add_argument(
        "--workdir", type=Path, help="for the graph and the rivals; else temporary and the user's cache"
    )
    parser.add_argument("--python-rivals", type=Path, help="the Python of an environment that has the rivals")
    parser.add_argument("--before", type=Path, help="a checkout of an earlier commit, to be measured too")
    arguments = parser.parse_args(words)
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 1
    arguments.clients = [int(number) for number in arguments.clients.split(",")]
    arguments.workloads = {name for name in arguments.workloads.split(",") if name}
    arguments.servers = {name for name in arguments.servers.split(",") if name}
    if arguments.servers:
        arguments.servers.add(REFERENCE)
    unknown = arguments.workloads - {workload.name for workload in all_workloads()}
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    if arguments.workdir:
        arguments.workdir.mkdir(parents=True, exist_ok=True)
    return arguments


if __name__ == "__main__":
    sys.exit(main(parse(sys.argv[1:])))
