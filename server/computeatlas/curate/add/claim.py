"""New claims, written at the ends of the files of their topics, and their passages: one, or all rows of a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.evidence import PassageBook, local_name
from computeatlas.curate.add.fields import Fault, Faults, given, option
from computeatlas.curate.add.lookup import Lookup
from computeatlas.curate.add.names import kebab
from computeatlas.curate.add.resolve import Resolver
from computeatlas.curate.add.similar import ClaimIndex
from computeatlas.curate.add.source import LANGUAGES, Added, part, read_sound, require_name
from computeatlas.curate.add.write import write_checked
from computeatlas.curate.check.evidence import read_archive
from computeatlas.curate.data_file import data_iri, new_file
from computeatlas.curate.protege_files import read_text, stale_protege_files
from computeatlas.model.date_text import say_date
from computeatlas.model.dates import read_edtf
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, EDTF, PREFIXES, shorten
from computeatlas.model.progress import Progress, silent
from computeatlas.turtle.edit import Insertion, extended_all
from computeatlas.turtle.lines import FOLDERS
from computeatlas.turtle.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from computeatlas.curate.add.fields import NewClaim, Say
    from computeatlas.curate.add.resolve import Terms
    from computeatlas.model.findings import Finding
    from computeatlas.model.project import Project


@dataclass(frozen=True)
class WrittenClaim:
    """A claim that is to be written: its statement, its English label, and the IRIs of its passages."""

    statement: Statement
    label: str
    passages: tuple[str, ...]

    @property
    def iri(self) -> str:
        return self.statement.subject.value


def add_claim(
    project: Project,
    new: NewClaim,
    archive: Path | None,
    progress: Progress = silent,
    *,
    accept_similar: bool = False,
) -> Added:
    """Write the claim `new` and those of its passages that are not there, and return what was added.

    The text of its source is found in the directory `archive` by its digest. Raises UsageError where a part of the
    claim is missing, unknown or at odds with another, its passage is not in the text, or the graph has such a claim or,
    unless `accept_similar`, a similar one; FindingsError where the graph has errors, with the claim or before. Then
    nothing has changed.
    """
    batch = ClaimBatch(project, archive, option)
    faults, similar = batch.take(new)
    for fault in (*faults, *(() if accept_similar else similar)):
        raise fault.error
    written, files, findings = batch.write(progress)
    remarks = tuple(str(finding) for finding in findings)
    return Added(written[0].iri, written[0].label, files, remarks)


class ClaimBatch:
    """New claims that are checked and written together.

    `names` are those that the claims have been given: others of the batch may name them, and they must be free.
    `claims` are those that were found right, `texts` what `write` has made of the files.
    """

    def __init__(self, project: Project, archive: Path | None, say: Say, names: Collection[str] = ()):
        self._project = project
        self._say = say
        self._texts = read_archive(archive) if archive is not None else {}
        self._known = Lookup(read_sound(project))
        self._names = frozenset(names)
        siblings = {PREFIXES["claim"] + name for name in names}
        self._resolver = Resolver(self._known, say, siblings)
        self._passages = PassageBook(self._known, self._texts, say)
        self._index = ClaimIndex(self._known)
        self._topics = _topics(self._known)
        self._taken: set[str] = set()
        self._written: dict[str, list[WrittenClaim]] = defaultdict(list)
        self._comments: dict[str, str] = {}
        self.claims: list[WrittenClaim] = []
        self.texts: dict[Path, str] = {}

    def take(self, new: NewClaim) -> tuple[Faults, list[Fault]]:
        """Take a claim in; return what is wrong with it, and which claims of the graph or the batch are like it."""
        faults = Faults()
        passages: list[str] = []
        topic = name = ""
        terms = self._resolver.resolve(new, faults)
        if terms is None:
            return faults, []
        with faults.of(self._evidence_field(new)):
            passages = self._passages.require(new, terms.source)
        with faults.of("topic"):
            topic = self._topic(new, terms)
        with faults.of("name"):
            name = self._free_name(new, terms)
        similar = self._similar(terms, faults)
        if not faults:
            self._keep(new, name, topic, terms, passages)
        return faults, similar

    def write(self, progress: Progress = silent) -> tuple[list[WrittenClaim], tuple[str, ...], list[Finding]]:
        """Write all claims that were taken in and found right, and what they need.

        Returns the claims, the files that changed, relative to the root, and what the check warns of in the claims.
        Raises FindingsError where the graph would have errors, and UsageError where a file cannot be written; then
        nothing has changed.
        """
        texts = self._passages.texts(self._project)
        for topic, claims in self._written.items():
            file = f"{FOLDERS['claims']}/{topic}.ttl"
            path = self._project.root / file
            statements = [claim.statement for claim in claims]
            if path.exists():
                insertions = [Insertion(statement) for statement in statements]
                texts[path] = extended_all(read_text(path, file), insertions, where=file)
            else:
                texts[path] = new_file(data_iri("claims", topic), self._comments[topic], *statements)
        if any(not path.exists() for path in texts):
            texts |= stale_protege_files(self._project, texts, self._known.graph)
        self.texts = texts
        new = [claim.iri for claim in self.claims]
        findings = write_checked(self._project, texts, progress, archive=self._texts, new=new)
        return self.claims, tuple(self._project.relative(item) for item in texts), findings

    def _keep(self, new: NewClaim, name: str, topic: str, terms: Terms, passages: Sequence[str]) -> None:
        labels = self._labels(new, terms)
        claim = WrittenClaim(_statement(new, name, terms, labels, passages), labels[0].value, tuple(passages))
        self._taken.add(name)
        self._index.add(claim.iri, terms)
        self._topics[terms.subject][topic] += 1
        self._comments.setdefault(topic, f"Claims on {' '.join(self._known.label(terms.subject, 'en').split())}.")
        self._written[topic].append(claim)
        self.claims.append(claim)

    @staticmethod
    def _evidence_field(new: NewClaim) -> str:
        return "finds" if new.finds else "passages" if new.passages or not given(new.locator) else "locator"

    def _similar(self, terms: Terms, faults: Faults) -> list[Fault]:
        """Return the claims that say the same in another document; one of the same document goes to `faults`."""
        related = {*terms.contradicts, *terms.supersedes, *terms.corroborates}
        similar = []
        for twin in self._index.twins(terms):
            where = self._known.where(twin.name)
            if twin.exact and twin.name not in related:
                with faults.of("values"):
                    what = f"{shorten(twin.name)} says the same of the same document"
                    why = "a statement that stands twice counts twice"
                    raise UsageError(what, where=where or None, why=why, hint="leave one of the two out")
            elif twin.name not in related:
                what = f"{shorten(twin.name)} gives the same value to the same question"
                hint = (
                    f"name it in {self._say('corroborates')} if the documents are independent, or add --accept-similar"
                )
                similar.append(Fault("values", UsageError(what, where=where or None, hint=hint)))
        return similar

    def _free_name(self, new: NewClaim, terms: Terms) -> str:
        """Return the name asked for or one made of subject and predicate, with a number behind it where it is taken."""
        asked = given(new.name)
        made = f"{local_name(terms.subject)}-{kebab(local_name(terms.predicate))}"
        base = require_name(asked.removeprefix("claim:") or made, self._say("name"))
        name, number = base, 1
        while self._is_taken(name) or (name in self._names and name != asked):
            if asked in self._names and name == asked:
                raise UsageError(f"claim:{name} is taken", where=self._known.where(PREFIXES["claim"] + name) or None)
            number += 1
            name = f"{base}-{number}"
        return name

    def _is_taken(self, name: str) -> bool:
        return name in self._taken or self._known.is_used(PREFIXES["claim"] + name)

    def _topic(self, new: NewClaim, terms: Terms) -> str:
        """Return the topic asked for, else that of most claims on the subject, else one named after the subject."""
        if given(new.topic):
            folder = FOLDERS["claims"] + "/"
            return require_name(given(new.topic).removeprefix(folder).removesuffix(".ttl"), self._say("topic"))
        counts = self._topics[terms.subject]
        # Of equals the first in the order of the files counts.
        return counts.most_common(1)[0][0] if counts else require_name(local_name(terms.subject), self._say("topic"))

    def _labels(self, new: NewClaim, terms: Terms) -> tuple[ox.Literal, ox.Literal]:
        asked = {"en": given(new.label_en), "sv": given(new.label_sv)}
        english, swedish = (
            ox.Literal(asked[language] or _label(terms, self._known, language), language=language)
            for language in LANGUAGES
        )
        return english, swedish


def _topics(known: Lookup) -> defaultdict[str, Counter[str]]:
    """Return how many claims on each subject stand in the file of each topic."""
    folder = FOLDERS["claims"] + "/"
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in known.graph.files["claims"]:
        topic = file.path.removeprefix(folder).removesuffix(".ttl")
        for triple in file.triples:
            if triple.predicate.value == ATLAS + "subject" and isinstance(triple.object, ox.NamedNode):
                counts[triple.object.value][topic] += 1
    return counts


def _label(terms: Terms, known: Lookup, language: str) -> str:
    """Return a plain label: *subject: property object*, or *subject: words* where the value is words."""
    subject, predicate = (
        known.label(terms.scope_part or terms.subject, language),
        known.label(terms.predicate, language),
    )
    words = [value.value for value in terms.values if value.language == language]
    if words:
        return f"{subject}: {', '.join(words)}"
    objects = [known.label(thing, language) for thing in terms.objects]
    objects += [_in_words(value, language) for value in terms.values if not value.language]
    if objects:
        return f"{subject}: {predicate} {', '.join(objects)}"
    if terms.values:
        return f"{subject}: {predicate}"
    return f"{subject}: {predicate}, {known.label(terms.modality, language)}"


def _in_words(value: ox.Literal, language: str) -> str:
    """Return a value that is no text as a label has it: a date in words."""
    when = read_edtf(value.value) if value.datatype.value == EDTF else None
    return say_date(when, language) if when else value.value


def _statement(
    new: NewClaim, name: str, terms: Terms, labels: tuple[ox.Literal, ox.Literal], passages: Sequence[str]
) -> Statement:
    def nodes(iris: Sequence[str]) -> list[ox.NamedNode]:
        return [ox.NamedNode(iri) for iri in dict.fromkeys(iris)]

    reasons = {"en": given(new.reason), "sv": given(new.reason_sv)}
    parts = (
        part("rdf:type", ox.NamedNode(ATLAS + "Claim")),
        part("rdfs:label", *labels),
        part("atlas:subject", ox.NamedNode(terms.subject)),
        part("atlas:scopePart", *nodes([terms.scope_part] if terms.scope_part else [])),
        part("atlas:predicate", ox.NamedNode(terms.predicate)),
        part("atlas:scopePeriod", *([terms.scope_period] if terms.scope_period else [])),
        part("atlas:object", *nodes(terms.objects)),
        part("atlas:value", *dict.fromkeys(terms.values)),
        part("atlas:modality", ox.NamedNode(terms.modality)),
        # A claim that says nothing of its rank has the normal one.
        part("atlas:rank", *nodes([terms.rank] if shorten(terms.rank) != "rank:normal" else [])),
        part("atlas:rankReason", *(ox.Literal(text, language=tag) for tag, text in reasons.items() if text)),
        part("atlas:statedBy", *nodes(terms.stated_by)),
        part("atlas:asOf", *([terms.as_of] if terms.as_of else [])),
        part("atlas:contradicts", *nodes(terms.contradicts)),
        part("atlas:supersedes", *nodes(terms.supersedes)),
        part("atlas:corroborates", *nodes(terms.corroborates)),
        part("atlas:evidence", *nodes(passages)),
    )
    return Statement(ox.NamedNode(PREFIXES["claim"] + name), tuple(item for item in parts if item.values))
