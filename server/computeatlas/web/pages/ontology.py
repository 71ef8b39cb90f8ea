"""`/ontology`: all terms with their meanings in both languages, how they hang together, and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint, render_template

from computeatlas.model.namespaces import ATLAS, ONTOLOGY_IRI, shorten
from computeatlas.views.terms import read_vocabulary
from computeatlas.web.pages.context import Kept, context, reader
from computeatlas.web.pages.i18n import LANGUAGES, language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from computeatlas.engine.table import Term

blueprint = Blueprint("ontology", __name__)

_VOCABULARY = Kept(read_vocabulary)
#: Characters of a value that an example shows.
_SHOWN = 90


@blueprint.get("/ontology")
def ontology() -> str:
    """Show the terms of the data: class tree, properties by class, code lists, and the terms of other vocabularies."""
    vocabulary = context().get(_VOCABULARY)
    reader().need_in(vocabulary)
    return render_template(
        "ontology.html",
        vocabulary=vocabulary,
        ontology_iri=ONTOLOGY_IRI,
        anchor=_anchor,
        in_languages=_in_languages,
        shown=_shown,
        things=lambda iri: reader().text("terms_things", **{"class": [ox.NamedNode(iri)]}),
        query=reader().text("terms_terms"),
    )


def _anchor(iri: str) -> str:
    """Return the anchor of a term on the page: our own by their names, others by prefix and name."""
    return iri[len(ATLAS) :] if iri.startswith(ATLAS) else shorten(iri).strip("<>")


def _in_languages(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return language and text of `texts`, the reader's language first; of other languages than ours, only the rest."""
    order = [language(), *(code for code in LANGUAGES if code != language()), ""]
    ours = [(code, texts[code]) for code in order if code in texts]
    return ours or sorted(texts.items())[:1]


def _shown(term: Term) -> tuple[str, str]:
    """Return the text of a literal, cut where it is long, and its language, empty where it has none."""
    text = str(term.value)
    tag = term.language if isinstance(term, ox.Literal) else None
    return (text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"), tag or ""
