"""The sources behind an answer, a resource of its own beside it: `cite=true` with a query at `/sparql`.

They are traced before, by `endpoints/cite`, and written here. As JSON it is what
`computeatlas.provenance.report.to_json` describes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from computeatlas.provenance.citations import to_bibtex, to_csl, to_text
from computeatlas.provenance.report import to_json
from computeatlas.web.endpoints.page import VALUE, SourcesPage
from computeatlas.web.pages.context import context, reader
from computeatlas.web.pages.i18n import language

if TYPE_CHECKING:
    from computeatlas.provenance.sources import Sources

blueprint = Blueprint("cite", __name__)

#: Triples that a page shows.
_SHOWN = 500


@blueprint.route("/sparql/cite", methods=["GET", "POST"])
def sources() -> Response:
    """Write what the answer to a query rests on as a page, JSON, CSL-JSON, BibTeX or text."""
    page = request.environ.get(VALUE)
    if not isinstance(page, SourcesPage):
        # As in `sparql`: an odd path that leads here without sources.
        raise NotFound
    return Response(_write(page.form.name, page.text, page.sources), content_type=page.form.content_type)


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
