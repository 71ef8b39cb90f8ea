"""The front page, health and the explanations of problem types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from computeatlas.model.namespaces import BASE, DATASET_IRI
from computeatlas.views.drawing.map import Outlines
from computeatlas.views.drawing.simplify import coarsen
from computeatlas.views.facilities import overview_map
from computeatlas.views.front import Citation, FrontFacts, read_front
from computeatlas.views.questions import front_questions
from computeatlas.web.http.problem_kinds import KINDS
from computeatlas.web.pages import formats as figures
from computeatlas.web.pages.context import reader
from computeatlas.web.pages.i18n import language
from computeatlas.web.pages.map import outlines
from computeatlas.web.pages.versioned import Versioned

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

    from computeatlas.web.http.settings import Settings
    from computeatlas.web.pages.asking import Asker

_POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)

_KEY = "atlas-front"
_COARSE_KEY = "atlas-coarse-outlines"
#: The map of this page is half as wide as the outlines are: finer than this nobody sees.
_GRID = 2

blueprint = Blueprint("pages", __name__)


@blueprint.after_app_request
def guard(response: Response) -> Response:
    """Let a page load nothing from elsewhere and run no script that is not in a file of ours."""
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


@blueprint.record
def prepare(state: BlueprintSetupState) -> None:
    """Give the application its place for what the front page shows, and its templates numbers and dates."""
    figures.register(state.app)
    state.app.extensions[_KEY] = Versioned[FrontFacts]()
    state.app.extensions[_COARSE_KEY] = Versioned[Outlines]()


@blueprint.get("/")
def front() -> str:
    """Say what this is, how much there is, what is new, what may be asked, and how it is cited."""
    settings: Settings = current_app.extensions["atlas-settings"]
    asker: Asker = current_app.extensions["atlas-asker"]
    kept: Versioned[FrontFacts] = current_app.extensions[_KEY]
    facts = kept.get(asker.pool.version, lambda: read_front(reader()))
    coarse: Versioned[Outlines] = current_app.extensions[_COARSE_KEY]
    land = coarse.get("", lambda: coarsen(outlines(), _GRID))
    reader().need(name for one in facts.latest for name in (one.claim, one.modality, one.document) if name)
    manifest = settings.served.manifest
    cited = None
    if manifest is not None:
        address = request.host_url + DATASET_IRI.removeprefix(BASE)
        cited = Citation(facts.creators, reader().label(DATASET_IRI), manifest.version, manifest.digest, address)
    return render_template(
        "front.html",
        facts=facts,
        drawing=overview_map(reader(), land) if facts.counts else None,
        questions=front_questions(settings.questions, language()),
        quads=asker.pool.quads,
        is_changed=manifest is not None and asker.pool.version != manifest.digest,
        cited=cited,
    )


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Say whether queries are answered, on what, and within which limits; 503 while there is no worker."""
    settings: Settings = current_app.extensions["atlas-settings"]
    asker: Asker = current_app.extensions["atlas-asker"]
    pool, manifest = asker.pool, settings.served.manifest
    ready = pool.is_ready
    body = {
        "status": "ok" if ready else "starting",
        "version": manifest.version if manifest else None,
        "digest": manifest.digest if manifest else None,
        "quads": pool.quads,
        "workers": pool.alive,
        "busy": pool.running,
        "waiting": pool.waiting,
        "writable": settings.writable,
        "federation": settings.allow_service,
        "limits": settings.limits.as_data(),
    }
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if ready else 503


@blueprint.get("/problems")
def problems() -> str:
    """Explain the types of problem that error answers point to."""
    return render_template("problems.html", kinds=KINDS)
