"""RDF files and uploads into a store."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import logging
import lzma
import mmap
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox
import zstandard

from computeatlas.engine.byte_order import skip_mark, without_mark
from computeatlas.engine.jsonld import parse_jsonld
from computeatlas.engine.literal_forms import LiteralForms
from computeatlas.engine.rdfxml import is_beyond_oxigraph, parse_rdfxml
from computeatlas.engine.serialise import RDF_FORMATS
from computeatlas.model.errors import DataError, UsageError
from computeatlas.model.files import file_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from computeatlas.engine.byte_order import Readable

_LOG = logging.getLogger(__name__)

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


def digest_files(paths: Iterable[Path], *, hint: str) -> tuple[tuple[DataFile, ...], str]:
    """Return the files at `paths` with their digests, and a digest of the names and contents of all.

    Raises UsageError, with `hint`, for a file that cannot be read.
    """
    origin = hashlib.sha256()
    found = []
    for path in paths:
        try:
            digest = file_digest(path)
        except OSError as error:
            raise UsageError("cannot be read", where=str(path), why=error.strerror, hint=hint) from error
        origin.update(f"{path.resolve().as_uri()} {digest}\n".encode())
        found.append(DataFile(str(path), digest))
    return tuple(found), origin.hexdigest()


def format_of(path: Path) -> str | None:
    """Return our name of the format of a file by its suffixes, compressed or not, or None."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _OPENERS:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def require_format(path: Path) -> str:
    """Return what `format_of` returns; raises DataError where the name of the file tells no format."""
    name = format_of(path)
    if name is None:
        known = " ".join(sorted(SUFFIXES)) + ", also compressed: " + " ".join(sorted(_OPENERS))
        raise DataError("is not named after a format of RDF", where=str(path), hint=f"name it {known}")
    return name


def load_file(store: ox.Store, data: DataFile) -> LiteralForms:
    """Load a file, compressed or not, into `store` as it is: triples into the default graph.

    Returns what the engine will give back in another form, and logs it. Raises DataError, with line and column, where
    the file cannot be read or is malformed.
    """
    path = Path(data.path)
    name = require_format(path)
    try:
        if data.sha256 and file_digest(path) != data.sha256:
            raise DataError("the file is corrupt: it does not have the digest that its manifest gives", where=data.path)
        opener = _OPENERS.get(path.suffix.lower())
        with opener(path) if opener else path.open("rb") as file:
            quads = read_quads(file, name, path.resolve().as_uri())
            forms = LiteralForms()
            store.bulk_extend(forms.watch(quads))
    except DataError as error:
        raise DataError(error.what, where=data.path, hint=error.hint) from error
    except SyntaxError as error:
        raise malformed(error, where=data.path) from error
    except (OSError, EOFError, ValueError, lzma.LZMAError, zstandard.ZstdError) as error:
        raise DataError(f"cannot be read: {getattr(error, 'strerror', None) or error}", where=data.path) from error
    if forms.changed:
        _LOG.warning("%s: %s", data.path, forms)
    return forms


def read_quads(file: IO[bytes], name: str, base: str) -> Iterator[ox.Quad]:
    """Return the quads of `file`, RDF in our format `name`; relative IRIs are resolved against `base`.

    Blank nodes get names that no other data have. This or the iterator raises DataError for a format of UTF-8 in
    another encoding; the iterator raises SyntaxError for malformed data, and what `parse_jsonld` and reading raise.
    """
    if name == "jsonld":
        return _read_jsonld(file, base)
    return _read_rdfxml(file, base) if name == "rdf" else _parse(skip_mark(file), name, base)


def _read_rdfxml(file: IO[bytes], base: str) -> Iterator[ox.Quad]:
    # All of it is looked at before it is parsed, so what was compressed is unpacked first.
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        by_expat = False
        if copy.tell():
            with mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ) as data:
                by_expat = is_beyond_oxigraph(data)
        copy.seek(0)
        yield from parse_rdfxml(copy, base) if by_expat else _parse(copy, "rdf", base)


def _read_jsonld(file: IO[bytes], base: str) -> Iterator[ox.Quad]:
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        # The map is not closed here: an error on its way out may still refer to it.
        data = mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ) if copy.tell() else b""
        yield from parse_jsonld(data, base)


def read_bytes(data: bytes, name: str, base: str | None) -> Iterator[ox.Quad]:
    """Return the quads of `data`, as `read_quads` does of a file, without opening anything."""
    if name == "rdf" and is_beyond_oxigraph(data):
        return parse_rdfxml(io.BytesIO(data), base or "")
    if name == "jsonld":
        return parse_jsonld(data, base)
    return _parse(io.BytesIO(data if name == "rdf" else without_mark(data)), name, base)


def _parse(file: Readable, name: str, base: str | None) -> Iterator[ox.Quad]:
    return ox.parse(file, format=RDF_FORMATS[name], base_iri=base, rename_blank_nodes=True)  # type: ignore[arg-type]


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
