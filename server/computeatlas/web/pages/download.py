"""`/download/`: the files of the release that is served, with their digests, and a bundle for ontology editors."""

from __future__ import annotations

import hashlib
import io
import logging
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, render_template, send_file

from computeatlas.model.manifest import MANIFEST_NAME
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

    from computeatlas.model.manifest import Manifest
    from computeatlas.web.http.settings import Settings

_LOG = logging.getLogger(__name__)

blueprint = Blueprint("downloads", __name__, url_prefix="/download")

BUNDLE_NAME = "compute-atlas-protege.zip"
_KEY = "atlas-bundle"
#: Ending of a file's name → media type.
_MEDIA_TYPES = {
    ".nq.bz2": "application/x-bzip2",
    ".nq.gz": "application/gzip",
    ".nq": "application/n-quads",
    ".json": "application/json",
    ".ttl": "text/turtle",
    ".zip": "application/zip",
}
#: A larger release is no longer a matter for an ontology editor, nor for the memory of a web server.
_LARGEST_BUNDLE = 1_000_000
_BUNDLE_SECONDS = 120
#: The earliest time that a ZIP archive can give: the same release makes the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Offer:
    """A file that may be downloaded; size and digest are None where it is made only when asked for."""

    name: str
    media_type: str
    octets: int | None
    sha256: str | None


class Bundle:
    """The bundle for ontology editors of one release, made by a process of its own and kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[str, bytes] | None = None

    def made(self, digest: str) -> bytes | None:
        """Return the bundle of the release with that digest, None where it was not made yet."""
        kept = self._kept
        return kept[1] if kept is not None and kept[0] == digest else None

    def get(self, digest: str, release: Path) -> bytes:
        """Return the bundle of the release in the directory `release`, a ZIP archive.

        Raises RequestError (503) while it is being made for somebody else: those who wait would take all threads.
        """
        found = self.made(digest)
        if found is not None:
            return found
        if not self._lock.acquire(blocking=False):
            raise RequestError("overloaded", "The bundle is being made; try again in a moment.", {"Retry-After": "5"})
        try:
            found = _make_bundle(release)
            self._kept = (digest, found)
            return found
        except subprocess.SubprocessError as error:
            _LOG.error("no bundle for ontology editors: %s", error)
            raise RequestError("overloaded", "The bundle cannot be made now.", {"Retry-After": "60"}) from error
        finally:
            self._lock.release()


@blueprint.record
def prepare(state: BlueprintSetupState) -> None:
    """Give the application its place for a bundle."""
    state.app.extensions[_KEY] = Bundle()


@blueprint.get("/")
def downloads() -> str:
    """List the files of the release with size, media type and digest."""
    manifest, directory = _release()
    offers = _offers(manifest, directory) if manifest is not None and directory is not None else []
    return render_template("downloads.html", offers=offers, manifest=manifest, bundle=BUNDLE_NAME)


@blueprint.get("/<name>")
def download(name: str) -> Response:
    """Send a file that the page lists, or a part of it (RFC 9110, section 14)."""
    manifest, directory = _release()
    if manifest is None or directory is None:
        raise RequestError("not-found", "What is served here is no release: there is nothing to download.")
    found = next((offer for offer in _offers(manifest, directory) if offer.name == name), None)
    if found is None:
        raise RequestError("not-found", "The release has no such file; /download/ lists those that it has.")
    if name == BUNDLE_NAME:
        data = _bundle().get(manifest.digest, directory)
        return _send(io.BytesIO(data), found, hashlib.sha256(data).hexdigest())
    return _send(directory.resolve() / name, found, str(found.sha256))


def _send(file: Path | io.BytesIO, offer: Offer, digest: str) -> Response:
    """Send a file by conditions and ranges; its entity tag is its digest."""
    return send_file(file, offer.media_type, as_attachment=True, download_name=offer.name, etag=digest)


def _release() -> tuple[Manifest | None, Path | None]:
    settings: Settings = current_app.extensions["atlas-settings"]
    return settings.served.manifest, settings.served.directory


def _bundle() -> Bundle:
    found: Bundle = current_app.extensions[_KEY]
    return found


def _offers(manifest: Manifest, directory: Path) -> list[Offer]:
    """Return the files that the manifest names, itself, and the bundle."""
    offers = [
        Offer(name, _media_type(name), int(facts["bytes"]), str(facts["sha256"]))
        for name, facts in sorted(manifest.files.items())
        if name == Path(name).name
    ]
    text = (directory / MANIFEST_NAME).read_bytes()
    offers.append(Offer(MANIFEST_NAME, _media_type(MANIFEST_NAME), len(text), hashlib.sha256(text).hexdigest()))
    if manifest.quads <= _LARGEST_BUNDLE:
        made = _bundle().made(manifest.digest)
        digest = hashlib.sha256(made).hexdigest() if made is not None else None
        offers.append(Offer(BUNDLE_NAME, _media_type(BUNDLE_NAME), len(made) if made else None, digest))
    return offers


def _media_type(name: str) -> str:
    return next((kind for ending, kind in _MEDIA_TYPES.items() if name.endswith(ending)), "application/octet-stream")


def _make_bundle(release: Path) -> bytes:
    """Return the bundle of a release. A process of its own makes it, because parsing would stop this one meanwhile."""
    with tempfile.TemporaryDirectory(prefix="computeatlas-") as scratch:
        target = Path(scratch) / "bundle"
        command = [sys.executable, "-m", "computeatlas", "export", "protege", "--release", str(release), str(target)]
        subprocess.run(command, check=True, capture_output=True, timeout=_BUNDLE_SECONDS)  # noqa: S603 - ours
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(target.iterdir()):
                entry = zipfile.ZipInfo(f"compute-atlas-protege/{path.name}", _ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
        return packed.getvalue()
