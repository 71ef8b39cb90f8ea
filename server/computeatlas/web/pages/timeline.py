"""`/timeline`: what is said on when, by facility."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from computeatlas.views.timeline import read_timeline
from computeatlas.web.pages.context import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.views.timeline import Timeline

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/timeline")
def timeline() -> str:
    """Show stages and planned years along a scale of time, in words beside it, and the plans that slipped."""
    view = reader()
    found = read_timeline(view)
    view.need(_things(found))
    stages = sorted({stage for row in found.told for event in row.events for stage in event.stages})
    return render_template(
        "timeline.html",
        timeline=found,
        stages=stages,
        queries=(view.text("timeline_claims"), view.text("timeline_documents")),
    )


def _things(found: Timeline) -> Iterator[str]:
    """Yield what the page names."""
    for row in (*found.told, *found.silent):
        yield from (item.source for item in row.documents)
        for event in row.events:
            yield from (event.prop, event.modality, event.rank, *event.stages)
            yield from (item.source for item in event.documents)
