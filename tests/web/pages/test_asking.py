"""Several queries of one page, asked together of real workers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from computeatlas.engine.load import DataFile
from computeatlas.engine.pool.engine import PoolEngine
from computeatlas.engine.pool.fork_server import Start
from computeatlas.engine.pool.pool import Pool
from computeatlas.model.errors import OverloadedError, QuerySyntaxError
from computeatlas.model.limits import MIB, Limits
from computeatlas.web.http.questions import OpenQuestions
from computeatlas.web.pages.asking import Asker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from computeatlas.engine.table import Table

#: Takes longer than any test.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"


@asynccontextmanager
async def opened(folder: Path, **limits: int) -> AsyncIterator[Pool]:
    data = folder / "data.nt"
    data.write_text("".join(f'<a:{number}> <a:p> "{number}" .\n' for number in range(300)))
    pool = Pool(
        Start((DataFile(str(data)),), origin="first", memory=512 * MIB),
        Limits(**{"workers": 2, "timeout": 60.0, **limits}),
    )
    await pool.open()
    try:
        yield pool
    finally:
        pool.close()


async def ask(pool: Pool, texts: Sequence[str]) -> list[Table]:
    """Ask from a thread, as pages do."""
    asker = Asker(PoolEngine(pool), asyncio.get_running_loop())
    return await asyncio.to_thread(asker.tables, OpenQuestions("c"), texts, union=False, timeout=60.0)


def test_tables_come_in_the_order_of_the_queries(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as pool:
            tables = await ask(pool, [f"SELECT ({n} AS ?n) {{}}" for n in range(9)])
            assert [table.rows[0][0].value for table in tables] == [str(n) for n in range(9)]
            assert await ask(pool, []) == []

    asyncio.run(work())


def test_the_first_error_is_raised_and_the_other_queries_are_abandoned(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as pool:
            unheard: list[dict[str, object]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _loop, what: unheard.append(what))
            with pytest.raises(QuerySyntaxError):
                await ask(pool, ["SELEC", ENDLESS, ENDLESS, ENDLESS])
            assert pool.waiting == 0
            # Workers that worked on an abandoned query are freed, far sooner than its time is up.
            while pool.running:
                await asyncio.sleep(0.005)
            assert [table.rows[0][0].value for table in await ask(pool, ["SELECT (1 AS ?n) {}"])] == ["1"]
            assert unheard == []

    asyncio.run(work())


def test_queries_that_find_no_place_in_the_queue_abandon_those_that_did(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, workers=1, queue=2) as pool:
            with pytest.raises(OverloadedError):
                await ask(pool, [ENDLESS] * 9)
            while pool.running or pool.waiting:
                await asyncio.sleep(0.005)
            assert [table.rows[0][0].value for table in await ask(pool, ["SELECT (1 AS ?n) {}"])] == ["1"]

    asyncio.run(work())
