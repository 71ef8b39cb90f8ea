"""New entities, written into the files of their kinds: one, or all rows of a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.fields import Fault, Faults, given
from computeatlas.curate.add.lookup import Lookup
from computeatlas.curate.add.similar import listed, things_called
from computeatlas.curate.add.source import Added, part, read_sound, require_name
from computeatlas.curate.add.table import SEPARATOR, read_table
from computeatlas.curate.add.write import write_checked
from computeatlas.curate.data_file import data_iri, new_file
from computeatlas.curate.protege_files import read_text, stale_protege_files
from computeatlas.model.errors import UsageError
from computeatlas.model.findings import Finding, Severity
from computeatlas.model.namespaces import KINDS, OWL, PREFIXES, RDFS, shorten
from computeatlas.model.progress import Progress, silent
from computeatlas.turtle.edit import Insertion, extended_all, places
from computeatlas.turtle.lines import FOLDERS
from computeatlas.turtle.statement import Statement

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.model.project import Project

COLUMNS = ("kind", "name", "type", "label_en", "label_sv", "alt_label")
REQUIRED = ("kind", "name", "type", "label_en", "label_sv")


@dataclass(frozen=True)
class NewEntity:
    """An entity as its curator gives it: kind and name make its identifier; `alt_labels` end in @en or @sv."""

    kind: str
    name: str
    types: tuple[str, ...]
    label_en: str
    label_sv: str
    alt_labels: tuple[str, ...] = ()


def add_entity(project: Project, new: NewEntity, progress: Progress = silent, *, accept_similar: bool = False) -> Added:
    """Write the entity `new` and return what was added.

    Raises UsageError where a part of it is missing or unknown, its name is taken, something has its label already, or,
    unless `accept_similar`, a label like it; FindingsError where the graph has errors. Then nothing has changed.
    """
    batch = EntityBatch(project)
    faults, similar = batch.take(new)
    for fault in (*faults, *(() if accept_similar else similar)):
        raise fault.error
    files = batch.write(progress)
    return Added(batch.entities[0].subject.value, given(new.label_en), files)


def add_entities(
    project: Project, path: Path, progress: Progress = silent, *, accept_similar: bool = False
) -> tuple[list[str], tuple[str, ...], list[Finding]]:
    """Write the entities of the table `path`, all or none; return their IRIs, the files that changed, and warnings.

    Raises FindingsError with all that is wrong, by row and column, and UsageError where the table cannot be read.
    """
    table = read_table(path, COLUMNS, REQUIRED)
    batch = EntityBatch(project)
    for row in table.rows:
        if not table.has_cells(row, REQUIRED):
            continue
        cells = {name: row.cell(name) or "" for name in REQUIRED}
        new = NewEntity(
            kind=cells["kind"],
            name=cells["name"],
            types=tuple(SEPARATOR.split(cells["type"])),
            label_en=cells["label_en"],
            label_sv=cells["label_sv"],
            alt_labels=row.several("alt_label"),
        )
        faults, similar = batch.take(new)
        warned = Severity.WARNING if accept_similar else Severity.ERROR
        told = [(fault, "table-value", Severity.ERROR) for fault in faults]
        for fault, code, severity in [*told, *((fault, "similar-entity", warned) for fault in similar)]:
            table.tell(row.line, fault.field, fault.error, code, severity)
    table.require_sound()
    files = batch.write(progress)
    return [statement.subject.value for statement in batch.entities], files, table.findings


class EntityBatch:
    """New entities that are checked and written together; `entities` are those that were found right."""

    def __init__(self, project: Project):
        self._project = project
        self._known = Lookup(read_sound(project))
        self._files = _files(self._known)
        self._labels: dict[str, str] = {}
        self._written: defaultdict[str, list[Statement]] = defaultdict(list)
        self.entities: list[Statement] = []

    def take(self, new: NewEntity) -> tuple[Faults, list[Fault]]:
        """Take an entity in; return what is wrong with it, and which entities have a label like one of its."""
        faults = Faults()
        types: list[str] = []
        with faults.of("kind"):
            if new.kind not in self._files:
                hint = f"name one of {', '.join(sorted(self._files))}"
                raise UsageError(f"{new.kind} is no kind of entity", hint=hint)
        with faults.of("name"):
            require_name(given(new.name), "another name")
            if self._known.is_used(self._iri(new)) or any(one.subject.value == self._iri(new) for one in self.entities):
                what, where = f"{new.kind}:{new.name} is taken", self._known.where(self._iri(new))
                raise UsageError(what, where=where or None, hint="name it otherwise, or use that one")
        classes = self._known.members(OWL + "Class")
        for name in new.types:
            with faults.of("type"):
                types.append(self._known.require(name, classes, "a class of the ontology", prefix="atlas"))
        alternatives = self._alternatives(new, faults)
        similar = self._similar(new, alternatives, faults)
        if not faults:
            labels = (ox.Literal(given(new.label_en), language="en"), ox.Literal(given(new.label_sv), language="sv"))
            parts = [
                part("rdf:type", *map(ox.NamedNode, types)),
                part("rdfs:label", *labels),
                part("skos:altLabel", *alternatives),
            ]
            statement = Statement(ox.NamedNode(self._iri(new)), tuple(one for one in parts if one.values))
            self._written[self._files[new.kind]].append(statement)
            self.entities.append(statement)
        return faults, similar

    def write(self, progress: Progress = silent) -> tuple[str, ...]:
        """Write all entities that were taken in and found right; return the files that changed.

        Raises FindingsError where the graph would have errors, and UsageError where a file cannot be written.
        """
        texts: dict[Path, str] = {}
        for file, statements in self._written.items():
            path = self._project.root / file
            ordered = sorted(statements, key=lambda statement: statement.subject.value)
            if path.exists():
                text = read_text(path, file)
                there = list(places(text, file))
                insertions = []
                for one in ordered:
                    later = (place.start for place in there if place.iri > one.subject.value)
                    insertions.append(Insertion(one, next(later, None)))
                texts[path] = extended_all(text, insertions, where=file)
            else:
                texts[path] = new_file(data_iri("entities", path.stem), "Entities of one kind.", *ordered)
        if any(not path.exists() for path in texts):
            texts |= stale_protege_files(self._project, texts)
        write_checked(self._project, texts, progress)
        return tuple(self._project.relative(path) for path in texts)

    @staticmethod
    def _iri(new: NewEntity) -> str:
        return PREFIXES.get(new.kind, "") + given(new.name)

    def _alternatives(self, new: NewEntity, faults: Faults) -> list[ox.Literal]:
        found = []
        for text in new.alt_labels:
            words, _, language = text.rpartition("@")
            with faults.of("alt_label"):
                if not words.strip() or language not in ("en", "sv"):
                    raise UsageError(f"the language of “{text}” is not given", hint="end it with @en or @sv")
                found.append(ox.Literal(words.strip(), language=language))
        return found

    def _similar(self, new: NewEntity, alternatives: list[ox.Literal], faults: Faults) -> list[Fault]:
        """Return the entities with a label like one of `new`; those with the same label and kind go to `faults`."""
        labels = [given(new.label_en), given(new.label_sv), *(one.value for one in alternatives)]
        of_kind = {iri for iri in self._known.entities if iri.startswith(PREFIXES.get(new.kind, "-"))}
        same, alike = things_called(labels, self._known, of_kind)
        with faults.of("label_en"):
            if same:
                why = f"the graph has {listed(same, self._known)}"
                hint = "use that one; two things of one kind need different labels"
                raise UsageError(
                    f"“{labels[0]}” is there already", where=self._known.where(same[0]), why=why, hint=hint
                )
        twins = [name for label in labels[:2] if (name := self._labels.setdefault(f"{new.kind} {label}", new.name))]
        with faults.of("label_en"):
            if other := next((name for name in twins if name != new.name), None):
                raise UsageError(
                    f"“{labels[0]}” is the label of {new.kind}:{other} too", hint="leave one of the two out"
                )
        if not alike or same:
            return []
        why, hint = f"the graph has {listed(alike, self._known)}", "use that one, or add --accept-similar"
        return [Fault("label_en", UsageError(f"“{labels[0]}” is nearly there already", why=why, hint=hint))]


def _files(known: Lookup) -> dict[str, str]:
    """Return the file of each kind of entity: that with most of it, else one named after the kind."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in known.graph.files["entities"]:
        for triple in file.triples:
            if triple.predicate.value == RDFS + "label" and isinstance(triple.subject, ox.NamedNode):
                counts[shorten(triple.subject.value).partition(":")[0]][file.path] += 1
    no_entities = {"claim", "psg", "qty", "src", *(iri.rpartition("/")[0].rpartition("/")[2] for iri in known.codes())}
    folder = FOLDERS["entities"]
    return {
        kind: counts[kind].most_common(1)[0][0] if counts[kind] else f"{folder}/{name}.ttl"
        for kind, name in KINDS.items()
        if name not in no_entities and kind not in no_entities
    }
