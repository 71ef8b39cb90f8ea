"""Where does each microsecond of one request to the endpoint go?

Usage: python benchmarks/endpoint_costs.py [--quick] [--workdir DIR]

Times the functions of the program one by one in this process, with queries that the endpoint benchmark asks; then the
CPU time of whole requests to a server of ours by one client, in all its processes, and of as many bytes from an
application that does nothing on the same HTTP server: the floor. Prints a table in Markdown, µs. What the steps leave
of the whole is a line of its own: what nobody has accounted for.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import pyoxigraph as ox
import uvloop
from endpoint import report, stopwatch, web_costs
from endpoint.load import Measurement, measure
from endpoint.servers import Server, family_cpu_seconds, our_command
from endpoint.workloads import FEWEST_LIMIT, Workload, queries
from endpoint.workspace import Files, make_files

from computeatlas.engine import load
from computeatlas.engine import row_counter as rows
from computeatlas.engine.content_coding import ENCODERS
from computeatlas.engine.pool import fork_server, wire, worker
from computeatlas.engine.pool.pool import Pool
from computeatlas.model.limits import Limits
from computeatlas.model.mediatypes import JSON

KINDS = {"look-ups": 200, "joins": 200, "lists": 20}
FORMATS = {"bindings": "json", "boolean": "json", "graph": "nt"}


@dataclass
class Samples:
    """Queries of one kind, as the program meets them on their way: text, job, packed job, answer."""

    kind: str
    texts: list[str]
    jobs: list[wire.Job]
    packed: list[bytes]
    bodies: list[bytes]

    @classmethod
    def make(cls, kind: str, store: ox.Store) -> Samples:
        """Return samples of `kind`, their answers by `store`."""
        texts = [query + str(FEWEST_LIMIT) for query in queries(kind)[: KINDS[kind]]]
        jobs = [wire.Job("query", text, formats=FORMATS, union=False) for text in texts]
        return cls(kind, texts, jobs, [job.pack()[4:] for job in jobs], [_answer(store, text) for text in texts])


def _answer(store: ox.Store, text: str) -> bytes:
    result = store.query(text)
    assert isinstance(result, ox.QuerySolutions)
    body = result.serialize(format=ox.QueryResultsFormat.JSON)
    assert body is not None
    return body


def engine_steps(store: ox.Store, samples: Samples, seconds: float) -> dict[str, float]:
    """Return the time of what a worker does with a job, and of what happens to the job before."""
    parse = stopwatch.microseconds(store.query, samples.texts, seconds)
    plain = stopwatch.microseconds(lambda text: _answer(store, text), samples.texts, seconds)
    job = stopwatch.microseconds(lambda job: worker.perform(store, job, len), samples.jobs, seconds)
    counting = stopwatch.microseconds(lambda body: rows.RowCounter(JSON).add(body), samples.bodies, seconds)
    return {
        "web: pack the job": stopwatch.microseconds(wire.Job.pack, samples.jobs, seconds),
        "worker: unpack the job": stopwatch.microseconds(wire.Job.unpack, samples.packed, seconds),
        "worker: parse and plan": parse,
        "worker: evaluate and serialise": plain - parse,
        "worker: count the rows": counting,
        "worker: choose the format, frame the answer": job - plain - counting,
    }


def coding_steps(samples: Samples, seconds: float) -> dict[str, float]:
    """Return the time of each content coding, which a request has only if it asks for one."""

    def encode(body: bytes, name: str) -> bytes:
        encoder = ENCODERS[name]()
        return encoder.compress(body) + encoder.flush()

    return {
        name: stopwatch.microseconds(functools.partial(encode, name=name), samples.bodies, seconds) for name in ENCODERS
    }


async def pool_times(files: Files, all_samples: list[Samples], seconds: float) -> dict[str, float]:
    """Return for each kind the CPU time that a job takes until its answer is all there, in all processes."""
    pool = Pool(fork_server.Start(files=(load.DataFile(str(files.packed)),)), Limits())
    await pool.open()
    times = {}
    try:
        while not pool.is_ready:
            await asyncio.sleep(0.01)
        for samples in all_samples:
            count, until, cpu = 0, time.perf_counter() + seconds, family_cpu_seconds(os.getpid())
            while time.perf_counter() < until:
                for job in samples.jobs:
                    body = (await pool.submit("client", job).future).body
                    if not isinstance(body, bytes):
                        async for _ in body.pieces():
                            pass
                    count += 1
            times[samples.kind] = (family_cpu_seconds(os.getpid()) - cpu) * 1e6 / count
    finally:
        pool.close()
    return times


def http_times(server: Server, files: Files, seconds: int, paths: dict[str, str]) -> dict[str, Measurement]:
    """Return for each kind what one client sees; `paths` says where a kind is asked, if not at the usual path."""
    measured = {}
    for number, kind in enumerate(KINDS):
        workload = Workload(kind, "request", tuple((1.0, query) for query in queries(kind)[: KINDS[kind]]))
        server.path = paths.get(kind, server.path)
        pool = workload.write_pool(files.folder)
        measured[kind] = measure(server, workload, pool, run=number, seed=1, clients=1, seconds=seconds)
    return measured


def main(words: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of a second a step")
    parser.add_argument("--workdir", type=Path, help="for the graph; else temporary")
    arguments = parser.parse_args(words)
    seconds = 0.1 if arguments.quick else 1.0
    with tempfile.TemporaryDirectory(dir=arguments.workdir, prefix="endpoint-") as name:
        files = make_files(Path(name))
        store = ox.Store()
        load.load_file(store, load.DataFile(str(files.packed)))
        all_samples = [Samples.make(kind, store) for kind in KINDS]
        sizes = {samples.kind: mean(map(len, samples.bodies)) for samples in all_samples}
        steps = {samples.kind: engine_steps(store, samples, seconds) for samples in all_samples}
        codings = {samples.kind: coding_steps(samples, seconds) for samples in all_samples}
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            for samples in all_samples:
                web = runner.run(web_costs.web_steps(samples.texts, samples.bodies, seconds))
                steps[samples.kind] = {**web, **steps[samples.kind]}
            cached = {
                samples.kind: runner.run(web_costs.cached_time(samples.texts, samples.bodies, seconds))
                for samples in all_samples
            }
            pooled = runner.run(pool_times(files, all_samples, seconds))
        floor, whole = _over_http(files, sizes, max(1, round(2 * seconds)))
    for kind in KINDS:
        column = steps[kind]
        in_worker = sum(taken for step, taken in column.items() if step.startswith("worker"))
        column["pipe, switches between processes, turns of the loop"] = (
            pooled[kind] - in_worker - column["web: pack the job"]
        )
        column["HTTP server: the floor"] = floor[kind].cpu
        column["not accounted for"] = whole[kind].cpu - sum(column.values())
        column["**all, CPU**"] = whole[kind].cpu
        column["all, as one client waits for it"] = 1e6 / whole[kind].rate
        column["the floor, as one client waits for it"] = 1e6 / floor[kind].rate
    print(f"{report.machine()}; µs\n")
    _print_table("step", steps)
    shown = ", ".join(f"{cached[kind]:.1f} for {kind}" for kind in KINDS)
    print(f"\nAn answer from the cache takes the gateway, in place of all but the floor: {shown}.")
    print("\nIf a request asks for a content coding, the worker takes in addition:\n")
    _print_table("coding", codings)
    shown = ", ".join(f"{size:.0f} bytes for {kind}" for kind, size in sizes.items())
    print(f"\nAnswers in JSON: {shown} in the mean.")


def _over_http(files: Files, sizes: dict[str, float], seconds: int) -> list[dict[str, Measurement]]:
    """Return what was measured of the floor, and of a server of ours without cache."""
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(Path(__file__).parent / "endpoint"), "floor:app"]
    command += ["--port", "{port}", "--no-access-log", "--log-level", "warning", "--loop", "uvloop"]
    command += ["--http", "httptools"]
    floor = Server("floor", command, "/100")
    ours = Server("ours", [*our_command(files), "--cache", "0"], "/sparql")
    measured = []
    for server, paths in ((floor, {kind: f"/{size:.0f}" for kind, size in sizes.items()}), (ours, {})):
        try:
            server.start(files.log(server.name))
            measured.append(http_times(server, files, seconds, paths))
        finally:
            server.stop()
    return measured


def _print_table(what: str, table: dict[str, dict[str, float]]) -> None:
    print(f"| {what} | {' | '.join(table)} |")
    print(f"|:--|{'--:|' * len(table)}")
    for step in next(iter(table.values())):
        print(f"| {step} | {' | '.join(f'{column[step]:.1f}' for column in table.values())} |")


if __name__ == "__main__":
    main(sys.argv[1:])
