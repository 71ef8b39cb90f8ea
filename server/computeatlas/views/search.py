"""Search by name: an index of all labels in memory, which forgives accents and misspellings.

The index is made from the query `search_labels`, anew for each version of the data. It knows words: a query's words are
looked up among them, whole, as beginnings, as parts and, where that finds little, with letters wrong, and a name must
have them all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox
from rapidfuzz import process
from rapidfuzz.distance import OSA

from computeatlas.model.namespaces import ATLAS, PREFIXES
from computeatlas.model.text import fold, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from computeatlas.engine.table import Term
    from computeatlas.views.reader import Reader

#: Names in an index; of more, those of the last identifiers are left out.
LARGEST = 200_000
#: Characters of a search that are used.
LONGEST = 200
#: Kinds of things, in the order in which they are told apart on pages.
KINDS = ("entity", "document", "term", "code", "data", "claim")
#: Rows that `search_labels` gives at most.
_BATCH = 10_000
#: Words of a search that are used.
_WORDS = 12
#: With fewer finds than this, misspellings are forgiven.
_FEW = 10
#: How well a word fits; worse than these by one for each letter that is wrong.
_WHOLE, _BEGINNING, _PART, _MISSPELT = range(4)


class Name(NamedTuple):
    """A name of a thing; `language` is empty where it has none."""

    iri: str
    label: str
    language: str
    is_alternative: bool
    kind: str


@dataclass(frozen=True)
class Hit:
    """A thing that was found, by which of its names, and whether only by forgiving a misspelling."""

    name: Name
    is_misspelt: bool


class SearchIndex:
    """The names of one version of the data."""

    def __init__(self, names: Iterable[Name], *, is_cut: bool = False):
        self.is_cut = is_cut
        self._names = tuple(names)
        self._folded = [fold(name.label).strip() for name in self._names]
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, folded in enumerate(self._folded):
            for word in dict.fromkeys(split(folded)):
                postings[word].append(number)
        self._postings: Mapping[str, list[int]] = dict(postings)
        self._words = sorted(postings)
        self._by_iri: dict[str, int] = {}
        for number, name in enumerate(self._names):
            self._by_iri.setdefault(name.iri, number)

    def __len__(self) -> int:
        return len(self._names)

    def things(self, kinds: Iterable[str]) -> list[str]:
        """Return the IRIs of the things of `kinds`, in order."""
        wanted = set(kinds)
        return sorted({name.iri for name in self._names if name.kind in wanted})

    def find(self, text: str, language: str) -> list[Hit]:
        """Return the things whose names have the words of `text`, the best first and each once.

        The first are names that are `text`, then those that begin with it, then those with its words as beginnings and
        as parts of words; claims come after all else, and misspelt names after those. Of equals, names in `language`
        and short ones come first. An IRI, whole or prefixed, finds the thing that it names. Only the first `LONGEST`
        characters of `text` count.
        """
        text = text[:LONGEST].strip()
        folded = fold(text).strip()
        words = split(folded)[:_WORDS]
        hits: list[Hit] = []
        named = self._named(text)
        if named is not None:
            hits.append(Hit(self._names[named], is_misspelt=False))
        if words:
            exact = self._match([self._fitting(word) for word in words])
            hits += self._ranked(exact, folded, language, is_misspelt=False)
        found = {hit.name.iri: hit for hit in reversed(hits)}
        if words and len(found) < _FEW:
            near = self._match([{**self._misspelt(word), **self._fitting(word)} for word in words])
            for hit in self._ranked(near, folded, language, is_misspelt=True):
                if hit.name.iri not in found:
                    found[hit.name.iri] = hit
                    hits.append(hit)
        return list({hit.name.iri: hit for hit in hits}.values())

    def _named(self, text: str) -> int | None:
        prefix, _, local = text.partition(":")
        whole = text.removeprefix("<").removesuffix(">")
        return self._by_iri.get(whole, self._by_iri.get(PREFIXES.get(prefix, "") + local))

    def _fitting(self, word: str) -> dict[str, int]:
        """Return the words of the index that are `word`, begin with it or have it in them, and how well they fit."""
        found: dict[str, int] = {}
        if len(word) > 3:
            found = {known: _PART for known in self._words if word in known}
        for known in self._words[bisect_left(self._words, word) :]:
            if not known.startswith(word):
                break
            found[known] = _BEGINNING
        if word in self._postings:
            found[word] = _WHOLE
        return found

    def _misspelt(self, word: str) -> dict[str, int]:
        """Return the words of the index that are `word`, or begin with it, but for a letter or two."""
        allowed = min(2, (len(word) - 1) // 3)
        if not allowed:
            return {}
        found: dict[str, int] = {}
        # The reader may not have typed the whole word yet, and may have left out a letter.
        beginnings = ([known[:length] for known in self._words] for length in (len(word), len(word) + 1))
        for choices in (self._words, *beginnings):
            for _choice, distance, place in process.extract(
                word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=None
            ):
                known = self._words[place]
                found[known] = min(found.get(known, _MISSPELT + allowed), _MISSPELT + int(distance))
        return found

    def _match(self, fits: list[dict[str, int]]) -> dict[int, int]:
        """Return the names that have a word of each of `fits`, and how badly the worst of them fits."""
        matched: dict[int, int] | None = None
        for fit in fits:
            here: dict[int, int] = {}
            for word, cost in fit.items():
                for number in self._postings[word]:
                    if (matched is None or number in matched) and cost < here.get(number, cost + 1):
                        here[number] = cost
            matched = {number: max(cost, matched[number]) for number, cost in here.items()} if matched else here
            if not matched:
                break
        return matched or {}

    def _ranked(self, matched: dict[int, int], text: str, language: str, *, is_misspelt: bool) -> Iterator[Hit]:
        def order(number: int) -> tuple[bool, int, bool, bool, int, int, str, str]:
            name, folded = self._names[number], self._folded[number]
            begins = 0 if folded == text else 1 if folded.startswith(text) else 2 + matched[number]
            foreign = name.language not in ("", language)
            place = KINDS.index(name.kind)
            return name.kind == "claim", begins, name.is_alternative, foreign, place, len(folded), folded, name.iri

        seen: set[str] = set()
        for number in sorted(matched, key=order):
            name = self._names[number]
            if name.iri not in seen:
                seen.add(name.iri)
                yield Hit(name, is_misspelt)


def read_index(reader: Reader) -> SearchIndex:
    """Return the index of the names in the data that `reader` reads, the first `LARGEST` of them."""
    names: dict[Name, None] = {}
    after = ""
    while True:
        batch = [_name(row) for row in reader.records("search_labels", after=[ox.Literal(after)])]
        full = len(batch) >= _BATCH
        last = batch[-1].iri if batch else ""
        # The batch may end in the middle of a thing, which then begins the next; unless it is all of the batch.
        if full and batch[0].iri != last:
            batch = [name for name in batch if name.iri != last]
        names.update(dict.fromkeys(batch))
        if not full or len(names) >= LARGEST:
            break
        after = batch[-1].iri
    kept = list(names)[:LARGEST]
    kept += [
        Name(name.iri, name.iri[len(ATLAS) :], "", is_alternative=True, kind="term")
        for name in dict.fromkeys(name._replace(label="", language="", is_alternative=False) for name in kept)
        if name.kind == "term" and name.iri.startswith(ATLAS)
    ]
    return SearchIndex(kept, is_cut=full)


def _name(row: dict[str, Term]) -> Name:
    thing, label, tag, role, kind = (str(row[key].value) for key in ("x", "label", "language", "role", "kind"))
    return Name(thing, label, tag.split("-")[0].lower(), role == "alternative", kind)


def read_types(reader: Reader, things: Iterable[str]) -> dict[str, list[str]]:
    """Return the narrowest classes of each of `things` that has any, by their IRIs, in order."""
    nodes = [ox.NamedNode(thing) for thing in things]
    types: dict[str, list[str]] = {}
    if not nodes:
        return types
    for row in reader.records("search_types", x=nodes):
        types.setdefault(row["x"].value, []).append(row["type"].value)
    return {thing: sorted(found) for thing, found in types.items()}
