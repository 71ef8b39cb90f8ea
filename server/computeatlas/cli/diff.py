"""The command that compares two releases: diff."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from computeatlas.cli.terminal import emit, say
from computeatlas.release.diff.compare import compare
from computeatlas.release.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.model.manifest import Manifest
    from computeatlas.release.diff.compare import ChangedValue, Comparison, Difference, Part, Statement, Thing
    from computeatlas.release.diff.things import Value


@click.command("diff")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the differences.",
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def diff_command(form: str, old: Path, new: Path) -> None:
    """Tell what was added, removed and changed between the releases in the directories OLD and NEW.

    Two releases of one graph as of two days, by `build --as-of`, tell what became known between them.

    The exit code is 0 whether or not there are differences.
    """
    old_manifest, old_engine = load(old)
    new_manifest, new_engine = load(new)
    comparison = compare(old_engine, new_engine)
    if form == "json":
        data = {"old": _identity(old_manifest), "new": _identity(new_manifest), **asdict(comparison)}
        emit(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
        return
    for line in in_lines(comparison, old_manifest, new_manifest):
        say(line)


def in_lines(comparison: Comparison, old: Manifest, new: Manifest) -> Iterator[str]:
    """Yield the differences in words, line by line: claims in full, all else more briefly."""
    yield f"{_release(old)} → {_release(new)}"
    if not comparison:
        yield "No differences." if old.digest != new.digest else "The releases are the same."
        return
    yield from _claims(comparison.claims)
    for title, difference in (
        ("Entities", comparison.entities),
        ("Sources", comparison.sources),
        ("Terms of the ontology", comparison.terms),
    ):
        yield from _briefly(title, difference)
    yield from _passages(comparison.passages)
    if comparison.view:
        yield f"Current view: {_triples(comparison.view.added)} added, {len(comparison.view.removed)} removed"
        yield from (f"    + {_statement(statement)}" for statement in comparison.view.added)
        yield from (f"    − {_statement(statement)}" for statement in comparison.view.removed)
    yield from _listed("Values changed in the current view", [_changed_value(one) for one in comparison.view.changed])
    yield from _listed("Claims that entered the current view", [_described(thing) for thing in comparison.entered])
    yield from _listed("Claims that left the current view", [_described(thing) for thing in comparison.left])
    if comparison.inferred:
        yield f"Inferred: {_triples(comparison.inferred.added)} added, {len(comparison.inferred.removed)} removed"


def _identity(manifest: Manifest) -> dict[str, str]:
    return {"version": manifest.version, "digest": manifest.digest} | (
        {"as_of": manifest.as_of} if manifest.as_of else {}
    )


def _release(manifest: Manifest) -> str:
    as_of = f"as of {manifest.as_of}, " if manifest.as_of else ""
    return f"{manifest.version} ({as_of}{manifest.digest[:16]})"


def _claims(difference: Difference) -> Iterator[str]:
    yield from _listed("Claims added", [_described(thing) for thing in difference.added])
    yield from _listed("Claims removed", [_described(thing) for thing in difference.removed])
    yield from _listed(
        "Claims changed",
        [f"{_name(change.thing)}: {'; '.join(map(_part, change.parts))}" for change in difference.changed],
    )


def _briefly(title: str, difference: Difference) -> Iterator[str]:
    yield from _listed(f"{title} added", [_described(thing) for thing in difference.added])
    yield from _listed(f"{title} removed", [_described(thing) for thing in difference.removed])
    yield from _listed(
        f"{title} changed",
        [
            f"{_name(change.thing)}: {', '.join(part.predicate.words for part in change.parts)}"
            for change in difference.changed
        ],
    )


def _passages(difference: Difference) -> Iterator[str]:
    """Passages are numbers: how many of each source says enough."""
    counts = [
        (word, Counter(", ".join(thing.kinds) for thing in things))
        for word, things in (
            ("added", difference.added),
            ("removed", difference.removed),
            ("changed", tuple(change.thing for change in difference.changed)),
        )
    ]
    for word, by_source in counts:
        yield from _listed(
            f"Passages {word}",
            [f"{source}: {count}" for source, count in sorted(by_source.items())],
            sum(by_source.values()),
        )


def _listed(title: str, lines: list[str], count: int | None = None) -> Iterator[str]:
    if lines:
        yield f"{title} ({len(lines) if count is None else count})"
        yield from (f"    {line}" for line in lines)


def _described(thing: Thing) -> str:
    kinds = f" ({', '.join(thing.kinds)})" if thing.kinds else ""
    label = f": {thing.label}" if thing.label else ""
    return f"{_name(thing)}{label}{kinds}"


def _name(thing: Thing) -> str:
    return thing.name.removeprefix("claim:")


def _part(part: Part) -> str:
    name = part.predicate.words
    if not part.before:
        return f"{name} added: {_values(part.after)}"
    if not part.after:
        return f"{name} removed: {_values(part.before)}"
    if len(part.before) == len(part.after) == 1:
        return f"{name} {part.before[0].words} → {part.after[0].words}"
    signs = [(sign, values) for sign, values in (("+", part.added), ("−", part.removed)) if values]
    return " ".join([name, *(f"{sign} {_values(values)}" for sign, values in signs)])


def _values(values: tuple[Value, ...]) -> str:
    return ", ".join(value.words for value in values)


def _triples(statements: tuple[Statement, ...]) -> str:
    return f"{len(statements)} triple{'' if len(statements) == 1 else 's'}"


def _changed_value(one: ChangedValue) -> str:
    return f"{one.subject.words} – {one.predicate.words}: {_values(one.before)} → {_values(one.after)}"


def _statement(statement: Statement) -> str:
    return f"{statement.subject.words} – {statement.predicate.words} – {statement.value.words}"
