"""Kill a server that writes to disk, at random moments, and see what is left of what it said it had written."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .harness import LIMITS, Server, wait_until, write_data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BATCH = 20


@dataclass
class Kept:
    """What came of it: how many kills and acknowledged writes there were, what was lost, and what was corrupt."""

    kills: int = 0
    acknowledged: int = 0
    lost: list[int] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)


def check_store(directory: Path) -> None:
    """Read all of the generation in force, by Oxigraph alone; raises OSError or ValueError where it cannot be read."""
    store = ox.Store.read_only(str((directory / "current").resolve() / "store"))
    store.validate() if hasattr(store, "validate") else None
    assert sum(1 for _ in store) == len(store)


def kill_while_writing(
    folder: Path, *, kills: int, seed: int, say: Callable[[int], None] = lambda _number: None
) -> Kept:
    """Write numbers, kill all processes of the server at a random moment, restart it on the same directory, and so on.

    Each update inserts a batch of triples with one number, so that half an update would be seen.
    """
    data = write_data(folder / "data.ttl", items=200, linked=10)
    directory = folder / "store"
    chance = random.Random(seed)
    kept = Kept()
    sure: set[int] = set()
    number = 0
    server = Server("--data", str(data), *LIMITS, "--workers", "2", "--engine", f"disk:{directory}")
    with server:
        for _ in range(kills):
            over = threading.Event()

            def write(over: threading.Event = over) -> None:
                nonlocal number
                with server.client() as client:
                    while not over.is_set():
                        number += 1
                        triples = " ".join(f"<x:{number}> <x:has> {part} ." for part in range(_BATCH))
                        try:
                            reply = client.update(f"INSERT DATA {{ {triples} }}")
                        except OSError:
                            return
                        if reply.status == 204:
                            sure.add(number)
                        elif reply.broken:
                            return

            writer = threading.Thread(target=write)
            before = len(sure)
            writer.start()
            # Whatever the speed of the machine, something is written before each kill.
            wait_until(lambda before=before: len(sure) > before, "a write is acknowledged")
            time.sleep(chance.uniform(0, 0.3))
            server.kill()
            over.set()
            writer.join()
            kept.kills += 1
            try:
                check_store(directory)
            except (OSError, ValueError, AssertionError) as error:
                kept.corrupt.append(f"after kill {kept.kills}: {error}")
            server.start()
            with server.client() as client:
                reply = client.query("SELECT ?s (COUNT(*) AS ?n) { ?s <x:has> ?o } GROUP BY ?s", accept="text/csv")
            found = dict(line.split(",") for line in reply.body.decode().split()[1:])
            kept.lost += [wanted for wanted in sure if f"x:{wanted}" not in found and wanted not in kept.lost]
            kept.corrupt += [f"half of write {name}" for name, count in found.items() if int(count) != _BATCH]
            say(kept.kills)
    kept.acknowledged = len(sure)
    return kept
