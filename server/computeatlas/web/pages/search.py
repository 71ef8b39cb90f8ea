"""Search: the page of what was found, and suggestions while one types."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, get_template_attribute, render_template, request

from computeatlas.views.search import KINDS, LARGEST, LONGEST, read_index, read_types
from computeatlas.web.http.problems import RequestError
from computeatlas.web.http.urls import path_of
from computeatlas.web.pages.context import Kept, context, reader
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.parameters import argument, choice, page_number

if TYPE_CHECKING:
    from computeatlas.views.search import Hit, SearchIndex

blueprint = Blueprint("search", __name__)

_INDEX = Kept(read_index)
_PER_PAGE = 25
_SUGGESTIONS = 10
#: Seconds for which a browser need not ask again what begins with the same letters.
_FRESH = 300


def search_index() -> SearchIndex:
    """Return the index of the data as they are now, made when first wanted."""
    return context().get(_INDEX)


@blueprint.get("/search")
def search() -> str:
    """Show what has the words that were searched, all of it or one kind, a page at a time."""
    text, kind, page = argument("q"), choice("kind", KINDS), page_number()
    index = search_index()
    hits = index.find(text, language())
    counts = Counter(hit.name.kind for hit in hits)
    chosen = [hit for hit in hits if kind in ("", hit.name.kind)]
    last = max(1, -(-len(chosen) // _PER_PAGE))
    if page > last:
        raise RequestError("not-found", f"The search finds {len(chosen)} things, on {last} pages.")
    shown = chosen[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    things = [hit.name.iri for hit in shown]
    types = read_types(reader(), things)
    reader().need([*things, *(name for names in types.values() for name in names)])

    def address(number: int, of: str = kind) -> str:
        given = {"q": text[:LONGEST], "kind": of, "page": str(number) if number > 1 else ""}
        return "/search?" + urlencode({name: value for name, value in given.items() if value})

    return render_template(
        "search.html",
        text=text[:LONGEST],
        is_cut=len(text.strip()) > LONGEST,
        longest=LONGEST,
        index=index,
        largest=LARGEST,
        hits=[(hit, _kind(hit, types)) for hit in shown],
        total=len(hits),
        is_misspelt=bool(hits) and all(hit.is_misspelt for hit in hits),
        number=len(chosen),
        counts=[(name, counts[name]) for name in KINDS if counts[name]],
        kind=kind,
        page=page,
        last=last,
        first=(page - 1) * _PER_PAGE + 1,
        address=address,
    )


@blueprint.get("/search/suggestions")
def suggestions() -> Response:
    """Return at most ten things whose names begin with what is being typed, as a JSON array.

    Each is an object of label, language (null where unknown), kind in the reader's words, path on this host, and iri.
    """
    text, version = argument("q"), context().version
    hits = search_index().find(text, language())[:_SUGGESTIONS]
    types = read_types(reader(), [hit.name.iri for hit in hits])
    reader().need([*types, *(name for names in types.values() for name in names)])
    body = json.dumps([_suggestion(hit, types) for hit in hits], ensure_ascii=False) + "\n"
    response = Response(body, mimetype="application/json")
    response.cache_control.max_age = _FRESH
    made_of = repr((version, language(), text)).encode("utf-8", "surrogatepass")
    response.set_etag(blake2b(made_of, digest_size=16).hexdigest(), weak=True)
    response.make_conditional(request)
    return response


def _suggestion(hit: Hit, types: dict[str, list[str]]) -> dict[str, str | None]:
    name = hit.name
    return {
        "label": name.label,
        "language": name.language or None,
        "kind": _kind(hit, types),
        "path": path_of(name.iri),
        "iri": name.iri,
    }


def _kind(hit: Hit, types: dict[str, list[str]]) -> str:
    """Return what a thing is in the words of the reader: its classes, or its sort where they have no names."""
    named = [kind for kind in types.get(hit.name.iri, ()) if reader().label_language(kind)]
    if named:
        return ", ".join(reader().label(kind) for kind in named)
    kind_name = get_template_attribute("_search.html", "kind_name")
    return str(kind_name(hit.name.kind)).strip()
