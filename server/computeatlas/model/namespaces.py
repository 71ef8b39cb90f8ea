"""Every namespace and prefix of the project, once."""

from __future__ import annotations

BASE = "https://w3id.org/compute-atlas/"
ATLAS = BASE + "ontology#"
ONTOLOGY_IRI = BASE + "ontology"
ID = BASE + "id/"
GRAPH = BASE + "graph/"
DATASET_IRI = BASE + "dataset"
#: The metrics of the quality of the data.
METRIC = DATASET_IRI + "/metric/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DCTERMS = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
DQV = "http://www.w3.org/ns/dqv#"
#: The dimensions of quality in https://www.w3.org/2016/05/ldqd.
LDQD = "http://www.w3.org/2016/05/ldqd#"
VOID = "http://rdfs.org/ns/void#"
SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
PROV = "http://www.w3.org/ns/prov#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
#: The datatype of dates in the Extended Date/Time Format.
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

#: Kinds of things that have an IRI `BASE/id/KIND/NAME`, and the prefix under which Turtle files write them.
KINDS = {
    "accel": "accelerator",
    "act": "legal-act",
    "actor": "actor",
    "call": "call",
    "claim": "claim",
    "contract": "contract",
    "cooling": "cooling",
    "entry": "ranking-entry",
    "fund": "funding",
    "infra": "infrastructure",
    "installation": "installation",
    "modality": "modality",
    "model": "hardware-model",
    "number-format": "number-format",
    "place": "place",
    "post": "post",
    "prog": "programme",
    "psg": "passage",
    "qty": "quantity",
    "rank": "rank",
    "ranking": "ranking",
    "reliability": "reliability",
    "round": "financing-round",
    "source-kind": "source-kind",
    "src": "source",
    "stake": "stake",
    "status": "status",
    "topic": "topic",
    "transaction-kind": "transaction-kind",
    "unit": "unit",
    "use-domain": "use-domain",
    "user-group": "user-group",
}

#: Prefix → namespace, for Turtle written by us, for messages and for queries.
PREFIXES = {
    "atlas": ATLAS,
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "dqv": DQV,
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "sd": SD,
    "skos": SKOS,
    "vann": "http://purl.org/vocab/vann/",
    "void": VOID,
    "xsd": XSD,
} | {prefix: f"{ID}{kind}/" for prefix, kind in KINDS.items()}

#: The named graphs of a release, in the order in which they are derived from one another.
GRAPHS = ("ontology", "entities", "sources", "claims", "current", "inferred", "metadata")


def graph_iri(name: str) -> str:
    """Return the IRI of the named graph `name` of a release.

    Raises ValueError for any other name."""
    if name not in GRAPHS:
        raise ValueError(f"{name} is not a named graph of a release")
    return GRAPH + name


def shorten(iri: str) -> str:
    """Return `iri` as a prefixed name where a prefix covers it, else `<iri>`."""
    best = max(
        ((prefix, namespace) for prefix, namespace in PREFIXES.items() if iri.startswith(namespace)),
        key=lambda item: len(item[1]),
        default=None,
    )
    if best is None:
        return f"<{iri}>"
    local = iri[len(best[1]) :]
    return f"{best[0]}:{local}" if local and "/" not in local and "#" not in local else f"<{iri}>"
