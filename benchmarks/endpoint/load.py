"""Load by wrk, and what came of it."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from endpoint.servers import Server
    from endpoint.workloads import Workload

TIMEOUT_SECONDS = 20
_SCRIPT = Path(__file__).parent / "load.lua"


@dataclass(frozen=True)
class Measurement:
    """What one run of wrk counted: answers with status below 400 a second, latencies in ms, failures by kind.

    `cpu` is the CPU time of all processes of the server in µs an answer, `others` the share of one core that all other
    programs of the machine took meanwhile.
    """

    rate: float
    answered: int
    p50: float
    p99: float
    refused: int
    broken: int
    timed_out: int
    cpu: float
    others: float

    @property
    def failures(self) -> int:
        """Return how many requests had a status of 400 or more, a broken connection or a time-out."""
        return self.refused + self.broken + self.timed_out


def measure(
    server: Server, workload: Workload, pool: Path, *, run: int, seed: int, clients: int, seconds: int
) -> Measurement:
    """Let `clients` connections send requests for so many seconds, each as soon as its last answer is there."""
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", f"--timeout={TIMEOUT_SECONDS}s", f"--script={_SCRIPT}"]
    command += [server.url, "--", str(pool), str(seed), str(workload.first_limit(run)), str(workload.limit_step)]
    busy, wrk, cpu, began = _machine_seconds(), _wrk_seconds(), server.cpu_seconds(), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 (our own list)
    busy, wrk, cpu = _machine_seconds() - busy, _wrk_seconds() - wrk, server.cpu_seconds() - cpu
    took = time.perf_counter() - began
    found = json.loads(done.stdout.strip().splitlines()[-1])
    answered = found["requests"] - found["status"]
    return Measurement(
        rate=answered / (found["microseconds"] / 1e6),
        answered=answered,
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        refused=found["status"],
        broken=found["broken"],
        timed_out=found["timeout"],
        cpu=max(0.0, cpu) * 1e6 / answered if answered else 0.0,
        others=max(0.0, busy - wrk - cpu) / took,
    )


def _machine_seconds() -> float:
    """Return the seconds that all cores spent on programs so far (user, nice, system), and that the host took away."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return sum(int(fields[place]) for place in (1, 2, 3, 8)) / 100


def _wrk_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
