"""A new source, written to a file of its own; and what new claims need too."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.lookup import Lookup, expand
from computeatlas.curate.add.names import language_of, slug
from computeatlas.curate.add.write import write_checked
from computeatlas.curate.data_file import data_iri, new_file
from computeatlas.curate.protege_files import stale_protege_files
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.namespaces import ATLAS, PREFIXES, XSD, shorten
from computeatlas.model.progress import Progress, silent
from computeatlas.turtle.lines import FOLDERS, parse_project
from computeatlas.turtle.statement import Part, Statement

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.model.project import Project
    from computeatlas.turtle.lines import ParsedGraph
    from computeatlas.turtle.statement import Term

LANGUAGES = ("en", "sv")
_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|^`\\]+")
#: A first line of more characters than this is the text itself, and no title.
_TITLE_LENGTH = 200
_COMMENT = "A source and its passages: positions are offsets in Unicode characters into the archived text."
_NO_DATE = (
    'dcterms:issued: add the date, as in "2024-12-10"^^xsd:date or "2024-12"^^xsd:gYearMonth,'
    f" and above @prefix xsd: <{PREFIXES['xsd']}> ."
)
_NO_PAGE = f"foaf:page: add the address in angle brackets, and above @prefix foaf: <{PREFIXES['foaf']}> ."
_NEW_ACTOR = (
    "a new actor is added to graph_data/entities/actors.ttl as"
    ' `actor:NAME a atlas:Organization ; rdfs:label "…"@en , "…"@sv .`'
)


@dataclass(frozen=True)
class Added:
    """What was added: IRI, label, the files that changed, relative to the root, and what its curator should know."""

    iri: str
    label: str
    files: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewSource:
    """An archived text and what is known of it; name, title and language are made from the text where None."""

    file: Path
    publisher: str | None = None
    name: str | None = None
    title: str | None = None
    language: str | None = None
    url: str | None = None
    issued: str | None = None


def add_source(project: Project, new: NewSource, progress: Progress = silent) -> Added:
    """Write the file of the source `new`, name it in Protégé's files if there are any, and return what was added.

    Raises UsageError where the text cannot be read, is a source already, or something said of it is missing, unknown
    or malformed; FindingsError where the graph has errors, with the source or before. Then nothing has changed.
    """
    data, text = _read_document(new.file)
    known = Lookup(read_sound(project))
    digest = hashlib.sha256(data).hexdigest()
    if twin := known.with_digest(digest):
        raise UsageError(
            f"{new.file} is in the graph already, as {shorten(twin)}",
            where=known.where(twin),
            why=f"its SHA-256 is {digest}",
            hint="use that source",
        )
    title = _title(new, text)
    name = require_name(new.name, "--name") if new.name is not None else _name_from(title)
    iri = PREFIXES["src"] + name
    file = f"{FOLDERS['sources']}/{name}.ttl"
    path = project.root / file
    if known.is_used(iri) or path.exists():
        hint = "name the new source otherwise with --name"
        raise UsageError(f"src:{name} is taken", where=known.where(iri) or file, hint=hint)
    publisher = _publisher(new, known)
    language, remarks = _language(new, text)
    parts = [
        part("rdf:type", ox.NamedNode(ATLAS + "Source")),
        part("rdfs:label", ox.Literal(title, language=language)),
        part("dcterms:title", ox.Literal(title, language=language)),
        part("dcterms:publisher", ox.NamedNode(publisher)),
        part("dcterms:language", ox.Literal(language)),
        _known_or("dcterms:issued", date_literal(new.issued, "--issued") if new.issued else None, _NO_DATE),
        _known_or("foaf:page", ox.NamedNode(_address(new.url)) if new.url else None, _NO_PAGE),
        part("dcterms:extent", ox.Literal(len(text))),
        part("atlas:sha256", ox.Literal(digest)),
    ]
    statement = Statement(ox.NamedNode(iri), tuple(parts))
    texts = {path: new_file(data_iri("sources", name), _COMMENT, statement)}
    texts |= stale_protege_files(project, texts)
    write_checked(project, texts, progress)
    missing = [shorten(item.predicate.value) for item in parts if not item.values]
    if missing:
        remarks.append(f"not known: {', '.join(missing)}; comments in the file say what to add")
    return Added(iri, title, tuple(project.relative(item) for item in texts), tuple(remarks))


def read_sound(project: Project) -> ParsedGraph:
    """Return the parsed files of `project`; raises FindingsError where one is not Turtle."""
    graph, findings = parse_project(project)
    if any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    return graph


def part(predicate: str, *values: Term) -> Part:
    """Return the part of a statement with the prefixed name `predicate` and `values`."""
    return Part(ox.NamedNode(expand(predicate)), values)


def require_name(name: str, option: str) -> str:
    """Return `name`; raises UsageError, naming `option`, where it cannot stand in an identifier."""
    if not _NAME.fullmatch(name):
        why = "a name has small letters a to z, digits, and hyphens or dots between them"
        raise UsageError(f"{name!r} is not a name", why=why, hint=f"name it otherwise with {option}")
    return name


def date_literal(text: str, option: str) -> ox.Literal:
    """Return the year, month or day `text` as a literal of its datatype.

    Raises UsageError, naming `option`, where it is none of ISO 8601."""
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError("it has another form")
        date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError as error:
        hint = f"give {option} as 2024, 2024-12 or 2024-12-10"
        raise UsageError(f"{text!r} is not a year, month or day", why=str(error), hint=hint) from error
    kind = "date" if match["day"] else "gYearMonth" if match["month"] else "gYear"
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


def _read_document(file: Path) -> tuple[bytes, str]:
    try:
        data = file.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        raise UsageError("cannot be read", where=str(file), why=error.strerror, hint="name a text file") from error
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8 text", where=str(file), why=str(error), hint="archive it as UTF-8") from error
    if not text.strip("\ufeff \t\r\n"):
        raise UsageError("has no text", where=str(file), hint="name the archived text of a document")
    return data, text


def _title(new: NewSource, text: str) -> str:
    """Return the title asked for, else the first line with anything on it, on one line."""
    if new.title is not None:
        title = " ".join(new.title.split())
        if not title:
            raise UsageError("the title is empty", hint="give one with --title")
        return title
    lines = (" ".join(line.strip("\ufeff").split()) for line in text.splitlines())
    title = next(line for line in lines if line)
    if len(title) > _TITLE_LENGTH:
        raise UsageError(
            f"the first line has {len(title)} characters and is no title",
            where=str(new.file),
            why="the graph holds titles of documents, not their sentences",
            hint="give the title with --title",
        )
    return title


def _name_from(title: str) -> str:
    name = slug(title)
    if not name:
        raise UsageError("no name can be made of the title", why="it has none of a to z", hint="give one with --name")
    return name


def _publisher(new: NewSource, known: Lookup) -> str:
    if not new.publisher:
        raise UsageError(
            "the publisher is not given",
            why="every source has one, and a guess could be wrong",
            hint=f"name an actor with --publisher actor:NAME; {_NEW_ACTOR}",
        )
    actors = known.members(ATLAS + "Actor")
    return known.require(new.publisher, actors, "an actor of the graph", hint=_NEW_ACTOR)


def _language(new: NewSource, text: str) -> tuple[str, list[str]]:
    if new.language is not None:
        if new.language not in LANGUAGES:
            raise UsageError(f"{new.language!r} is not a language of the graph", hint="use one of en, sv")
        return new.language, []
    language = language_of(text)
    if language is None:
        raise UsageError("the language cannot be told from the words", hint="give it with --language en or sv")
    return language, [f"language {language}, guessed from the words"]


def _known_or(predicate: str, value: Term | None, remark: str) -> Part:
    return part(predicate, value) if value is not None else Part(part(predicate).predicate, (), remark)


def _address(url: str) -> str:
    if not _ADDRESS.fullmatch(url):
        raise UsageError(f"{url!r} is not the address of a page", hint="give --url as https://…")
    return url
