"""The parts of a claim as they are given, and faults in them, each named as its giver knows the part."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    #: Returns what a part is called where it is given: an option of the command, a column of a table.
    Say = Callable[[str], str]


@dataclass(frozen=True)
class NewClaim:
    """A claim as its curator gives it: names, labels or IRIs of things; amounts, dates and words as people type them.

    Words of a language end in its tag, as in `a hall@en`. `passages` are offsets into the archived text, `finds`
    stretches of it; `locator` are words that find the place in a document that is not archived, and `seen_on` is the
    day on which it was read. Identifier, labels and file (`topic`) are made where None.
    """

    source: str
    subject: str
    predicate: str
    modality: str
    passages: tuple[tuple[int, int], ...] = ()
    finds: tuple[str, ...] = ()
    locator: str | None = None
    seen_on: str | None = None
    objects: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    rank: str = "normal"
    reason: str | None = None
    reason_sv: str | None = None
    stated_by: tuple[str, ...] = ()
    as_of: str | None = None
    scope_part: str | None = None
    scope_period: str | None = None
    contradicts: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    corroborates: tuple[str, ...] = ()
    name: str | None = None
    label_en: str | None = None
    label_sv: str | None = None
    topic: str | None = None


#: Fields whose options have other names.
_OPTIONS = {
    "passages": "--passage",
    "finds": "--find",
    "objects": "--object",
    "values": "--value",
    "scope_part": "--scope",
}
#: Fields whose columns have other names.
_COLUMNS = {
    "passages": "passage",
    "finds": "quote",
    "objects": "value",
    "values": "value",
    "reason": "reason_en",
    "topic": "file",
}
FIELDS = tuple(field.name for field in fields(NewClaim))


def option(field: str) -> str:
    """Return the option of `computeatlas add claim` that gives `field`."""
    return _OPTIONS.get(field, f"--{field.replace('_', '-')}")


def column(field: str) -> str:
    """Return the name of the column of a table that gives `field`."""
    return _COLUMNS.get(field, field)


def say_column(field: str) -> str:
    """Return how a message names the column that gives `field`."""
    return f"the column {column(field)}"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field of a claim."""

    field: str
    error: UsageError


class Faults(list[Fault]):
    """The faults of one claim, in the order in which they were found."""

    @contextmanager
    def of(self, field: str) -> Iterator[None]:
        """Keep a UsageError that is raised within, as a fault of `field`."""
        try:
            yield
        except UsageError as error:
            self.append(Fault(field, error))


def given(text: str | None) -> str:
    """Return `text` without blanks around it, or "" where there is none."""
    return (text or "").strip()
