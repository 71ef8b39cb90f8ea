"""`/sparql` for people: an editor, or a form, and the answer to a query, which `endpoints/query` asked before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import NotFound

from computeatlas.model.errors import NestingError
from computeatlas.model.mediatypes import TURTLE, ResultKind, formats_for
from computeatlas.model.namespaces import ATLAS, BASE, ID, PREFIXES, shorten
from computeatlas.sparql.hints import concat_of_empty_column
from computeatlas.views.questions import read_questions
from computeatlas.web.endpoints.page import VALUE, AnswerPage
from computeatlas.web.http.urls import is_ours, path_of
from computeatlas.web.pages.completions import completions
from computeatlas.web.pages.context import Kept, context
from computeatlas.web.pages.i18n import language

if TYPE_CHECKING:
    from computeatlas.views.reader import Reader

blueprint = Blueprint("sparql", __name__)

#: Rows that a page shows.
_SHOWN = 2000
#: Name of a format → what people call it.
_CALLED = {
    "json": "JSON",
    "xml": "XML",
    "csv": "CSV",
    "tsv": "TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "rdf": "RDF/XML",
    "trig": "TriG",
    "nq": "N-Quads",
    "jsonld": "JSON-LD",
}
#: Kind of result → the formats that an answer is to be had in, each with its name for people; tables in CSV first.
DOWNLOADS = {
    str(kind): [
        (item.name, _CALLED[item.name]) for item in sorted(formats_for(kind), key=lambda item: item.name != "csv")
    ]
    for kind in (ResultKind.BINDINGS, ResultKind.BOOLEAN, ResultKind.GRAPH)
}
#: Where the editor leads from IRIs that begin so; the first that fits counts. `links.path_of` says the same.
_PATHS = ((ID, "/doc/"), (ATLAS, path_of(ATLAS)), (BASE, "/describe?" + urlencode({"iri": BASE})))


def _read_completions(reader: Reader) -> dict[str, Any]:
    return completions(reader.ask, reader.queries["completions"])


#: What the editor completes with.
_COMPLETIONS = Kept(_read_completions)


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Show the answer to a query as a table or as Turtle; without a query, show the form alone."""
    page = request.environ.get(VALUE)
    if not isinstance(page, AnswerPage):
        # The server comes here with an answer; a path that Flask takes for this one, such as //sparql, has none.
        raise NotFound
    if page.form is None:
        return _page(page.text)
    if page.form is TURTLE:
        return _page(page.text, {"graph": page.data.decode()})
    try:
        return _page(page.text, json.loads(page.data))
    except RecursionError as error:
        raise NestingError("the result is nested deeper than a page can show", hint="ask for another format") from error


@blueprint.get("/sparql/completions")
def editor_completions() -> Response:
    """Answer what the editor completes with, as JSON."""
    response = jsonify(context().get(_COMPLETIONS))
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _page(query: str, answer: dict[str, Any] | None = None) -> Response:
    """Show a query and its answer: an object of SPARQL's JSON format, or Turtle under `graph`."""
    table: tuple[list[str], list[list[tuple[str, str | None]]]] | None = None
    kind, total = "graph", 0
    concat = None
    if answer is not None and "boolean" in answer:
        kind, total = "boolean", 1
        table = (["answer"], [[(str(answer["boolean"]).lower(), None)]])
    elif answer is not None and "results" in answer:
        variables, bindings = answer["head"]["vars"], answer["results"]["bindings"]
        kind, total = "bindings", len(bindings)
        answer = {"head": {"vars": variables}, "results": {"bindings": bindings[:_SHOWN]}, "total": total}
        concat = concat_of_empty_column(query, variables, total, lambda name: sum(name in row for row in bindings))
        table = (variables, [[_cell(binding.get(name)) for name in variables] for binding in bindings[:_SHOWN]])
    text = render_template(
        "sparql.html",
        query=query,
        answer=answer,
        table=table,
        total=total,
        concat=concat,
        kind=kind,
        questions=read_questions(context().settings.questions, language()),
        formats=DOWNLOADS,
        prefixes=PREFIXES,
        paths=_PATHS,
    )
    return Response(
        text, mimetype="text/html", headers={"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
    )


def _cell(term: dict[str, Any] | None) -> tuple[str, str | None]:
    """Return the text of a result cell, and the address it links to where it is a web address."""
    if term is None:
        return "", None
    if term["type"] == "uri":
        iri = term["value"]
        if is_ours(iri):
            return shorten(iri), path_of(iri)
        return shorten(iri), iri if iri.startswith(("http://", "https://")) else None
    if term["type"] == "triple":
        parts = term["value"]
        return " ".join(_cell(parts[name])[0] for name in ("subject", "predicate", "object")), None
    if term["type"] == "bnode":
        return f"_:{term['value']}", None
    return str(term["value"]), None
