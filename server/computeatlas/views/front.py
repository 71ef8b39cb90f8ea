"""What the front page shows of the data: counts, the latest claims, and how to cite it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model import bibtex
from computeatlas.model.records import Claim, Source
from computeatlas.model.terms import iri_of, text_of, whole_of
from computeatlas.model.text import slug

if TYPE_CHECKING:
    from computeatlas.views.reader import Reader

#: What is counted, in the order of the page; the query `front_NAME` lists what is counted under NAME.
COUNTED = ("facilities", "actors", "commitments", "claims", "documents", "contradictions")


@dataclass(frozen=True)
class Count:
    """How many things of a kind there are, and the query that lists them."""

    name: str
    number: int
    query: str


@dataclass(frozen=True)
class Latest:
    """A claim with no more than its modality, the day, month or year that it is of, and a source of it."""

    claim: Claim
    date: str
    source: Source | None


@dataclass(frozen=True)
class FrontFacts:
    """What the front page shows of one version of the data; `latest_query` gives `latest`."""

    counts: tuple[Count, ...]
    latest: tuple[Latest, ...]
    latest_query: str
    creators: tuple[str, ...]


@dataclass(frozen=True)
class Citation:
    """A release as it is cited: whose it is, what it is called, which one it is, and where it is found."""

    creators: tuple[str, ...]
    title: str
    version: str
    digest: str
    address: str

    def bibtex(self) -> str:
        """Return the entry for BibTeX, the digest in its note."""
        fields = {
            "author": " and ".join(map(bibtex.verbatim, self.creators)),
            "title": bibtex.verbatim(self.title),
            "version": bibtex.escape(self.version),
            "note": f"SHA-256 {self.digest}",
            "url": bibtex.address(self.address),
        }
        return bibtex.entry(slug(f"{self.title} {self.version}") or "dataset", fields)


def read_front(reader: Reader) -> FrontFacts:
    """Return what the front page shows of the data; kinds of which there is nothing are not among the counts."""
    views = ("front_counts", "front_latest", "front_dataset")
    counted, newest, made = reader.ask_all(*(reader.text(view) for view in views))
    numbers = {text_of(row.get("what")): whole_of(row.get("number")) for row in counted.records()}
    counts = [Count(name, number, reader.text(f"front_{name}")) for name in COUNTED if (number := numbers.get(name))]
    latest = [
        Latest(
            Claim(text_of(row["claim"]), modality=iri_of(row.get("modality"))),
            text_of(row.get("date")),
            Source(document) if (document := iri_of(row.get("document"))) else None,
        )
        for row in newest.records()
        if isinstance(row.get("claim"), ox.NamedNode)
    ]
    creators = dict.fromkeys(text_of(row.get("creator")) for row in made.records())
    return FrontFacts(tuple(counts), tuple(latest), reader.text("front_latest"), tuple(creators))
