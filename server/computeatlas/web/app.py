"""The Flask application: made by a factory from an engine, a manifest and the example queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from computeatlas.web import pages, problems, sparql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.manifest import Manifest
    from computeatlas.model.queryfile import QueryFile


def create_app(engine: EmbeddedEngine, manifest: Manifest, questions: Sequence[QueryFile] = ()) -> Flask:
    """Return the application that serves the release described by `manifest` from `engine`."""
    app = Flask(__name__)
    app.extensions["atlas-engine"] = engine
    app.extensions["atlas-manifest"] = manifest
    app.extensions["atlas-questions"] = tuple(questions)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(sparql.blueprint)
    problems.register(app)
    return app
