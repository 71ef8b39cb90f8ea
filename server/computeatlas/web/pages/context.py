"""What the pages of one application share: whom they ask, the settings, the files they load, and what they keep.

This module alone reads and writes `app.extensions`, under one key; everything shared is a field of `PageContext`, so
that no two owners can take one name.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import current_app, g, request

from computeatlas.views.names import Names
from computeatlas.views.reader import Reader
from computeatlas.web.endpoints.page import QUESTIONS
from computeatlas.web.http.questions import OpenQuestions
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.protege_bundle import ProtegeBundle
from computeatlas.web.pages.trace_limit import TraceLimit
from computeatlas.web.pages.versioned import Versioned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from computeatlas.engine.table import Table
    from computeatlas.web.http.settings import Settings
    from computeatlas.web.pages.asking import Asker
    from computeatlas.web.pages.assets import Assets

_KEY = "computeatlas"

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """Names a value that a page makes from the data, and how: `make` is given a reader of the data as they are.

    Each page declares its own as a constant. The value itself is kept by the application's `PageContext` until the data
    change; the object is the key, so two pages cannot share one by accident.
    """

    def __init__(self, make: Callable[[Reader], Made]):
        self.make = make


class PageContext:
    """What the pages of one application share."""

    def __init__(self, asker: Asker, settings: Settings, assets: Assets):
        self.asker = asker
        self.settings = settings
        self.assets = assets
        self.protege_bundle = ProtegeBundle()
        self.trace_limit = TraceLimit()
        self._names = Versioned[Names]()
        self._kept: dict[Kept[Any], Versioned[Any]] = {}
        self._lock = Lock()

    @property
    def version(self) -> str:
        """Name the data and the queries as they are now: what is made of them is kept for as long."""
        return f"{self.asker.version} {self.settings.edition}"

    @property
    def names(self) -> Names:
        """The labels of the data as they are now."""
        return self._names.get(self.version, lambda: Names(self.settings.views["labels"]))

    def ask(self, text: str, timeout: float | None = None) -> Table:
        """Return the table of a query of ours, asked for the client of this request; see `ask_all`."""
        return self.ask_all([text], timeout)[0]

    def ask_all(self, texts: Sequence[str], timeout: float | None = None) -> list[Table]:
        """Return the tables of several queries of ours, asked together for the client of this request, in their order.

        Each may take as long as any query, or `timeout` seconds where that is less. Raises what the query raises that
        fails first; the others are abandoned then.
        """
        begun = time.perf_counter()
        most = self.settings.limits.timeout
        allowed = most if timeout is None else min(timeout, most or timeout)
        tables = self.asker.tables(open_questions(), texts, union=self.settings.union, timeout=allowed)
        count, rounds, seconds = g.get("asked", (0, 0, 0.0))
        g.asked = (count + len(texts), rounds + 1, seconds + time.perf_counter() - begun)
        return tables

    def get(self, kept: Kept[Made]) -> Made:
        """Return the value of `kept` for the data as they are now, made when it is first wanted.

        Raises what making it raises; nothing is kept then.
        """
        with self._lock:
            value: Versioned[Made] = self._kept.setdefault(kept, Versioned())
        return value.get(self.version, lambda: kept.make(reader()))


def open_questions() -> OpenQuestions:
    """Return what the request that is being answered has asked, given up when its client goes away."""
    found: OpenQuestions | None = request.environ.get(QUESTIONS)
    return found if found is not None else OpenQuestions(request.remote_addr or "local")


def context() -> PageContext:
    """Return what the pages of this application share."""
    found: PageContext = current_app.extensions[_KEY]
    return found


def reader() -> Reader:
    """Return the view of the data for the request that is being answered."""
    if "reader" not in g:
        shared = context()
        g.reader = Reader(shared.ask, shared.settings.views, shared.names, language(), shared.ask_all)
    found: Reader = g.reader
    return found


def register(app: Flask, shared: PageContext) -> None:
    """Give `app` its context, and its templates `served()` and `bundle_url(name)`."""
    app.extensions[_KEY] = shared
    app.jinja_env.globals.update(served=lambda: shared.settings.served, bundle_url=shared.assets.url)
