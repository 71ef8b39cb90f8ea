"""The current view of scopes, values that change, supersession and reliability: by example, and against plain Python.

`naive` says the rules of docs/model.md with loops, for any set of claims.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.current_view import Assertion, annotate, derive_current_view
from computeatlas.curate.derived_days import derived_quads
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.namespaces import ATLAS, DCTERMS, ID, OWL, RDF
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query

MANY, CHANGING, FUNCTIONAL = ATLAS + "builtBy", ATLAS + "facilityCount", ATLAS + "renewableShare"
TYPE = RDF + "type"
SURE = {"reported": 2, "announced-plan": 2, "estimate": 1}
TRUST = {"a": 4, "b": 3, "c": 2, "d": 1, "": 0}


@dataclass(frozen=True)
class Document:
    """A document of a day, with a grade of reliability; either may be missing."""

    issued: str = ""
    reliability: str = ""


@dataclass(frozen=True)
class Said:
    """A claim; `supersedes` are places in the list of all claims."""

    values: tuple[int, ...] = (1,)
    subject: str = "whole"
    part: str = ""
    period: str = ""
    by: str = CHANGING
    modality: str = "reported"
    rank: str = "normal"
    as_of: str = ""
    documents: tuple[Document, ...] = ()
    supersedes: tuple[int, ...] = field(default=())

    @property
    def question(self) -> tuple[str, str, str]:
        return self.part or self.subject, self.by, self.period


def quads_of(claims: list[Said]) -> list[ox.Quad]:
    triples: list[tuple[str, str, ox.NamedNode | ox.Literal]] = [
        (CHANGING, ATLAS + "changesInTime", ox.Literal(True)),
        (FUNCTIONAL, TYPE, ox.NamedNode(OWL + "FunctionalProperty")),
    ]
    for number, said in enumerate(claims):
        name = f"{ID}claim/c{number}"
        triples += [
            (name, TYPE, ox.NamedNode(ATLAS + "Claim")),
            (name, ATLAS + "subject", ox.NamedNode(f"{ID}infrastructure/{said.subject}")),
            (name, ATLAS + "predicate", ox.NamedNode(said.by)),
            (name, ATLAS + "modality", ox.NamedNode(f"{ID}modality/{said.modality}")),
            (name, ATLAS + "rank", ox.NamedNode(f"{ID}rank/{said.rank}")),
        ]
        triples += [(name, ATLAS + "value", ox.Literal(value)) for value in said.values]
        triples += [(name, ATLAS + "supersedes", ox.NamedNode(f"{ID}claim/c{other}")) for other in said.supersedes]
        if said.part:
            triples.append((name, ATLAS + "scopePart", ox.NamedNode(f"{ID}infrastructure/{said.part}")))
        triples += [(name, ATLAS + "scopePeriod", ox.Literal(said.period))] if said.period else []
        triples += [(name, ATLAS + "asOf", ox.Literal(said.as_of))] if said.as_of else []
        for place, document in enumerate(said.documents):
            passage, source = f"{ID}passage/p{number}-{place}", f"{ID}source/s{number}-{place}"
            triples += [
                (name, ATLAS + "evidence", ox.NamedNode(passage)),
                (passage, ATLAS + "inSource", ox.NamedNode(source)),
                (source, TYPE, ox.NamedNode(ATLAS + "Source")),
            ]
            if document.issued:
                triples.append((source, DCTERMS + "issued", ox.Literal(document.issued)))
            if document.reliability:
                grade = ox.NamedNode(f"{ID}reliability/{document.reliability}")
                triples.append((source, ATLAS + "reliability", grade))
    quads = [ox.Quad(ox.NamedNode(s), ox.NamedNode(p), o) for s, p, o in triples]
    return [*quads, *derived_quads(quads)]


def derive(*claims: Said) -> tuple[Assertion, ...]:
    rule = read_query(Project.find().derivation())
    return derive_current_view(EmbeddedEngine(quads_of(list(claims))), rule)


def found(view: tuple[Assertion, ...]) -> dict[tuple[str, str, str, int], tuple[int, ...]]:
    """Return the numbers of the claims by subject, property, period and value."""
    return {
        (
            one.triple.subject.value.rpartition("/")[2],
            one.triple.predicate.value,
            one.period.value if one.period else "",
            int(one.triple.object.value),
        ): tuple(sorted(int(claim.value.rpartition("/c")[2]) for claim in one.claims))
        for one in view
    }


def naive(claims: list[Said]) -> dict[tuple[str, str, str, int], tuple[int, ...]]:
    superseded = {other for said in claims for other in said.supersedes}

    def weight(said: Said) -> int:
        return SURE[said.modality] + (2 if said.rank == "preferred" else 0)

    def first_day(date: str) -> str:
        return date and date + "-01-01"[len(date) - 4 :]

    def keys(said: Said) -> list[tuple[str, int]]:
        """The dates and grades by which a claim competes, one for each document."""
        if said.by == MANY:
            return [("", 0)]
        documents = said.documents or (Document(),)
        return [(first_day(said.as_of or document.issued), TRUST[document.reliability]) for document in documents]

    entering: dict[tuple[str, str, str, int], tuple[int, ...]] = {}
    competing = {
        number: said
        for number, said in enumerate(claims)
        if number not in superseded and said.rank != "deprecated" and said.modality in SURE
    }
    for question in {said.question for said in competing.values()}:
        rivals = {number: said for number, said in competing.items() if said.question == question}
        most = max(weight(said) for said in rivals.values())
        rivals = {number: said for number, said in rivals.items() if weight(said) == most}
        best = max(key for said in rivals.values() for key in keys(said))
        winning = {value for said in rivals.values() if best in keys(said) for value in said.values}
        for value in winning:
            entering[*question, value] = tuple(number for number, said in rivals.items() if value in said.values)
    return entering


documents = st.builds(Document, st.sampled_from(["", "2024", "2024-12", "2025-03-01"]), st.sampled_from(list(TRUST)))
said = st.builds(
    Said,
    values=st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True).map(tuple),
    subject=st.sampled_from(["whole", "other"]),
    part=st.sampled_from(["", "", "phase-1", "phase-2"]),
    period=st.sampled_from(["", "", "2025", "2026"]),
    by=st.sampled_from([MANY, CHANGING, FUNCTIONAL]),
    modality=st.sampled_from(["reported", "announced-plan", "estimate", "speculation", "opinion", "prediction"]),
    rank=st.sampled_from(["normal", "normal", "preferred", "deprecated"]),
    as_of=st.sampled_from(["", "2024", "2024-12", "2024-12-10", "2025", "2025-01"]),
    documents=st.lists(documents, max_size=2).map(tuple),
    supersedes=st.lists(st.integers(0, 11), max_size=1).map(tuple),
)


@given(st.lists(said, max_size=12))
def test_the_rule_gives_what_the_rules_in_words_give(claims: list[Said]) -> None:
    assert found(derive(*claims)) == naive(claims)


def test_claims_on_different_parts_or_periods_never_outweigh_each_other() -> None:
    view = derive(
        Said((1200,), as_of="2025"),
        Said((64,), part="phase-1", rank="preferred", as_of="2026"),
        Said((90,), period="2024", as_of="2026"),
        Said((95,), period="2025", as_of="2026"),
    )
    assert found(view) == {
        ("whole", CHANGING, "", 1200): (0,),
        ("phase-1", CHANGING, "", 64): (1,),
        ("whole", CHANGING, "2024", 90): (2,),
        ("whole", CHANGING, "2025", 95): (3,),
    }


def test_a_claim_on_the_part_itself_answers_the_same_question_as_one_with_that_scope() -> None:
    view = derive(Said((1,), subject="phase-1", as_of="2024"), Said((2,), part="phase-1", as_of="2025"))
    assert found(view) == {("phase-1", CHANGING, "", 2): (1,)}


def test_the_axiom_of_a_figure_for_a_period_carries_it_and_a_triple_has_an_axiom_for_each() -> None:
    written = list(annotate(derive(Said((5,), period="2025"), Said((5,), period="2026"), Said((5,)))))
    plain = [t for t in written if isinstance(t.subject, ox.NamedNode)]
    assert len(plain) == 1
    axioms = [t.subject for t in written if t.object == ox.NamedNode(OWL + "Axiom")]
    assert len(set(axioms)) == 3
    periods = {t.subject: t.object.value for t in written if t.predicate.value == ATLAS + "scopePeriod"}
    claims = {t.subject: t.object.value[-2:] for t in written if t.predicate.value == ATLAS + "supportedBy"}
    assert {periods.get(axiom, ""): claims[axiom] for axiom in axioms} == {"2025": "c0", "2026": "c1", "": "c2"}


def test_a_later_claim_on_one_value_of_many_drops_no_other() -> None:
    view = derive(Said((1,), by=MANY, as_of="2024"), Said((2,), by=MANY, as_of="2025"))
    assert set(found(view)) == {("whole", MANY, "", 1), ("whole", MANY, "", 2)}


def test_who_takes_a_second_office_keeps_the_first(project: Project) -> None:
    """By the ontology as it is, which names the properties that have one value at a time."""
    holds = "http://www.w3.org/ns/org#holds"
    claims = [Said((1,), by=holds, as_of="2024"), Said((2,), by=holds, as_of="2025")]
    terms = [quad for path in project.ontology() for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    engine = EmbeddedEngine([*quads_of(claims), *terms])
    view = derive_current_view(engine, read_query(project.derivation()))
    assert set(found(view)) == {("whole", holds, "", 1), ("whole", holds, "", 2)}


def test_a_superseded_claim_leaves_the_view_whatever_its_rank() -> None:
    view = derive(Said((1,), by=MANY, rank="preferred"), Said((2,), by=MANY, supersedes=(0,)))
    assert found(view) == {("whole", MANY, "", 2): (1,)}


def test_what_a_superseded_claim_had_outweighed_is_back() -> None:
    view = derive(Said((1,), as_of="2026"), Said((2,), as_of="2024"), Said((3,), modality="opinion", supersedes=(0,)))
    assert found(view) == {("whole", CHANGING, "", 2): (1,)}


def test_of_one_functional_property_the_later_value_counts() -> None:
    view = derive(Said((1,), by=FUNCTIONAL, as_of="2024"), Said((2,), by=FUNCTIONAL, as_of="2025"))
    assert found(view) == {("whole", FUNCTIONAL, "", 2): (1,)}


def test_at_the_same_date_the_more_reliable_document_counts_and_the_best_of_a_claim_is_taken() -> None:
    blog, official, none = Document("2025", "d"), Document("2025", "a"), Document("2025")
    view = derive(
        Said((1,), as_of="2025", documents=(Document("2025", "b"),)),
        Said((2,), as_of="2025", documents=(blog, official)),
        Said((3,), as_of="2025", documents=(none,)),
    )
    assert found(view) == {("whole", CHANGING, "", 2): (1,)}


def test_a_later_date_outweighs_reliability() -> None:
    view = derive(
        Said((1,), as_of="2024", documents=(Document("2025", "a"),)),
        Said((2,), as_of="2025", documents=(Document("2025", "d"),)),
    )
    assert found(view) == {("whole", CHANGING, "", 2): (1,)}


def test_what_says_the_same_as_the_best_is_not_outweighed_by_it() -> None:
    view = derive(
        Said((1,), as_of="2024", documents=(Document("2024", "d"),)),
        Said((1,), as_of="2025", documents=(Document("2025", "a"),)),
        Said((2,), as_of="2024"),
        Said((1,), modality="estimate", as_of="2025"),
    )
    assert found(view) == {("whole", CHANGING, "", 1): (0, 1)}


def test_without_a_date_the_day_of_the_document_counts() -> None:
    view = derive(Said((1,), documents=(Document("2024-05"),)), Said((2,), documents=(Document("2025-03"),)))
    assert found(view) == {("whole", CHANGING, "", 2): (1,)}
