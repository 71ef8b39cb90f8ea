"""What every page needs: the reader, links, "view as SPARQL", entity tags."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import current_app, g, request

from computeatlas.model.namespaces import shorten
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader
from computeatlas.web.http.link_headers import HTML_SUFFIX, link_header, split_suffix
from computeatlas.web.http.urls import iri_of, is_ours, path_of
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.versioned import Versioned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask, Response

    from computeatlas.engine.table import Table
    from computeatlas.web.http.settings import Settings
    from computeatlas.web.pages.asking import Asker

_KEY = "atlas-site"


class Site:
    """What the pages of one application share: whom they ask, and what they remember of the present data."""

    def __init__(self, asker: Asker, settings: Settings):
        self.asker = asker
        self.settings = settings
        self._names = Versioned[Names]()

    @property
    def names(self) -> Names:
        """The labels of the data as they are now."""
        return self._names.get(self.asker.pool.version, lambda: Names(self.settings.views["labels"]))

    def ask(self, text: str) -> Table:
        """Return the table of a query of ours, asked for the client of this request; raises what the engine raises."""
        return self.ask_all([text])[0]

    def ask_all(self, texts: Sequence[str]) -> list[Table]:
        """Return the tables of several queries of ours, asked together for the client of this request, in their order.

        Raises what the query raises that fails first; the others are abandoned then.
        """
        client = request.remote_addr or "local"
        begun = time.perf_counter()
        tables = self.asker.tables(client, texts, union=self.settings.union, timeout=self.settings.limits.timeout)
        count, rounds, seconds = g.get("asked", (0, 0, 0.0))
        g.asked = (count + len(texts), rounds + 1, seconds + time.perf_counter() - begun)
        return tables


def site() -> Site:
    """Return what the pages of this application share."""
    found: Site = current_app.extensions[_KEY]
    return found


def reader() -> Reader:
    """Return the view of the data for the request that is being answered."""
    if "reader" not in g:
        shared = site()
        g.reader = Reader(shared.ask, shared.settings.views, shared.names, language(), shared.ask_all)
    found: Reader = g.reader
    return found


def sparql_link(text: str, **more: str) -> str:
    """Return the path that shows `text` in the editor, or gives its answer where `format=` is among `more`."""
    return "/sparql?" + urlencode({"query": text, **more})


def link_documents(response: Response) -> Response:
    """Let the page of a thing say where its data are."""
    path, _form, _html = split_suffix(request.path)
    if response.status_code == 200 and response.mimetype == "text/html" and iri_of(path) is not None:
        response.headers["Link"] = link_header(request.host_url, path)
        response.headers["Content-Location"] = quote(path, safe="/:@!$&'()*+,;=~-._") + HTML_SUFFIX
    return response


def time_page(response: Response) -> Response:
    """Say what the page cost, in milliseconds: https://www.w3.org/TR/server-timing/."""
    if "asked" in g:
        count, rounds, seconds = g.asked
        whole = time.perf_counter() - g.begun
        asked = f'ask;dur={seconds * 1000:.2f};desc="{rounds} rounds, {count} queries"'
        response.headers["Server-Timing"] = f"{asked}, page;dur={whole * 1000:.2f}"
    return response


def begin() -> None:
    """Take note of when the page was begun."""
    g.begun = time.perf_counter()


def register(app: Flask, asker: Asker, settings: Settings) -> None:
    """Give `app` its site, and its templates `label`, `label_language`, `path_of`, `shorten` and `sparql_link`."""
    app.before_request(begin)
    app.after_request(time_page)
    app.after_request(link_documents)
    app.extensions[_KEY] = Site(asker, settings)
    app.jinja_env.globals.update(
        label=lambda iri: reader().label(iri),
        label_language=lambda iri: reader().label_language(iri),
        path_of=path_of,
        is_ours=is_ours,
        shorten=shorten,
        sparql_link=sparql_link,
        served=lambda: settings.served,
    )
