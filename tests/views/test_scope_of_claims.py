"""Scope, supersession and reliability as pages and tables show them."""

from __future__ import annotations

import pyoxigraph as ox

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, ID
from computeatlas.views.conflicts import Outcome, read_conflicts, read_questions
from computeatlas.views.entity.entity import read_page

from .claimed import Made, node, quads_of, reader_of, views

X, HALL = ID + "infrastructure/x", ID + "infrastructure/hall"


def number(value: int) -> tuple[ox.Literal]:
    return (ox.Literal(value),)


def graded(document: str, grade: str) -> tuple[ox.NamedNode, str, ox.NamedNode]:
    return node(document), ATLAS + "reliability", node(f"reliability/{grade}")


def outcomes(*made: Made, more: tuple[tuple[ox.NamedNode, str, ox.NamedNode], ...] = ()) -> dict[str, Outcome]:
    """Return what became of each claim that is part of a conflict."""
    reader = reader_of(quads_of(made, more))
    found = read_conflicts(reader, read_questions(reader))
    return {answer.claim.iri.rpartition("/")[2]: answer.outcome for one in found for answer in one.answers}


def test_claims_on_different_parts_or_periods_are_no_conflict() -> None:
    assert (
        outcomes(
            Made("whole", number(1), date="2024"),
            Made("part", number(2), date="2025", part="infrastructure/hall"),
            Made("year", number(3), date="2025", period="2024"),
            Made("next", number(4), date="2025", period="2025"),
        )
        == {}
    )


def test_claims_on_one_part_are_a_conflict_about_the_part() -> None:
    made = [
        Made("old", number(1), date="2024", part="infrastructure/hall"),
        Made("new", number(2), date="2025", part="infrastructure/hall"),
        Made("whole", number(9), date="2025"),
    ]
    reader = reader_of(quads_of(made))
    assert [question.subject for question in read_questions(reader)] == [HALL]
    assert outcomes(*made) == {"old": Outcome.EARLIER, "new": Outcome.ENTERED}


def test_it_is_told_why_a_claim_gave_way() -> None:
    assert outcomes(
        Made("first", number(1), date="2025", supersedes=()),
        Made("second", number(2), date="2025", supersedes=("first",), documents=("source/a",)),
        Made("third", number(3), date="2025", documents=("source/b",)),
        Made("fourth", number(4), date="2024", documents=("source/a",)),
        more=(graded("source/a", "a"), graded("source/b", "b")),
    ) == {
        "first": Outcome.SUPERSEDED,
        "second": Outcome.ENTERED,
        "third": Outcome.LESS_RELIABLE,
        "fourth": Outcome.EARLIER,
    }


def test_the_page_of_the_whole_shows_what_is_said_of_its_parts_and_that_of_the_part_the_value() -> None:
    made = [
        Made("whole", number(5), date="2025"),
        Made("part", number(5), date="2025", part="infrastructure/hall", period="2025"),
    ]
    reader = reader_of(quads_of(made))
    block = next(
        one for group in read_page(reader, ox.NamedNode(X)).groups for one in group.blocks if one.by.endswith("Count")
    )
    assert [claim.iri for statement in block.statements for claim in statement.claims] == [ID + "claim/whole"]
    assert [(claim.part, claim.period) for claim in block.of_parts] == [(HALL, "2025")]
    assert block.aside == block.disagreeing == ()
    page = read_page(reader, ox.NamedNode(HALL))
    block = next(one for group in page.groups for one in group.blocks if one.by.endswith("Count"))
    assert [claim.iri for statement in block.statements for claim in statement.claims] == [ID + "claim/part"]
    assert block.of_parts == ()


def test_a_claim_knows_what_supersedes_it() -> None:
    made = [Made("old", number(1)), Made("new", number(2), supersedes=("old",))]
    reader = reader_of(quads_of(made))
    old, new = (read_page(reader, node(f"claim/{name}")).claims[0] for name in ("old", "new"))
    assert (old.superseded_by, new.supersedes) == ((ID + "claim/new",), (ID + "claim/old",))
    assert not old.in_view


def test_tables_of_conflicts_and_money_have_the_scope() -> None:
    made = [
        Made("old", number(1), date="2024", part="infrastructure/hall", period="2025"),
        Made("new", number(2), date="2025", part="infrastructure/hall", period="2025"),
    ]
    engine = EmbeddedEngine(quads_of(made))
    rows = list(engine.table(Query(views()["conflicts_claims"].text)).records())
    assert {(r["subject"].value, r["whole"].value, r["period"].value) for r in rows} == {(HALL, X, "2025")}
    for name in ("money_claims", "money_cost_claims"):
        assert {"part", "period"} <= set(engine.table(Query(views()[name].text)).variables)
