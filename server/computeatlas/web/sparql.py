"""The endpoint `/sparql`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, render_template, request

from computeatlas.engine.embedded import show
from computeatlas.model.mediatypes import TURTLE, Format, ResultKind, format_named, formats_for
from computeatlas.web import protocol
from computeatlas.web.negotiate import choose_format, prefers_html
from computeatlas.web.problems import RequestError
from computeatlas.web.service_description import service_description

if TYPE_CHECKING:
    from collections.abc import Callable

    from computeatlas.engine.embedded import EmbeddedEngine, Query, Term

blueprint = Blueprint("sparql", __name__)


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response | str:
    """Answer a query; without one, a page for browsers and the service description for programs."""
    body = request.get_data()
    query = protocol.read_query(request.method, request.content_type, request.query_string, body)
    wanted = protocol.format_parameter(request.query_string, body, request.content_type)
    if query is None:
        return _front()
    engine: EmbeddedEngine = current_app.extensions["atlas-engine"]
    query = replace(query, base_iri=request.base_url)
    if wanted == "html" or (wanted is None and prefers_html(request.headers.get("Accept"))):
        return _page(engine, query)
    chosen, data = engine.answer(query, _chooser(wanted, request.headers.get("Accept")))
    return _varying(Response(data, content_type=chosen.content_type))


def _chooser(wanted: str | None, accept: str | None) -> Callable[[ResultKind], Format]:
    def choose(kind: ResultKind) -> Format:
        offers = formats_for(kind)
        chosen = format_named(wanted, kind) if wanted else choose_format(accept, offers)
        if chosen is None:
            asked = f"format={wanted}" if wanted else f"Accept: {accept}"
            listed = ", ".join(f"{item.media_type} (format={item.name})" for item in offers)
            raise RequestError(
                406,
                "not-acceptable",
                "No such format",
                f"A result of kind {kind} is not to be had as {asked}: {listed}.",
            )
        return chosen

    return choose


def _front() -> Response | str:
    accept = request.headers.get("Accept")
    if prefers_html(accept):
        return _varying(Response(render_template("query.html", query="", table=None), mimetype="text/html"))
    chosen = choose_format(accept, (TURTLE, *(f for f in formats_for(ResultKind.GRAPH) if f is not TURTLE)))
    if chosen is None:
        raise RequestError(406, "not-acceptable", "No such format", "The service description is RDF; ask for Turtle.")
    data = service_description(request.base_url, current_app.extensions["atlas-manifest"], chosen)
    return _varying(Response(data, content_type=chosen.content_type))


def _page(engine: EmbeddedEngine, query: Query) -> Response:
    table = engine.table(query)
    rows = [[_cell(term) for term in row] for row in table.rows]
    text = render_template("query.html", query=query.text, table=(table.variables, rows))
    return _varying(Response(text, mimetype="text/html"))


def _cell(term: Term | None) -> tuple[str, str | None]:
    """Return the text of a result cell, and the address it links to where it is a web address."""
    if isinstance(term, ox.NamedNode) and term.value.startswith(("http://", "https://")):
        return show(term), term.value
    return show(term), None


def _varying(response: Response) -> Response:
    """Tell caches that the answer depends on the Accept header."""
    response.headers["Vary"] = "Accept"
    return response
