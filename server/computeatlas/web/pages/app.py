"""The Flask application for pages, made by a factory from an engine and the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from flask_compress import Compress

from computeatlas.web.pages import (
    assets,
    cite,
    conflicts,
    context,
    crawlers,
    download,
    entity,
    errors,
    finish,
    formats,
    front,
    i18n,
    links,
    map,
    money,
    ontology,
    page_cache,
    quality,
    questions,
    recipes,
    search,
    sources,
    sparql,
    tables,
    timeline,
    why,
)
from computeatlas.web.pages.asking import Asker

if TYPE_CHECKING:
    import asyncio

    from computeatlas.engine.base import Engine
    from computeatlas.web.http.settings import Settings

PAGES = (
    front, search, ontology, download, crawlers, sparql, cite, map, timeline, entity, why, money, conflicts, sources,
    quality,
    questions,
    tables, recipes,
)  # fmt: skip


def create_app(engine: Engine, settings: Settings, loop: asyncio.AbstractEventLoop) -> Flask:
    """Return the application whose pages show what `engine`, which lives in `loop`, serves.

    Raises UsageError where bundled files are damaged.
    """
    app = Flask("computeatlas.web")
    # Two slashes in a path are part of the name of what it describes.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.max_query * 4
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Hooks after a request run in the reverse of this order: a page is compressed before it is kept.
    i18n.register(app)
    digest = page_cache.register(app, lambda: f"{engine.version} {settings.edition}", settings.limits.cache // 4)
    assets.register(app, digest)
    formats.register(app)
    found = assets.read_assets(Path(app.static_folder or ""))
    context.register(app, context.PageContext(Asker(engine, loop), settings, found))
    links.register(app)
    Compress(app)
    finish.register(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    errors.register(app)
    return app
