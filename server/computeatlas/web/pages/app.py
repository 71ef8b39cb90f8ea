"""The Flask application for pages, made by a factory from the pool and the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from flask_compress import Compress

from computeatlas.web.pages import (
    bundle,
    conflicts,
    crawlers,
    entity,
    money,
    page_cache,
    search,
    sparql,
    static_files,
    why,
)
from computeatlas.web.pages import cite as citing
from computeatlas.web.pages import context as site
from computeatlas.web.pages import download as downloads
from computeatlas.web.pages import errors as page_problems
from computeatlas.web.pages import front as pages
from computeatlas.web.pages import i18n as language
from computeatlas.web.pages import map as maps
from computeatlas.web.pages import ontology as terms
from computeatlas.web.pages import sources as documents
from computeatlas.web.pages import timeline as timelines
from computeatlas.web.pages import trace_limit as tracing
from computeatlas.web.pages.asking import Asker

if TYPE_CHECKING:
    from computeatlas.engine.pool.pool import Pool
    from computeatlas.web.http.settings import Settings


def create_app(pool: Pool, settings: Settings) -> Flask:
    """Return the application whose pages show what `pool` serves."""
    app = Flask("computeatlas.web")
    app.extensions["atlas-asker"] = Asker(pool)
    app.extensions["atlas-settings"] = settings
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.max_query * 4
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    language.register(app)
    look = page_cache.register(app, lambda: pool.version, settings.limits.cache // 4)
    static_files.register(app, look)
    bundle.register(app)
    tracing.register(app)
    site.register(app, app.extensions["atlas-asker"], settings)
    Compress(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(search.blueprint)
    app.register_blueprint(terms.blueprint)
    app.register_blueprint(downloads.blueprint)
    app.register_blueprint(crawlers.blueprint)
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(citing.blueprint)
    app.register_blueprint(maps.blueprint)
    app.register_blueprint(timelines.blueprint)
    app.register_blueprint(entity.blueprint)
    app.register_blueprint(why.blueprint)
    app.register_blueprint(money.blueprint)
    app.register_blueprint(conflicts.blueprint)
    app.register_blueprint(documents.blueprint)
    page_problems.register(app)
    return app
