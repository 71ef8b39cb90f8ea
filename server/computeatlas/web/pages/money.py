"""The page of the money: who commits how much to what, and what things are said to cost."""

from __future__ import annotations

from itertools import groupby

import pyoxigraph as ox
from flask import Blueprint, render_template

from computeatlas.views.money import SCALE, SHARE, draw, read_entries, read_lines
from computeatlas.web.pages.context import reader
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.paging import page_of
from computeatlas.web.pages.parameters import page_number

blueprint = Blueprint("money", __name__)

_ROWS = 50


@blueprint.get("/money")
def money() -> str:
    """Show commitments by programme, bars by currency, and apart from them costs; fifty lines a page."""
    shown = page_of(read_lines(reader()), page_number(), _ROWS)
    entries, sums = read_entries(reader(), shown.rows)
    claims = tuple(dict.fromkeys(claim for entry in entries for claim in entry.claims))
    reader().need_in(entries)
    commitments = [entry for entry in entries if not entry.line.property]
    names_in = [ox.Literal(language())]
    return render_template(
        "money.html",
        programmes=[(name, list(several)) for name, several in groupby(commitments, lambda e: e.line.programme)],
        costs=[entry for entry in entries if entry.line.property],
        charts=draw(commitments, sums),
        sums=sums,
        notes={claim.iri: number for number, claim in enumerate(claims, 1)},
        claims=claims,
        scale=SCALE,
        share=SHARE,
        paging=shown,
        query=reader().text("money_claims", language=names_in),
        costs_query=reader().text("money_cost_claims", language=names_in),
    )
