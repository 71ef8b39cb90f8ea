"""What crawlers are told: which addresses are worth reading, and where they all are."""

from __future__ import annotations

from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from computeatlas.web.http.problems import RequestError
from computeatlas.web.http.urls import path_of
from computeatlas.web.pages.context import context
from computeatlas.web.pages.search import search_index

blueprint = Blueprint("crawlers", __name__)

#: Addresses in one file: https://www.sitemaps.org/protocol.html
_PER_FILE = 50_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: What has as many addresses as there are questions.
_ENDLESS = (
    "/sparql?",
    "/search?",
    "/search/",
    "/describe",
    "/why",
    "/questions/*?",
    "/store",
    "/update",
    "/metrics",
    "/*?lang=",
)
_PAGES = (
    "/",
    "/questions",
    "/map",
    "/timeline",
    "/money",
    "/conflicts",
    "/sources",
    "/quality",
    "/ontology",
    "/sparql",
    "/dataset",
    "/download/",
    "/recipes",
)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Allow pages and refuse what never ends: RFC 9309 (https://www.rfc-editor.org/rfc/rfc9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _ENDLESS), "Allow: /"]
    text = "\n".join([*lines, "", f"Sitemap: {request.host_url}sitemap.xml", ""])
    return Response(text, mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List all pages of entities and documents, or, where they are too many for one file, the files that do."""
    paths = _paths()
    if len(paths) <= _PER_FILE:
        return _xml("urlset", "url", paths)
    files = -(-len(paths) // _PER_FILE)
    return _xml("sitemapindex", "sitemap", [f"/sitemap-{number}.xml" for number in range(1, files + 1)])


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """List a part of the pages; the parts are counted from 1."""
    paths = _paths()[(number - 1) * _PER_FILE : number * _PER_FILE] if number > 0 else []
    if not paths:
        raise RequestError("not-found", "There is no such part; /sitemap.xml lists them.")
    return _xml("urlset", "url", paths)


def _paths() -> list[str]:
    """Return the paths of the pages of ours; things that only have `/describe` are left out."""
    things = (path_of(iri) for iri in search_index().things(("entity", "document", "code", "data")))
    questions = (f"/questions/{query.name}" for query in context().settings.questions)
    return [*_PAGES, *questions, *dict.fromkeys(path for path in things if "?" not in path and path not in _PAGES)]


def _xml(root: str, item: str, paths: list[str]) -> Response:
    places = (f"<{item}><loc>{escape(request.host_url.rstrip('/') + path)}</loc></{item}>" for path in paths)
    text = "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_NAMESPACE}">', *places, f"</{root}>"]
    )
    return Response(text + "\n", mimetype="application/xml")
