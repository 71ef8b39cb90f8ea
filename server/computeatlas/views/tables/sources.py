"""Documents as a table: what each is, how far it can be relied on, and how its claims have fared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.records import Grade
from computeatlas.model.terms import text_of
from computeatlas.views.documents import MODALITIES, Figures, read_documents, read_records
from computeatlas.views.tables import documents
from computeatlas.views.tables.sheet import Cell, Column, Sheet, join

if TYPE_CHECKING:
    from computeatlas.views.reader import Reader

#: Documents asked for in one query: the answer stays well below what a page may read.
_BATCH = 500
#: How claims are put: name of the modality → heading of the column that counts them.
_COUNTED = {
    "reported": Column("Reported", "Rapporterat"),
    "announced-plan": Column("Announced plans", "Tillkännagivna planer"),
    "estimate": Column("Estimates", "Uppskattningar"),
    "prediction": Column("Predictions", "Förutsägelser"),
    "speculation": Column("Speculation", "Spekulation"),
    "opinion": Column("Opinions", "Omdömen"),
    "stated-unknown": Column("Said to be unknown", "Uppges vara okänt"),
}
COLUMNS = (
    Column("Document", "Dokument"),
    Column("Publisher", "Utgivare"),
    Column("Issued", "Utgivet"),
    Column("Date inferred", "Datum härlett"),
    Column("Address", "Adress"),
    Column("Language", "Språk"),
    Column("Kind", "Slag"),
    Column("Reliability", "Tillförlitlighet"),
    Column("Copy of", "Kopia av"),
    Column("Text archived", "Texten arkiverad"),
    Column("Passages", "Textställen"),
    Column("Claims", "Påståenden"),
    *(_COUNTED[name] for name in MODALITIES),
    Column("Preferred", "Föredragna"),
    Column("Deprecated", "Avförda"),
    Column("Contradicted", "Motsagda"),
    Column("Contradicted by other documents", "Motsagda av andra dokument"),
    Column("Facts that rest on it", "Uppgifter som vilar på det"),
    Column("Facts that rest on it alone", "Uppgifter som vilar på det ensamt"),
    Column("Note", "Anmärkning"),
    Column("Identifier", "Identifierare"),
)


def source_sheet(reader: Reader) -> Sheet:
    """Return every document, the newest first."""
    names = read_documents(reader)
    records: list[Figures] = []
    for start in range(0, len(names), _BATCH):
        records += read_records(reader, names[start : start + _BATCH])
    reader.need_in(
        [
            (one.source.iri, one.source.publishers, one.source.kind, one.source.reliability, one.source.copies)
            for one in records
        ]
    )
    return Sheet(COLUMNS, tuple(_row(one, reader) for one in records))


def _row(figures: Figures, reader: Reader) -> tuple[Cell, ...]:
    source = figures.source
    return (
        reader.label(source.iri),
        documents.publishers(source, reader),
        source.issued_text,
        source.date_inferred,
        documents.address(source),
        join(source.languages),
        reader.label(source.kind) if source.kind else "",
        reader.label(source.reliability) if source.reliability else "",
        join(reader.label(name) for name in source.copies),
        source.grade is Grade.ARCHIVED,
        figures.passages,
        figures.claims,
        *(figures.by_modality[name] for name in MODALITIES),
        figures.preferred,
        figures.deprecated,
        figures.contradicted,
        figures.contradicted_elsewhere,
        figures.facts,
        figures.alone,
        text_of(figures.note),
        source.iri,
    )
