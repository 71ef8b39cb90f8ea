"""One claim with its passages in context, gathered to be shown."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.passages import Passage, read_passages
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, ID, RDFS, shorten

if TYPE_CHECKING:
    from computeatlas.turtle.lines import ParsedGraph

    Term = ox.NamedNode | ox.BlankNode | ox.Literal

#: Characters shown on each side of a passage.
CONTEXT = 200

_CLAIM = ID + "claim/"
_ALL = f"SELECT DISTINCT ?claim WHERE {{ ?claim a <{ATLAS}Claim> FILTER(isIRI(?claim)) }} ORDER BY STR(?claim)"
_PARTS = f"""
SELECT DISTINCT ?part ?value ?label WHERE {{
  <%s> ?part ?value
  OPTIONAL {{ ?value <{RDFS}label> ?label }}
}} ORDER BY ?part STR(?value) (LANG(?label) != "en") STR(?label)
"""
_PROPERTY_LABEL = f"""
SELECT ?label WHERE {{ <%s> <{RDFS}label> ?label }} ORDER BY (LANG(?label) != "en") STR(?label)
"""
#: Line ends would tear a passage apart, and control characters could steer a terminal.
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True)
class ShownPassage:
    """A passage and what stands around it, on one line each; `fault` says what is wrong with it, or is empty.

    The texts are empty where the archive lacks the source. `title` is that of the document.
    """

    iri: str
    title: str
    start: int
    end: int
    before: str
    text: str
    after: str
    fault: str


@dataclass(frozen=True)
class ClaimView:
    """A claim to be shown: things as *label (prefixed name)*, literals as they stand.

    A part that may be given several times is a tuple, empty where it is not given.
    """

    iri: str
    label: str
    subject: tuple[str, ...]
    predicate: tuple[str, ...]
    values: tuple[str, ...]
    modality: tuple[str, ...]
    rank: tuple[str, ...]
    reasons: tuple[str, ...]
    stated_by: tuple[str, ...]
    as_of: tuple[str, ...]
    contradicts: tuple[str, ...]
    passages: tuple[ShownPassage, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the claim has passages and the archive has each of them as it was read."""
        return bool(self.passages) and not any(passage.fault for passage in self.passages)


def view_claim(graph: ParsedGraph, name: str, archive: dict[str, str]) -> ClaimView:
    """Return the claim `name`, a slug, prefixed name or IRI, with its passages in the order of their places.

    `archive` has texts by their SHA-256. Raises UsageError, naming claims with similar names, where there is no such
    claim.
    """
    engine = EmbeddedEngine(graph.quads())
    iri = _resolve(engine, name)
    parts: dict[str, dict[str, str]] = {}
    for part, value, label in engine.table(Query(_PARTS % iri)).rows:
        if part is not None and value is not None:
            # The first label is the one to show.
            parts.setdefault(part.value, {}).setdefault(str(value), _show(value, label))

    def shown(part: str) -> tuple[str, ...]:
        return tuple(parts.get(ATLAS + part, {}).values())

    described = read_passages(engine, archive)
    cited = [value.removeprefix("<").removesuffix(">") for value in parts.get(ATLAS + "evidence", {})]
    passages = [_show_passage(psg, described.get(psg)) for psg in cited]
    return ClaimView(
        iri=iri,
        label=next(iter(_texts(engine, _PROPERTY_LABEL % iri)), ""),
        subject=shown("subject"),
        predicate=shown("predicate"),
        values=(*shown("object"), *shown("value")),
        modality=shown("modality"),
        rank=shown("rank"),
        reasons=shown("rankReason"),
        stated_by=shown("statedBy"),
        as_of=shown("asOf"),
        contradicts=shown("contradicts"),
        passages=tuple(sorted(passages, key=lambda passage: (passage.title, passage.start, passage.end))),
    )


def _resolve(engine: EmbeddedEngine, name: str) -> str:
    """Return the IRI of the claim `name`; raises UsageError where there is none."""
    known = _texts(engine, _ALL)
    bare = name.removeprefix("<").removesuffix(">")
    for iri in (bare, _CLAIM + bare, _CLAIM + bare.removeprefix("claim:")):
        if iri in known:
            return iri
    slugs = [iri.removeprefix(_CLAIM) for iri in known]
    near = difflib.get_close_matches(bare.removeprefix(_CLAIM).removeprefix("claim:"), slugs, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "give its name as in claim:NAME, or its IRI"
    raise UsageError(f"there is no claim {name}", hint=hint)


def _texts(engine: EmbeddedEngine, query: str) -> list[str]:
    return [term.value for (term,) in engine.table(Query(query)).rows if term is not None]


def _show(value: Term, label: Term | None) -> str:
    if not isinstance(value, ox.NamedNode):
        return value.value
    name = shorten(value.value)
    return f"{label.value} ({name})" if label is not None else name


def _show_passage(iri: str, passage: Passage | None) -> ShownPassage:
    if passage is None:
        return ShownPassage(iri, "", 0, 0, "", "", "", "the graph does not say where this passage is")
    title = _line(passage.title) or shorten(passage.source)
    if passage.document is None or passage.text is None:
        fault = f"no file of the archive has the digest of {shorten(passage.source)}"
        return ShownPassage(iri, title, passage.start, passage.end, "", "", "", fault)
    fault = "" if passage.is_sound else "the text at this place does not have the digest of the passage"
    return ShownPassage(
        iri,
        title,
        passage.start,
        passage.end,
        _before(passage.document, passage.start),
        _line(passage.text),
        _after(passage.document, passage.end),
        fault,
    )


def _before(document: str, end: int) -> str:
    """Return what stands before position `end`, from a border of words, with an ellipsis where more does."""
    end = _within(document, end)
    start = max(end - CONTEXT, 0)
    context = document[start:end]
    if start > 0:
        # A word cut in two goes, unless it is all there is.
        if not document[start - 1].isspace():
            context = re.sub(r"\A\S+(?=\s)", "", context)
        return "…" + _line(context.lstrip())
    return _line(context.lstrip())


def _after(document: str, start: int) -> str:
    """Return what stands from position `start` on, to a border of words, with an ellipsis where more does."""
    start = _within(document, start)
    end = start + CONTEXT
    context = document[start:end]
    if end < len(document):
        if not document[end].isspace():
            context = re.sub(r"(?<=\s)\S+\Z", "", context)
        return _line(context.rstrip()) + "…"
    return _line(context.rstrip())


def _within(document: str, position: int) -> int:
    """Return `position`, or the end of `document` that is nearest to it: the graph may be wrong."""
    return min(max(position, 0), len(document))


def _line(text: str) -> str:
    return _BLANK.sub(" ", text)
