"""The passages that new claims rest on: found in the archived text or located, used again where they are there."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.fields import given
from computeatlas.curate.add.names import slug
from computeatlas.curate.add.source import part
from computeatlas.curate.passages import text_digest
from computeatlas.curate.protege_files import read_text
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, PREFIXES, shorten
from computeatlas.turtle.edit import Insertion, extended_all, places
from computeatlas.turtle.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from computeatlas.curate.add.fields import NewClaim, Say
    from computeatlas.curate.add.lookup import Lookup
    from computeatlas.model.project import Project
    from computeatlas.turtle.edit import Place

    Stretch = tuple[int, int]

#: How many places of a text a message names.
_PLACES = 8
#: Words of a locator that make the name of its passage.
_NAME_WORDS = 4


class PassageBook:
    """The passages of sources, and those that new claims add to them."""

    def __init__(self, known: Lookup, archive: Mapping[str, str], say: Say):
        self._known = known
        self._archive = archive
        self._say = say
        self._stretches: dict[str, dict[Stretch, str]] = {}
        self._locators: dict[str, dict[str, str]] = {}
        self._new: defaultdict[str, dict[str, tuple[Stretch | None, Statement]]] = defaultdict(dict)

    def require(self, new: NewClaim, source: str) -> list[str]:
        """Return the IRIs of the passages of `new`, a claim of `source`, in the order of their places.

        Raises UsageError where there is none, or one is not in the text.
        """
        if new.passages or new.finds:
            stretches = self._found(new, source)
            return [self._archived(source, stretch) for stretch in stretches]
        if given(new.locator):
            return [self._located(source, given(new.locator), given(new.seen_on))]
        why = "a claim counts only by the passage that states it"
        hint = f"give {self._say('passages')} START:END or {self._say('finds')} TEXT, or for a document that is not "
        hint += f"archived {self._say('locator')}"
        raise UsageError("no passage is given", why=why, hint=hint)

    def texts(self, project: Project) -> dict[Path, str]:
        """Return the new texts of the files whose sources have new passages."""
        changed: dict[Path, str] = {}
        for source, added in self._new.items():
            file = self._known.graph.place(source)[0]
            text = read_text(project.root / file, file)
            stretches = {iri: stretch for stretch, iri in self._stretches_of(source).items()}
            there = list(places(text, file))
            insertions = []
            for stretch, statement in sorted(added.values(), key=lambda item: item[0] or (0, 0)):
                at = place_of_passage(there, stretch, stretches) if stretch else None
                insertions.append(Insertion(statement, at))
            path = project.root / file
            changed[path] = extended_all(changed.get(path, text), insertions, where=file)
        return changed

    def _found(self, new: NewClaim, source: str) -> list[Stretch]:
        """Return the stretches of the claim in the order of their offsets, each once."""
        text = self._known.text_of(source, self._archive)
        for start, end in new.passages:
            if not 0 <= start < end:
                what, hint = f"the passage {start}:{end} is empty", "give it as START:END, the end behind the start"
                raise UsageError(what, hint=hint)
            if end > len(text):
                what = f"the passage {start}:{end} ends beyond the end of {shorten(source)}"
                hint = "offsets count from 0, the end not included"
                raise UsageError(what, why=f"it has {len(text)} characters", hint=hint)
        return sorted({*new.passages, *(locate(text, wanted, self._say) for wanted in new.finds)})

    def _stretches_of(self, source: str) -> dict[Stretch, str]:
        if source not in self._stretches:
            passages = self._known.passages(source)
            self._stretches[source] = {
                (one.start, one.end): one.iri for one in passages if one.start is not None and one.end is not None
            }
        return self._stretches[source]

    def _archived(self, source: str, stretch: Stretch) -> str:
        existing = self._stretches_of(source)
        start, end = stretch
        digest = text_digest(self._known.text_of(source, self._archive)[start:end])
        if stretch in existing:
            iri = existing[stretch]
            if iri not in self._new.get(source, {}) and self._known.digest(iri) != digest:
                why = "it was another text that was read when the passage was made"
                hint = "fix it; `computeatlas check --archive DIR` finds all such passages"
                what = f"{shorten(iri)} has another digest than the text"
                raise UsageError(what, where=self._known.where(iri), why=why, hint=hint)
            return iri
        iri = f"{PREFIXES['psg']}{local_name(source)}-{start}-{end}"
        self._new[source][iri] = (
            stretch,
            Statement(
                ox.NamedNode(iri),
                (
                    part("rdf:type", ox.NamedNode(ATLAS + "Passage")),
                    part("atlas:inSource", ox.NamedNode(source)),
                    part("oa:start", ox.Literal(start)),
                    part("oa:end", ox.Literal(end)),
                    part("atlas:sha256", ox.Literal(digest)),
                ),
            ),
        )
        existing[stretch] = iri
        return iri

    def _located(self, source: str, locator: str, seen_on: str) -> str:
        if self._known.is_archived(source):
            hint = f"give {self._say('finds')} or {self._say('passages')}, which can be verified"
            raise UsageError(f"the text of {shorten(source)} is archived", why="a locator cannot be", hint=hint)
        if not seen_on:
            hint = f"give the day with {self._say('seen_on')}, as 2026-11-20"
            raise UsageError("the day on which the document was seen is not given", hint=hint)
        if source not in self._locators:
            self._locators[source] = self._known.locators(source)
        existing = self._locators[source]
        if locator in existing:
            return existing[locator]
        base = f"{PREFIXES['psg']}{local_name(source)}-{slug(locator, _NAME_WORDS) or 'passage'}"
        iri, number = base, 1
        while self._known.is_used(iri) or iri in existing.values():
            number += 1
            iri = f"{base}-{number}"
        parts = (
            part("rdf:type", ox.NamedNode(ATLAS + "Passage")),
            part("atlas:inSource", ox.NamedNode(source)),
            part("atlas:locator", ox.Literal(locator)),
            part("atlas:seenOn", ox.Literal(seen_on)),
        )
        self._new[source][iri] = (None, Statement(ox.NamedNode(iri), parts))
        existing[locator] = iri
        return iri


def locate(text: str, wanted: str, say: Say) -> Stretch:
    """Return start and end of the only place in `text` where `wanted` stands.

    Raises UsageError where it stands nowhere, or in several places, which are named.
    """
    found = _places(re.escape(wanted), text) if wanted else []
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"“{wanted}” stands in {len(found)} places: {_listed(found)}",
            hint=f"give a longer stretch with {say('finds')}, or one of these with {say('passages')}",
        )
    # A line break in the text looks like a blank to one who copies it from a page.
    loose = _places(r"\s+".join(map(re.escape, wanted.split())), text, re.IGNORECASE) if wanted.split() else []
    hint = f"with other blanks or capitals it stands at {_listed(loose)}" if loose else "copy it from the archived text"
    raise UsageError(f"“{wanted}” does not stand in the text", hint=hint)


def _places(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> list[Stretch]:
    """Return all places, those that overlap too."""
    return [(match.start(), match.start() + len(match[1])) for match in re.finditer(f"(?=({pattern}))", text, flags)]


def _listed(found: list[Stretch]) -> str:
    shown = ", ".join(f"{start}:{end}" for start, end in found[:_PLACES])
    return f"{shown}, …" if len(found) > _PLACES else shown


def place_of_passage(there: Iterable[Place], stretch: Stretch, stretches: Mapping[str, Stretch]) -> int | None:
    """Return where among the places `there` of a text a passage belongs in the order of offsets; None for its end.

    `stretches` has start and end of each passage of the source, by its IRI.
    """
    return next((place.start for place in there if stretches.get(place.iri, stretch) > stretch), None)


def local_name(iri: str) -> str:
    """Return the last part of `iri`, behind its last `/` or `#`."""
    return re.split(r"[/#]", iri)[-1]
