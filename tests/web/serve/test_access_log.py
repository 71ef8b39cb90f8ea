"""The log: one line a request, whatever a client sends."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.web.serve.access_log import RequestLog, RequestRecord

RECORD = RequestRecord("ab-1", "192.0.2.1", "GET", "/sparql", 200, seconds=0.01234, size=42, rows=7, cached=True)


class Loop:
    """A loop whose time does not pass: what is to be done later is kept."""

    def __init__(self) -> None:
        self.later: list[object] = []

    def call_later(self, _delay: float, work: object) -> None:
        self.later.append(work)


def logged(form: str, *changes: dict) -> list[str]:
    stream = io.StringIO(newline="")
    log = RequestLog(form, Loop(), stream)
    for change in changes:
        log.add(replace(RECORD, **change))
    log.flush()
    text = stream.getvalue()
    assert text.endswith("\n")
    return text[:-1].split("\n")


@pytest.mark.parametrize("form", ["json", "text"])
@given(st.text(), st.none() | st.integers(0))
def test_any_path_is_one_line_of_printable_ascii(form: str, path: str, rows: int | None) -> None:
    (line,) = logged(form, {"path": path, "rows": rows})
    assert line.isascii()
    assert line.isprintable()
    if form == "json":
        data = json.loads(line)
        assert data["path"] == path
        assert data.get("rows") == rows


def test_a_line_of_json_has_all_that_is_known() -> None:
    (line,) = logged("json", {})
    data = json.loads(line)
    assert data.pop("time").endswith("Z")
    assert data == {
        "id": "ab-1",
        "client": "192.0.2.1",
        "method": "GET",
        "path": "/sparql",
        "status": 200,
        "ms": 12.34,
        "bytes": 42,
        "rows": 7,
        "cached": True,
    }


def test_a_line_of_text() -> None:
    (line,) = logged("text", {"problem": "query-timeout", "status": 504, "path": "/a\nb"})
    assert line[8:] == r" 192.0.2.1 GET /a\nb 504 12.3 ms 42 bytes 7 rows cached query-timeout"


def test_lines_are_written_together_and_once() -> None:
    assert len(logged("text", {}, {}, {})) == 3
    loop, stream = Loop(), io.StringIO()
    log = RequestLog("json", loop, stream)
    log.add(RECORD)
    log.add(RECORD)
    assert stream.getvalue() == ""
    (flush,) = loop.later
    flush()
    flush()
    assert len(stream.getvalue().splitlines()) == 2
    log.add(RECORD)
    assert len(loop.later) == 2


def test_the_loop_writes_what_has_gathered() -> None:
    async def work() -> None:
        stream = io.StringIO()
        log = RequestLog("text", asyncio.get_running_loop(), stream)
        log.add(RECORD)
        while not stream.getvalue():
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(work(), 10))


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    log = RequestLog("text", Loop(), Full())
    log.add(RECORD)
    log.flush()
    closed = io.StringIO()
    log = RequestLog("text", Loop(), closed)
    closed.close()
    log.add(RECORD)
    log.flush()


def test_off_is_off() -> None:
    assert not RequestLog("off", Loop()).is_on
    assert RequestLog("text", Loop()).is_on
