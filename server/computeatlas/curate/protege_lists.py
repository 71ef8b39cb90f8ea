"""The two files that name every data file, so that Protégé opens all of them offline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import BASE

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.model.project import Project

_ALL = "ontology/compute-atlas-all.ttl"
_CATALOG = "ontology/catalog-v001.xml"
_IMPORT = re.compile(
    r"^(?P<head>[ \t]+<)(?P<iri>[^<>]+)(?P<tail>>[ \t]*)(?P<end>[,.])(?P<rest>[ \t]*\r?\n?)", re.MULTILINE
)
_ENTRY = re.compile(
    r'^(?P<head>[ \t]*<uri name=")(?P<iri>[^"]+)(?P<tail>" uri=")(?P<file>[^"]+)(?P<rest>"/>[ \t]*\r?\n?)', re.MULTILINE
)


def listed(project: Project, iri: str, file: str) -> dict[Path, str]:
    """Return the new text of each of the two files that `project` has, with `iri`, which stands in `file`, added.

    `file` is relative to the root. A file that names the IRI already is left out. Raises UsageError for a file that
    cannot be read, or that is not written one entry a line.
    """
    changed = {}
    for name, add in ((_ALL, _with_import), (_CATALOG, _with_entry)):
        path = project.root / name
        if not path.is_file():
            continue
        text = read_text(path, name)
        new = add(text, iri, f"../{file}")
        if new is None:
            raise UsageError(
                "does not name its files one a line",
                where=name,
                why=f"so <{iri}> cannot be added in order",
                hint="put it in that form, or remove the file if nobody uses Protégé",
            )
        if new != text:
            changed[path] = new
    return changed


def read_text(path: Path, name: str) -> str:
    """Return the text of `path` with its line ends as they are.

    Raises UsageError, calling it `name`, where it cannot be read as UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot be read as UTF-8 text", where=name, why=str(error)) from error


def _with_import(text: str, iri: str, _file: str) -> str | None:
    match, before = _neighbour(_IMPORT, text, iri)
    if match is None or match["iri"] == iri:
        return match and text
    if before:
        line = f"{match['head']}{iri}{match['tail']},{match['rest']}"
        return text[: match.start()] + line + text[match.start() :]
    # The last of the list ends it: the new one takes its full stop or comma, and it gets a comma.
    rest = match["rest"] or "\n"
    lines = (
        f"{match['head']}{match['iri']}{match['tail']},{rest}{match['head']}{iri}{match['tail']}{match['end']}{rest}"
    )
    return text[: match.start()] + lines + text[match.end() :]


def _with_entry(text: str, iri: str, file: str) -> str | None:
    match, before = _neighbour(_ENTRY, text, iri)
    if match is None or match["iri"] == iri:
        return match and text
    at = match.start() if before else match.end()
    return text[:at] + f"{match['head']}{iri}{match['tail']}{file}{match['rest']}" + text[at:]


def _neighbour(pattern: re.Pattern[str], text: str, iri: str) -> tuple[re.Match[str] | None, bool]:
    """Return the entry of `iri` itself, or the one that it stands before or after, and whether it is before."""
    entries = list(pattern.finditer(text))
    for entry in entries:
        # Ontology and code lists come before the data.
        if entry["iri"].startswith(BASE + "data/") and entry["iri"] >= iri:
            return entry, True
    return (entries[-1] if entries else None), False
