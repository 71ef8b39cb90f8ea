"""One reader's view of the data: whom to ask, in which language, with which queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.views.names import iris_in
from computeatlas.views.query import bind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from computeatlas.engine.table import Ask, AskAll, Table, Term
    from computeatlas.views.names import Names
    from computeatlas.views.query import Queries


@dataclass(frozen=True)
class Reader:
    """`ask` asks the data as they are now; `queries` are those of the views; `language` is `en` or `sv`.

    `together` asks several queries in one round; without it they are asked one after another.
    """

    ask: Ask
    queries: Queries
    names: Names
    language: str = "en"
    together: AskAll | None = None

    def text(self, view: str, **values: Iterable[Term]) -> str:
        """Return the query of `view` with `values` put in, as `bind` does."""
        return bind(self.queries[view], **values)

    def ask_all(self, *texts: str) -> list[Table]:
        """Return the tables of several queries, in their order; raises what the engine raises for any of them."""
        if not texts:
            return []
        return self.together(texts) if self.together is not None else [self.ask(text) for text in texts]

    def records(self, view: str, **values: Iterable[Term]) -> Iterator[dict[str, Term]]:
        """Ask the query of `view` with `values` put in, and yield its rows as mappings of variable to term."""
        return self.ask(self.text(view, **values)).records()

    def need(self, things: Iterable[str]) -> None:
        """Fetch the labels of `things` at once, so that `label` need not ask for each."""
        self.ask_naming(things)

    def ask_naming(self, things: Iterable[str], *texts: str) -> list[Table]:
        """Return the tables of `texts`, as `ask_all` does, and in the same round fetch the labels of `things`."""
        batches = self.names.batches(things)
        tables = self.ask_all(*texts, *map(self.names.text, batches))
        for batch, table in zip(batches, tables[len(texts) :], strict=True):
            self.names.take(batch, table)
        return tables[: len(texts)]

    def need_in(self, *values: object) -> None:
        """Fetch the labels of everything in `values` that has an IRI, however deep, in one query; see `iris_in`."""
        self.need(iris_in(values))

    def label(self, thing: str) -> str:
        """Return the label of `thing` in the reader's language, or in another, or its IRI shortened."""
        return self.names.label(self.ask, thing, self.language)[0]

    def label_language(self, thing: str) -> str | None:
        """Return the language that `label` gives, None where it is the IRI or the label has none."""
        return self.names.label(self.ask, thing, self.language)[1]
