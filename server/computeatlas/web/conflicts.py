"""The page of conflicts: claims that answer one question differently, side by side."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, render_template

from computeatlas.views.conflicts import Kind, read_conflicts, read_questions, split_pages
from computeatlas.web.arguments import page_number
from computeatlas.web.language import language
from computeatlas.web.paging import require_page
from computeatlas.web.said import need_of
from computeatlas.web.site import reader

blueprint = Blueprint("conflicts", __name__)

_ROWS = 100


@blueprint.get("/conflicts")
def conflicts() -> str:
    """Show the questions on which sources disagree with all answers, about a hundred claims a page."""
    questions = read_questions(reader())
    pages = split_pages(questions, _ROWS)
    page = require_page(page_number(), len(pages))
    found = read_conflicts(reader(), pages[page - 1])
    claims = [answer.claim for conflict in found for answer in conflict.answers]
    reader().need(
        [name for conflict in found for name in (conflict.question.subject, conflict.question.property)]
        + need_of(claims, (value for claim in claims for value in claim.values))
    )
    return render_template(
        "conflicts.html",
        kinds=[(kind, [c for c in found if c.question.kind is kind]) for kind in Kind],
        total=len(questions),
        page=page,
        last=len(pages),
        query=reader().text("conflicts_claims", language=[ox.Literal(language())]),
    )
