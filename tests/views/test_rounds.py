"""In how many rounds the pages ask: each is a way from a thread to the event loop and on to the workers, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ID
from computeatlas.views.conflicts import read_conflicts, read_questions
from computeatlas.views.documents import read_documents, read_records, read_subjects
from computeatlas.views.drawing.map import BARE
from computeatlas.views.entity.entity import read_page
from computeatlas.views.facilities import chosen, read_choices, read_facilities, unplaced
from computeatlas.views.facility_maps import overview_map
from computeatlas.views.front import read_front
from computeatlas.views.money import read_entries, read_lines
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader
from computeatlas.views.timeline import read_timeline

from .claimed import views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from computeatlas.engine.table import Table


def thing(name: str) -> Callable[[Reader], object]:
    def page(reader: Reader) -> object:
        found = read_page(reader, ox.NamedNode(ID + name))
        reader.need_in(found)
        return found.types and (found.groups or found.claims)

    return page


def money(reader: Reader) -> object:
    entries, sums = read_entries(reader, read_lines(reader))
    reader.need_in(entries, sums)
    return entries


def conflicts(reader: Reader) -> object:
    found = read_conflicts(reader, read_questions(reader))
    reader.need_in(found)
    return found


def sources(reader: Reader) -> object:
    records = read_records(reader, read_documents(reader))
    reader.need_in(records, read_subjects(reader, records))
    return records


def timeline(reader: Reader) -> object:
    found = read_timeline(reader)
    reader.need_in(found)
    return found.told


def front(reader: Reader) -> object:
    found = read_front(reader)
    reader.need_in(found.latest)
    return found.counts


def map_page(reader: Reader) -> object:
    choices = read_choices(reader)
    found = read_facilities(reader, chosen(choices, (), ()))
    reader.need_in(found, choices)
    return (found, unplaced(reader, found))


PAGES: dict[str, tuple[Callable[[Reader], object], int]] = {
    "entity": (thing("infrastructure/mimer"), 3),
    "claim": (thing("claim/mimer-status"), 3),
    "source": (thing("source/vr-mimer"), 3),
    "money": (money, 4),
    "conflicts": (conflicts, 4),
    "sources": (sources, 4),
    "timeline": (timeline, 3),
    "front": (front, 2),
    "map": (map_page, 4),
    "map of the front page": (lambda reader: overview_map(reader, BARE), 4),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_in_few_rounds(engine: EmbeddedEngine, name: str) -> None:
    read, most = PAGES[name]
    rounds: list[int] = []

    def ask(text: str) -> Table:
        rounds.append(1)
        return engine.table(Query(text))

    def together(texts: Sequence[str]) -> list[Table]:
        rounds.append(len(texts))
        return [engine.table(Query(text)) for text in texts]

    assert read(Reader(ask, views(), Names(views()["labels"]), together=together))
    assert len(rounds) <= most, rounds
