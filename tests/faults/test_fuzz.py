"""Generated and mutated requests: none is anything that the server did not foresee."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .fuzz import generate, requests, send_over_three, warm_up
from .harness import PREFIX, wait_until
from .runaways import settled_memory

if TYPE_CHECKING:
    from .conftest import Start

pytestmark = pytest.mark.slow

COUNT = 1500


def test_the_grammar_makes_queries_that_are_mostly_good(start: Start) -> None:
    with start("--timeout", "1", "--workers", "2") as server, server.client() as client:
        found = Counter(client.query(generate(random.Random(seed))).status for seed in range(100))
    # Were all malformed, nothing behind the parser would be tried.
    assert found[200] > 20
    assert found[200] + found[400] + found[504] > 90


def test_no_request_is_an_internal_error_and_none_leaves_a_trace(start: Start, repository: Path) -> None:
    good = [path.read_text(encoding="utf-8") for path in sorted((repository / "queries").rglob("*.rq"))]
    assert good
    items = list(requests(random.Random(2026), good, COUNT))
    with start("--timeout", "0.5", "--workers", "6", "--memory", "300", "--max-result", "5000000") as server:
        before = warm_up(server, good, 400, seed=1)
        outcomes = send_over_three(server, items)
        assert outcomes.bad == []
        assert sum(outcomes.counts.values()) == COUNT
        wait_until(server.is_whole, "all workers are there, and idle")
        with server.client() as client:
            assert b"item number 7" in client.query(PREFIX + "SELECT ?l { :i7 :label ?l }").body
        after = settled_memory(server, before * 1.1)
        assert after <= before * 1.1
        assert "Traceback" not in server.words
