"""What a release says of its own quality: measurements in the Data Quality Vocabulary, counted by queries.

https://www.w3.org/TR/vocab-dqv/. A query in `queries/quality/` is a metric. It binds `?value`, a number or a date, and
may bind `?whole`, of which the value is a part: then the share is a metric of its own. `?of` is the thing, kind,
country or property that a row is about, or `?language` the language; a row with neither is about all the data.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.embedded import Query
from computeatlas.model.errors import QueryError, UsageError
from computeatlas.model.namespaces import DATASET_IRI, DCTERMS, DQV, LDQD, METRIC, RDF, SKOS, XSD
from computeatlas.model.terms import decimal_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.queryfile import QueryFile
    from computeatlas.model.terms import Term

_TYPE = ox.NamedNode(RDF + "type")
_DATASET = ox.NamedNode(DATASET_IRI)
_DECIMAL = ox.NamedNode(XSD + "decimal")
#: Ends the name of the metric that has the shares.
SHARE = "-share"
#: What is added to title and definition of a metric for its shares, by language.
_OF_SHARES = {"en": (", share", "The share, from 0 to 1."), "sv": (", andel", "Andelen, från 0 till 1.")}


def measure(engine: EmbeddedEngine, queries: Iterable[QueryFile]) -> Iterator[ox.Triple]:
    """Yield the metrics that `queries` are, and what they measure in `engine`, which holds the whole release.

    Raises UsageError where one is no query that can be run.
    """
    for query in queries:
        try:
            rows = list(engine.table(Query(query.text)).records())
        except QueryError as error:
            raise UsageError("is no query that can be run", where=query.name, why=str(error)) from error
        name = query.name.replace("_", "-")
        values = [(row, value) for row in rows if isinstance(value := row.get("value"), ox.Literal)]
        shares = [(row, share) for row, value in values if (share := _share(value, row.get("whole"))) is not None]
        yield from _metric(name, query, [value for _row, value in values])
        yield from _measurements(name, values)
        if shares:
            yield from _metric(name + SHARE, query, [share for _row, share in shares])
            yield from _measurements(name + SHARE, shares)


def _share(value: ox.Literal, whole: Term | None) -> ox.Literal | None:
    part, all_of_it = decimal_of(value), decimal_of(whole)
    if part is None or not all_of_it:
        return None
    share = round(part / all_of_it, 4).normalize()
    return ox.Literal(f"{share:f}", datatype=_DECIMAL)


def _metric(name: str, query: QueryFile, values: list[ox.Literal]) -> Iterator[ox.Triple]:
    """Yield what a metric is: its names and definitions, the dimension of quality, and the datatype of its values."""
    metric = ox.NamedNode(METRIC + name)
    yield ox.Triple(metric, _TYPE, ox.NamedNode(DQV + "Metric"))
    for language, suffix in (("en", ""), ("sv", "sv")):
        title, definition = query.header.get("title" + suffix), query.header.get("summary" + suffix)
        if name.endswith(SHARE) and title and definition:
            title, definition = title + _OF_SHARES[language][0], f"{definition} {_OF_SHARES[language][1]}"
        for part, text in (("prefLabel", title), ("definition", definition)):
            if text:
                yield ox.Triple(metric, ox.NamedNode(SKOS + part), ox.Literal(text, language=language))
    if dimension := query.header.get("dimension"):
        yield ox.Triple(metric, ox.NamedNode(DQV + "inDimension"), ox.NamedNode(LDQD + dimension))
    for datatype in sorted({value.datatype.value for value in values})[:1]:
        yield ox.Triple(metric, ox.NamedNode(DQV + "expectedDataType"), ox.NamedNode(datatype))


def _measurements(name: str, values: list[tuple[dict[str, Term], ox.Literal]]) -> Iterator[ox.Triple]:
    """Yield a measurement for each row and its value.

    Measurements are blank nodes, so that the pages of what they are about do not list them among what refers to it;
    their labels are made of what they measure, so that two builds give the same bytes. The data set does not name them
    (dqv:hasQualityMeasurement, the inverse of dqv:computedOn): its page would list hundreds of nameless nodes.
    """
    for row, value in values:
        of, language = row.get("of"), row.get("language")
        node = ox.BlankNode("m" + hashlib.sha256(f"{name} {of} {language}".encode()).hexdigest()[:32])
        yield ox.Triple(node, _TYPE, ox.NamedNode(DQV + "QualityMeasurement"))
        yield ox.Triple(node, ox.NamedNode(DQV + "isMeasurementOf"), ox.NamedNode(METRIC + name))
        yield ox.Triple(node, ox.NamedNode(DQV + "computedOn"), _DATASET)
        yield ox.Triple(node, ox.NamedNode(DQV + "value"), value)
        if isinstance(of, ox.NamedNode):
            yield ox.Triple(node, ox.NamedNode(DCTERMS + "subject"), of)
        if isinstance(language, ox.Literal):
            yield ox.Triple(node, ox.NamedNode(DCTERMS + "language"), language)
