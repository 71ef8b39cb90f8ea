"""The blueprint: queries, updates and the Graph Store Protocol in an application of somebody else.

The endpoints are those of `computeatlas serve`; only what WSGI cannot do is missing. docs/flask.md has an example, and
what differs.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask import Response as FlaskResponse

from computeatlas.engine.base import ClientGoneError
from computeatlas.flask.background import BackgroundEngine
from computeatlas.flask.messages import read_request, write_response
from computeatlas.flask.sources import start_with
from computeatlas.model.errors import UsageError
from computeatlas.model.limits import Limits
from computeatlas.web.endpoints import query, update
from computeatlas.web.endpoints.answer import Answers
from computeatlas.web.endpoints.graph_store import GraphStoreEndpoint
from computeatlas.web.endpoints.query import QueryEndpoint
from computeatlas.web.endpoints.service_description import Describer
from computeatlas.web.endpoints.update import UpdateEndpoint
from computeatlas.web.http.messages import BodyIncompleteError, Response
from computeatlas.web.http.problem_kinds import KINDS
from computeatlas.web.http.problem_responses import not_allowed, problem_of, problem_response
from computeatlas.web.http.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from computeatlas.flask.sources import Data
    from computeatlas.web.http.messages import Request

    Endpoint = Callable[[Request], Awaitable[Response]]

_ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


class SparqlBlueprint(Blueprint):
    """A blueprint with `/sparql`, `/update`, `/store` and `/problems` on an engine of its own in each process."""

    def __init__(self, name: str, engine: BackgroundEngine, settings: Settings):
        super().__init__(name, __name__)
        self._background = engine
        self._settings = settings
        #: The endpoints on the engine that they were made for: another process has another.
        self._made: tuple[object, dict[str, tuple[tuple[str, ...], Endpoint]]] | None = None
        for rule, endpoint in (("/sparql", "query"), ("/update", "update"), ("/store", "store")):
            self._add(rule, endpoint)
        self._add("/store/<path:_name>", "store", "graph")
        self.add_url_rule("/problems", "problems", _explain_problems)

    def open(self) -> None:
        """Load the data now, in this process, instead of at the first request; raises DataError."""
        self._background.open()

    def close(self) -> None:
        """End the workers of this process; the next request starts them again."""
        self._background.close()

    def _add(self, rule: str, endpoint: str, name: str | None = None) -> None:
        view = partial(self._serve, endpoint)
        self.add_url_rule(rule, name or endpoint, view, methods=_ALL_METHODS, provide_automatic_options=False)

    def _serve(self, name: str, _name: str = "") -> FlaskResponse:
        """Answer the request that Flask has at hand."""
        root = str(request.url_rule).removesuffix("/<path:_name>").rpartition("/")[0]
        asked = read_request(request, root)
        try:
            methods, endpoint = self._endpoints()[name]
            if asked.method == "OPTIONS":
                response = Response(204, [(b"allow", ", ".join(methods).encode())])
            elif asked.method not in methods:
                raise not_allowed(asked, methods)
            else:
                response = self._background.run(_await(endpoint, asked))
        except (ClientGoneError, BodyIncompleteError):
            # Nobody reads this.
            return FlaskResponse(status=400)
        except Exception as error:
            response = problem_response(problem_of(error), asked)
        return write_response(self._background, asked, response)

    def _endpoints(self) -> dict[str, tuple[tuple[str, ...], Endpoint]]:
        """Return the methods and the endpoint of each name, on the engine of this process."""
        engine = self._background.open()
        if self._made is None or self._made[0] is not engine:
            settings = self._settings
            answers = Answers(engine, settings)
            store = GraphStoreEndpoint(engine, settings)
            asking = QueryEndpoint(engine, settings, answers, Describer(engine, settings))
            self._made = (
                engine,
                {
                    "query": (query.METHODS, asking),
                    "update": (update.METHODS, UpdateEndpoint(engine, settings)),
                    "store": (store.methods, store),
                },
            )
        return self._made[1]


def sparql_blueprint(
    data: Data,
    *,
    name: str = "sparql",
    limits: Limits | None = None,
    union_default_graph: bool = False,
    token: str | None = None,
) -> SparqlBlueprint:
    """Return a blueprint that answers the SPARQL 1.1 Protocol on `data`.

    `data`: a path of an RDF file or several, compressed or not, or a `pyoxigraph.Store`, `rdflib.Graph` or
    `rdflib.Dataset`, whose quads are copied now. `limits`: those of `computeatlas serve`; `rate` and those of
    connections are the business of the application and its server. `token`: who sends it as a bearer token may write.
    Raises UsageError for data that cannot be read, a name with a dot or a token that is no header; DataError for a file
    whose name tells no format.
    """
    if "." in name or not name:
        raise UsageError("is no name of a blueprint", where=name, hint="leave the dot out")
    if token is not None and (not token.isascii() or not token.isprintable() or not token or " " in token):
        raise UsageError("the token cannot be sent in a header", hint="use printable ASCII characters and no blank")
    limits = limits or Limits()
    engine = BackgroundEngine(start_with(data, limits.memory, offline=True), limits)
    return SparqlBlueprint(name, engine, Settings(limits=limits, union=union_default_graph, token=token))


async def _await(endpoint: Endpoint, asked: Request) -> Response:
    return await endpoint(asked)


def _explain_problems() -> str:
    """Return a page that explains the types of problem; their IRIs lead here."""
    entries = "".join(
        f'<dt id="{escape(name)}">{escape(kind.title)} ({kind.status}, {escape(name)})</dt>'
        f"<dd>{escape(kind.meaning)}</dd>"
        for name, kind in KINDS.items()
    )
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems</title><dl>{entries}</dl></html>'
