"""W3C's SPARQL test suites, read from their archive: every case with the files that it names.

The archive `sparql-tests.tar.gz` (folder `sparql/` of https://github.com/w3c/rdf-tests) is looked for in the folder
that COMPUTEATLAS_W3C names, else beside the checkout. It is read in memory and never unpacked. A file's IRI is the one
under which W3C publishes it, so that relative IRIs in data, queries and expected results resolve alike.

The vocabulary of the manifests: https://w3c.github.io/rdf-tests/sparql/
"""

from __future__ import annotations

import enum
import os
import re
import tarfile
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

BASE = "https://w3c.github.io/rdf-tests/"
ARCHIVE = (
    Path(os.environ.get("COMPUTEATLAS_W3C", Path(__file__).resolve().parents[3] / "shared" / "w3c"))
    / "sparql-tests.tar.gz"
)
ROOTS = tuple(
    f"{BASE}sparql/{path}" for path in ("sparql10/manifest.ttl", "sparql11/manifest-all.ttl", "sparql12/manifest.ttl")
)
#: Suites that the roots include and the tests leave out, and why.
LEFT_OUT = {
    "sparql11/entailment": "the endpoint answers under simple entailment; a release holds its inferences as triples",
    "sparql11/service": "federation is off by default and would need the hosts that the tests name",
    "sparql11/syntax-fed": "an accepted SERVICE would be sent to the hosts that the tests name",
    "sparql11/service-description": "checked by a running service, not by files; the endpoint has tests of its own",
    "sparql11/protocol": "checked by a running service, not by files; the endpoint has tests of its own",
    "sparql11/graph-store-protocol": "checked by a running service, not by files; the endpoint has tests of its own",
}

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"

FROM = re.compile(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", re.IGNORECASE)


class Kind(enum.Enum):
    """What a case asks for."""

    QUERY_EVALUATION = "query evaluation"
    RESULTS_FORMAT = "results format"
    QUERY_ACCEPTED = "query syntax, accepted"
    QUERY_REFUSED = "query syntax, refused"
    UPDATE_EVALUATION = "update evaluation"
    UPDATE_ACCEPTED = "update syntax, accepted"
    UPDATE_REFUSED = "update syntax, refused"


@dataclass(frozen=True)
class DataSet:
    """The files of a data set, by IRI: those of the default graph, and (graph name, file) of the named ones."""

    default: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """One test of a suite.

    `request` is the IRI of the query or update; `result` that of the expected answer of a query, None where there is
    none; `after` is the data set that an update must leave behind. `lax` allows fewer duplicates than expected
    (mf:LaxCardinality, for REDUCED).
    """

    iri: str
    suite: str
    kind: Kind
    request: str
    before: DataSet = field(default_factory=DataSet)
    after: DataSet = field(default_factory=DataSet)
    result: str | None = None
    lax: bool = False

    @property
    def name(self) -> str:
        """The suite and the last part of the IRI."""
        return f"{self.suite}#{re.split('[#/]', self.iri)[-1]}"


@cache
def files() -> dict[str, bytes]:
    """Return the files of the archive by IRI; raise FileNotFoundError where there is no archive."""
    with tarfile.open(ARCHIVE) as archive:
        return {BASE + entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()}


def read(iri: str) -> bytes:
    """Return the content of a file; raise KeyError where the archive has none under this IRI."""
    return files()[iri]


def quads(iri: str, graph: ox.NamedNode | None = None) -> list[ox.Quad]:
    """Parse an RDF file, its triples going to `graph` if one is given.

    Blank nodes get fresh labels: two files that use one label mean two nodes.
    """
    form = ox.RdfFormat.from_extension(iri.rsplit(".", 1)[1])
    parsed = ox.parse(read(iri), form, base_iri=iri, rename_blank_nodes=True)
    if graph is None:
        return list(parsed)
    return [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parsed]


def load(data: DataSet) -> list[ox.Quad]:
    """Parse the files of a data set."""
    found = [quad for iri in data.default for quad in quads(iri)]
    return found + [quad for name, iri in data.named for quad in quads(iri, ox.NamedNode(name))]


class _Manifest:
    """A manifest as subject → predicate → objects."""

    def __init__(self, iri: str) -> None:
        self.node = None
        self._objects: dict[object, dict[str, list]] = defaultdict(lambda: defaultdict(list))
        for quad in quads(iri):
            self._objects[quad.subject][quad.predicate.value].append(quad.object)
            if quad.predicate.value == RDF + "type" and quad.object.value == MF + "Manifest":
                self.node = quad.subject

    def all(self, subject: object, predicate: str) -> list:
        return self._objects[subject][predicate]

    def one(self, subject: object, predicate: str) -> object | None:
        objects = self.all(subject, predicate)
        if len(objects) > 1:
            raise ValueError(f"{subject} has several {predicate}")
        return objects[0] if objects else None

    def items(self, predicate: str) -> list:
        """Return the members of the manifest's list."""
        members = []
        cell = self.one(self.node, predicate)
        while cell is not None and getattr(cell, "value", "") != RDF + "nil":
            members.append(self.one(cell, RDF + "first"))
            cell = self.one(cell, RDF + "rest")
        return members

    def data(self, subject: object, prefix: str) -> DataSet:
        """Return the data set that an action or a result names in the words of `prefix`."""
        named = []
        for entry in self.all(subject, prefix + "graphData"):
            file = self.one(entry, prefix + "graph") or entry
            label = self.one(entry, LABEL) or file
            named.append((label.value, file.value))
        return DataSet(tuple(sorted(node.value for node in self.all(subject, prefix + "data"))), tuple(sorted(named)))


def _dataset_clause(request: str) -> tuple[tuple[str, str], ...]:
    """Return, as named graphs, the files of the suites that the query names in FROM and FROM NAMED."""
    folder = request.rsplit("/", 1)[0] + "/"
    names = {folder + name for name in FROM.findall(read(request).decode())}
    return tuple(sorted((name, name) for name in names if name in files()))


def _evaluation(manifest: _Manifest, test: object, iri: str, suite: str, kind: Kind) -> Case:
    action, result = manifest.one(test, MF + "action"), manifest.one(test, MF + "result")
    if kind is Kind.UPDATE_EVALUATION:
        request = manifest.one(action, UT + "request").value
        return Case(iri, suite, kind, request, manifest.data(action, UT), manifest.data(result, UT))
    if suite in ("sparql11/csv-tsv-res", "sparql11/json-res"):
        kind = Kind.RESULTS_FORMAT
    request = manifest.one(action, QT + "query").value
    before = manifest.data(action, QT)
    clause = tuple(graph for graph in _dataset_clause(request) if graph not in before.named)
    cardinality = getattr(manifest.one(test, MF + "resultCardinality"), "value", "")
    return Case(
        iri,
        suite,
        kind,
        request,
        before=DataSet(before.default, before.named + clause),
        result=result.value,
        lax=cardinality == MF + "LaxCardinality",
    )


def _case(manifest: _Manifest, test: ox.NamedNode, suite: str) -> Case:
    (name,) = (node.value.removeprefix(MF) for node in manifest.all(test, RDF + "type"))
    kind = {
        "QueryEvaluationTest": Kind.QUERY_EVALUATION,
        "CSVResultFormatTest": Kind.RESULTS_FORMAT,
        "UpdateEvaluationTest": Kind.UPDATE_EVALUATION,
        "PositiveSyntaxTest": Kind.QUERY_ACCEPTED,
        "NegativeSyntaxTest": Kind.QUERY_REFUSED,
        "PositiveUpdateSyntaxTest": Kind.UPDATE_ACCEPTED,
        "NegativeUpdateSyntaxTest": Kind.UPDATE_REFUSED,
    }[name.removesuffix("11")]
    if kind in (Kind.QUERY_EVALUATION, Kind.RESULTS_FORMAT, Kind.UPDATE_EVALUATION):
        return _evaluation(manifest, test, test.value, suite, kind)
    request = manifest.one(test, MF + "action").value
    # sparql11/delete-insert has updates that are typed as queries.
    if kind is Kind.QUERY_REFUSED and request.endswith(".ru"):
        kind = Kind.UPDATE_REFUSED
    return Case(test.value, suite, kind, request)


@cache
def read_manifests() -> tuple[tuple[Case, ...], frozenset[str]]:
    """Return the cases of all suites in the manifests' order, and the names of the suites left out."""
    cases: list[Case] = []
    left_out = set()
    waiting = list(reversed(ROOTS))
    while waiting:
        iri = waiting.pop()
        suite = iri.removeprefix(BASE + "sparql/").rsplit("/", 1)[0]
        if suite in LEFT_OUT:
            left_out.add(suite)
            continue
        manifest = _Manifest(iri)
        waiting += reversed([node.value for node in manifest.items(MF + "include")])
        cases += [_case(manifest, test, suite) for test in manifest.items(MF + "entries")]
    return tuple(cases), frozenset(left_out)
