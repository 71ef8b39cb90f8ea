"""`/questions` and `/questions/NAME`: the example questions with their answers, for readers who know no SPARQL.

The answer is asked as everything that pages ask is: for the client of the request, and given up when it goes away.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, make_response, render_template
from werkzeug.exceptions import NotFound

from computeatlas.model.mediatypes import ResultKind
from computeatlas.model.namespaces import shorten
from computeatlas.model.terms import iri_of
from computeatlas.sparql.language import with_language
from computeatlas.sparql.values import values_of, with_values
from computeatlas.views.answers import answer_line, kind_of, read_answer
from computeatlas.views.facility_maps import small_map
from computeatlas.views.questions import by_topic, find_question, read_questions
from computeatlas.web.http.problems import RequestError
from computeatlas.web.pages.answer_sources import trace
from computeatlas.web.pages.context import context, reader
from computeatlas.web.pages.formats import decimal, percent
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.paging import page_of
from computeatlas.web.pages.parameters import argument, page_number
from computeatlas.web.pages.sparql import DOWNLOADS

if TYPE_CHECKING:
    from decimal import Decimal

    from computeatlas.engine.table import Table
    from computeatlas.model.records import Source
    from computeatlas.provenance.sources import Sources
    from computeatlas.views.questions import Question

blueprint = Blueprint("questions", __name__)

#: Rows of a page.
_ROWS = 100
#: The language of the labels that the files of the queries ask for.
_WRITTEN_IN = "en"
#: Things that one may choose among in a form, and documents that a page names; the rest is a click away.
_CHOICES = 1000
_DOCUMENTS = 12
#: Of the documents, those that are not folded.
_FIRST = 3
#: Fewer places than this make no map.
_PLACES = 2


@dataclass(frozen=True)
class Choice:
    """What may be put in the place of a parameter: `name` stands for it in addresses."""

    name: str
    thing: str
    is_chosen: bool


@dataclass(frozen=True)
class Asked:
    """A question as it is asked: its text with what was chosen, title and summary, and the choices there are."""

    text: str
    title: str
    summary: str
    choices: tuple[Choice, ...] = ()


@blueprint.get("/questions")
def questions() -> str:
    """List the questions by topic."""
    groups = by_topic(read_questions(context().settings.questions, language()))
    return render_template("questions.html", groups=groups)


@blueprint.get("/questions/<name>")
def question(name: str) -> Response:
    """Show the answer to one question, a hundred rows a page, and what it rests on."""
    shared, present = context(), reader()
    found = find_question(shared.settings.questions, name, language())
    if found is None:
        raise NotFound
    asked = _ask_of(found)
    text, table, labels_in = _answer(asked.text)
    shown = page_of(table.rows, page_number(), _ROWS)
    answer = read_answer(present, table, shown.first - 1, _ROWS, labels_in)
    sources = trace(text) if table.rows else None
    documents = _documents(sources) if sources else []
    present.need([*answer.things, *([sources.weakest] if sources and sources.weakest else [])])
    present.need_in(documents[:_DOCUMENTS])
    places = answer.of_kind("infrastructure")
    outlines = shared.assets.coarse_outlines

    def address(number: int) -> str:
        chosen = next((choice.name for choice in asked.choices if choice.is_chosen), "")
        pairs = {found.parameter: chosen, "page": str(number) if number > 1 else ""}
        given = urlencode({key: value for key, value in pairs.items() if value})
        return f"/questions/{found.name}" + (f"?{given}" if given else "")

    body = render_template(
        "question.html",
        question=found,
        asked=asked,
        text=text,
        line=answer_line(found.answer, table, _write),
        answer=answer,
        paging=shown,
        address=address,
        sources=sources,
        documents=documents[:_DOCUMENTS],
        first=_FIRST,
        more_documents=max(0, len(documents) - _DOCUMENTS),
        kind_of=kind_of,
        drawing=small_map(present, outlines, places) if len(places) >= _PLACES else None,
        formats=DOWNLOADS[str(ResultKind.BINDINGS)],
    )
    response = make_response(body)
    if table.rows and sources is None:
        # The next request may find them.
        response.cache_control.no_store = True
    return response


def _write(value: Decimal, column: str) -> str:
    """Return a number of a column as it stands in a line: shares in per cent."""
    return percent(value) if column == "share" else decimal(value)


def _ask_of(found: Question) -> Asked:
    """Return the question with what the reader chose; raises RequestError (400) for what is not among the choices."""
    present = reader()
    if not found.parameter or found.choices not in present.queries:
        return Asked(found.text, found.title, found.summary)
    offered = present.ask(present.text(found.choices)).rows[:_CHOICES]
    things = [thing for row in offered if (thing := iri_of(row[0]))]
    present.need(things)
    things.sort(key=lambda thing: (present.label(thing).casefold(), thing))
    given = values_of(found.text, found.parameter)
    by_name = {shorten(thing): thing for thing in things}
    default = next((thing for name, thing in by_name.items() if given in ((name,), (f"<{thing}>",))), None)
    value = argument(found.parameter)
    if value and value not in by_name:
        raise RequestError("bad-parameter", f"{found.parameter}={value[:80]}: choose one of those on the form.")
    chosen = by_name.get(value, default)
    choices = tuple(Choice(name, thing, thing == chosen) for name, thing in by_name.items())
    if chosen is None or chosen == default:
        return Asked(found.text, found.title, found.summary, choices)
    text = with_values(found.text, found.parameter, [str(ox.NamedNode(chosen))])
    title = found.asked.replace("{" + found.parameter + "}", present.label(chosen)) if found.asked else found.title
    # The summary tells of what the file asks.
    return Asked(text, title, "", choices)


def _answer(text: str) -> tuple[str, Table, str]:
    """Return the query that is shown, its answer, and the language of the labels in it.

    Labels are asked for in the reader's language where that loses nothing: something may have no label in it.
    """
    shared, wanted = context(), language()
    translated = with_language(text, wanted, _WRITTEN_IN)
    if translated == text:
        return text, shared.ask(text), _WRITTEN_IN
    original, other = shared.ask_all([text, translated])
    is_whole = all(original.filled(name) == other.filled(name) for name in original.variables)
    if len(original.rows) == len(other.rows) and is_whole:
        return translated, other, wanted
    return text, original, _WRITTEN_IN


def _documents(sources: Sources) -> list[tuple[Source, int]]:
    """Return the documents behind an answer with the number of claims on each, those with most first."""
    counted = Counter(source.iri for claim in sources.claims for source in claim.sources)
    ordered = sorted(sources.documents, key=lambda document: (-counted[document.iri], document.iri))
    return [(document, counted[document.iri]) for document in ordered]
