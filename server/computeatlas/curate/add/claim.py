"""A new claim, written at the end of the file of its topic, and its passages, in the order of their offsets."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.lookup import Lookup
from computeatlas.curate.add.names import kebab
from computeatlas.curate.add.resolve import given, understand
from computeatlas.curate.add.source import LANGUAGES, Added, part, read_sound, require_name
from computeatlas.curate.add.write import write_checked
from computeatlas.curate.check.evidence import read_archive
from computeatlas.curate.data_file import data_iri, new_file
from computeatlas.curate.passages import text_digest
from computeatlas.curate.protege_files import read_text, stale_protege_files
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, PREFIXES, shorten
from computeatlas.model.progress import Progress, silent
from computeatlas.turtle.edit import extended, places
from computeatlas.turtle.lines import FOLDERS
from computeatlas.turtle.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from computeatlas.curate.add.resolve import NewClaim, Terms
    from computeatlas.model.project import Project
    from computeatlas.turtle.statement import Term

    Stretch = tuple[int, int]

#: How many places of a text a message names.
_PLACES = 8


def add_claim(project: Project, new: NewClaim, archive: Path, progress: Progress = silent) -> Added:
    """Write the claim `new` and those of its passages that are not there, and return what was added.

    The text of its source is found in the directory `archive` by its digest. Raises UsageError where a part of the
    claim is missing, unknown or at odds with another, or its passage is not in the text; FindingsError where the graph
    has errors, with the claim or before. Then nothing has changed.
    """
    known = Lookup(read_sound(project))
    hint = "add it with `computeatlas add source FILE`"
    source = known.require(
        new.source, known.members(ATLAS + "Source"), "a source of the graph", prefix="src", hint=hint
    )
    text = known.text_of(source, read_archive(archive))
    stretches = _stretches(new, text, shorten(source))
    terms = understand(new, known, source)
    name = _free_name(new, terms, known)
    topic = _topic(new, terms, known)
    labels = _labels(new, terms, known)
    source_file, source_text, passages = _with_passages(project, known, source, text, stretches)
    statement = _statement(new, name, terms, labels, passages)
    texts = {project.root / source_file: source_text} if source_text is not None else {}
    file = f"{FOLDERS['claims']}/{topic}.ttl"
    path = project.root / file
    if path.exists():
        texts[path] = extended(read_text(path, file), statement, where=file)
    else:
        comment = f"Claims on {' '.join(known.label(terms.subject, 'en').split())}."
        texts[path] = new_file(data_iri("claims", topic), comment, statement)
        texts |= stale_protege_files(project, texts)
    write_checked(project, texts, progress)
    return Added(statement.subject.value, labels[0].value, tuple(project.relative(item) for item in texts))


def locate(text: str, wanted: str) -> Stretch:
    """Return start and end of the only place in `text` where `wanted` stands.

    Raises UsageError where it stands nowhere, or in several places, which are named.
    """
    places = _places(re.escape(wanted), text) if wanted else []
    if len(places) == 1:
        return places[0]
    if places:
        raise UsageError(
            f"“{wanted}” stands in {len(places)} places: {_listed(places)}",
            hint="give a longer stretch with --find, or one of these with --passage",
        )
    # A line break in the text looks like a blank to one who copies it from a page.
    loose = _places(r"\s+".join(map(re.escape, wanted.split())), text, re.IGNORECASE) if wanted.split() else []
    hint = f"with other blanks or capitals it stands at {_listed(loose)}" if loose else "copy it from the archived text"
    raise UsageError(f"“{wanted}” does not stand in the text", hint=hint)


def _places(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> list[Stretch]:
    """Return all places, those that overlap too."""
    return [(match.start(), match.start() + len(match[1])) for match in re.finditer(f"(?=({pattern}))", text, flags)]


def _listed(places: list[Stretch]) -> str:
    shown = ", ".join(f"{start}:{end}" for start, end in places[:_PLACES])
    return f"{shown}, …" if len(places) > _PLACES else shown


def _stretches(new: NewClaim, text: str, source: str) -> list[Stretch]:
    """Return the stretches of the claim in the order of their offsets, each once."""
    for start, end in new.passages:
        if not 0 <= start < end:
            raise UsageError(
                f"the passage {start}:{end} is empty", hint="give it as START:END, the end behind the start"
            )
        if end > len(text):
            what = f"the passage {start}:{end} ends beyond the end of {source}"
            raise UsageError(
                what, why=f"it has {len(text)} characters", hint="offsets count from 0, the end not included"
            )
    found = sorted({*new.passages, *(locate(text, wanted) for wanted in new.finds)})
    if not found:
        why = "a claim counts only by the passage that states it"
        raise UsageError("no passage is given", why=why, hint="give --passage START:END or --find TEXT")
    return found


def _free_name(new: NewClaim, terms: Terms, known: Lookup) -> str:
    """Return the name asked for or one made of subject and predicate, with a number behind it where it is taken."""
    made = f"{_local(terms.subject)}-{kebab(_local(terms.predicate))}"
    base = require_name(new.name if new.name is not None else made, "--name")
    name, number = base, 1
    while known.is_used(PREFIXES["claim"] + name):
        number += 1
        name = f"{base}-{number}"
    return name


def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]


def _topic(new: NewClaim, terms: Terms, known: Lookup) -> str:
    """Return the topic asked for, else that of most claims on the subject, else one named after the subject."""
    folder = FOLDERS["claims"] + "/"
    if new.topic is not None:
        return require_name(new.topic.removeprefix(folder).removesuffix(".ttl"), "--topic")
    counts = Counter(
        file.path.removeprefix(folder).removesuffix(".ttl")
        for file in known.graph.files["claims"]
        for triple in file.triples
        if triple.predicate.value == ATLAS + "subject" and triple.object == ox.NamedNode(terms.subject)
    )
    # Of equals the first in the order of the files counts.
    return counts.most_common(1)[0][0] if counts else require_name(_local(terms.subject), "--topic")


def _labels(new: NewClaim, terms: Terms, known: Lookup) -> tuple[ox.Literal, ox.Literal]:
    asked = {"en": given(new.label_en), "sv": given(new.label_sv)}
    english, swedish = (
        ox.Literal(asked[language] or _label(terms, known, language), language=language) for language in LANGUAGES
    )
    return english, swedish


def _label(terms: Terms, known: Lookup, language: str) -> str:
    """Return a plain label: *subject: property object*, or *subject: words* where the value is words."""
    subject, predicate = known.label(terms.subject, language), known.label(terms.predicate, language)
    words = [value.value for value in terms.values if value.language == language]
    if words:
        return f"{subject}: {', '.join(words)}"
    objects = [known.label(thing, language) for thing in terms.objects]
    objects += [value.value for value in terms.values if not value.language]
    if objects:
        return f"{subject}: {predicate} {', '.join(objects)}"
    if terms.values:
        return f"{subject}: {predicate}"
    return f"{subject}: {predicate}, {known.label(terms.modality, language)}"


def place_of_passage(text: str, name: str, stretch: Stretch, stretches: Mapping[str, Stretch]) -> int | None:
    """Return where in `text`, called `name`, a passage of `stretch` belongs in the order of offsets; None for its end.

    `stretches` has start and end of each passage of the source, by its IRI.
    """
    later = (place.start for place in places(text, name) if stretches.get(place.iri, stretch) > stretch)
    return next(later, None)


def _with_passages(
    project: Project, known: Lookup, source: str, text: str, stretches: list[Stretch]
) -> tuple[str, str | None, list[str]]:
    """Return the file of `source`, its new text, None where all passages are there, and the IRIs of the passages."""
    existing = known.passages(source)
    stretches_of = {passage.iri: stretch for stretch, passage in existing.items()}
    file = known.graph.place(source)[0]
    changed: str | None = None
    passages = []
    for start, end in stretches:
        digest = text_digest(text[start:end])
        if (start, end) in existing:
            iri = existing[start, end].iri
            if existing[start, end].digest != digest:
                why = "it was another text that was read when the passage was made"
                hint = "fix it; `computeatlas check --archive DIR` finds all such passages"
                raise UsageError(
                    f"{shorten(iri)} has another digest than the text", where=known.where(iri), why=why, hint=hint
                )
            passages.append(iri)
            continue
        iri = f"{PREFIXES['psg']}{_local(source)}-{start}-{end}"
        statement = Statement(
            ox.NamedNode(iri),
            (
                part("rdf:type", ox.NamedNode(ATLAS + "Passage")),
                part("atlas:inSource", ox.NamedNode(source)),
                part("oa:start", ox.Literal(start)),
                part("oa:end", ox.Literal(end)),
                part("atlas:sha256", ox.Literal(digest)),
            ),
        )
        if changed is None:
            changed = read_text(project.root / file, file)
        at = place_of_passage(changed, file, (start, end), stretches_of)
        changed = extended(changed, statement, where=file, at=at)
        stretches_of[iri] = (start, end)
        passages.append(iri)
    return file, changed, passages


def _statement(
    new: NewClaim, name: str, terms: Terms, labels: tuple[ox.Literal, ox.Literal], passages: list[str]
) -> Statement:
    def nodes(iris: tuple[str, ...] | list[str]) -> list[ox.NamedNode]:
        return [ox.NamedNode(iri) for iri in dict.fromkeys(iris)]

    reason = [ox.Literal(given(new.reason), language="en")] if given(new.reason) else []
    as_of = [ox.Literal(new.as_of)] if new.as_of is not None else []
    values: list[Term] = list(dict.fromkeys(terms.values))
    parts = (
        part("rdf:type", ox.NamedNode(ATLAS + "Claim")),
        part("rdfs:label", *labels),
        part("atlas:subject", ox.NamedNode(terms.subject)),
        part("atlas:predicate", ox.NamedNode(terms.predicate)),
        part("atlas:object", *nodes(terms.objects)),
        part("atlas:value", *values),
        part("atlas:modality", ox.NamedNode(terms.modality)),
        part("atlas:rank", ox.NamedNode(terms.rank)),
        part("atlas:rankReason", *reason),
        part("atlas:statedBy", *nodes(terms.stated_by)),
        part("atlas:asOf", *as_of),
        part("atlas:evidence", *nodes(passages)),
    )
    return Statement(ox.NamedNode(PREFIXES["claim"] + name), tuple(item for item in parts if item.values))
