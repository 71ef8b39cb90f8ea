"""Claims as the pages of money and conflicts show them: which names they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.model.records import Claim
    from computeatlas.model.terms import Term


def need_of(claims: Iterable[Claim], values: Iterable[Term]) -> list[str]:
    """Return the IRIs of all that is named where `claims` and `values` are shown."""
    terms = list(values)
    names: list[str | None] = []
    for claim in claims:
        names += [claim.iri, claim.predicate, claim.modality, claim.rank, *claim.stated_by, *claim.contradicts]
        terms += claim.values
        for source in claim.sources:
            names.append(source.iri)
            terms += source.publishers
    return [name for name in names if name] + [term.value for term in terms if isinstance(term, ox.NamedNode)]
