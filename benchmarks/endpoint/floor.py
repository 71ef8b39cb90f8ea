"""The floor of HTTP: an ASGI application that reads nothing and answers so many bytes as the path says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_MOST = b" " * (1 << 20)


async def app(scope: dict[str, Any], _receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Answer `/N` with N bytes, with the headers that an answer of the endpoint cannot do without."""
    if scope["type"] != "http":
        return
    body = _MOST[: int(scope["path"][1:])]
    headers = [(b"content-type", b"application/sparql-results+json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
