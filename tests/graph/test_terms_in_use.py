"""Every term has a claim, a check or a question that uses it: what nothing uses is left out of the ontology."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, RDFS

ROOT = Path(__file__).parents[2]
LABEL = RDFS + "label"
#: How queries, rules and shapes write a term.
WRITTEN = re.compile(r"\batlas:([A-Za-z0-9]+)")
#: Derived days and the parts of quantities are made by the program, which is their user.
PROGRAM = ROOT / "server/computeatlas"


def own(iri: str) -> str | None:
    return iri.removeprefix(ATLAS) if iri.startswith(ATLAS) else None


def described_terms() -> set[str]:
    files = [ROOT / "ontology/compute-atlas.ttl", *ROOT.glob("ontology/modules/*.ttl")]
    return {
        name for f in files for q in ox.parse(path=f) if q.predicate.value == LABEL and (name := own(q.subject.value))
    }


def terms_of_data() -> set[str]:
    """Return the terms that type a thing, are a property of one, or are the predicate of a claim."""
    files = [*ROOT.glob("graph_data/**/*.ttl"), *ROOT.glob("ontology/codes/*.ttl")]
    nodes = (t for f in files for q in ox.parse(path=f) for t in (q.predicate, q.object) if isinstance(t, ox.NamedNode))
    return {name for node in nodes if (name := own(node.value))}


def terms_of_questions_and_checks() -> set[str]:
    files = [*ROOT.glob("queries/*.rq"), *ROOT.glob("queries/checks/*.rq"), *ROOT.glob("queries/derive/*.rq")]
    files += [*ROOT.glob("ontology/shapes/*.ttl"), *ROOT.glob("ontology/rules/*.rq")]
    return {name for f in files for name in WRITTEN.findall(f.read_text(encoding="utf-8"))}


def terms_of_the_program() -> set[str]:
    words = {word for f in PROGRAM.rglob("*.py") for word in re.findall(r"\w+", f.read_text(encoding="utf-8"))}
    return {name for name in described_terms() if name.endswith(("Earliest", "Latest", "numberFormat"))} & words


def test_every_term_has_a_claim_a_check_or_a_question() -> None:
    used = terms_of_data() | terms_of_questions_and_checks() | terms_of_the_program()
    assert sorted(described_terms() - used) == []
