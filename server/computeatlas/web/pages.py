"""The front page, health and the explanations of problem types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, render_template

from computeatlas.web.problem_kinds import KINDS

if TYPE_CHECKING:
    from computeatlas.web.asking import Asker
    from computeatlas.web.settings import Settings

_POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)

blueprint = Blueprint("pages", __name__)


@blueprint.after_app_request
def guard(response: Response) -> Response:
    """Let a page load nothing from elsewhere and run no script that is not in a file of ours."""
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


@blueprint.get("/")
def front() -> str:
    """Say what this is, and list the example queries as links that run."""
    settings: Settings = current_app.extensions["atlas-settings"]
    return render_template("front.html", manifest=settings.served.manifest, questions=settings.questions)


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
