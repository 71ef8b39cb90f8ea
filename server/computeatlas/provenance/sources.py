"""From the triples behind an answer to those who say so: claims, passages and documents, and what needs none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.evidence import Evidence, evidence_of
from computeatlas.model.records import doubt
from computeatlas.model.text_fragment import WEB, to_words
from computeatlas.provenance.answer_triples import find_triples
from computeatlas.provenance.evidence import read_claims, read_documents, read_names, read_registers
from computeatlas.provenance.lookup import spo
from computeatlas.provenance.names import Name
from computeatlas.provenance.supports import Basis, Support, basis_of, find_supports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.engine.table import Ask
    from computeatlas.model.queryfile import QueryFile
    from computeatlas.model.records import Claim, Passage, Source
    from computeatlas.provenance.answer_triples import AnswerTriples
    from computeatlas.provenance.gaps import Gap


@dataclass(frozen=True)
class Reference:
    """A thing of which something is stated without a claim, and the registers that it is from, all IRIs."""

    iri: str
    registers: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """What an answer rests on.

    `weakest` is the modality of its least sure claim, an IRI; `oldest` the earliest date of a claim, in ISO 8601;
    `undated` is how many claims have none. `evidence` is what all claims rest on together. `gaps` are the parts that
    could not be traced. `names` has the labels of all things in it.
    """

    supports: tuple[Support, ...] = ()
    claims: tuple[Claim, ...] = ()
    documents: tuple[Source, ...] = ()
    references: tuple[Reference, ...] = ()
    weakest: str | None = None
    oldest: str | None = None
    undated: int = 0
    evidence: Evidence = field(default_factory=Evidence)
    gaps: tuple[Gap, ...] = ()
    names: Mapping[str, Name] = field(default_factory=dict)

    def address_of(self, passage: Passage) -> str | None:
        """Return the web address of the document of `passage`, at the passage where words find it; None without one."""
        cited = passage.source.iri if passage.source else ""
        pages = next((document.pages for document in self.documents if document.iri == cited), ())
        return next((to_words(page, passage.locator) for page in pages if page.startswith(WEB)), None)

    def name(self, iri: str) -> Name:
        """Return the name of a thing, without labels where it is not among `names`."""
        return self.names.get(iri) or Name(iri)


def cite(
    text: str,
    ask: Ask,
    rules: Sequence[QueryFile],
    *,
    base: str | None = None,
    ask_anywhere: Ask | None = None,
) -> Sources:
    """Return what the answer to the query `text`, which the engine has answered, rests on.

    `ask` asks in the data set that the query was asked in, `ask_anywhere` in the whole release, where the two differ;
    `rules` are the inference rules of the release. Raises what these raise.
    """
    return sources_of(find_triples(text, ask, base=base), ask_anywhere or ask, rules)


def sources_of(found: AnswerTriples, ask: Ask, rules: Sequence[QueryFile]) -> Sources:
    """Return what the triples behind an answer rest on. Raises what `ask` raises."""
    gaps = list(found.gaps)
    supports = find_supports(found.triples, ask, rules, gaps)
    claims = read_claims(ask, (iri for support in supports for iri in support.claims))
    known = {claim.iri for claim in claims}
    # The file headers in the graph of the claims are none.
    supports = [replace(item, claims=tuple(iri for iri in item.claims if iri in known)) for item in supports]
    cited = [source.iri for claim in claims for source in claim.sources]
    documents = read_documents(ask, [*cited, *(iri for support in supports for iri in support.documents)])
    references = [Reference(*pair) for pair in sorted(read_registers(ask, _stated(supports)).items())]
    dates = [claim.said for claim in claims if claim.said]
    modalities = [claim.modality for claim in claims if claim.modality]
    return Sources(
        tuple(supports),
        tuple(claims),
        tuple(documents),
        tuple(references),
        max(modalities, key=doubt, default=None),
        str(min(dates)) if dates else None,
        len(claims) - len(dates),
        evidence_of(claims),
        tuple(dict.fromkeys(gaps)),
        read_names(ask, claims, documents, (reference.iri for reference in references)),
    )


def _stated(supports: Iterable[Support]) -> dict[str, None]:
    """Return the things of which something is stated without a claim, also where only a derivation needs it."""
    things: dict[str, None] = {}
    for support in supports:
        ends = support.derivation.leaves() if support.derivation else ()
        triples = [leaf.triple for leaf in ends if basis_of(leaf.graphs) is Basis.REFERENCE]
        triples += [support.triple] if support.basis is Basis.REFERENCE else []
        subjects = (spo(triple)[0] for triple in triples)
        things.update(dict.fromkeys(subject.value for subject in subjects if isinstance(subject, ox.NamedNode)))
    return things
