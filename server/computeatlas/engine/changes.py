"""Changes of the served data set: SPARQL updates and the writes of the Graph Store Protocol.

They are applied to a copy that nobody reads yet, so one that fails half-way leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox

from computeatlas.engine.evaluate import graph_name
from computeatlas.engine.inserted_literals import inserted_literals
from computeatlas.engine.literal_forms import LiteralForms
from computeatlas.engine.load import malformed, read_bytes
from computeatlas.model.errors import DataError, GraphMissingError
from computeatlas.sparql.engine_gaps import replace_later_dots, split_update
from computeatlas.sparql.errors.explain import error_message, explain, explain_evaluation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Formats that carry several graphs.
_DATA_SETS = ("trig", "nq")


@dataclass(frozen=True)
class Change:
    """A change: `update` (its text), `put`, `post` or `delete` (of a graph, or of the whole data set).

    `graph` is the IRI of a named graph, None for the default graph; `whole` means the data set instead. The text or
    the RDF lies in a file: `parts` gives format, offset and length of each piece. A second text of an update is the
    update as it was sent, where the first was made from it.
    """

    verb: str
    graph: str | None = None
    whole: bool = False
    base: str | None = None
    parts: tuple[tuple[str, int, int], ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the change as a JSON object."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Change:
        """Return the change that `as_data` gave."""
        return cls(**{**data, "parts": tuple(tuple(part) for part in data["parts"])})


def apply_change(store: ox.Store, change: Change, file: IO[bytes], forms: LiteralForms | None = None) -> bool:
    """Make `change` in `store` and say whether a graph came into being by it.

    `forms` counts the literals that the engine will give back in another form, those of RDF and of INSERT DATA;
    what else an update inserts it computes or copies.
    Raises DataError for malformed RDF, QuerySyntaxError or QueryEvaluationError for an update, GraphMissingError where
    a graph that is not there is to be deleted, QueryEvaluationError where the name of a graph is no IRI.
    """
    forms = forms or LiteralForms()
    if change.verb == "update":
        _update(store, change, file, forms)
        return False
    graph = ox.DefaultGraph() if change.graph is None else graph_name(change.graph)
    existed = change.whole or isinstance(graph, ox.DefaultGraph) or store.contains_named_graph(graph)
    if change.verb == "delete":
        if not existed:
            raise GraphMissingError("there is no graph of that name", where=change.graph)
        _empty(store, graph, change)
        return False
    if change.verb == "put":
        _empty(store, graph, change)
    for name, offset, length in change.parts:
        file.seek(offset)
        data = file.read(length)
        if name == "rdf" and not data.strip():
            raise DataError(
                "the data is malformed: RDF/XML has a root element", hint="send `<rdf:RDF …/>` for no triples"
            )
        try:
            quads = read_bytes(data, name, change.graph or change.base)
            if not (name in _DATA_SETS and change.whole):
                quads = _into(graph, quads)
            store.extend(forms.watch(quads))
        except SyntaxError as error:
            raise malformed(error) from error
        except (ValueError, OSError) as error:
            raise explain_evaluation(str(error)) from error
    if isinstance(graph, ox.NamedNode):
        store.add_graph(graph)
    return not existed


def _into(graph: ox.DefaultGraph | ox.NamedNode, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield `quads` of the default graph as quads of `graph`; raises DataError at one of another graph."""
    for quad in quads:
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            raise DataError(
                "the data name a graph of their own, and the request names another",
                where=str(quad.graph_name),
                hint="send them to the whole store, without ?graph or ?default",
            )
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _empty(store: ox.Store, graph: ox.DefaultGraph | ox.NamedNode, change: Change) -> None:
    if change.whole:
        store.clear()
    else:
        store.remove_graph(graph)


def _update(store: ox.Store, change: Change, file: IO[bytes], forms: LiteralForms) -> None:
    texts = []
    for _, offset, length in change.parts:
        file.seek(offset)
        texts.append(file.read(length).decode("utf-8"))
    text, sent = texts[0], texts[-1]
    try:
        try:
            store.update(text, base_iri=change.base)
        except SyntaxError:
            _update_in_pieces(store, text, sent, change.base)
    except (RuntimeError, ValueError, OSError) as error:
        raise explain_evaluation(str(error)) from error
    forms.look_at(inserted_literals(text, change.base))


def _update_in_pieces(store: ox.Store, text: str, sent: str, base: str | None) -> None:
    """Make the update `text`, which the engine refused, in the form and the pieces that it takes.

    Raises QuerySyntaxError, with a place in the update as it was `sent`, where one of them is refused too.
    """
    pieces = split_update(replace_later_dots(text, "\\."))
    for number, piece in enumerate(pieces):
        try:
            store.update(piece.text, base_iri=base)
        except SyntaxError as error:
            in_place = split_update(replace_later_dots(sent, "_"))[number].in_place
            raise explain(sent, error_message(store.update, in_place) or str(error), update=True) from error
