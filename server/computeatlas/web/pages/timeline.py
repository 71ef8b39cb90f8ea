"""`/timeline`: what is said on when, by facility."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from flask import Blueprint, render_template

from computeatlas.model.records import Rank
from computeatlas.views.timeline import read_timeline
from computeatlas.views.timeline_choice import Choice, by_beginning, choose, count_stages, count_years
from computeatlas.web.pages import parameters
from computeatlas.web.pages.context import Kept, context, reader
from computeatlas.web.pages.paging import page_of

blueprint = Blueprint("timeline", __name__)

#: Things on a page, each with a strip of time and all that is said of it.
_ROWS = 25
#: Plans that slipped, of all of them, that the first page lists.
_SLIPS = 15
#: The rows are in the order of their names, which differ by language.
_TIMELINES = {language: Kept(read_timeline) for language in ("en", "sv")}


@blueprint.get("/timeline")
def timeline() -> str:
    """Show stages and planned years along a scale of time, in words beside it, and the plans that slipped.

    `year`, `stage` and `slipped=yes` choose among the things; `page` counts from 1.
    """
    view = reader()
    found = context().get(_TIMELINES[view.language])
    every = (*found.told, *found.silent)
    years, stages = count_years(every), count_stages(every)
    names = {stage.rsplit("/", 1)[-1]: stage for stage in stages}
    year = parameters.choice("year", [str(year) for year in years])
    choice = Choice(
        int(year) if year else None,
        names.get(parameters.choice("stage", names), ""),
        bool(parameters.choice("slipped", ("yes",))),
    )
    rows = choose(found, choice)
    shown = page_of(rows, parameters.page_number(), _ROWS)
    told = [row for row in shown.rows if row.events]
    silent = [row for row in shown.rows if not row.events]
    slipped = [(row, slip) for row in (told if choice.slipped else found.slipped) for slip in row.slips]
    if not choice.slipped:
        slipped = slipped[:_SLIPS] if shown.page == 1 and choice == Choice() else []
    view.need_in(told, silent, slipped, list(stages))

    def address(number: int = 1, **change: object) -> str:
        wanted = {"year": choice.year, "stage": choice.stage, "slipped": choice.slipped} | change
        pairs = {
            "year": wanted["year"],
            "stage": str(wanted["stage"]).rsplit("/", 1)[-1],
            "slipped": "yes" if wanted["slipped"] else "",
            "page": number if number > 1 else "",
        }
        given = {name: str(value) for name, value in pairs.items() if value not in (None, "")}
        return "/timeline" + ("?" + urlencode(given) if given else "")

    return render_template(
        "timeline.html",
        scale=found.scale,
        groups=by_beginning(told, Counter(row.begins for row in rows if row.events)),
        silent=silent,
        silent_total=sum(not row.events for row in rows),
        slipped=slipped,
        slips=sum(len(row.slips) for row in found.slipped),
        years=years,
        stages=stages,
        choice=choice,
        is_chosen=choice != Choice(),
        paging=shown,
        address=address,
        deprecated=Rank.DEPRECATED,
        queries=(view.text("timeline_claims"), view.text("timeline_documents")),
    )
