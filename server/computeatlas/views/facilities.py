"""Facilities on the map: where each is, of which kind, at which stage, and how certain that is.

Nobody's coordinates are better than the place that a source names. A facility in a town is drawn at the town; one of
which only the country is known is counted in the country, and has no point of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS
from computeatlas.model.terms import decimal_of, iri, iri_of, text_of, whole_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.engine.table import Term
    from computeatlas.views.reader import Reader

#: What stands for the stage of a facility of which no source gives one, in queries and in addresses.
NOT_STATED = "not stated"
#: The roles that the table of facilities has columns for.
OPERATED_BY, BUILT_BY = ATLAS + "operatedBy", ATLAS + "builtBy"


@dataclass(frozen=True)
class Spot:
    """A place where something is, the narrowest that is known.

    `at` is the place whose coordinates these are: `place` itself or a larger one around it, None where none has any.
    Not `exact`: the coordinates stand for an area, a larger place or a whole region or country. `country` is the ISO
    3166-1 alpha-2 code; `certainty` how the sources of it put it, empty where it is inferred.
    """

    place: str
    certainty: tuple[str, ...] = ()
    country: str | None = None
    at: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    exact: bool = True


@dataclass(frozen=True)
class Role:
    """An actor's part in a facility and how the sources of it put it."""

    role: str
    actor: str
    certainty: tuple[str, ...]


@dataclass(frozen=True)
class Facility:
    """A facility as the map and its table show it; every value but `roles` is an IRI, `status` of what is current."""

    iri: str
    kinds: tuple[str, ...]
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    spots: tuple[Spot, ...]
    roles: tuple[Role, ...] = ()

    @property
    def status(self) -> str:
        """Its stage, empty where none is stated."""
        return self.stages[0][0] if self.stages else ""

    @property
    def pinned(self) -> tuple[Spot, ...]:
        """The places with coordinates."""
        return tuple(spot for spot in self.spots if spot.at is not None)


@dataclass(frozen=True)
class Choices:
    """What one may choose among: kinds and stages with the number of facilities of each; `NOT_STATED` is a stage."""

    kinds: Mapping[str, int]
    stages: Mapping[str, int]

    def shape(self, kind: str) -> int:
        """Return the number of the shape that stands for `kind`, the same whatever is chosen."""
        return list(self.kinds).index(kind) if kind in self.kinds else len(self.kinds)


@dataclass(frozen=True)
class Unplaced:
    """Facilities that no point is known for, by the narrowest place that is: empty where no source says where."""

    place: str
    anchor: str
    facilities: tuple[Facility, ...]


def read_choices(reader: Reader) -> Choices:
    """Return the kinds and stages that there are, each kind by its IRI, stages by their IRI."""
    return choices_in(reader.records("map_choices"))


def choices_in(rows: Iterable[Mapping[str, Term]]) -> Choices:
    """Return the kinds and stages in the rows of `map_choices`."""
    kinds: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    for row in rows:
        kind, status = iri_of(row["kind"]), row["status"]
        # A stage that is no thing is none: the query gives such facilities as not stated.
        if kind is not None:
            number = whole_of(row["facilities"]) or 0
            kinds[kind] += number
            stages[text_of(status)] += number
    return Choices(
        dict(sorted(kinds.items())), dict(sorted(stages.items(), key=lambda item: (item[0] == NOT_STATED, item)))
    )


def chosen(choices: Choices, kinds: Sequence[str], stages: Sequence[str]) -> dict[str, list[Term]]:
    """Return the values of `map_facilities` for kinds and stages by their IRIs; none chosen means all."""
    terms: list[Term] = []
    for stage in stages or list(choices.stages):
        node = iri(stage)
        terms.append(node if node and stage != NOT_STATED else ox.Literal(stage))
    return {"kind": [ox.NamedNode(kind) for kind in kinds or list(choices.kinds)], "wanted": terms}


def read_facilities(reader: Reader, values: Mapping[str, Iterable[Term]]) -> tuple[Facility, ...]:
    """Return the facilities that `map_facilities` gives with `values`, by label, without roles."""
    rows = _by_facility(reader.records("map_facilities", **values))
    facilities = [_facility(name, found) for name, found in rows.items()]
    reader.need_in(facilities)
    return tuple(sorted(facilities, key=lambda facility: (reader.label(facility.iri).casefold(), facility.iri)))


def with_roles(reader: Reader, facilities: Iterable[Facility]) -> tuple[Facility, ...]:
    """Return `facilities` with the roles that actors have in them: one query, for as many as a page shows."""
    shown = tuple(facilities)
    rows: dict[str, list[dict[str, Term]]] = {}
    if shown:
        rows = _by_facility(reader.records("map_roles", facility=[ox.NamedNode(item.iri) for item in shown]))
    found = tuple(replace(item, roles=_roles(rows.get(item.iri, ()))) for item in shown)
    reader.need_in(found)
    return found


def at_place(facilities: Iterable[Facility], place: str) -> tuple[Facility, ...]:
    """Return those of which `place` is the narrowest place known; of an empty one those of which none is."""
    return tuple(item for item in facilities if place in ({spot.place for spot in item.spots} or {""}))


def unplaced(reader: Reader, facilities: Iterable[Facility]) -> tuple[Unplaced, ...]:
    """Return the facilities without coordinates by their narrowest place, places by label, those without one last."""
    by_place: dict[str, list[Facility]] = {}
    for facility in facilities:
        if not facility.pinned:
            for place in [spot.place for spot in facility.spots] or [""]:
                by_place.setdefault(place, []).append(facility)
    reader.need(place for place in by_place if place)
    ordered = sorted(by_place, key=lambda place: (not place, reader.label(place).casefold() if place else ""))
    return tuple(Unplaced(place, f"only-{number}", tuple(by_place[place])) for number, place in enumerate(ordered, 1))


def facilities_in(rows: Iterable[dict[str, Term]]) -> list[Facility]:
    """Return the facilities, or places, in the rows of `map_spots`, in their order."""
    return [_facility(name, some) for name, some in _by_facility(rows).items()]


def _by_facility(rows: Iterable[dict[str, Term]]) -> dict[str, list[dict[str, Term]]]:
    """Return the rows of each facility that has an IRI."""
    found: dict[str, list[dict[str, Term]]] = {}
    for row in rows:
        if (name := iri_of(row["facility"])) is not None:
            found.setdefault(name, []).append(row)
    return found


def _facility(name: str, rows: list[dict[str, Term]]) -> Facility:
    """Return a facility made of its rows: each row is one of the ways to combine its values."""
    kinds = sorted({kind for row in rows if (kind := iri_of(row.get("kind")))})
    stages: dict[str, set[str]] = {}
    spots: dict[tuple[str, str | None], tuple[dict[str, Term], set[str]]] = {}
    for row in rows:
        if (stage := iri_of(row.get("status"))) is not None:
            stages.setdefault(stage, set()).update(_iris(row, "certainty"))
        if (place := iri_of(row.get("place"))) is not None:
            key = (place, iri_of(row.get("spot")))
            spots.setdefault(key, (row, set()))[1].update(_iris(row, "placeCertainty"))
    return Facility(
        name,
        tuple(kinds),
        tuple((stage, tuple(sorted(certainty))) for stage, certainty in sorted(stages.items())),
        tuple(_spot(row, tuple(sorted(certainty))) for _key, (row, certainty) in sorted(spots.items(), key=_by_place)),
    )


def _roles(rows: Iterable[dict[str, Term]]) -> tuple[Role, ...]:
    parts: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        role, actor = iri_of(row["role"]), iri_of(row["actor"])
        if role is not None and actor is not None:
            parts.setdefault((role, actor), set()).update(_iris(row, "certainty"))
    return tuple(Role(role, actor, tuple(sorted(certainty))) for (role, actor), certainty in parts.items())


def _by_place(item: tuple[tuple[str, str | None], object]) -> tuple[str, str]:
    return item[0][0], item[0][1] or ""


def _iris(row: dict[str, Term], name: str) -> list[str]:
    return [value] if (value := iri_of(row.get(name))) is not None else []


def _spot(row: dict[str, Term], certainty: tuple[str, ...]) -> Spot:
    place, at, country = text_of(row["place"]), iri_of(row.get("spot")), text_of(row.get("country")) or None
    latitude, longitude = _degrees(row, "latitude", 90), _degrees(row, "longitude", 180)
    if at is None or latitude is None or longitude is None:
        return Spot(place, certainty, country)
    return Spot(place, certainty, country, at, latitude, longitude, exact=place == at and "area" not in row)


def _degrees(row: dict[str, Term], name: str, most: int) -> float | None:
    """Return a number of degrees, None where there is none that makes sense."""
    value = decimal_of(row.get(name))
    return float(value) if value is not None and abs(value) <= most else None
