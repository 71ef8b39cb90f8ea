"""The sources behind an answer, a resource of its own beside it: `cite=true` with a query at `/sparql`.

The gateway sends such requests here. As JSON it is what `computeatlas.provenance.report.to_json` describes.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from computeatlas.engine.base import Delivery
from computeatlas.engine.table import Table, read_table
from computeatlas.model.errors import QueryTimeoutError
from computeatlas.model.mediatypes import HTML, Format
from computeatlas.provenance.citations import to_bibtex, to_csl, to_text
from computeatlas.provenance.report import to_json
from computeatlas.provenance.sources import Sources, cite
from computeatlas.sparql.rewrite import with_limit
from computeatlas.web.endpoints.admit import admit_query
from computeatlas.web.endpoints.operation import read_query
from computeatlas.web.http.negotiate import choose_format, wish
from computeatlas.web.http.problems import RequestError
from computeatlas.web.pages.context import context, reader
from computeatlas.web.pages.i18n import language

if TYPE_CHECKING:
    from computeatlas.web.endpoints.admit import AdmittedQuery

blueprint = Blueprint("cite", __name__)

#: In order of preference where a client has none.
FORMATS = (
    Format("json", "application/json", frozenset()),
    HTML,
    Format("csl", "application/vnd.citationstyles.csl+json", frozenset()),
    Format("bibtex", "application/x-bibtex", frozenset(), ("text/x-bibtex",), charset=True),
    Format("text", "text/plain", frozenset(), charset=True),
)
#: What the user's query is asked as, and what our own are.
_ANY_RESULT = (("bindings", "json"), ("boolean", "json"), ("graph", "ttl"))
_TABLES = _ANY_RESULT[:2]
#: Triples that a page shows.
_SHOWN = 500


@blueprint.route("/sparql/cite", methods=["GET", "POST"])
def sources() -> Response:
    """Answer what the answer to a query rests on, as a page, JSON, CSL-JSON, BibTeX or text."""
    operation = read_query(request.method, request.content_type, request.query_string, request.get_data())
    if operation.text is None:
        raise RequestError("no-query", "Send the query whose sources you want in the parameter `query`.")
    form = _choose(operation.value("format"))
    shared = context()
    admitted = admit_query(operation, shared.settings, request.host_url + "sparql")
    response = Response(headers={"Vary": "Accept, Accept-Encoding"}, content_type=form.content_type)
    if admitted.is_volatile:
        response.headers["Cache-Control"] = "no-store"
    else:
        key = (shared.version, admitted, form.name, language(), request.host_url)
        response.set_etag(blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(), weak=True)
        response.headers["Cache-Control"] = "no-cache"
        if request.method != "POST" and request.if_none_match.contains_weak(response.get_etag()[0] or ""):
            response.status_code = 304
            return response
    response.set_data(_write(form.name, operation.text, _trace(admitted)))
    return response


def _choose(wanted: str | None) -> Format:
    """Return the format that the request asks for; raises RequestError (406), listing what is to be had."""
    accept = request.headers.get("Accept")
    chosen = choose_format(accept, FORMATS, wanted)
    if chosen is None:
        listed = ", ".join(f"{item.media_type} (format={item.name})" for item in FORMATS)
        raise RequestError("not-acceptable", f"Sources cannot be had by {wish(accept, wanted)}. To be had: {listed}.")
    return chosen


def _trace(admitted: AdmittedQuery) -> Sources:
    """Return the sources behind the answer to a query, all in the time that it may take."""
    shared = context()
    asker = shared.asker
    client = request.remote_addr or "local"
    end = time.monotonic() + admitted.timeout
    query = admitted.query

    def left() -> float:
        seconds = end - time.monotonic()
        if seconds <= 0:
            raise QueryTimeoutError("to trace the answer takes longer than a query may", hint="ask for less")
        return seconds

    def ask_as_asked(text: str) -> Table:
        delivery = Delivery(_TABLES, timeout=left(), max_result=shared.settings.limits.max_result)
        return read_table(asker.answer(client, query._replace(text=text), delivery)[1])

    def ask_anywhere(text: str) -> Table:
        return asker.table(client, text, union=True, timeout=left())

    with shared.trace_limit.turn():
        # A query that the engine does not take is refused by it, with line and column, before it is taken apart here.
        asker.answer(client, query._replace(text=with_limit(query.text, 1)), Delivery(_ANY_RESULT, timeout=left()))
        rules = shared.settings.rules
        return cite(query.text, ask_as_asked, rules, base=query.base_iri, ask_anywhere=ask_anywhere)


def _write(name: str, query: str, found: Sources) -> str:
    if name == "csl":
        return to_csl(found)
    if name == "bibtex":
        return to_bibtex(found)
    if name == "text":
        return to_text(found, language())
    if name == "json":
        return json.dumps(to_json(found), ensure_ascii=False, indent=1) + "\n"
    return _page(query, found)


def _page(query: str, found: Sources) -> str:
    shared = context()
    shown = found.supports[:_SHOWN]
    reader().need_in(replace(found, supports=shown, names={}))
    rules = {rule.name: rule.header.get(f"summary{language()}", rule.summary) for rule in shared.settings.rules}
    return render_template("cite.html", query=query, sources=found, shown=shown, rules=rules)
