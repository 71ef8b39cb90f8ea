"""The access log: one line for each request, as JSON or as text, written in batches.

Query strings are not logged: a query may be long, and may hold what somebody would not want in a log.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

#: Seconds between two writes, at most.
_DELAY = 0.1


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """What the log says of one request."""

    #: The request id, as in the header X-Request-Id.
    number: str
    client: str
    method: str
    path: str
    status: int
    #: From the head of the request to the end of its answer.
    seconds: float
    #: Bytes of the body sent.
    size: int
    #: Rows of a query's result, None where the answer has no rows.
    rows: int | None = None
    cached: bool = False
    #: The problem type of an error, None where there was none.
    problem: str | None = None


class RequestLog:
    """Writes a line for each request to `stream` (standard error by default); `form` is `json`, `text` or `off`."""

    def __init__(self, form: str, loop: asyncio.AbstractEventLoop, stream: IO[str] | None = None):
        self._form = form
        self._loop = loop
        self._stream = stream or sys.stderr
        self._lines: list[str] = []

    @property
    def is_on(self) -> bool:
        """Whether anything is written."""
        return self._form != "off"

    def add(self, record: RequestRecord) -> None:
        """Log one request; the line is written within a tenth of a second."""
        if not self._lines:
            self._loop.call_later(_DELAY, self.flush)
        self._lines.append(_as_json(record) if self._form == "json" else _as_text(record))

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._lines:
            text = "\n".join(self._lines) + "\n"
            self._lines.clear()
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                # A log that cannot be written must not stop the server.
                return


def _as_json(record: RequestRecord) -> str:
    data = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "id": record.number,
        "client": record.client,
        "method": record.method,
        "path": record.path,
        "status": record.status,
        "ms": round(record.seconds * 1000, 2),
        "bytes": record.size,
        "rows": record.rows,
        "cached": record.cached,
        "problem": record.problem,
    }
    return json.dumps({key: value for key, value in data.items() if value is not None})


def _as_text(record: RequestRecord) -> str:
    # The client chose the path: escaped, it cannot begin a second line.
    path = json.dumps(record.path)[1:-1]
    words = [time.strftime("%H:%M:%S"), record.client, record.method, path, str(record.status)]
    words.append(f"{record.seconds * 1000:.1f} ms {record.size} bytes")
    if record.rows is not None:
        words.append(f"{record.rows} rows")
    if record.cached:
        words.append("cached")
    if record.problem:
        words.append(record.problem)
    return " ".join(words)
