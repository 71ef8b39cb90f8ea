"""The bundle for ontology editors of the release that is served: made when it is first wanted, and kept."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from threading import Lock

from computeatlas.web.http.problems import RequestError

_LOG = logging.getLogger(__name__)
_SECONDS = 120
#: The earliest time that a ZIP archive can give: the same release makes the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class ProtegeBundle:
    """The bundle of one release at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[str, bytes] | None = None

    def made(self, digest: str) -> bytes | None:
        """Return the bundle of the release with that digest, None where it was not made yet."""
        kept = self._kept
        return kept[1] if kept is not None and kept[0] == digest else None

    def get(self, digest: str, release: Path) -> bytes:
        """Return the bundle of the release in the directory `release`, a ZIP archive.

        Raises RequestError (503) while another request makes it: those who wait would take all threads.
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


def _make_bundle(release: Path) -> bytes:
    """Return the bundle of a release. A process of its own makes it, because parsing would stop this one meanwhile."""
    with tempfile.TemporaryDirectory(prefix="computeatlas-") as scratch:
        target = Path(scratch) / "bundle"
        command = [sys.executable, "-m", "computeatlas", "export", "protege", "--release", str(release), str(target)]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603 - ours
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(target.iterdir()):
                entry = zipfile.ZipInfo(f"compute-atlas-protege/{path.name}", _ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
        return packed.getvalue()
