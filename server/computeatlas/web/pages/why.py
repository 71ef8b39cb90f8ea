"""`/why`: by which rules a statement of the graph follows, from which others, and on whose claims these rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint, render_template

from computeatlas.model.terms import iri
from computeatlas.provenance.answer_triples import AnswerTriple, AnswerTriples
from computeatlas.provenance.sources import sources_of
from computeatlas.views.records import read_claims
from computeatlas.web.http.problems import RequestError
from computeatlas.web.pages.context import context, open_questions, reader
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.parameters import argument

if TYPE_CHECKING:
    from computeatlas.model.records import Claim

blueprint = Blueprint("why", __name__)


@blueprint.get("/why")
def why() -> str:
    """Show what the statement with the subject `s`, the property `p` and the object `o`, all IRIs, follows from."""
    shared = context()
    triple = ox.Triple(_thing("s"), _thing("p"), _thing("o"))
    present = reader()
    questions = open_questions()
    with shared.trace_limit.turn(lambda: questions.gone):
        found = sources_of(AnswerTriples((AnswerTriple(triple),), ()), present.ask, shared.settings.rules)
    support = next(iter(found.supports), None)
    derivation = support.derivation if support else None
    records = read_claims(present, support.claims if support else ())
    claims: dict[tuple[str, str, str], list[Claim]] = {}
    for claim in records.claims.values():
        for subject, predicate, value in claim.supports:
            claims.setdefault((subject, predicate, str(value)), []).append(claim)
    numbers = {
        passage: number
        for number, passage in enumerate(
            dict.fromkeys(passage for claim in records.claims.values() for passage in claim.passages), 1
        )
    }
    present.need_in(triple, derivation, records.claims)
    return render_template(
        "why.html",
        triple=triple,
        support=support,
        derivation=derivation,
        claims=claims,
        records=records,
        numbers=numbers,
        rules={rule.name: rule.header.get(f"summary{language()}", rule.summary) for rule in shared.settings.rules},
    )


def _thing(name: str) -> ox.NamedNode:
    value = argument(name)
    node = iri(value) if value else None
    if node is None:
        raise RequestError("bad-parameter", f"`{name}` is to be an IRI: /why?s=…&p=…&o=…")
    return node
