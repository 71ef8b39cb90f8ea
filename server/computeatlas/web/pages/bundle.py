"""What was bundled from `server/frontend`: files of JavaScript, CSS and JSON, by the names that pages use.

Node makes the bundle, and the server does without one: pages then show their content all the same. The name of a file
holds a digest of what is in it, so it may be cached for ever.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import url_for

from computeatlas.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

FOLDER = "bundle"
_KEY = "atlas-bundle"


@dataclass(frozen=True)
class Bundle:
    """The bundle in `directory`: name that pages use → name of the file."""

    directory: Path
    files: Mapping[str, str]

    def path(self, name: str) -> Path | None:
        """Return where the file of that name is, None where there is no bundle or nothing of that name in it."""
        return self.directory / self.files[name] if name in self.files else None


def read_bundle(directory: Path) -> Bundle:
    """Return the bundle in `directory`, one without files where there is none.

    Raises UsageError where its manifest is damaged.
    """
    path = directory / "manifest.json"
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Bundle(directory, {})
    except ValueError as error:
        raise UsageError("is not JSON", where=str(path), why=str(error), hint="run make bundle") from error
    return Bundle(directory, {str(name): str(file) for name, file in found.items()})


def register(app: Flask) -> Bundle:
    """Read the bundle of `app`, once, give its templates `bundle_url(name)`, and return it.

    `bundle_url` returns the path of a file, None where there is no bundle or nothing of that name in it.
    """
    bundle = read_bundle(Path(app.static_folder or "") / FOLDER)

    def bundle_url(name: str) -> str | None:
        if name not in bundle.files:
            return None
        # The digest in the name stands for that of all static files.
        return url_for("static", filename=f"{FOLDER}/{bundle.files[name]}", v=None)

    app.extensions[_KEY] = bundle
    app.jinja_env.globals.update(bundle_url=bundle_url)
    return bundle
