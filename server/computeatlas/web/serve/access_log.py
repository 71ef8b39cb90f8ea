"""One line for each request, as JSON for machines or as text for people, written a few at a time.

Query strings are not logged whole: a query may be long, and may hold what somebody would not want in a log.
"""

from __future__ import annotations

import json
import sys
import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

#: Seconds between two writes, at most.
_DELAY = 0.1


class RequestLog:
    """Writes lines of `form`, `json`, `text` or `off`, to `stream`."""

    def __init__(self, form: str, loop: asyncio.AbstractEventLoop, stream: IO[str] | None = None):
        self._form = form
        self._loop = loop
        self._stream = stream or sys.stderr
        self._lines: list[str] = []

    @property
    def is_on(self) -> bool:
        """Whether anything is written."""
        return self._form != "off"

    def add(
        self,
        *,
        number: str,
        client: str,
        method: str,
        path: str,
        status: int,
        seconds: float,
        size: int,
        rows: int | None,
        cached: bool,
        note: str | None,
    ) -> None:
        """Log one request: its number, who asked for what, and what came of it; `note` is the kind of an error."""
        if self._form == "json":
            data = {
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "id": number,
                "client": client,
                "method": method,
                "path": path,
                "status": status,
                "ms": round(seconds * 1000, 2),
                "bytes": size,
                "rows": rows,
                "cached": cached,
                "problem": note,
            }
            line = json.dumps({key: value for key, value in data.items() if value is not None})
        else:
            # What a client chose is escaped: no line of a log may look like two.
            shown = json.dumps(path)[1:-1]
            more = "".join(
                (f" {rows} rows" if rows is not None else "", " cached" if cached else "", f" {note}" if note else "")
            )
            clock = time.strftime("%H:%M:%S")
            line = f"{clock} {client} {method} {shown} {status} {seconds * 1000:.1f} ms {size} bytes{more}"
        if not self._lines:
            self._loop.call_later(_DELAY, self.flush)
        self._lines.append(line)

    def flush(self) -> None:
        """Write what has gathered."""
        if self._lines:
            text = "\n".join(self._lines) + "\n"
            self._lines.clear()
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                # A log that cannot be written must not stop the server.
                return
