"""`/timeline`: what is said on when, by facility."""

from __future__ import annotations

from flask import Blueprint, render_template

from computeatlas.model.records import Rank
from computeatlas.views.timeline import read_timeline
from computeatlas.web.pages.context import reader

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/timeline")
def timeline() -> str:
    """Show stages and planned years along a scale of time, in words beside it, and the plans that slipped."""
    view = reader()
    found = read_timeline(view)
    view.need_in(found)
    stages = sorted({stage for row in found.told for event in row.events for stage in event.stages})
    return render_template(
        "timeline.html",
        timeline=found,
        stages=stages,
        deprecated=Rank.DEPRECATED,
        queries=(view.text("timeline_claims"), view.text("timeline_documents")),
    )
