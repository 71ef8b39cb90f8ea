"""Why a triple is in the graph `inferred`: the rules that yield it, down to what somebody claims or a register says.

The rules are read backwards, for all triples at once and level by level. Memberships in nameless classes are not kept
in a release; where they are needed, the ontology and what is around the things in question is put into a store of its
own, in which nameless nodes have names, and the rules are run there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import graph_iri
from computeatlas.provenance.day_steps import day_steps
from computeatlas.provenance.lookup import ask_many, locate, spo
from computeatlas.provenance.rules import read_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.engine.table import Ask, Term
    from computeatlas.model.queryfile import QueryFile
    from computeatlas.provenance.rules import BackwardRule, Step

#: Levels of rules, one above the other, that are gone down.
_MOST_LEVELS = 25
#: Triples that are looked at for one explanation.
_MOST_TRIPLES = 20_000
#: How far around a thing its nameless classes are looked for: a property, and a property of its value.
_HOPS = 2
_NAMELESS = "urn:compute-atlas:nameless:"
_INFERRED = "inferred"
_STATEMENTS = "SELECT ?s ?p ?o WHERE { VALUES (?s) { } ?s ?p ?o }"


@dataclass(frozen=True)
class Derivation:
    """A triple with what it follows from.

    `graphs` are the named graphs that it is in. `rule` is the name of the rule that yields it from `premises`, and
    `summary` what that rule says; both are None where the triple stands by itself. `recorded` is False where the
    triple is inferred and no steps to it were found.
    """

    triple: ox.Triple
    graphs: tuple[str, ...]
    rule: str | None = None
    summary: str | None = None
    premises: tuple[Derivation, ...] = ()
    recorded: bool = True

    def leaves(self) -> tuple[Derivation, ...]:
        """Return what it rests on in the end, each once: itself where it stands by itself."""
        if self.rule is None:
            return (self,)
        return tuple(dict.fromkeys(leaf for premise in self.premises for leaf in premise.leaves()))


def explain(triples: Iterable[ox.Triple], ask: Ask, rules: Sequence[QueryFile]) -> dict[ox.Triple, Derivation]:
    """Return for each of `triples` the derivation with the fewest uses of `rules`.

    A triple that is in no graph is missing. Derivations have no cycles. Raises what `ask` raises, and AtlasError for a
    rule that cannot be read backwards.
    """
    return _Explainer(ask, rules).explain(tuple(triples))


class _Explainer:
    def __init__(self, ask: Ask, rules: Sequence[QueryFile]):
        self._ask = ask
        self._files = rules
        self._rules = read_rules(rules)
        self._graphs: dict[ox.Triple, tuple[str, ...]] = {}
        self._steps: dict[ox.Triple, list[Step]] = {}
        self._seen: set[ox.Triple] = set()
        #: What the nameless classes are made of, under the names that they are given.
        self._structure: set[ox.Triple] = set()
        self._costs: dict[ox.Triple, int] = {}
        self._built: dict[ox.Triple, Derivation] = {}

    def explain(self, triples: tuple[ox.Triple, ...]) -> dict[ox.Triple, Derivation]:
        self._go_down(triples)
        self._weigh()
        lost = [triple for triple in self._graphs if triple not in self._costs]
        if lost:
            self._use_nameless_classes(lost)
            self._weigh()
        return {triple: self._build(triple) for triple in triples if triple in self._graphs}

    def _go_down(self, triples: Iterable[ox.Triple]) -> None:
        """Look for the steps to `triples`, to their premises, and so on."""
        frontier = [triple for triple in triples if not _is_nameless(triple)]
        for _level in range(_MOST_LEVELS):
            frontier = [triple for triple in dict.fromkeys(frontier) if triple not in self._seen]
            if not frontier or len(self._seen) > _MOST_TRIPLES:
                return
            self._seen.update(frontier)
            self._graphs.update(locate(self._ask, frontier))
            goals = [triple for triple in frontier if self._graphs.get(triple) == (_INFERRED,)]
            fresh = _steps(self._rules, self._ask, goals) | day_steps(self._ask, goals)
            for triple, steps in fresh.items():
                self._steps.setdefault(triple, []).extend(steps)
            frontier = [p for steps in fresh.values() for step in steps for p in step.premises if not _is_nameless(p)]

    def _stands(self, triple: ox.Triple) -> bool:
        """Return whether `triple` needs no derivation."""
        if _is_nameless(triple):
            return triple in self._structure or _has_blank_node(triple)
        return self._graphs.get(triple, (_INFERRED,)) != (_INFERRED,)

    def _weigh(self) -> None:
        """Find for each triple the least number of uses of rules that yield it."""
        costs = self._costs
        everything = {*self._graphs, *(p for steps in self._steps.values() for step in steps for p in step.premises)}
        costs.update(dict.fromkeys((triple for triple in everything if self._stands(triple)), 0))
        changed = True
        while changed:
            changed = False
            for triple, steps in self._steps.items():
                least = min((cost for step in steps if (cost := self._cost(step)) is not None), default=None)
                if least is not None and least < costs.get(triple, least + 1):
                    costs[triple] = least
                    changed = True

    def _cost(self, step: Step) -> int | None:
        costs = [self._costs.get(premise) for premise in step.premises]
        return 1 + sum(cost for cost in costs if cost is not None) if None not in costs else None

    def _build(self, triple: ox.Triple) -> Derivation:
        if triple in self._built:
            return self._built[triple]
        graphs = self._graphs.get(triple, ())
        if self._stands(triple):
            derivation = Derivation(triple, graphs)
        elif triple not in self._costs:
            derivation = Derivation(triple, graphs, recorded=False)
        else:
            step = min(self._steps[triple], key=self._rank)
            premises: dict[Derivation, None] = {}
            for premise in step.premises:
                if not _is_nameless(premise):
                    premises[self._build(premise)] = None
                elif not self._stands(premise):
                    # To be in a nameless class says nothing to a reader; what makes it so does.
                    premises.update(dict.fromkeys(self._build(premise).premises))
            derivation = Derivation(triple, graphs, step.rule, step.summary, tuple(premises))
        self._built[triple] = derivation
        return derivation

    def _rank(self, step: Step) -> tuple[float, str, list[str]]:
        cost = self._cost(step)
        return float("inf") if cost is None else cost, step.rule, sorted(map(str, step.premises))

    def _use_nameless_classes(self, lost: Sequence[ox.Triple]) -> None:
        """Look for steps to `lost` by way of nameless classes."""
        engine = EmbeddedEngine()
        self._structure = _name_all(self._ontology())
        _add(engine, self._structure)
        _add(engine, self._surroundings({triple.subject for triple in lost}))
        _close(engine, self._files)

        def ask(text: str) -> object:
            return engine.table(Query(text))

        frontier = list(lost)
        seen: set[ox.Triple] = set()
        named: list[ox.Triple] = []
        for _level in range(_MOST_LEVELS):
            seen.update(frontier)
            fresh = _steps(self._rules, ask, frontier)  # type: ignore[arg-type]
            for triple, steps in fresh.items():
                self._steps.setdefault(triple, []).extend(steps)
            premises = dict.fromkeys(p for steps in fresh.values() for step in steps for p in step.premises)
            named += (premise for premise in premises if not _is_nameless(premise))
            frontier = [p for p in premises if _is_nameless(p) and p not in self._structure and p not in seen]
            if not frontier:
                break
        self._go_down(named)

    def _ontology(self) -> list[ox.Triple]:
        query = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph_iri('ontology')}> {{ ?s ?p ?o }} }} LIMIT {_MOST_TRIPLES}"
        return [ox.Triple(row["s"], row["p"], row["o"]) for row in self._ask(query).records()]  # type: ignore[arg-type]

    def _surroundings(self, things: Iterable[object]) -> set[ox.Triple]:
        """Return the triples that begin at `things`, and those that begin at their values.

        Those with blank nodes are left out: they are there already, under the names that they were given.
        """
        found: set[ox.Triple] = set()
        frontier: set[Term] = {thing for thing in things if isinstance(thing, ox.NamedNode)}
        for _hop in range(_HOPS):
            rows = ask_many(
                self._ask, "SELECT ?s ?p ?o WHERE { VALUES (?s) { } ?s ?p ?o }", ("s",), [(s,) for s in frontier]
            )
            new = {ox.Triple(row["s"], row["p"], row["o"]) for row in rows}  # type: ignore[arg-type]
            frontier = {spo(t)[2] for t in new - found if isinstance(t.object, ox.NamedNode)}
            found |= {triple for triple in new if not _has_blank_node(triple)}
            if len(found) > _MOST_TRIPLES:
                break
        return found


def _steps(rules: Iterable[BackwardRule], ask: Ask, goals: Sequence[ox.Triple]) -> dict[ox.Triple, list[Step]]:
    found: dict[ox.Triple, list[Step]] = {}
    if goals:
        for rule in rules:
            for triple, steps in rule.steps(ask, goals).items():
                found.setdefault(triple, []).extend(steps)
    return found


def _close(engine: EmbeddedEngine, rules: Sequence[QueryFile]) -> None:
    """Add what follows by `rules` to a store without named graphs, in as many rounds as there are levels."""
    for _round in range(_MOST_LEVELS):
        before = len(engine)
        for rule in rules:
            _add(engine, engine.graph(Query(rule.text)))
        if len(engine) == before or before > 10 * _MOST_TRIPLES:
            return


def _add(engine: EmbeddedEngine, triples: Iterable[ox.Triple]) -> None:
    engine.add([ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples])


def _name_all(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """Return `triples` with a name for each blank node: https://www.w3.org/TR/rdf11-concepts/#section-skolemization."""

    def name(term: Term) -> Term:
        return ox.NamedNode(_NAMELESS + term.value) if isinstance(term, ox.BlankNode) else term

    return {ox.Triple(*map(name, spo(triple))) for triple in triples}  # type: ignore[arg-type]


def _is_nameless(triple: ox.Triple) -> bool:
    """Return whether `triple` is about a nameless node, maybe under a name that it was given here."""
    return _has_blank_node(triple) or any(
        isinstance(term, ox.NamedNode) and term.value.startswith(_NAMELESS) for term in spo(triple)
    )


def _has_blank_node(triple: ox.Triple) -> bool:
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)
