"""The front page and the explanations of problem types."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from computeatlas.model.namespaces import BASE, DATASET_IRI
from computeatlas.views.facility_maps import overview_map
from computeatlas.views.front import Citation, read_front
from computeatlas.views.questions import front_questions
from computeatlas.web.http.problem_kinds import KINDS
from computeatlas.web.pages.context import Kept, context, reader
from computeatlas.web.pages.i18n import language

blueprint = Blueprint("front", __name__)

_FACTS = Kept(read_front)


@blueprint.get("/")
def front() -> str:
    """Say what this is, how much there is, what is new, what may be asked, and how it is cited."""
    shared = context()
    facts = shared.get(_FACTS)
    reader().need_in(facts.latest)
    manifest = shared.settings.served.manifest
    cited = None
    if manifest is not None:
        address = request.host_url + DATASET_IRI.removeprefix(BASE)
        cited = Citation(facts.creators, reader().label(DATASET_IRI), manifest.version, manifest.digest, address)
    return render_template(
        "front.html",
        facts=facts,
        drawing=overview_map(reader(), shared.assets.coarse_outlines) if facts.counts else None,
        questions=front_questions(shared.settings.questions, language()),
        quads=shared.asker.engine.quads,
        is_changed=manifest is not None and shared.asker.version != manifest.digest,
        cited=cited,
    )


@blueprint.get("/problems")
def problems() -> str:
    """Explain the types of problem that error answers point to."""
    return render_template("problems.html", kinds=KINDS)
