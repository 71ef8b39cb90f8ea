"""Things by their names, linked to their pages here, and queries linked to the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from computeatlas.model.evidence import evidence_of
from computeatlas.model.namespaces import shorten
from computeatlas.model.text_fragment import WEB, to_words
from computeatlas.web.http.urls import is_ours, path_of
from computeatlas.web.pages.context import reader

if TYPE_CHECKING:
    from flask import Flask

    from computeatlas.model.records import Passage


#: Of a long passage, the words at either end that an address names.
_ENDS = 4


def link(name: str) -> Markup:
    """Return a link to the page of the thing with the IRI `name`: its label, marked with its language if another.

    A function and no macro of a template: a page has hundreds of them, and macros are slow.
    """
    present = reader()
    label, label_language = present.names.label(present.ask, name, present.language)
    other = label_language if label_language not in (None, present.language) else None
    lang = Markup(' lang="%s"') % other if other else ""
    # An IRI stands for a name that is missing, and needs no brackets as a link.
    shown = name if label == f"<{name}>" else label
    return Markup('<a href="%s"%s>%s</a>') % (path_of(name), lang, shown)


def sparql_link(text: str, **more: str) -> str:
    """Return the path that shows `text` in the editor, or gives its answer where `format=` is among `more`."""
    return "/sparql?" + urlencode({"query": text, **more})


def is_web_address(text: str) -> bool:
    """Say whether `text` may be linked to: data may hold addresses that run a script."""
    return text.startswith(WEB)


def passage_address(passage: Passage, text: str = "") -> str | None:
    """Return the web address of the document of `passage`, None where it has none.

    It leads to the passage where that is located, or where `text`, the whole of it, is at hand.
    """
    page = next((page for page in (passage.source.pages if passage.source else ()) if is_web_address(page)), None)
    if page is None:
        return None
    words = text.split()
    if len(words) > 2 * _ENDS:
        return to_words(page, " ".join(words[:_ENDS]), " ".join(words[-_ENDS:]))
    return to_words(page, text or passage.locator)


def register(app: Flask) -> None:
    """Give the templates of `app` these functions, names of things, and the test `web_address`."""
    app.jinja_env.globals.update(
        label=lambda iri: reader().label(iri),
        label_language=lambda iri: reader().label_language(iri),
        link=link,
        path_of=path_of,
        is_ours=is_ours,
        shorten=shorten,
        sparql_link=sparql_link,
        evidence_of=evidence_of,
        passage_address=passage_address,
    )
    app.jinja_env.tests["web_address"] = is_web_address
