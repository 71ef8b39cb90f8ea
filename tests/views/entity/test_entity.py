"""What the page of a thing holds: every claim on it, in groups, with what disagrees side by side."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, ID, PREFIXES
from computeatlas.model.queryfile import read_query
from computeatlas.views.entity.entity import read_page
from computeatlas.views.entity.gather import status
from computeatlas.views.entity.kinds import Kind
from computeatlas.views.entity.meaning import Meaning, meanings, meanings_text
from computeatlas.views.entity.statements import Origin
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from computeatlas.model.project import Project
    from computeatlas.views.entity.entity import Page
    from computeatlas.views.entity.statements import PropertyStatements

PREFIX = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture
def read(project: Project) -> Callable[..., Reader]:
    """Return the reader of an engine, or of a graph in Turtle."""
    views = {path.stem: read_query(path) for path in project.views()}

    def reader(source: EmbeddedEngine | str, language: str = "en") -> Reader:
        engine = source
        if isinstance(source, str):
            head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
            triples = ox.parse((head + source).encode(), format=ox.RdfFormat.TURTLE, base_iri=ID)
            engine = EmbeddedEngine(ox.Quad(q.subject, q.predicate, q.object) for q in triples)
        return Reader(lambda text: engine.table(Query(text)), views, Names(views["labels"]), language)

    return reader


def claims_shown(page: Page) -> set[str]:
    return {claim.iri for group in page.groups for block in group.blocks for claim in block.claims}


def block(page: Page, name: str) -> PropertyStatements:
    return next(one for group in page.groups for one in group.blocks if one.by == ATLAS + name)


def drawn(things: Iterable[ox.NamedNode], claims: Mapping[ox.NamedNode, set[str]]) -> list[ox.NamedNode]:
    """Return the things with the most claims and some others, always the same of the same graph."""
    ordered = sorted(things, key=lambda thing: (-len(claims.get(thing, ())), thing.value))
    return [*ordered[:10], *random.Random(20).sample(ordered[10:], min(40, len(ordered) - 10))]


@pytest.mark.parametrize("which", ["small_engine", "engine"])
def test_every_claim_is_on_the_pages_of_its_subject_and_of_its_objects(
    which: str, request: pytest.FixtureRequest, read
) -> None:
    """All things of a small graph, some of the whole."""
    engine = request.getfixturevalue(which)
    claims = engine.table(
        Query(
            PREFIX + "SELECT ?c ?s ?o ?part WHERE { ?c a atlas:Claim ; atlas:subject ?s "
            "OPTIONAL { ?c atlas:object ?o } OPTIONAL { ?c atlas:scopePart ?part } }"
        )
    ).rows
    on, of = defaultdict(set), defaultdict(set)
    for claim, subject, value, part in claims:
        on[subject].add(claim.value)
        if part is not None:
            on[part].add(claim.value)
        if value is not None:
            of[value].add(claim.value)
    assert len(on) > 40
    reader = read(engine)
    things = {*on, *of} if which == "small_engine" else {*drawn(on, on), *drawn(of, of)}
    for thing in things:
        page = read_page(reader, thing)
        assert claims_shown(page) == on[thing], thing
        pages = [page, *(read_page(reader, thing, number) for number in range(2, page.counts.pages + 1))]
        assert {claim for one in pages for ref in one.references for claim in ref.claims} >= of[thing], thing


@pytest.mark.parametrize("which", ["small_engine", "engine"])
def test_a_document_and_a_passage_show_the_claims_that_they_support(
    which: str, request: pytest.FixtureRequest, read
) -> None:
    """All of a small graph, some of the whole."""
    engine = request.getfixturevalue(which)
    rows = engine.table(Query(PREFIX + "SELECT ?c ?p ?d WHERE { ?c atlas:evidence ?p . ?p atlas:inSource ?d }")).rows
    supported = defaultdict(set)
    for claim, passage, document in rows:
        supported[passage].add(claim.value)
        supported[document].add(claim.value)
    reader = read(engine)
    things = supported if which == "small_engine" else drawn(supported, supported)
    for thing in things:
        assert {claim.iri for claim in read_page(reader, thing).claims} == supported[thing]


def test_no_property_that_claims_use_is_without_a_group(engine, read) -> None:
    used = [
        row[0].value for row in engine.table(Query(PREFIX + "SELECT DISTINCT ?p WHERE { ?c atlas:predicate ?p }")).rows
    ]
    reader = read(engine)
    text = meanings_text(reader, used)
    found = meanings(used, reader.ask(text) if text else None)
    assert [name for name in used if found[name] is Meaning.OTHER] == []
    assert found[ATLAS + "builtBy"] is Meaning.WHO
    assert found[ATLAS + "costEstimate"] is Meaning.MONEY
    assert found[ATLAS + "underProgramme"] is Meaning.PROGRAMME


def test_a_new_property_finds_its_group_by_its_place_in_the_ontology(read) -> None:
    reader = read("""
        atlas:cooledBy rdfs:subPropertyOf atlas:builtBy . atlas:builtBy rdfs:subPropertyOf atlas:hasInvolvedActor .
        atlas:rent rdfs:range atlas:Rent . atlas:Rent rdfs:subClassOf atlas:MonetaryAmount .
        atlas:colour a rdf:Property .""")
    names = [ATLAS + name for name in ("cooledBy", "rent", "colour")]
    table = reader.ask(meanings_text(reader, names))
    assert list(meanings(names, table).values()) == [
        Meaning.WHO,
        Meaning.MONEY,
        Meaning.OTHER,
    ]


def test_contradicting_claims_stand_side_by_side_the_one_in_the_view_first(engine, read) -> None:
    page = read_page(read(engine), ox.NamedNode(ID + "infrastructure/coreweave-falun"))
    built = block(page, "builtBy")
    names = [claim.iri.rsplit("/", 1)[-1] for claim in built.disagreeing]
    assert names == ["falun-built-by-coreweave", "falun-built-by-both", "falun-built-by-nvidia"]
    assert [claim.in_view for claim in built.disagreeing] == [True, False, False]
    assert all(claim.reasons for claim in built.disagreeing)
    assert built.aside == ()


def test_inferred_values_rest_on_no_claim_and_derived_ones_do(engine, read) -> None:
    page = read_page(read(engine), ox.NamedNode(ID + "infrastructure/coreweave-falun"))
    located = {statement.value.value.rsplit("/", 1)[-1]: statement for statement in block(page, "locatedIn").statements}
    assert located["falun"].origin is Origin.DERIVED
    assert [claim.iri for claim in located["falun"].claims] == [ID + "claim/falun-located-in"]
    assert {name for name, one in located.items() if one.origin is Origin.INFERRED} == {"dalarna", "sweden", "europe"}


CLAIMS = """
<claim/a> a atlas:Claim ; atlas:subject <s> ; atlas:predicate <p> ; {a} ; atlas:modality <modality/{m}> .
<claim/b> a atlas:Claim ; atlas:subject <s> ; atlas:predicate <p> ; {b} ; atlas:modality <modality/{n}> .
<s> <p> 1 .
[] owl:annotatedSource <s> ; owl:annotatedProperty <p> ; owl:annotatedTarget 1 ; atlas:supportedBy <claim/a> .
"""


@pytest.mark.parametrize(
    "a, b, n, disagree",
    [
        ("atlas:value 1", "atlas:value 2", "estimate", True),
        ("atlas:value 1", "atlas:value 1", "estimate", False),
        ("atlas:value 1", "atlas:value 2", "opinion", False),
        ("atlas:value 1", "atlas:value 2 ; atlas:contradicts <claim/a>", "opinion", True),
        ("atlas:value 'one'@en", "atlas:value 'two'@en", "reported", False),
    ],
    ids=["outweighed", "same value", "opinion", "opinion that contradicts", "texts"],
)
def test_claims_disagree_where_one_was_outweighed_or_contradicts(read, a: str, b: str, n: str, disagree: bool) -> None:
    page = read_page(read(CLAIMS.format(a=a, b=b, m="reported", n=n)), ox.NamedNode(ID + "s"))
    (one,) = page.groups[0].blocks
    assert [claim.iri.rsplit("/", 1)[-1] for claim in one.disagreeing] == (["a", "b"] if disagree else [])
    assert claims_shown(page) == {ID + "claim/a", ID + "claim/b"}


def test_a_text_is_shown_in_the_readers_language_once(engine, read) -> None:
    thing = ox.NamedNode(ID + "infrastructure/mimer")
    for language in ("en", "sv"):
        values = [s.value for s in block(read_page(read(engine, language), thing), "purpose").statements]
        assert values
        assert {value.language for value in values} == {language}


def test_values_of_another_language_are_shown_where_the_readers_is_missing(read) -> None:
    page = read_page(read("<s> atlas:purpose 'Zweck'@de ."), ox.NamedNode(ID + "s"), 1)
    assert [statement.value.value for statement in block(page, "purpose").statements] == ["Zweck"]


@pytest.mark.parametrize(
    "graph, expected",
    [
        ("<t> <p> <u>", (True, False, ())),
        ("<s> <p> 1", (False, False, ())),
        ("<t> <p> <s>", (False, False, ())),
        ("<t> <s> 1", (False, False, ())),
        ("<s> owl:deprecated true", (False, True, ())),
        ("<s> owl:deprecated true ; dcterms:isReplacedBy <u> , <t>", (False, True, (ID + "t", ID + "u"))),
        ("<s> owl:deprecated false", (False, False, ())),
    ],
    ids=["missing", "subject", "object", "property", "deprecated", "with successors", "not deprecated"],
)
def test_status(read, graph: str, expected: tuple[bool, bool, tuple[str, ...]]) -> None:
    reader = read(graph + " .")
    one = status(reader, ox.NamedNode(ID + "s"))
    assert (one.is_missing, one.is_deprecated, one.successors) == expected
    assert read_page(reader, ox.NamedNode(ID + "s")).status == one


@pytest.mark.parametrize(
    "name, kind",
    [
        ("claim/mimer-status", Kind.CLAIM),
        ("passage/vr-mimer-178-278", Kind.PASSAGE),
        ("source/vr-mimer", Kind.SOURCE),
        ("modality/reported", Kind.CODE),
        ("quantity/eur-20000000000", Kind.QUANTITY),
        ("place/falun", Kind.THING),
    ],
)
def test_kinds(engine, read, name: str, kind: Kind) -> None:
    assert read_page(read(engine), ox.NamedNode(ID + name)).kind is kind


def test_a_claim_knows_what_contradicts_it_both_ways(engine, read) -> None:
    for name, other in [("coreweave", "nvidia"), ("nvidia", "coreweave")]:
        page = read_page(read(engine), ox.NamedNode(f"{ID}claim/falun-built-by-{name}"))
        assert f"{ID}claim/falun-built-by-{other}" in page.claims[0].contradicts


def test_a_property_without_a_description_shows_its_uses(read) -> None:
    page = read_page(read("<t> <s> 1 . <u> <s> <t> ."), ox.NamedNode(ID + "s"))
    assert [subject for subject, _ in page.uses] == [ID + "t", ID + "u"]


def test_notes_are_numbered_in_the_order_in_which_they_are_cited(engine, read) -> None:
    page = read_page(read(engine), ox.NamedNode(ID + "infrastructure/coreweave-falun"))
    first = page.groups[0].blocks[0].claims[0]
    assert [page.numbers[passage] for passage in first.passages] == [1, 2]
    assert sorted(page.numbers.values()) == list(range(1, len(page.numbers) + 1))


def test_few_queries_make_a_page(engine, read) -> None:
    reader = read(engine)
    asked: list[str] = []
    counting = Reader(lambda text: asked.append(text) or reader.ask(text), reader.queries, reader.names)
    read_page(counting, ox.NamedNode(ID + "infrastructure/mimer"))
    assert len(asked) <= 7
