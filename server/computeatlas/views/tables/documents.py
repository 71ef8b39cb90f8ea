"""Documents as cells: who published them and when, what they are called, and where they are to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.terms import text_of
from computeatlas.views.names import iris_in
from computeatlas.views.tables.sheet import Cell, Column, join

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from computeatlas.model.records import Source
    from computeatlas.views.reader import Reader

COLUMNS = (
    Column("Sources", "Källor"),
    Column("Documents", "Dokument"),
    Column("Addresses", "Adresser"),
    Column("Document identifiers", "Dokumentens identifierare"),
)


def named_in(sources: Collection[Source]) -> Iterator[str]:
    """Yield the IRIs whose labels `cells` needs."""
    for source in sources:
        yield source.iri
        yield from iris_in(source.publishers)


def cells(sources: Collection[Source], reader: Reader) -> tuple[Cell, ...]:
    """Return the cells of `COLUMNS`."""
    return (
        join(_published(source, reader) for source in sources),
        join(reader.label(source.iri) for source in sources),
        join(address(source) for source in sources),
        join(source.iri for source in sources),
    )


def publishers(source: Source, reader: Reader) -> str:
    """Return the names of those who published `source`."""
    return join(
        reader.label(text) if next(iris_in(term), "") else text for term in source.publishers if (text := text_of(term))
    )


def address(source: Source) -> str:
    """Return the first address at which `source` is to be read, empty where it has none."""
    return next(iter(source.pages), "")


def _published(source: Source, reader: Reader) -> str:
    return ", ".join(part for part in (publishers(source, reader), source.issued_text) if part)
