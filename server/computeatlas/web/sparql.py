"""`/sparql` for people: a form, and a query's answer as a table. Programs are served by `queries`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, render_template, request

from computeatlas.model.errors import NestingError
from computeatlas.model.mediatypes import TURTLE
from computeatlas.model.namespaces import shorten
from computeatlas.web import protocol
from computeatlas.web.reading import read_job

if TYPE_CHECKING:
    from computeatlas.web.asking import Asker
    from computeatlas.web.settings import Settings

blueprint = Blueprint("sparql", __name__)

#: Rows that a page shows.
_SHOWN = 2000
_FORMATS = (("bindings", "json"), ("boolean", "json"), ("graph", "ttl"))


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Show the answer to a query as a table or as Turtle; without a query, show the form alone."""
    body = request.get_data()
    operation = protocol.read_query(request.method, request.content_type, request.query_string, body)
    if operation.text is None:
        return _page("")
    settings: Settings = current_app.extensions["atlas-settings"]
    asker: Asker = current_app.extensions["atlas-asker"]
    job, _volatile = read_job(operation, settings, request.base_url, _FORMATS, "identity")
    form, data = asker.answer(request.remote_addr or "local", job)
    if form is TURTLE:
        return _page(operation.text, graph=data.decode())
    try:
        return _table(operation.text, json.loads(data))
    except RecursionError as error:
        raise NestingError("the result is nested deeper than a page can show", mend="ask for another format") from error


def _table(query: str, answer: dict[str, Any]) -> Response:
    """Show an answer in the JSON format."""
    if "boolean" in answer:
        return _page(query, table=(["answer"], [[(str(answer["boolean"]).lower(), None)]]), total=1)
    variables, bindings = answer["head"]["vars"], answer["results"]["bindings"]
    rows = [[_cell(binding.get(name)) for name in variables] for binding in bindings[:_SHOWN]]
    return _page(query, table=(variables, rows), total=len(bindings))


def _page(
    query: str, *, table: tuple[list[str], list[Any]] | None = None, total: int = 0, graph: str | None = None
) -> Response:
    text = render_template("query.html", query=query, table=table, total=total, graph=graph)
    return Response(
        text, mimetype="text/html", headers={"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
    )


def _cell(term: dict[str, Any] | None) -> tuple[str, str | None]:
    """Return the text of a result cell, and the address it links to where it is a web address."""
    if term is None:
        return "", None
    if term["type"] == "uri":
        iri = term["value"]
        return shorten(iri), iri if iri.startswith(("http://", "https://")) else None
    if term["type"] == "triple":
        parts = term["value"]
        return " ".join(_cell(parts[name])[0] for name in ("subject", "predicate", "object")), None
    if term["type"] == "bnode":
        return f"_:{term['value']}", None
    return str(term["value"]), None
