"""Pages of things: of everything that has an IRI in the graph, ours or another's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, make_response, redirect, render_template, request

from computeatlas.model.namespaces import ATLAS
from computeatlas.model.records import Grade
from computeatlas.model.terms import iri, pick_language
from computeatlas.views.entity.entity import notes_by_document, read_page
from computeatlas.views.facility_maps import small_map
from computeatlas.web.http.negotiate import problem_type
from computeatlas.web.http.problems import RequestError
from computeatlas.web.http.urls import FORMATS, iri_of, path_of, sent_path, split_suffix
from computeatlas.web.pages.context import context, reader
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.links import passage_address
from computeatlas.web.pages.parameters import argument, page_number
from computeatlas.web.pages.search import search_index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.wrappers import Response as AnyResponse

    from computeatlas.model.records import Claim
    from computeatlas.model.terms import Term
    from computeatlas.views.entity.entity import Page

blueprint = Blueprint("entity", __name__)

_SUGGESTIONS = 8
#: Characters of a name that are repeated to the reader, and searched for.
_SHOWN = 200
#: Properties by which a thing has a place on the map.
_PLACED = (ATLAS + "locatedIn", "http://www.w3.org/2003/01/geo/wgs84_pos#lat")


@blueprint.app_template_test("iri")
def is_iri(term: Term) -> bool:
    """Say whether a value is a thing with an IRI."""
    return isinstance(term, ox.NamedNode)


@blueprint.app_template_test("nameless")
def is_nameless(term: Term) -> bool:
    """Say whether a value is a thing without a name."""
    return isinstance(term, ox.BlankNode)


blueprint.add_app_template_filter(notes_by_document, "by_document")


@blueprint.app_template_filter("in_language_of_reader")
def in_language_of_reader(values: Iterable[Term]) -> tuple[Term, ...]:
    """Return `values` without texts in another language that the reader's has too."""
    return pick_language(values, language())


@blueprint.get("/doc/<path:name>")
@blueprint.get("/graph/<path:name>")
@blueprint.get("/data/<path:name>")
@blueprint.get("/dataset/<path:name>")
@blueprint.get("/ontology/<path:name>")
@blueprint.get("/dataset")
@blueprint.get("/dataset.html")
@blueprint.get("/all")
@blueprint.get("/all.html")
def show(name: str = "") -> AnyResponse:
    """Show the thing whose document this is; 404 for what is not known, 410 for what is deprecated."""
    sent = sent_path(request)
    path, _form, html = split_suffix(sent)
    shown = iri_of(path) or name
    if html and not _is_known(shown) and _is_known(whole := iri_of(sent) or ""):
        # What looks like an ending is that of the name.
        return redirect(path_of(whole), 303)
    return _show(shown, path)


def _is_known(name: str) -> bool:
    thing = iri(name)
    page = read_page(reader(), thing, 1, 1) if thing else None
    return page is not None and not page.status.is_missing


@blueprint.get("/describe")
def describe() -> AnyResponse:
    """Show the thing whose IRI is given, or lead to its page where it has an address of its own."""
    name = argument("iri")
    if not name:
        raise RequestError("bad-parameter", "Say which: /describe?iri=…")
    if not (path := path_of(name)).startswith("/describe?"):
        return redirect(path, 303)
    return _show(name, "/describe")


def _show(name: str, path: str) -> Response:
    number, claims_number = page_number(), page_number("claims")
    thing = iri(name)
    page = read_page(reader(), thing, number, claims_number) if thing else None
    if thing is None or page is None or page.status.is_missing:
        return _missing(name)
    for key, asked, last in (("page", number, page.counts.pages), ("claims", claims_number, page.claims_pages)):
        if asked > last:
            raise RequestError("bad-parameter", f"{key}={asked}: there are {last} pages.")

    def address(**change: int) -> str:
        pairs = {"page": number, "claims": claims_number} | change
        given = {key: str(value) for key, value in pairs.items() if value > 1}
        if path == "/describe":
            given["iri"] = name
        return path + ("?" + urlencode(given) if given else "")

    archive, passage = context().settings.archive, page.passage
    # What stands in the archive is for this page alone, and is never kept.
    is_archived = passage is not None and passage.grade is Grade.ARCHIVED
    excerpt = archive.excerpt(passage) if archive and passage and is_archived else None
    is_placed = any(key in page.facts for key in _PLACED)
    body = render_template(
        "entity.html",
        page=page,
        drawing=small_map(reader(), context().assets.outlines, [name]) if is_placed else None,
        formats=[form.name for form in FORMATS] if path != "/describe" else [],
        path=path,
        address=address,
        why=lambda key, value: "/why?" + urlencode({"s": name, "p": key, "o": value.value}),
        why_in=lambda subject, key: "/why?" + urlencode({"s": subject, "p": key, "o": name}),
        claims_between=claims_between(page),
        excerpt=excerpt,
        place_address=passage_address(passage, excerpt.text if excerpt else "") if passage else None,
    )
    response = make_response(body, 410 if page.status.is_deprecated else 200)
    if excerpt is not None:
        response.headers["Cache-Control"] = "private, no-store"
    if page.status.successors:
        links = (f'<{path_of(successor)}>; rel="successor-version"' for successor in page.status.successors)
        response.headers["Link"] = ", ".join(links)
    return response


def claims_between(page: Page) -> dict[tuple[str, str], list[Claim]]:
    """Return, for each subject and property that refer to the thing of `page`, the claims that say so."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for reference in page.references:
        claims = [page.records.claims[name] for name in reference.claims if name in page.records.claims]
        found[reference.subject, reference.by] = claims
    return found


def _missing(name: str) -> Response:
    """Return the page that helps where `name` is not known."""
    if problem_type(request.headers.get("Accept")) != "text/html":
        raise RequestError("not-found", f"Nothing is known here of <{name[:_SHOWN]}>.")
    words = name.rstrip("/").replace("#", "/").rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")[:_SHOWN]
    hits = search_index().find(words, language())[:_SUGGESTIONS] if words.strip() else []
    reader().need(hit.name.iri for hit in hits)
    body = render_template("entity_missing.html", name=name[:_SHOWN], words=words, found=[hit.name.iri for hit in hits])
    return make_response(body, 404)
