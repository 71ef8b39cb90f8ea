"""Pages kept as they were sent, and their entity tags.

A page is made of the data, of its address, of the reader's language and of the templates, so equal ones of those give
equal pages: its tag is known before it is made, and a page that was made before is sent again. What may differ from one
time to the next says `no-store`, and is neither kept nor tagged.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache
from flask import Flask, Response, g, request

from computeatlas.web.http.urls import sent_path
from computeatlas.web.pages.i18n import language

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = (
    "Content-Type", "Content-Encoding", "Content-Disposition", "Link", "Content-Location", "Vary", "Cache-Control",
    "ETag",
)  # fmt: skip
#: Besides its body, a page costs so many bytes, about.
_OVERHEAD = 1000
#: Paths whose pages may differ from one time to the next, as the answer to a query with NOW() does.
_LIVE = ("/sparql",)
_FOLDERS = ("templates", "static", "translations")


def digest_of_files() -> str:
    """Return a digest of the templates, static files and texts, which change with the program only."""
    found = blake2b(digest_size=8)
    root = Path(__file__).parents[1]
    for path in sorted(path for folder in _FOLDERS for path in (root / folder).rglob("*") if path.is_file()):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


class PageCache:
    """Pages by what they are made of, the least used thrown away beyond `limit` bytes; 0 keeps none."""

    def __init__(self, limit: int):
        self._limit = limit
        self._lock = Lock()
        self._pages: LRUCache[tuple[str, str], Response] = LRUCache(max(limit, 1), getsizeof=_size)

    def get(self, key: tuple[str, str]) -> Response | None:
        """Return a copy of the page kept under `key`, or None."""
        with self._lock:
            kept = self._pages.get(key)
        return None if kept is None else _copy(kept)

    def put(self, key: tuple[str, str], page: Response) -> None:
        """Keep `page`, unless it is too large."""
        kept = _copy(page)
        if _size(kept) <= self._limit // 16:
            with self._lock:
                self._pages[key] = kept


def register(app: Flask, version: Callable[[], str], limit: int) -> str:
    """Let `app` tag and keep its pages for the data that `version` names; return the digest of its files.

    Register it before what compresses pages and after what sets cookies: hooks after a request run in reverse.
    """
    files = digest_of_files()
    cache = PageCache(limit)

    @app.before_request
    def recall() -> Response | None:
        if request.method not in ("GET", "HEAD") or request.path.startswith(_LIVE):
            return None
        # As it was sent: what is one path when it is decoded may name two things.
        sent = (sent_path(request), request.query_string)
        made_of = (version(), files, request.host_url, sent, language(), request.headers.get("Accept", ""))
        tag = blake2b(repr(made_of).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        g.page_key = (tag, request.headers.get("Accept-Encoding", ""))
        if request.if_none_match.contains_weak(tag):
            return Response(status=304, headers={"ETag": f'W/"{tag}"', "Vary": "Accept", "Cache-Control": "no-cache"})
        return cache.get(g.page_key)

    @app.after_request
    def keep(response: Response) -> Response:
        key = g.get("page_key")
        if key is None or response.status_code != 200 or response.direct_passthrough:
            return response
        if response.cache_control.no_store or response.cache_control.max_age is not None:
            return response
        if "ETag" not in response.headers:
            response.set_etag(key[0], weak=True)
        response.headers.setdefault("Cache-Control", "no-cache")
        response.vary.add("Accept")
        if not response.is_streamed:
            cache.put(key, response)
        return response

    return files


def _copy(page: Response) -> Response:
    headers = [(name, value) for name, value in page.headers if name in _KEPT]
    return Response(page.get_data(), status=page.status_code, headers=headers)


def _size(page: Response) -> int:
    return len(page.get_data()) + _OVERHEAD
