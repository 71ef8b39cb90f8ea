"""The timeline: what is said when, and which plans slipped."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.dates import parse_edtf, read_date, read_edtf
from computeatlas.model.namespaces import ATLAS, GRAPH, ID, PREFIXES
from computeatlas.model.queryfile import read_query
from computeatlas.model.records import Claim
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader
from computeatlas.views.timeline import STEPS, Event, Scale, Slip, read_timeline, scale_of, slips

from ..model.edtf_texts import EDTF

if TYPE_CHECKING:
    from collections.abc import Callable

    from computeatlas.model.project import Project

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
YEAR = ATLAS + "operationalFrom"


def plan(name: str, said: str, *years: int, modality: str = "announced-plan", rank: str = "normal", prop: str = YEAR):
    return Event(
        Claim(
            name,
            predicate=prop,
            values=tuple(ox.Literal(str(year)) for year in years),
            modality=f"{ID}modality/{modality}",
            rank=f"{ID}rank/{rank}",
            as_of=read_date(said),
        )
    )


def names(found: tuple[Slip, ...]) -> list[tuple[str, str]]:
    return [(slip.earlier.claim.iri, slip.later.claim.iri) for slip in found]


@pytest.fixture
def made(project: Project) -> Callable[[str], Reader]:
    """Return a reader of one facility and more Turtle."""
    views = {path.stem: read_query(path) for path in project.views()}

    def make(more: str) -> Reader:
        graph = ox.NamedNode(GRAPH + "claims")
        triples = ox.parse(f"{HEADER}infra:hall a atlas:Infrastructure .\n{more}", format=ox.RdfFormat.TURTLE)
        found = EmbeddedEngine(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        return Reader(lambda text: found.table(Query(text)), views, Names(views["labels"]))

    return make


def claim(name: str, rest: str, property_: str = "operationalFrom") -> str:
    return f"""claim:{name} atlas:subject infra:hall ; atlas:predicate atlas:{property_} ;
        atlas:modality modality:announced-plan ; atlas:rank rank:normal ; {rest} ."""


def test_a_later_claim_with_a_later_year_is_a_slip() -> None:
    assert names(slips([plan("b", "2025", 2028), plan("a", "2024-06", 2026)])) == [("a", "b")]


@pytest.mark.parametrize(
    "first, second",
    [
        (plan("a", "2024", 2026), plan("b", "2025", 2026)),
        (plan("a", "2024", 2027), plan("b", "2025", 2026)),
        (plan("a", "2024-05", 2026), plan("b", "2024-05", 2027)),
        (plan("a", "2024", 2026), plan("b", "2024-05", 2027)),
        (plan("a", "2024", 2026, 2027), plan("b", "2025", 2027)),
        (plan("a", "2024", 2026, rank="deprecated"), plan("b", "2025", 2027)),
        (plan("a", "2024", 2026), plan("b", "2025", 2027, rank="deprecated")),
        (plan("a", "2024", 2026), plan("b", "2025", 2027, modality="speculation")),
        (plan("a", "2024", 2026), plan("b", "2025", 2027, modality="opinion")),
        (plan("a", "2024", 2026), plan("b", "2025", 2027, prop=ATLAS + "otherYear")),
        (plan("a", "", 2026), plan("b", "2025", 2027)),
        (plan("a", "2024", 2026), plan("b", "2025")),
    ],
    ids=[
        "same year",
        "sooner",
        "said at the same time",
        "said in a year that holds the month",
        "the earlier one names it too",
        "earlier set aside",
        "later set aside",
        "a guess",
        "an opinion",
        "another property",
        "undated",
        "no year",
    ],
)
def test_no_slip(first: Event, second: Event) -> None:
    assert slips([first, second]) == ()


@pytest.mark.parametrize(
    "first, second, slipped",
    [
        ("2027-34", "2027-36", True),
        ("2027-34", "2027", False),
        ("2027", "2027-36", False),
        ("2026/2027", "2027/2028", True),
        ("2027-39", "2028-37", True),
        ("2027-06", "2027-07?", True),
        ("../2027", "../2028", True),
        ("2027/..", "2028/..", True),
        ("2027/..", "2027", False),
    ],
)
def test_a_plan_slipped_if_it_begins_and_ends_later(made, first: str, second: str, slipped: bool) -> None:
    """By years alone, a delay from the second quarter to the fourth was none."""
    values = [f'atlas:value "{text}"^^edtf:EDTF' for text in (first, second)]
    more = claim("one", f'{values[0]} ; atlas:asOf "2024"') + claim("two", f'{values[1]} ; atlas:asOf "2025"')
    assert [len(row.slips) for row in read_timeline(made(more)).told] == [int(slipped)]


@given(EDTF)
def test_every_date_lies_within_its_scale(text: str) -> None:
    when = parse_edtf(text)
    scale = Scale(when.days[0].year, when.days[1].year)
    assert 0 <= scale.start(when) <= 100
    assert 0 <= scale.width(when) <= 100.001 - scale.start(when)


def test_a_date_that_is_inferred_says_so(made) -> None:
    more = claim("one", 'atlas:value "2027"^^edtf:EDTF ; atlas:asOf "2024" ; atlas:dateInferred true')
    more += claim("two", 'atlas:value "2027"^^edtf:EDTF ; atlas:evidence psg:a')
    more += 'psg:a atlas:inSource src:a . src:a dcterms:issued "2025" ; atlas:dateInferred true .'
    (row,) = read_timeline(made(more)).told
    assert [event.claim.said_inferred for event in row.events] == [True, True]
    assert [mention.source.date_inferred for mention in row.mentions] == [True]


def test_the_query_asks_for_stages_and_steps(project: Project) -> None:
    text = read_query(next(path for path in project.views() if path.stem == "timeline_claims")).text
    asked = re.findall(r"atlas:(\w+)", text.split("VALUES")[1].split("}")[0])
    assert [ATLAS + name for name in asked] == [ATLAS + "status", *STEPS]


def test_a_slip_is_measured_from_the_last_plan_before_it() -> None:
    events = [plan("a", "2024", 2026), plan("b", "2025", 2028), plan("c", "2026", 2027)]
    assert names(slips(events)) == [("a", "b")]


def test_of_plans_said_at_one_time_the_latest_year_counts() -> None:
    events = [plan("a", "2024-05", 2026), plan("b", "2024-05", 2028), plan("c", "2025", 2027)]
    assert slips(events) == ()


@given(st.lists(st.integers(2020, 2040), max_size=12))
def test_slips_are_the_rises_of_a_series_of_plans(years: list[int]) -> None:
    events = [plan(f"{number:02}", f"20{number + 10}-03-01", year) for number, year in enumerate(years)]
    rises = [
        (f"{number:02}", f"{number + 1:02}")
        for number, (one, other) in enumerate(itertools.pairwise(years))
        if other > one
    ]
    assert names(slips(reversed(events))) == rises


def test_a_stage_is_dated_by_its_claim_before_its_document(made) -> None:
    more = claim("one", 'atlas:object status:selected ; atlas:asOf "2024-12-10" ; atlas:evidence psg:a', "status")
    more += 'psg:a atlas:inSource src:a . src:a dcterms:issued "2025-01" .'
    (row,) = read_timeline(made(more)).told
    (event,) = row.events
    assert (event.stages, event.said, event.by_source) == (
        (ID + "status/selected",),
        read_edtf("2024-12-10"),
        False,
    )


def test_a_claim_without_a_date_has_that_of_its_earliest_document(made) -> None:
    more = claim("one", "atlas:value 2027 ; atlas:evidence psg:a , psg:b , psg:c")
    more += 'psg:a atlas:inSource src:a . src:a dcterms:issued "2025-01" .'
    more += 'psg:b atlas:inSource src:b . src:b dcterms:issued "2024-11-30" . psg:c atlas:inSource src:c .'
    (row,) = read_timeline(made(more)).told
    (event,) = row.events
    assert (event.said, event.by_source, len(event.claim.sources)) == (read_edtf("2024-11-30"), True, 3)


def test_several_values_of_one_claim_are_one_event(made) -> None:
    (row,) = read_timeline(made(claim("one", 'atlas:value 2025 , 2026 ; atlas:asOf "2024"'))).told
    assert [tuple(map(str, event.dates)) for event in row.events] == [("2025", "2026")]


def test_what_is_stated_to_be_unknown_is_told_without_a_year(made) -> None:
    (row,) = read_timeline(made(claim("one", 'atlas:asOf "2024"'))).told
    assert [(event.dates, event.stages) for event in row.events] == [((), ())]


def test_a_slip_in_the_graph_is_found(made) -> None:
    found = read_timeline(
        made(
            claim("one", 'atlas:value 2026 ; atlas:asOf "2024-12"')
            + claim("two", 'atlas:value 2028 ; atlas:asOf "2025-12"')
        )
    )
    assert [names(row.slips) for row in found.slipped] == [[(f"{ID}claim/one", f"{ID}claim/two")]]


def test_a_facility_of_which_nothing_is_said_is_there_without_a_date(made) -> None:
    found = read_timeline(made(""))
    assert found.told == ()
    assert found.scale is None
    assert [(row.subject, row.is_dated) for row in found.silent] == [(ID + "infrastructure/hall", False)]


@pytest.mark.parametrize("value", ['"soon"', "20270", "-2027", '"٢٠٢٧"'])
def test_what_is_no_year_is_none(made, value: str) -> None:
    (row,) = read_timeline(made(claim("one", f"atlas:value {value}"))).told
    assert [event.dates for event in row.events] == [()]


def test_the_scale_holds_every_date_and_is_not_too_short(made) -> None:
    found = read_timeline(made(claim("one", 'atlas:value 2030 ; atlas:asOf "2024-12-10"')))
    assert found.scale == Scale(2024, 2030)
    assert scale_of(read_timeline(made(claim("one", 'atlas:asOf "2024"'))).told) == Scale(2024, 2026)


@given(st.integers(1900, 2100), st.integers(0, 400), st.dates())
def test_dates_lie_within_their_scale_and_in_order(first: int, years: int, day) -> None:
    scale = Scale(first, first + years)
    assert 1 <= len(scale.numbered) <= 11
    assert set(scale.numbered) <= set(scale.lined) <= set(scale.years)
    # Each row draws them.
    assert len(scale.lined) <= 100
    assert len(scale.lined) == len(scale.years) or years >= 100
    year, month = first + day.year % (years + 1), f"{first + day.year % (years + 1)}-{day.month:02}"
    when = parse_edtf(f"{month}-{min(day.day, 28):02}")
    assert 0 <= scale.start(when) < 100
    assert scale.start(when) + scale.width(when) <= 100.001
    assert scale.start(parse_edtf(str(year))) <= scale.start(parse_edtf(month)) <= scale.start(when)


def test_every_claim_on_a_stage_or_a_year_and_every_facility_is_on_the_timeline(
    engine: EmbeddedEngine, project: Project
) -> None:
    views = {path.stem: read_query(path) for path in project.views()}
    reader = Reader(lambda text: engine.table(Query(text)), views, Names(views["labels"]))
    found = read_timeline(reader)
    properties = re.findall(r"atlas:\w+", views["timeline_claims"].text.split("VALUES")[1].split("}")[0])
    values = " ".join(f"<{ATLAS}{name.removeprefix('atlas:')}>" for name in properties)
    claims = reader.ask(f"SELECT ?c {{ VALUES ?p {{ {values} }} ?c <{ATLAS}predicate> ?p }}")
    assert {event.claim.iri for row in found.told for event in row.events} == {
        row["c"].value for row in claims.records()
    }
    facilities = reader.ask(f"SELECT ?x {{ ?x a <{ATLAS}Infrastructure> }}")
    assert {row["x"].value for row in facilities.records()} <= {row.subject for row in (*found.told, *found.silent)}
