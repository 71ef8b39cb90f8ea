"""The front page, health and the explanations of problem types."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def front() -> str:
    """Say what this is, and list the example queries as links that run."""
    return render_template(
        "front.html",
        manifest=current_app.extensions["atlas-manifest"],
        questions=current_app.extensions["atlas-questions"],
    )


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer once the release is loaded: which one, and how large."""
    manifest = current_app.extensions["atlas-manifest"]
    return jsonify(status="ok", version=manifest.version, digest=manifest.digest, quads=manifest.quads)


@blueprint.get("/problems")
def problems() -> str:
    """Explain the types of problem that error answers point to."""
    return render_template("problems.html")
