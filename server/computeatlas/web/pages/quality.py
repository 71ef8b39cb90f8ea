"""The page of the quality of the data: what is measured of it, in words and figures."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, render_template

from computeatlas.views.quality import read_quality
from computeatlas.web.pages.context import reader

blueprint = Blueprint("quality", __name__)


@blueprint.get("/quality")
def quality() -> Response:
    """Show how much there is, what is missing, and what it rests on, with the definition of each measure."""
    found = read_quality(reader())
    reader().need_in(found)
    age = found.age(datetime.now(UTC).date())
    page = make_response(render_template("quality.html", quality=found, age=age, query=reader().text("quality")))
    # The age of the newest claim is another tomorrow.
    page.cache_control.no_store = True
    return page
