"""Which questions are conflicts, and what became of each answer: against the rule itself and against plain Python."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, pairwise

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import Query
from computeatlas.model.namespaces import ATLAS, DCTERMS, ID
from computeatlas.views.conflicts import Kind, Outcome, Question, read_conflicts, read_questions, split_pages
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader

from .claimed import Made, node, quads_of, reader_of, text, views

MODALITIES = ("reported", "announced-plan", "estimate", "prediction", "speculation", "opinion", "stated-unknown")
CAN_ENTER = MODALITIES[:3]
COUNT = ATLAS + "facilityCount"
PARTNER = ATLAS + "hasPartner"
WORDS = DCTERMS + "description"
VALUES = {
    COUNT: [(ox.Literal(n),) for n in (5, 7, 13)],
    PARTNER: [(node("actor/a"),), (node("actor/b"),), (node("actor/a"), node("actor/b"))],
    WORDS: [(text("one"), text("ett", "sv")), (text("two"), text("två", "sv"))],
}


@st.composite
def claim_sets(draw: st.DrawFn) -> list[Made]:
    """Draw claims on two subjects, some of which contradict others on the same question."""
    made: list[Made] = []
    for number in range(draw(st.integers(0, 7))):
        subject, name = draw(st.sampled_from(("infrastructure/x", "programme/y"))), draw(st.sampled_from(list(VALUES)))
        modality = draw(st.sampled_from(MODALITIES))
        same = [other.name for other in made if (other.subject, other.property) == (subject, name)]
        made.append(
            Made(
                name=f"c{number}",
                values=() if modality == "stated-unknown" else draw(st.sampled_from(VALUES[name])),
                modality=modality,
                rank=draw(st.sampled_from(("preferred", "normal", "normal", "deprecated"))),
                subject=subject,
                property=name,
                date=draw(st.sampled_from(("", "2024", "2025-03"))),
                contradicts=tuple(draw(st.lists(st.sampled_from(same), max_size=1))) if same else (),
            )
        )
    return made


def expected_questions(made: list[Made], entered: set[tuple[str, str, str]]) -> dict[tuple[str, str], Kind]:
    """Say what is a conflict, by comparing each claim with each; `entered` has subject, property and value."""
    found: dict[tuple[str, str], Kind] = {}
    for one, other in combinations(made, 2):
        key = ID + one.subject, one.property
        if (one.subject, one.property) != (other.subject, other.property):
            continue
        kinds = [Kind.CONTRADICTION] if other.name in one.contradicts or one.name in other.contradicts else []
        if one.modality in CAN_ENTER and other.modality in CAN_ENTER and one.values != other.values:
            kinds += [
                Kind.TEXTS if one.property == WORDS else Kind.VALUES
                for value in (*one.values, *other.values)
                if (*key, str(value)) not in entered
            ]
        if kinds:
            found[key] = min([*kinds, found.get(key, Kind.TEXTS)])
    return found


@pytest.mark.slow
@given(claim_sets())
def test_conflicts_are_those_that_a_comparison_of_all_pairs_finds(made: list[Made]) -> None:
    quads = quads_of(made)
    entered = {
        (quad.subject.value, quad.predicate.value, str(quad.object))
        for quad in quads
        if quad.graph_name.value.endswith("/current") and isinstance(quad.subject, ox.NamedNode)
    }
    questions = read_questions(reader_of(quads))
    assert {(q.subject, q.property): q.kind for q in questions} == expected_questions(made, entered)
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for claim in made:
        numbers[ID + claim.subject, claim.property] += 1
    assert [q.claims for q in questions] == [numbers[q.subject, q.property] for q in questions]
    assert [q.kind for q in questions] == sorted(q.kind for q in questions)


@pytest.mark.slow
@given(claim_sets())
def test_every_claim_of_a_conflict_is_shown_once_and_its_outcome_explained_as_the_rule_has_it(made: list[Made]) -> None:
    quads = quads_of(made)
    supporting = {
        quad.object.value
        for quad in quads
        if quad.predicate.value == ATLAS + "supportedBy" and isinstance(quad.object, ox.NamedNode)
    }
    by_name = {f"{ID}claim/{claim.name}": claim for claim in made}
    reader = reader_of(quads)
    conflicts = read_conflicts(reader, read_questions(reader))
    for conflict in conflicts:
        names = [answer.claim.iri for answer in conflict.answers]
        question = conflict.question
        same = {n for n, c in by_name.items() if (ID + c.subject, c.property) == (question.subject, question.property)}
        assert sorted(names) == sorted(same)
        for answer in conflict.answers:
            claim = by_name[answer.claim.iri]
            assert (answer.outcome is Outcome.ENTERED) == (answer.claim.iri in supporting)
            assert answer.outcome is not Outcome.UNSETTLED
            if answer.outcome is not Outcome.ENTERED:
                assert (answer.outcome is Outcome.DEPRECATED) == (claim.rank == "deprecated")
                if claim.rank != "deprecated":
                    assert (answer.outcome is Outcome.KEPT_OUT) == (claim.modality not in CAN_ENTER)
        assert names[: len(conflict.entered)] == [answer.claim.iri for answer in conflict.entered]


def outcomes(*made: Made) -> dict[str, Outcome]:
    reader = reader_of(quads_of(made))
    (conflict,) = read_conflicts(reader, read_questions(reader))
    return {answer.claim.iri.rsplit("/", 1)[-1]: answer.outcome for answer in conflict.answers}


def test_each_rule_is_named_that_kept_a_claim_out() -> None:
    five, seven = (ox.Literal(5),), (ox.Literal(7),)
    assert outcomes(Made("a", five, rank="preferred"), Made("b", seven)) == {
        "a": Outcome.ENTERED,
        "b": Outcome.OUTRANKED,
    }
    assert outcomes(Made("a", five), Made("b", seven, modality="estimate"))["b"] is Outcome.YIELDED
    assert outcomes(Made("a", five, date="2025"), Made("b", seven, date="2024-12"))["b"] is Outcome.EARLIER
    assert outcomes(Made("a", five), Made("b", seven, rank="deprecated"))["b"] is Outcome.DEPRECATED
    assert outcomes(Made("a", five), Made("b", (), modality="stated-unknown", contradicts=("a",)))["b"] is (
        Outcome.KEPT_OUT
    )


def test_an_opinion_beside_a_fact_is_no_conflict_nor_a_translation_a_second_text() -> None:
    words = (text("one"), text("ett", "sv"))
    made = [
        Made("a", words, property=WORDS),
        Made("b", words, property=WORDS, rank="deprecated"),
        Made("c", (ox.Literal(5),)),
        Made("d", (ox.Literal(6),), modality="opinion"),
    ]
    assert read_questions(reader_of(quads_of(made))) == ()


@given(st.lists(st.integers(1, 150)), st.integers(1, 100))
def test_pages_hold_all_questions_in_order_and_no_more_claims_than_fit(sizes: list[int], rows: int) -> None:
    questions = [Question(Kind.VALUES, f"s{n}", "p", size) for n, size in enumerate(sizes)]
    pages = split_pages(questions, rows)
    assert [q for page in pages for q in page] == questions
    for page in pages:
        assert len(page) <= 1 or sum(q.claims for q in page) <= rows
    for page, following in pairwise(pages):
        assert page
        assert sum(q.claims for q in page) + following[0].claims > rows


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_project_has_conflicts_of_every_kind_and_explains_every_outcome(engine, language: str) -> None:
    reader = Reader(lambda words: engine.table(Query(words)), views(), Names(views()["labels"]), language)
    conflicts = read_conflicts(reader, read_questions(reader))
    assert {conflict.question.kind for conflict in conflicts} == set(Kind)
    found = {answer.outcome for conflict in conflicts for answer in conflict.answers}
    assert found == set(Outcome)


def test_no_claims_are_no_conflicts() -> None:
    reader = reader_of([])
    assert read_questions(reader) == ()
    assert read_conflicts(reader, ()) == ()
    assert split_pages((), 100) == [[]]
