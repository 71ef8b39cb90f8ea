"""A new source, archived or located, written into the files; and what new claims need too."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.lookup import Lookup, expand
from computeatlas.curate.add.names import language_of, slug
from computeatlas.curate.add.write import write_checked
from computeatlas.curate.amounts.date_words import DateError, read_date_words
from computeatlas.curate.data_file import data_iri, new_file
from computeatlas.curate.languages import language_fault
from computeatlas.curate.protege_files import read_text, stale_protege_files
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.namespaces import ATLAS, EDTF, PREFIXES, shorten
from computeatlas.model.progress import Progress, silent
from computeatlas.turtle.edit import extended
from computeatlas.turtle.lines import FOLDERS, parse_project
from computeatlas.turtle.statement import Part, Statement

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.model.project import Project
    from computeatlas.turtle.lines import ParsedGraph
    from computeatlas.turtle.statement import Term

#: The languages of labels and reasons.
LANGUAGES = ("en", "sv")
_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|^`\\]+")
#: A first line of more characters than this is the text itself, and no title.
_TITLE_LENGTH = 200
_COMMENT = "A source and its passages: positions are offsets in Unicode characters into the archived text."
_LOCATED_COMMENT = "Sources whose texts are not archived, and passages of them, which some of their words find again."
_NO_DATE = (
    'dcterms:issued: add the date, as in "2024-12-10"^^edtf:EDTF or "2024-12"^^edtf:EDTF,'
    f" and above @prefix xsd: <{PREFIXES['xsd']}> ."
)
_NO_PAGE = f"foaf:page: add the address in angle brackets, and above @prefix foaf: <{PREFIXES['foaf']}> ."
_NEW_ACTOR = (
    "a new actor is added to graph_data/entities/actors.ttl as"
    ' `actor:NAME a atlas:Organization ; rdfs:label "…"@en , "…"@sv .`'
)
#: The reliability that sources of a kind mostly have.
_USUAL = {
    "official": "a",
    "data-set": "a",
    "news": "b",
    "trade-press": "b",
    "press-release-copy": "b",
    "encyclopaedia": "c",
    "other": "c",
    "blog": "d",
    "aggregator": "d",
}


@dataclass(frozen=True)
class Added:
    """What was added: IRI, label, the files that changed, relative to the root, and what its curator should know."""

    iri: str
    label: str
    files: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewSource:
    """A document and what is known of it: archived as the text `file`, or, where that is None, located at `url`.

    Name, title and language are made from the text where None; without one, title and language must be given. `kind`
    and `reliability` are names of the code lists; the latter is what the kind mostly has where None. `copies` are the
    sources that it copies. `topic` is the file of `graph_data/sources/` that a located source is written to, by
    default that of the year in which it was issued.
    """

    file: Path | None = None
    publisher: str | None = None
    name: str | None = None
    title: str | None = None
    language: str | None = None
    url: str | None = None
    issued: str | None = None
    kind: str | None = None
    reliability: str | None = None
    copies: tuple[str, ...] = ()
    topic: str | None = None


def add_source(project: Project, new: NewSource, progress: Progress = silent) -> Added:
    """Write the source `new`, name a new file in Protégé's files if there are any, and return what was added.

    An archived source has a file of its own, a located one stands in a file with others. Raises UsageError where the
    text cannot be read, is a source already, or something said of it is missing, unknown or malformed; FindingsError
    where the graph has errors, with the source or before. Then nothing has changed.
    """
    known = Lookup(read_sound(project))
    document = _read_document(new.file) if new.file is not None else None
    _refuse_twins(new, document, known)
    title = _title(new, document)
    name = require_name(new.name, "--name") if new.name is not None else _name_from(title)
    iri = PREFIXES["src"] + name
    file = f"{FOLDERS['sources']}/{name if document else _file_of_located(new)}.ttl"
    path = project.root / file
    if known.is_used(iri) or (document and path.exists()):
        hint = "name the new source otherwise with --name"
        raise UsageError(f"src:{name} is taken", where=known.where(iri) or file, hint=hint)
    parts, remarks = _describe(new, document, known, title)
    statement = Statement(ox.NamedNode(iri), tuple(parts))
    if path.exists():
        texts = {path: extended(read_text(path, file), statement, where=file)}
    else:
        comment = _COMMENT if document else _LOCATED_COMMENT
        texts = {path: new_file(data_iri("sources", path.stem), comment, statement)}
        texts |= stale_protege_files(project, texts)
    write_checked(project, texts, progress)
    missing = [shorten(item.predicate.value) for item in parts if not item.values]
    if missing:
        remarks.append(f"not known: {', '.join(missing)}; comments in the file say what to add")
    return Added(iri, title, tuple(project.relative(item) for item in texts), tuple(remarks))


def _describe(
    new: NewSource, document: tuple[bytes, str] | None, known: Lookup, title: str
) -> tuple[list[Part], list[str]]:
    """Return what is said of a new source, and what its curator should know of how that was found."""
    if document is None:
        _require_located(new)
    publisher = _publisher(new, known)
    language, remarks = _language(new, document)
    kind, reliability, remark = _kind(new, known)
    remarks += remark
    sources = known.members(ATLAS + "Source")
    hint = "copies are named where the document that they copy is a source of the graph"
    copies = [known.require(name, sources, "a source of the graph", prefix="src", hint=hint) for name in new.copies]
    issued = date_literal(new.issued, "--issued") if new.issued else None
    page = ox.NamedNode(_address(new.url)) if new.url else None
    parts = [
        part("rdf:type", ox.NamedNode(ATLAS + "Source")),
        part("rdfs:label", ox.Literal(title, language=language)),
        part("dcterms:title", ox.Literal(title, language=language)),
        part("dcterms:publisher", ox.NamedNode(publisher)),
        part("dcterms:language", ox.Literal(language)),
        _known_or("dcterms:issued", issued, _NO_DATE),
        _known_or("foaf:page", page, _NO_PAGE),
    ]
    if document is None:
        # A title is name enough, and there are many of these.
        del parts[1]
    else:
        data, text = document
        parts.append(part("dcterms:extent", ox.Literal(len(text))))
        parts.append(part("atlas:sha256", ox.Literal(hashlib.sha256(data).hexdigest())))
    parts.append(part("atlas:sourceKind", ox.NamedNode(kind)))
    parts.append(part("atlas:reliability", ox.NamedNode(reliability)))
    if copies:
        parts.append(part("atlas:copyOf", *map(ox.NamedNode, dict.fromkeys(copies))))
    return parts, remarks


def _refuse_twins(new: NewSource, document: tuple[bytes, str] | None, known: Lookup) -> None:
    """Raise UsageError where the graph has a source with the same text or the same address."""
    twin, what, why = None, "", ""
    if document is not None:
        digest = hashlib.sha256(document[0]).hexdigest()
        twin, what, why = known.with_digest(digest), str(new.file), f"its SHA-256 is {digest}"
    if twin is None and new.url:
        twin, what, why = known.with_page(new.url), new.url, "that source has the same address"
    if twin is not None:
        what += f" is in the graph already, as {shorten(twin)}"
        raise UsageError(what, where=known.where(twin), why=why, hint="use that source")


def _require_located(new: NewSource) -> None:
    """Raise UsageError where something is missing by which a document without an archived text is found again."""
    missing = [
        option
        for option, value in (("--url", new.url), ("--issued", new.issued), ("--language", new.language))
        if not value
    ]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not given",
            why="a document whose text is not archived is found again by its address and date only",
            hint="give them, or name the archived text of the document",
        )


def _file_of_located(new: NewSource) -> str:
    """Return the name of the file of a located source, without its ending."""
    if new.topic is not None:
        return require_name(new.topic.removeprefix(FOLDERS["sources"] + "/").removesuffix(".ttl"), "--topic")
    year = re.match(r"[0-9]{4}", new.issued or "")
    return f"located-{year[0]}" if year else "located"


def _kind(new: NewSource, known: Lookup) -> tuple[str, str, list[str]]:
    """Return the IRIs of kind and reliability, with a remark where the latter was not given."""
    kinds, degrees = known.codes("source-kind"), known.codes("reliability")
    names = ", ".join(sorted(name.rpartition("/")[2] for name in kinds))
    if not new.kind:
        raise UsageError(
            "the kind of the source is not given",
            why="readers are told whether it is a decision, an article or a blog",
            hint=f"give --kind with one of {names}",
        )
    kind = known.require(new.kind, kinds, "a kind of source", prefix="source-kind", hint=f"use one of {names}")
    usual = _USUAL.get(kind.rpartition("/")[2])
    given = new.reliability or usual
    letters = ", ".join(sorted(name.rpartition("/")[2] for name in degrees))
    if given is None:
        raise UsageError(
            "the reliability of the source is not given",
            why=f"sources of the kind {shorten(kind)} have no usual one",
            hint=f"give --reliability with one of {letters}",
        )
    hint = f"use one of {letters}"
    reliability = known.require(given.lower(), degrees, "a degree of reliability", prefix="reliability", hint=hint)
    remarks = [] if new.reliability else [f"reliability {given.upper()}, the usual one of that kind"]
    return kind, reliability, remarks


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


def date_literal(text: str, option: str, language: str = "en") -> ox.Literal:
    """Return the date `text`, typed as people do in `language`, as a literal in EDTF.

    Raises UsageError, naming `option`, where it is none.
    """
    try:
        return ox.Literal(read_date_words(text, language).text, datatype=ox.NamedNode(EDTF))
    except DateError as error:
        raise UsageError(f"{option}: {error.what}", why=error.why, hint=error.hint) from error


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


def _title(new: NewSource, document: tuple[bytes, str] | None) -> str:
    """Return the title asked for, else the first line with anything on it, on one line."""
    if new.title is not None:
        title = " ".join(new.title.split())
        if not title:
            raise UsageError("the title is empty", hint="give one with --title")
        return title
    if document is None:
        why = "there is no archived text to take it from"
        raise UsageError("the title is not given", why=why, hint="give one with --title")
    lines = (" ".join(line.strip("\ufeff").split()) for line in document[1].splitlines())
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


def _language(new: NewSource, document: tuple[bytes, str] | None) -> tuple[str, list[str]]:
    if new.language is not None:
        if fault := language_fault(new.language):
            raise UsageError(f"the language is {fault[0]}", hint=f"{fault[1]} with --language")
        return new.language, []
    language = language_of(document[1]) if document is not None else None
    if language is None:
        hint = "give it with --language, such as en, sv or de"
        raise UsageError("the language cannot be told from the words", hint=hint)
    return language, [f"language {language}, guessed from the words"]


def _known_or(predicate: str, value: Term | None, remark: str) -> Part:
    return part(predicate, value) if value is not None else Part(part(predicate).predicate, (), remark)


def _address(url: str) -> str:
    if not _ADDRESS.fullmatch(url):
        raise UsageError(f"{url!r} is not the address of a page", hint="give --url as https://…")
    return url
