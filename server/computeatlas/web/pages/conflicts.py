"""The page of conflicts: claims that answer one question differently, side by side."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, render_template

from computeatlas.views.conflicts import Kind, read_conflicts, read_questions, split_pages
from computeatlas.web.pages.context import reader
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.paging import require_page
from computeatlas.web.pages.parameters import page_number

blueprint = Blueprint("conflicts", __name__)

_ROWS = 100


@blueprint.get("/conflicts")
def conflicts() -> str:
    """Show the questions on which sources disagree with all answers, about a hundred claims a page."""
    questions = read_questions(reader())
    pages = split_pages(questions, _ROWS)
    page = require_page(page_number(), len(pages))
    found = read_conflicts(reader(), pages[page - 1])
    reader().need_in(found)
    return render_template(
        "conflicts.html",
        kinds=[(kind, [c for c in found if c.question.kind is kind]) for kind in Kind],
        total=len(questions),
        page=page,
        last=len(pages),
        query=reader().text("conflicts_claims", language=[ox.Literal(language())]),
    )
