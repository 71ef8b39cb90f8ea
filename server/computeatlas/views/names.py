"""Labels of things in the reader's language, fetched in one query for many and remembered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from threading import Lock
from typing import TYPE_CHECKING

import pyoxigraph as ox
from cachetools import LRUCache

from computeatlas.model.namespaces import shorten
from computeatlas.model.terms import iri
from computeatlas.views.query import bind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from computeatlas.engine.table import Ask, Table
    from computeatlas.model.queryfile import QueryFile

#: Things whose labels are remembered.
_REMEMBERED = 50_000
#: Things asked for in one query.
_BATCH = 500
#: What may be an IRI in a field of text: a scheme, and no character that IRIs lack. https://www.rfc-editor.org/rfc/rfc3987
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def iris_in(value: object) -> Iterator[str]:
    """Yield every IRI in a value of a view: in terms, texts, mappings, sequences, sets and fields of dataclasses.

    An IRI may come several times. A mapping or sequence is walked where it stands, so there may be no circles.
    """
    if isinstance(value, str):
        if _IRI.fullmatch(value):
            yield value
    elif isinstance(value, ox.NamedNode):
        yield value.value
    elif isinstance(value, ox.Triple):
        yield from iris_in((value.subject, value.predicate, value.object))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from iris_in(key)
            yield from iris_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from iris_in(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from iris_in(getattr(value, field.name))


class Names:
    """The labels of one version of the data: IRI → language → label."""

    def __init__(self, query: QueryFile):
        self._query = query
        self._lock = Lock()
        self._known: LRUCache[str, dict[str, str]] = LRUCache(_REMEMBERED)

    def batches(self, things: Iterable[str]) -> list[list[ox.NamedNode]]:
        """Return those of `things` whose labels are not known yet, as many together as one query asks for."""
        with self._lock:
            unknown = [thing for thing in dict.fromkeys(things) if thing not in self._known]
        missing = [node for thing in unknown if (node := iri(thing))]
        return [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]

    def text(self, batch: Iterable[ox.NamedNode]) -> str:
        """Return the query for the labels of `batch`."""
        return bind(self._query, x=batch)

    def take(self, batch: Iterable[ox.NamedNode], table: Table) -> None:
        """Remember the labels of `batch`, which `table` has: the answer to the query for it."""
        found: dict[str, dict[str, str]] = {node.value: {} for node in batch}
        for row in table.records():
            thing, label = row["x"], row["label"]
            if isinstance(thing, ox.NamedNode) and isinstance(label, ox.Literal):
                found[thing.value].setdefault(label.language or "", label.value)
        with self._lock:
            self._known.update(found)

    def label(self, ask: Ask, thing: str, language: str) -> tuple[str, str | None]:
        """Return the label of `thing` in `language`, or in another where it has none, and the language it is in.

        Without any label the name is the IRI, shortened where a prefix covers it; its language is None then.
        """
        with self._lock:
            labels = self._known.get(thing)
        if labels is None:
            for batch in self.batches([thing]):
                self.take(batch, ask(self.text(batch)))
            with self._lock:
                labels = self._known.get(thing) or {}
        for wanted in (language, "en", ""):
            if wanted in labels:
                return labels[wanted], wanted or None
        if labels:
            other = min(labels)
            return labels[other], other
        return shorten(thing), None
