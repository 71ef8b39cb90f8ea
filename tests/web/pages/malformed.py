"""A data set in which each property that any page reads has each kind of malformed value, beside well-formed things.

`quads()` makes it. Each malformed thing is well-formed but for one property, whose values are replaced by one that does
not belong there, or by several, or by none; so what a page does with it is the doing of that value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import (
    ATLAS,
    BASE,
    DCTERMS,
    DQV,
    GRAPH,
    ID,
    METRIC,
    OWL,
    PREFIXES,
    RDF,
    RDFS,
    SKOS,
    VOID,
    XSD,
)  # fmt: skip

from ...views.claimed import node, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Subject = ox.NamedNode | ox.BlankNode
    Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

GEO, OA, FOAF, DCAT = (PREFIXES[name] for name in ("geo", "oa", "foaf", "dcat"))


def typed(words: str, kind: str) -> ox.Literal:
    """Return a literal of a type of XML Schema, well-formed or not."""
    return ox.Literal(words, datatype=ox.NamedNode(XSD + kind))


def atlas(name: str) -> ox.NamedNode:
    """Return a term of the ontology."""
    return ox.NamedNode(ATLAS + name)


#: What no page expects, by a name for it; "self" is replaced by the thing that has it, and None by nothing.
VALUES: Mapping[str, tuple[Value | str, ...]] = {
    "nothing": (),
    "self": ("self",),
    "two": (ox.Literal("one"), node("place/two")),
    "empty": (ox.Literal(""),),
    "spaces": (ox.Literal(" \t\n "),),
    "word": (ox.Literal("about ten"),),
    "nan": (typed("NaN", "decimal"),),
    "signalling-nan": (typed("sNaN", "decimal"),),
    "infinite": (typed("INF", "double"),),
    "infinity": (typed("-Infinity", "decimal"),),
    "negative": (typed("-5", "decimal"),),
    "huge": (typed("9" * 5000, "integer"),),
    "huge-exponent": (typed("1E+999999", "double"),),
    "tiny": (typed("1E-999999", "double"),),
    "many-digits": (typed("0." + "3" * 5000, "decimal"),),
    "underscores": (typed("1_000", "decimal"),),
    "superscript": (ox.Literal("²"),),
    "arabic-digits": (ox.Literal("٢٠٢٦"),),
    "out-of-range": (typed("999", "decimal"),),
    "year-zero": (typed("0000", "gYear"),),
    "year-one": (typed("0001-01-01", "date"),),
    "year-last": (typed("9999-12-31", "date"),),
    "year-long": (typed("12024-01-01", "date"),),
    "year-negative": (typed("-0044-03-15", "date"),),
    "month-thirteen": (typed("2024-13-45", "date"),),
    "time": (typed("24:00:00", "time"),),
    "date-with-zone": (typed("2024-02-30+99:99", "date"),),
    "boolean": (typed("maybe", "boolean"),),
    "language": (ox.Literal("text", language="en-gb-oxendict"),),
    "foreign": (ox.Literal("文字", language="zh"),),
    "direction": (ox.Literal("مركز", language="ar", direction=ox.BaseDirection.RTL),),
    "own-type": (ox.Literal("x", datatype=ox.NamedNode("urn:type")),),
    "control": (ox.Literal("a\x00b\x01c\x1b[31md\x7f\x85\ufdd0e"),),
    "bidi": (ox.Literal("\u202egnp.exe\u2066", language="en"),),
    "markup": (ox.Literal("</script><script>alert(1)</script><b title=\"' onload=x", language="en"),),
    "template": (ox.Literal("{{ 7*7 }} {% raw %} %(num)s %s", language="en"),),
    "long": (ox.Literal("long " * 2000, language="en"),),
    "long-word": (ox.Literal("x" * 10_000, language="sv"),),
    "iri": (ox.NamedNode("http://e/unknown"),),
    "iri-script": (ox.NamedNode("javascript:alert(1)"),),
    "iri-quotes": (ox.NamedNode("http://e/'a'&b=c;(d)"),),
    "iri-percent": (ox.NamedNode("http://e/%00%FF%2F"),),
    "iri-unicode": (ox.NamedNode("http://e/å/\u202e文"),),
    "iri-long": (ox.NamedNode("http://e/" + "a" * 10_000),),
    "iri-ours-empty": (ox.NamedNode(ID),),
    "iri-ours-dots": (ox.NamedNode(ID + "place/../../x?y#z"),),
    "iri-bare": (ox.NamedNode("x:"),),
    "blank": (ox.BlankNode("nobody"),),
    "triple": (ox.Triple(node("place/a"), atlas("within"), ox.Literal("x")),),
    "nested-triple": (ox.Triple(ox.BlankNode("b"), atlas("within"), ox.Triple(node("a/a"), atlas("b"), node("a/c"))),),
}


@dataclass(frozen=True)
class Kind:
    """A kind of thing: the type and what a well-formed one says. `links` says what leads to it, for it to be shown."""

    name: str
    type: str
    said: tuple[tuple[str, Value], ...]
    links: tuple[tuple[str, str], ...] = ()


def _kinds() -> tuple[Kind, ...]:
    label = (RDFS + "label", text("Well-formed"))
    return (
        Kind(
            "claim",
            ATLAS + "Claim",
            (
                label,
                (ATLAS + "subject", node("infrastructure/good")),
                (ATLAS + "predicate", atlas("status")),
                (ATLAS + "object", node("status/announced")),
                (ATLAS + "value", typed("2027", "gYear")),
                (ATLAS + "modality", node("modality/reported")),
                (ATLAS + "rank", node("rank/normal")),
                (ATLAS + "rankReason", text("Because.")),
                (ATLAS + "statedBy", node("actor/good")),
                (ATLAS + "asOf", typed("2025-05-05", "date")),
                (ATLAS + "contradicts", node("claim/good")),
                (ATLAS + "evidence", node("passage/good")),
            ),
        ),
        Kind(
            "amount-claim",
            ATLAS + "Claim",
            (
                label,
                (ATLAS + "subject", node("funding/good")),
                (ATLAS + "predicate", atlas("amount")),
                (ATLAS + "object", node("quantity/good")),
                (ATLAS + "modality", node("modality/reported")),
                (ATLAS + "rank", node("rank/normal")),
                (ATLAS + "evidence", node("passage/good")),
            ),
        ),
        Kind(
            "share-claim",
            ATLAS + "Claim",
            (
                (ATLAS + "subject", node("funding/good")),
                (ATLAS + "predicate", atlas("fundingShare")),
                (ATLAS + "value", typed("0.5", "decimal")),
                (ATLAS + "modality", node("modality/reported")),
                (ATLAS + "rank", node("rank/preferred")),
                (ATLAS + "evidence", node("passage/good")),
            ),
        ),
        Kind(
            "cost-claim",
            ATLAS + "Claim",
            (
                (ATLAS + "subject", node("infrastructure/good")),
                (ATLAS + "predicate", atlas("cost")),
                (ATLAS + "object", node("quantity/good")),
                (ATLAS + "modality", node("modality/estimate")),
                (ATLAS + "rank", node("rank/deprecated")),
                (ATLAS + "evidence", node("passage/good")),
            ),
        ),
        Kind(
            "year-claim",
            ATLAS + "Claim",
            (
                (ATLAS + "subject", node("infrastructure/good")),
                (ATLAS + "predicate", atlas("operationalFrom")),
                (ATLAS + "value", typed("2027", "gYear")),
                (ATLAS + "modality", node("modality/announced-plan")),
                (ATLAS + "rank", node("rank/normal")),
                (ATLAS + "asOf", typed("2025-05-05", "date")),
                (ATLAS + "evidence", node("passage/good")),
            ),
        ),
        Kind(
            "passage",
            ATLAS + "Passage",
            (
                (ATLAS + "inSource", node("source/good")),
                (OA + "start", typed("1", "integer")),
                (OA + "end", typed("9", "integer")),
            ),
            ((ATLAS + "evidence", "claim"),),
        ),
        Kind(
            "source",
            ATLAS + "Source",
            (
                label,
                (DCTERMS + "title", text("Well-formed document")),
                (DCTERMS + "issued", typed("2025-01-01", "date")),
                (DCTERMS + "publisher", node("actor/good")),
                (DCTERMS + "language", ox.Literal("en")),
                (FOAF + "page", ox.NamedNode("https://e.example/page")),
                (SKOS + "editorialNote", text("A note.")),
            ),
            ((ATLAS + "inSource", "passage"),),
        ),
        Kind(
            "quantity",
            ATLAS + "MonetaryAmount",
            (
                label,
                (ATLAS + "minValue", typed("5000000", "decimal")),
                (ATLAS + "maxValue", typed("7000000", "decimal")),
                (ATLAS + "currency", ox.Literal("EUR")),
                (ATLAS + "unit", ox.Literal("MW")),
                (ATLAS + "approximate", ox.Literal(True)),
            ),
            ((ATLAS + "object", "amount-claim"),),
        ),
        Kind(
            "infrastructure",
            ATLAS + "DataCentre",
            (
                label,
                (RDF + "type", atlas("Infrastructure")),
                (SKOS + "altLabel", text("Also well-formed")),
                (ATLAS + "status", node("status/announced")),
                (ATLAS + "locatedIn", node("place/good")),
                (ATLAS + "operatedBy", node("actor/good")),
                (ATLAS + "builtBy", node("actor/good")),
                (ATLAS + "hasFunding", node("funding/good")),
                (ATLAS + "operationalFrom", typed("2027", "gYear")),
                (ATLAS + "powerPerFacility", node("quantity/good")),
                (OWL + "deprecated", ox.Literal(False)),
                (DCTERMS + "isReplacedBy", node("infrastructure/good")),
                (SKOS + "exactMatch", ox.NamedNode("https://e.example/thing")),
                (SKOS + "scopeNote", text("A note.")),
            ),
        ),
        Kind(
            "place",
            ATLAS + "City",
            (
                label,
                (RDF + "type", atlas("Place")),
                (ATLAS + "within", node("place/country")),
                (ATLAS + "isoCode", ox.Literal("SE")),
                (GEO + "lat", typed("60.5", "decimal")),
                (GEO + "long", typed("15.4", "decimal")),
            ),
            ((ATLAS + "locatedIn", "infrastructure"),),
        ),
        Kind(
            "funding",
            ATLAS + "FundingCommitment",
            (
                label,
                (ATLAS + "funds", node("programme/good")),
                (ATLAS + "funder", node("actor/good")),
                (ATLAS + "amount", node("quantity/good")),
                (ATLAS + "fundingShare", typed("0.5", "decimal")),
            ),
            ((ATLAS + "subject", "amount-claim"), (ATLAS + "subject", "share-claim")),
        ),
        Kind("actor", ATLAS + "Actor", (label,), ((ATLAS + "operatedBy", "infrastructure"),)),
        Kind("programme", ATLAS + "Programme", (label,), ((ATLAS + "funds", "funding"),)),
        Kind(
            "axiom",
            OWL + "Axiom",
            (
                (OWL + "annotatedSource", node("infrastructure/good")),
                (OWL + "annotatedProperty", atlas("status")),
                (OWL + "annotatedTarget", node("status/announced")),
                (ATLAS + "supportedBy", node("claim/good")),
            ),
        ),
        Kind(
            "class",
            OWL + "Class",
            (
                label,
                (SKOS + "definition", text("What it is.")),
                (SKOS + "scopeNote", text("A note.")),
                (RDFS + "subClassOf", atlas("Infrastructure")),
                (OWL + "equivalentClass", atlas("City")),
                (OWL + "disjointWith", atlas("Actor")),
                (SKOS + "closeMatch", ox.NamedNode("https://e.example/class")),
            ),
        ),
        Kind(
            "property",
            OWL + "ObjectProperty",
            (
                label,
                (RDF + "type", ox.NamedNode(OWL + "FunctionalProperty")),
                (RDFS + "subPropertyOf", atlas("within")),
                (RDFS + "domain", atlas("Infrastructure")),
                (RDFS + "range", atlas("MonetaryAmount")),
                (OWL + "inverseOf", atlas("within")),
                (OWL + "propertyChainAxiom", ox.BlankNode("chain")),
            ),
        ),
        Kind(
            "code",
            SKOS + "Concept",
            (
                (SKOS + "prefLabel", text("Well-formed code")),
                (SKOS + "inScheme", node("scheme/good")),
                (SKOS + "definition", text("What it is.")),
            ),
        ),
        Kind("scheme", SKOS + "ConceptScheme", ((SKOS + "prefLabel", text("Well-formed list")),)),
        Kind(
            "dataset",
            DCAT + "Dataset",
            (
                label,
                (DCTERMS + "title", text("Well-formed data")),
                (DCTERMS + "creator", ox.Literal("Somebody")),
                (VOID + "classPartition", node("partition/good")),
            ),
        ),
        Kind(
            "partition",
            VOID + "Dataset",
            ((VOID + "class", atlas("Actor")), (VOID + "entities", typed("3", "integer"))),
        ),
    )


KINDS = _kinds()


def things() -> Iterator[str]:
    """Yield the IRIs of all things, well-formed ones first."""
    for kind in KINDS:
        yield ID + f"{kind.name}/good"
    for kind in KINDS:
        for key, _value in _one_of_each(kind):
            for name in VALUES:
                yield _named(kind, key, name)


def quads() -> list[ox.Quad]:
    """Return the data set."""
    return [ox.Quad(s, ox.NamedNode(p), o, ox.NamedNode(GRAPH + graph)) for s, p, o, graph in _statements()]


def _statements() -> Iterator[tuple[Subject, str, Value, str]]:
    by_name = {kind.name: kind for kind in KINDS}
    for kind in KINDS:
        yield from _thing(node(f"{kind.name}/good"), kind, kind.said)
        for key, _value in _one_of_each(kind):
            for name, values in VALUES.items():
                thing = ox.NamedNode(_named(kind, key, name))
                given = [thing if value == "self" else value for value in values]
                said = [pair for pair in kind.said if pair[0] != key] + [(key, value) for value in given]
                yield from _thing(thing, kind, said)
                for link, holder in kind.links:
                    other = by_name[holder]
                    leading = [(p, thing if p == link else o) for p, o in other.said]
                    yield from _thing(node(f"{holder}/to-{thing.value.removeprefix(ID)}"), other, leading)
    # A region that is within itself by way of another, and a list that never ends.
    yield node("place/country"), ATLAS + "within", node("place/union"), "entities"
    yield node("place/union"), ATLAS + "within", node("place/country"), "entities"
    yield node("place/country"), ATLAS + "isoCode", ox.Literal("SE"), "entities"
    yield ox.BlankNode("chain"), RDF + "first", atlas("within"), "ontology"
    yield ox.BlankNode("chain"), RDF + "rest", ox.BlankNode("chain"), "ontology"
    yield atlas("cost"), RDFS + "range", atlas("MonetaryAmount"), "ontology"
    yield atlas("DataCentre"), RDFS + "subClassOf", atlas("Infrastructure"), "ontology"
    yield atlas("Infrastructure"), RDFS + "subClassOf", atlas("DataCentre"), "ontology"
    for name, part in (("creator", ox.Literal("Somebody")), ("title", ox.Literal(""))):
        yield ox.NamedNode(BASE + "dataset"), DCTERMS + name, part, "metadata"
    yield ox.NamedNode(BASE + "dataset"), RDF + "type", ox.NamedNode(DCAT + "Dataset"), "metadata"
    for value in (ox.Literal("7"), ox.Literal("many"), ox.BlankNode("chain"), ox.NamedNode("http://e/x")):
        measured = ox.BlankNode()
        yield measured, RDF + "type", ox.NamedNode(DQV + "QualityMeasurement"), "metadata"
        yield measured, DQV + "isMeasurementOf", ox.NamedNode(METRIC + "claims-by-country"), "metadata"
        yield measured, DQV + "value", value, "metadata"
        yield measured, DCTERMS + "subject", node("place/country"), "metadata"
        yield measured, DCTERMS + "language", ox.Literal("no such language"), "metadata"
    for name in VALUES:
        partition = ox.NamedNode(_named(by_name["partition"], VOID + "entities", name))
        yield ox.NamedNode(BASE + "dataset"), VOID + "classPartition", partition, "metadata"


def _thing(
    thing: Subject, kind: Kind, said: tuple[tuple[str, Value], ...] | list[tuple[str, Value]]
) -> Iterator[tuple[Subject, str, Value, str]]:
    graph = "claims" if kind.name.endswith(("claim", "passage", "source")) else "entities"
    graph = "current" if kind.name == "axiom" else graph
    yield thing, RDF + "type", ox.NamedNode(kind.type), graph
    for key, value in said:
        yield thing, key, value, graph
    if kind.name.endswith("claim") and isinstance(thing, ox.NamedNode):
        # In the current view, as far as what it says can be said in RDF.
        axiom = node("axiom/of-" + thing.value.removeprefix(ID))
        parts = dict(said)
        yield axiom, ATLAS + "supportedBy", thing, "current"
        for key, part in (("annotatedSource", "subject"), ("annotatedProperty", "predicate")):
            if ATLAS + part in parts:
                yield axiom, OWL + key, parts[ATLAS + part], "current"
        target = parts.get(ATLAS + "object", parts.get(ATLAS + "value"))
        if target is not None:
            yield axiom, OWL + "annotatedTarget", target, "current"


def _one_of_each(kind: Kind) -> list[tuple[str, Value]]:
    """Return each property of a kind once."""
    return list({key: (key, value) for key, value in kind.said}.values())


def _named(kind: Kind, key: str, value: str) -> str:
    local = key.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    return ID + f"{kind.name}/{local}-{value}"
