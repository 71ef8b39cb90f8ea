"""The command that tells what is in a release and how good it is: info."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from computeatlas.cli.options import root_option
from computeatlas.cli.releases import as_of_option, open_release, release_option, releases_directory, releases_option
from computeatlas.cli.terminal import emit, say
from computeatlas.engine.embedded import Query
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query
from computeatlas.views.names import Names
from computeatlas.views.quality import read_quality
from computeatlas.views.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from computeatlas.model.manifest import Manifest
    from computeatlas.views.quality import Figure, Quality, QualityTable

#: What the tables are of.
_TITLES = {
    "facilities": "Facilities by kind",
    "things": "Things by kind",
    "countries": "By country",
    "reliability": "By reliability of the documents",
    "languages": "By language of the documents",
    "most": "What most claims are about",
    "coverage": "Coverage by property",
}


@click.command("info")
@root_option
@releases_option
@release_option
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print what is told.",
)
def info_command(root: str | None, releases: Path | None, release: Path | None, day: date | None, form: str) -> None:
    """Tell how much is in the graph, what is missing, and what it rests on.

    Each figure is a measurement in the metadata graph of the release, which a query can ask for too.
    """
    project = Project.find(root)
    manifest, engine = open_release(project, releases_directory(project, releases), release, day)
    queries = {path.stem: read_query(path) for path in project.views()}
    reader = Reader(lambda text: engine.table(Query(text)), queries, Names(queries["labels"]))
    quality = read_quality(reader)
    reader.need_in(quality)
    today = datetime.now(UTC).date()
    if form == "json":
        emit(json.dumps(as_data(manifest, quality, reader, today), indent=2, ensure_ascii=False) + "\n")
        return
    for line in in_lines(manifest, quality, reader, today):
        say(line)


def as_data(manifest: Manifest, quality: Quality, reader: Reader, today: date) -> dict[str, object]:
    """Return what is known of a release and its quality as JSON; shares are from 0 to 1, the age is in days."""
    return {
        "version": manifest.version,
        "digest": manifest.digest,
        "quads": manifest.quads,
        "newest_claim": quality.newest.isoformat() if quality.newest else None,
        "newest_claim_age_days": quality.age(today),
        "totals": {
            _name(metric): {"label": reader.label(metric), **_figure(figure)}
            for metric, figure in quality.totals.items()
        },
        "tables": {table.name: _rows(table, reader) for table in quality.tables},
        "definitions": {_name(metric): text for metric, text in quality.definitions.items()},
    }


def in_lines(manifest: Manifest, quality: Quality, reader: Reader, today: date) -> Iterator[str]:
    """Yield what is known of a release and its quality, line by line."""
    as_of = f" as of {manifest.as_of}" if manifest.as_of else ""
    yield f"Version {manifest.version}{as_of}, {manifest.quads} quads, SHA-256 {manifest.digest}"
    if not quality:
        yield "The release says nothing of its quality: build it again."
        return
    if quality.newest:
        yield f"Newest claim: {quality.newest.isoformat()}, {quality.age(today)} days ago"
    yield ""
    yield from _aligned([[reader.label(metric), _shown(figure)] for metric, figure in quality.totals.items()])
    for table in quality.tables:
        yield ""
        yield _TITLES[table.name]
        head = ["", *(reader.label(metric) for metric in table.columns)]
        rows = [
            [reader.label(row.of) if row.of else row.language or "", *map(_shown, row.figures)] for row in table.rows
        ]
        yield from (f"    {line}" for line in _aligned([head, *rows]))


def _rows(table: QualityTable, reader: Reader) -> list[dict[str, object]]:
    return [
        {
            **({"iri": row.of, "label": reader.label(row.of)} if row.of else {"language": row.language}),
            **{
                _name(metric): _figure(figure)
                for metric, figure in zip(table.columns, row.figures, strict=True)
                if figure is not None
            },
        }
        for row in table.rows
    ]


def _figure(figure: Figure) -> dict[str, int | float]:
    whole = figure.value == figure.value.to_integral_value()
    value = {"value": int(figure.value) if whole else float(figure.value)}
    return value if figure.share is None else {**value, "share": float(figure.share)}


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.value}" + ("" if figure.share is None else f" ({figure.share:.1%})")


def _name(metric: str) -> str:
    return metric.rpartition("/")[2]


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    """Yield the rows with their columns below one another: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        yield "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]).rstrip()
