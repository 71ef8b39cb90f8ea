"""Dates: each is in EDTF, of its datatype, and where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.amounts.date_input import suggest
from computeatlas.model.dates import EdtfError, parse_edtf
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, DCTERMS, EDTF, RDFS, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.turtle.lines import ParsedFile, ParsedGraph

#: Properties whose values are dates, besides those of which the ontology says so.
_DATES = {ATLAS + "asOf", DCTERMS + "issued"}
_PREDICATE = ATLAS + "predicate"
_VALUE = ATLAS + "value"


def find_faulty_dates(graph: ParsedGraph) -> list[Finding]:
    """Return a finding for each date that is not in EDTF or not of its datatype, in the order of the files."""
    dated = _DATES | {
        _iri(triple.subject)
        for file in graph.files["ontology"]
        for triple in file.triples
        if triple.predicate.value == RDFS + "range" and triple.object == ox.NamedNode(EDTF)
    }
    return [finding for name, file in graph if name != "ontology" for finding in _faulty(file, dated)]


def _faulty(file: ParsedFile, dated: set[str]) -> Iterator[Finding]:
    # A claim whose property is a date gives one as its value.
    claims = {t.subject for t in file.triples if t.predicate.value == _PREDICATE and _iri(t.object) in dated}
    for triple in file.triples:
        name, value = triple.predicate.value, triple.object
        expected = name in dated or (name == _VALUE and triple.subject in claims)
        if not expected and not (isinstance(value, ox.Literal) and value.datatype.value == EDTF):
            continue
        text = value.value if isinstance(value, ox.Literal) else shorten(_iri(value))
        try:
            if not isinstance(value, ox.Literal):
                raise EdtfError(text, "it is a thing", 'give the date with atlas:value, such as "2027-06"^^edtf:EDTF')
            parse_edtf(text)
        except EdtfError as error:
            what = f"“{text}” in {shorten(name)} is no date in EDTF"
            yield Finding(file.path, file.line_of(triple), "date-not-edtf", what, error.why, suggest(error, text))
        else:
            if value.datatype.value != EDTF:
                what = f"“{text}” in {shorten(name)} has not the datatype edtf:EDTF"
                why = "dates of several datatypes neither sort nor compare"
                hint = f'write "{text}"^^edtf:EDTF'
                yield Finding(file.path, file.line_of(triple), "date-datatype", what, why, hint)


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""
