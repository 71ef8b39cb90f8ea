"""`/download/`: the files of the release that is served, with their digests, and a bundle for ontology editors."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, send_file

from computeatlas.model.files import file_digest
from computeatlas.model.manifest import MANIFEST_NAME, NQUADS_COPY, TURTLE_COPY
from computeatlas.web.http.problems import RequestError
from computeatlas.web.pages.context import context

if TYPE_CHECKING:
    from computeatlas.model.manifest import Manifest

blueprint = Blueprint("download", __name__, url_prefix="/download")

BUNDLE_NAME = "compute-atlas-protege.zip"
#: Ending of a file's name → media type.
_MEDIA_TYPES = {
    ".nq.bz2": "application/x-bzip2",
    ".nq.gz": "application/gzip",
    ".nq": "application/n-quads",
    ".json": "application/json",
    ".ttl.gz": "application/gzip",
    ".ttl": "text/turtle",
    ".zip": "application/zip",
}
#: A larger release is no longer a matter for an ontology editor, nor for the memory of a web server.
_LARGEST_BUNDLE = 1_000_000


@dataclass(frozen=True)
class Offer:
    """A file that may be downloaded; size and digest are None where it is made only when asked for."""

    name: str
    media_type: str
    octets: int | None
    sha256: str | None


@blueprint.get("/")
def downloads() -> str:
    """List the files of the release with size, media type and digest."""
    manifest, directory = _release()
    offers = _offers(manifest, directory) if manifest is not None and directory is not None else []
    return render_template("download.html", offers=offers, manifest=manifest, bundle=BUNDLE_NAME)


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
        data = context().protege_bundle.get(manifest.digest, directory)
        return _send(io.BytesIO(data), found, hashlib.sha256(data).hexdigest())
    return _send(directory.resolve() / name, found, str(found.sha256))


def _send(file: Path | io.BytesIO, offer: Offer, digest: str) -> Response:
    """Send a file by conditions and ranges; its entity tag is its digest."""
    return send_file(file, offer.media_type, as_attachment=True, download_name=offer.name, etag=digest)


def _release() -> tuple[Manifest | None, Path | None]:
    served = context().settings.served
    return served.manifest, served.directory


def _offers(manifest: Manifest, directory: Path) -> list[Offer]:
    """Return the files that the manifest names, copies of the data, the manifest itself, and the bundle."""
    offers = [
        Offer(name, _media_type(name), int(facts["bytes"]), str(facts["sha256"]))
        for name, facts in sorted(manifest.files.items())
        if name == Path(name).name
    ]
    # The manifest does not name them: their bytes depend on the machine.
    copies = [path for name in (NQUADS_COPY, TURTLE_COPY) if (path := directory / name).is_file()]
    offers += [Offer(path.name, _media_type(path.name), path.stat().st_size, file_digest(path)) for path in copies]
    text = (directory / MANIFEST_NAME).read_bytes()
    offers.append(Offer(MANIFEST_NAME, _media_type(MANIFEST_NAME), len(text), hashlib.sha256(text).hexdigest()))
    if manifest.quads <= _LARGEST_BUNDLE:
        made = context().protege_bundle.made(manifest.digest)
        digest = hashlib.sha256(made).hexdigest() if made is not None else None
        offers.append(Offer(BUNDLE_NAME, _media_type(BUNDLE_NAME), len(made) if made else None, digest))
    return offers


def _media_type(name: str) -> str:
    return next((kind for ending, kind in _MEDIA_TYPES.items() if name.endswith(ending)), "application/octet-stream")
