"""RDF files and uploads into a store."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import zstandard

from computeatlas.engine.serialise import RDF_FORMATS
from computeatlas.model.errors import DataError
from computeatlas.model.files import file_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyoxigraph as ox

#: Suffix of a file → our name of the format.
SUFFIXES = {
    ".nq": "nq",
    ".trig": "trig",
    ".ttl": "ttl",
    ".nt": "nt",
    ".rdf": "rdf",
    ".owl": "rdf",
    ".xml": "rdf",
    ".jsonld": "jsonld",
    ".json": "jsonld",
}


class _Zstd(io.RawIOBase):
    """A Zstandard file, of one frame or several, that ends with an error where it was cut off."""

    def __init__(self, path: Path):
        self._file = path.open("rb")
        self._decompressor = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._rest = b""
        self._out = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._out:
            data = self._rest or self._file.read(_PIECE)
            if not data:
                if self._begun:
                    raise EOFError("the compressed file ends too early")
                return 0
            self._out = memoryview(self._decompressor.decompress(data))
            self._begun, self._rest = True, b""
            if self._decompressor.eof:
                self._rest = self._decompressor.unused_data
                self._decompressor = zstandard.ZstdDecompressor().decompressobj()
                self._begun = False
        count = min(len(buffer), len(self._out))
        buffer[:count] = self._out[:count]
        self._out = self._out[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _zstd(path: Path) -> IO[bytes]:
    return io.BufferedReader(_Zstd(path))


#: Suffix of a compressed file → how it is opened.
_OPENERS: Mapping[str, Callable[[Path], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".zst": _zstd}
#: Bytes of a compressed file that are read at a time.
_PIECE = 32 * 1024
#: What Oxigraph puts before a message, besides the place that the exception has anyway.
_LEAD = re.compile(r"^Parser error(?: at line \d+ (?:column \d+|between columns \d+ and \d+)| between line [^:]*)?:? ")


@dataclass(frozen=True)
class DataFile:
    """A file to serve, and the SHA-256 that it must have where one is known."""

    path: str
    sha256: str | None = None


def format_of(path: Path) -> str | None:
    """Return our name of the format of a file by its suffixes, compressed or not, or None."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _OPENERS:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def load_file(store: ox.Store, data: DataFile) -> None:
    """Load a file, compressed or not, into `store` as it is: triples into the default graph.

    Raises DataError, with line and column, where it cannot be read or is malformed.
    """
    path = Path(data.path)
    name = format_of(path)
    if name is None:
        known = " ".join(sorted(SUFFIXES)) + ", also compressed: " + " ".join(sorted(_OPENERS))
        raise DataError("is not named after a format of RDF", where=data.path, hint=f"name it {known}")
    try:
        if data.sha256 and file_digest(path) != data.sha256:
            raise DataError("the file is corrupt: it does not have the digest that its manifest gives", where=data.path)
        opener = _OPENERS.get(path.suffix.lower())
        with opener(path) if opener else path.open("rb") as file:
            store.bulk_load(file, RDF_FORMATS[name], base_iri=path.resolve().as_uri())
    except SyntaxError as error:
        raise malformed(error, where=data.path) from error
    except (OSError, EOFError, ValueError, lzma.LZMAError, zstandard.ZstdError) as error:
        raise DataError(f"cannot be read: {getattr(error, 'strerror', None) or error}", where=data.path) from error


def malformed(error: SyntaxError, *, where: str | None = None) -> DataError:
    """Return the error to show for RDF of which Oxigraph said `error`."""
    message = _LEAD.sub("", " ".join(str(error.msg or error).split()))
    return DataError(
        f"the data is malformed: {message}",
        line=error.lineno or None,
        column=error.offset or None,
        where=where,
        hint="fix it there, or name the format that it really has",
    )
