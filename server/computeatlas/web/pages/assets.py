"""The files that pages load: those in `web/static`, and those that Node bundles into `web/static/bundle`.

The server does without a bundle: pages then show their content all the same. Addresses hold a digest, of all static
files or, in a bundle, of the file itself, so that browsers may keep what they have loaded for as long as they like.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import request, url_for

from computeatlas.model.errors import UsageError
from computeatlas.views.drawing.map import BARE, Outlines, read_outlines
from computeatlas.views.drawing.simplify import coarsen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flask import Flask, Response

_FOLDER = "bundle"
_OUTLINES = "outlines.json"
_YEAR = 365 * 24 * 3600
#: A map on the front page is half as wide as the outlines are: finer detail than this is not visible.
_COARSE_GRID = 2


@dataclass(frozen=True)
class Assets:
    """The bundle in `directory`: name that pages use → name of the file; `outlines` are those of countries."""

    directory: Path
    files: Mapping[str, str]
    outlines: Outlines = BARE

    @cached_property
    def coarse_outlines(self) -> Outlines:
        """The outlines for the small map of the front page, with less detail."""
        return coarsen(self.outlines, _COARSE_GRID)

    def path(self, name: str) -> Path | None:
        """Return where the bundled file of that name is, None where there is no bundle or no such file in it."""
        return self.directory / self.files[name] if name in self.files else None

    def url(self, name: str) -> str | None:
        """Return the address of a bundled file, None where there is no bundle or no such file in it."""
        if name not in self.files:
            return None
        # The digest in the name stands for that of all static files.
        return url_for("static", filename=f"{_FOLDER}/{self.files[name]}", v=None)


def read_assets(static_folder: Path) -> Assets:
    """Return the assets in `static_folder`, without bundled files and outlines where there is no bundle.

    Raises UsageError where the manifest or the outlines are damaged.
    """
    directory = static_folder / _FOLDER
    path = directory / "manifest.json"
    try:
        manifest = json.loads(path.read_text("utf-8"))
        files = {str(name): str(file) for name, file in manifest.items()}
    except FileNotFoundError:
        return Assets(directory, {})
    except (ValueError, AttributeError) as error:
        raise UsageError(
            "is not a manifest in JSON", where=str(path), why=str(error), hint="run make bundle"
        ) from error
    outlines = directory / files[_OUTLINES] if _OUTLINES in files else None
    if outlines is None or not outlines.is_file():
        return Assets(directory, files)
    return Assets(directory, files, read_outlines(outlines.read_text("utf-8")))


def register(app: Flask, digest: str) -> None:
    """Let addresses of static files that `app` makes carry `digest`, which is of them all, and be cached."""

    @app.url_defaults
    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("v", digest)

    @app.after_request
    def cache(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            has_digest = request.args.get("v") == digest or f"/{_FOLDER}/" in request.path
            response.cache_control.max_age = _YEAR if has_digest else None
            response.cache_control.immutable = has_digest
            response.cache_control.public = True
            response.cache_control.no_cache = None if has_digest else True
        return response
