"""The command that asks a release one question: query."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table as RichTable

from computeatlas.cli.options import root_option
from computeatlas.cli.releases import as_of_option, open_release, release_option, releases_directory, releases_option
from computeatlas.cli.terminal import emit, printable, say, styled
from computeatlas.engine.embedded import Query, show
from computeatlas.model.errors import UsageError
from computeatlas.model.mediatypes import FORMATS, Format, ResultKind, find_format, format_named, formats_for
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query
from computeatlas.provenance.citations import to_bibtex, to_csl, to_text
from computeatlas.provenance.report import to_json
from computeatlas.provenance.sources import cite
from computeatlas.sparql.hints import concat_of_empty_column

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from computeatlas.engine.embedded import EmbeddedEngine, Table
    from computeatlas.provenance.sources import Sources

#: Name of a format → how the sources of an answer are written in it.
_SOURCES: dict[str, Callable[[Sources], str]] = {
    "text": to_text,
    "bibtex": to_bibtex,
    "csl": to_csl,
    "json": lambda found: json.dumps(to_json(found), ensure_ascii=False, indent=1) + "\n",
}
#: Characters: wider than any table.
_UNBOUNDED = 100_000


class _FormatName(click.Choice[str]):
    """A short name of a format, or whatever else `format=` takes for it at the endpoint."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the short name; a name that is known as it is stands for itself."""
        if isinstance(value, str) and value not in self.choices and (named := find_format(value, FORMATS)):
            value = named.name
        return super().convert(value, param, ctx)


@click.command("query")
@root_option
@releases_option
@release_option
@as_of_option
@click.option(
    "--format",
    "form",
    type=_FormatName(list(dict.fromkeys(["table", *(item.name for item in FORMATS), *_SOURCES]))),
    help="How to print the answer, by default as a table; with --cite text, bibtex, csl or json, by default text.",
)
@click.option("--cite", "citing", is_flag=True, help="Print the sources of the answer instead of the answer.")
@click.argument("file", type=click.Path(path_type=Path))
def query_command(
    root: str | None,
    releases: Path | None,
    release: Path | None,
    day: date | None,
    form: str | None,
    citing: bool,
    file: Path,
) -> None:
    """Run the query in FILE on the graph and print the answer."""
    _require_format(form, citing)
    if day and release:
        raise UsageError("--as-of and --release exclude each other", hint="a release as of a day is named by --release")
    query = Query(read_query(file).text)
    project = Project.find(root)
    _manifest, engine = open_release(project, releases_directory(project, releases), release, day)
    if citing:
        _print_sources(engine, query, project, form or "text")
        return
    if form in (None, "table"):
        table = engine.table(query)
        _print_table(table)
        if concat := concat_of_empty_column(query.text, table.variables, len(table.rows), table.filled):
            say(f"computeatlas: hint: {concat.hint}", err=True)
        return

    def choose(kind: ResultKind) -> Format:
        chosen = format_named(str(form), kind)
        if chosen is None:
            names = ", ".join(item.name for item in formats_for(kind))
            raise UsageError(f"a result of kind {kind} cannot be printed as {form}", hint=f"use one of {names}")
        return chosen

    _format, data = engine.answer(query, choose)
    emit(data)


def _require_format(form: str | None, citing: bool) -> None:
    """Raise UsageError for a format of answers with `--cite`, or one of sources without."""
    if citing and form is not None and form not in _SOURCES:
        raise UsageError(f"sources cannot be printed as {form}", hint=f"use one of {', '.join(_SOURCES)}")
    if not citing and form in _SOURCES and form not in {item.name for item in FORMATS}:
        raise UsageError(f"an answer cannot be printed as {form}", hint="add --cite for its sources")


def _print_sources(engine: EmbeddedEngine, query: Query, project: Project, form: str) -> None:
    # A query that cannot be answered is reported as such, before it is traced.
    engine.table(query)
    rules = [read_query(path) for path in project.rules()]
    found = cite(query.text, lambda text: engine.table(Query(text)), rules)
    text = _SOURCES[form](found)
    emit(printable(text) if form == "text" else text)


def _print_table(table: Table) -> None:
    shown = RichTable()
    for name in table.variables:
        shown.add_column(styled(name))
    for row in table.rows:
        shown.add_row(*(styled(show(term)) for term in row))
    console = Console()
    if not console.is_terminal:
        # Piped, nothing is cut to the width of a screen that is not there.
        console = Console(width=_UNBOUNDED)
    console.print(shown)
