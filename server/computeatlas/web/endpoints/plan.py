"""How an answer is to be given: as which representation, in which format and coding. The third step of a query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from computeatlas.engine.base import Delivery, Question
from computeatlas.model.errors import FormatError
from computeatlas.model.mediatypes import TURTLE, Format, ResultKind, formats_for
from computeatlas.sparql.hints import bare_concats
from computeatlas.web.http.conditions import entity_tag
from computeatlas.web.http.negotiate import choose_format, wants_page, wish
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.model.limits import Limits
    from computeatlas.web.endpoints.admit import AdmittedQuery
    from computeatlas.web.endpoints.operation import Operation

_QUERY_KINDS = (ResultKind.BINDINGS, ResultKind.BOOLEAN, ResultKind.GRAPH)


class Representation(Enum):
    """As what the resource of a query is given."""

    DATA = auto()
    PAGE = auto()
    #: What the answer rests on, in a format of its own, whoever asks.
    SOURCES = auto()


@dataclass(slots=True)
class Plan:
    """What is asked, how its answer is wanted, and under which key and tag caches have it.

    `version` is that of the data that the plan is for. `etag` is None where the answer may differ from one time to the
    next. `hint`: what its answer may surprise with, for a header.
    """

    version: str
    question: Question
    delivery: Delivery
    key: tuple[object, ...]
    etag: bytes | None
    hint: bytes | None = None

    @classmethod
    def of(
        cls,
        version: str,
        question: Question,
        delivery: Delivery,
        *,
        is_volatile: bool = False,
        hint: bytes | None = None,
    ) -> Plan:
        """Return the plan for a question to the data of that version."""
        # Flat, since it is hashed for the cache and written out for the tag; kinds of question differ in length.
        key = (version, *question, delivery.formats, delivery.coding)
        return cls(version, question, delivery, key, None if is_volatile else entity_tag(key), hint)


def choose_representation(operation: Operation, accept: str | None) -> Representation:
    """Return what is wanted of a query by its parameters and the Accept header: the one place where it is decided."""
    if operation.value("cite") == "true":
        return Representation.SOURCES
    if wants_page(accept, operation.value("format")):
        return Representation.PAGE
    return Representation.DATA


def plan_query(
    admitted: AdmittedQuery, limits: Limits, version: str, formats: tuple[tuple[str, str], ...], coding: str
) -> Plan:
    """Return the plan for an admitted query, whose answer is wanted in one of `formats` and in `coding`."""
    delivery = _delivery(formats, coding, admitted.timeout, limits.max_result)
    concats = bare_concats(admitted.query.text)
    hint = concats[0].short_ascii_hint.encode("ascii") if concats else None
    return Plan.of(version, admitted.query, delivery, is_volatile=admitted.is_volatile, hint=hint)


#: Nearly all requests want the same few.
_delivery = lru_cache(maxsize=1024)(Delivery)


@lru_cache(maxsize=1024)
def negotiate_formats(accept: str | None, wanted: str | None) -> tuple[tuple[str, str], ...]:
    """Return the kinds of result that a query may have, each with the name of its format; kinds may be missing."""
    formats = []
    for kind in _QUERY_KINDS:
        chosen = choose_format(accept, formats_for(kind), wanted)
        if chosen is not None:
            formats.append((str(kind), chosen.name))
    return tuple(formats)


def choose_graph_format(accept: str | None, wanted: str | None, kind: ResultKind = ResultKind.GRAPH) -> Format:
    """Return the format for a graph, or a data set; raises RequestError (406), listing what is to be had."""
    offers = formats_for(kind)
    if kind is ResultKind.GRAPH:
        offers = (TURTLE, *(item for item in offers if item is not TURTLE))
    chosen = choose_format(accept, offers, wanted)
    if chosen is None:
        raise not_acceptable(FormatError(kind), accept, wanted)
    return chosen


def not_acceptable(error: FormatError, accept: str | None, wanted: str | None) -> RequestError:
    """Return the error that says which formats a result of that kind is to be had in."""
    listed = ", ".join(f"{item.media_type} (format={item.name})" for item in formats_for(ResultKind(error.kind)))
    return RequestError("not-acceptable", f"{error.what}, by {wish(accept, wanted)}. To be had: {listed}.")
