"""A release on disk, read back and verified."""

from __future__ import annotations

import bz2
from typing import TYPE_CHECKING

from computeatlas import __version__
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.errors import ReleaseError
from computeatlas.model.files import file_digest
from computeatlas.model.manifest import MANIFEST_NAME, Manifest
from computeatlas.release.build import DATA_NAME, link_name

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from computeatlas.model.project import Project


def read_manifest(release: Path) -> Manifest:
    """Return the manifest of the release in the directory `release`; raises ReleaseError where there is none."""
    path = release / MANIFEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ReleaseError("there is no release here", where=str(release), hint="run `computeatlas build`") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError("cannot be read", where=str(path), why=str(error), hint="build the release again") from error
    return Manifest.from_json(text, where=str(path))


def locate(release: Path) -> tuple[Manifest, Path]:
    """Return the manifest of a release and the path of its data.

    Raises ReleaseError where a file is missing or does not match the digests of the manifest.
    """
    manifest = read_manifest(release)
    path = release / DATA_NAME
    try:
        digest = file_digest(path)
    except OSError as error:
        raise ReleaseError("cannot be read", where=str(path), why=error.strerror, hint="build it again") from error
    if digest != manifest.files.get(DATA_NAME, {}).get("sha256"):
        raise ReleaseError(
            "the file is corrupt",
            where=str(path),
            why="it does not have the digest that the manifest gives",
            hint="run `computeatlas build`",
        )
    return manifest, path


def load(release: Path) -> tuple[Manifest, EmbeddedEngine]:
    """Return the manifest of a release and an engine that holds it.

    Raises ReleaseError where a file is missing or does not match the digests of the manifest.
    """
    manifest, path = locate(release)
    engine = EmbeddedEngine()
    try:
        engine.load_nquads(bz2.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, SyntaxError) as error:
        raise ReleaseError("the file is corrupt", where=str(path), why=str(error), hint="build it again") from error
    return manifest, engine


def current(releases: Path, day: date | None = None) -> Path:
    """Return the directory of the current release below `releases`, or of the one as of `day`.

    Raises ReleaseError where there is none.
    """
    link = releases / link_name(day.isoformat() if day else None)
    if not link.exists():
        raise ReleaseError("there is no release here", where=str(releases), hint="run `computeatlas build`")
    return link.resolve()


def is_fresh(project: Project, releases: Path, day: date | None = None) -> bool:
    """Say whether the current release, or that as of `day`, was built by this program from the files as they are."""
    try:
        manifest = read_manifest(current(releases, day))
    except ReleaseError:
        return False
    return manifest.inputs == project.digests() and manifest.generator == __version__
