"""Skeletons of sources and claims: what is written, where, and what is refused before anything is written."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from computeatlas.curate.add import write
from computeatlas.curate.add.claim import add_claim, locate, place_of_passage
from computeatlas.curate.add.lookup import Lookup, expand
from computeatlas.curate.add.names import kebab, language_of, slug
from computeatlas.curate.add.resolve import NewClaim, understand
from computeatlas.curate.add.source import NewSource, add_source, date_literal, part, require_name
from computeatlas.curate.check.evidence import check_evidence, read_archive
from computeatlas.curate.check.run import require_sound
from computeatlas.curate.data_file import data_iri, new_file, ontology_header
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, PREFIXES, shorten
from computeatlas.model.project import Project
from computeatlas.release.build import build
from computeatlas.release.load import load
from computeatlas.turtle.edit import extended
from computeatlas.turtle.lines import ParsedGraph
from computeatlas.turtle.statement import Statement

pytestmark = pytest.mark.slow

ARCHIVE = Path(__file__).parents[2] / "data/archive"
ONTOLOGY = Path(__file__).parents[3] / "ontology"
HALL = "graph_data/claims/hall.ttl"
PAPER = "graph_data/sources/paper.ttl"
#: With a byte-order mark, Windows line ends, a character outside the basic plane and one of two code points.
LETTER = "\ufeff\r\n  The Órgan  of Øre\r\n\r\nIt is the letter of a man to the town, and it has 𝟙 e\u0301 in it.\r\n"
CLAIM = NewClaim(
    source="paper",
    subject="infra:hall",
    predicate="atlas:operatedBy",
    modality="reported",
    objects=("actor:builder",),
    finds=("Builder",),
)


@pytest.fixture
def graph(tiny: Path) -> Project:
    return Project.find(tiny)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letters" / "letter.txt"
    path.parent.mkdir()
    path.write_bytes(LETTER.encode())
    return path


@pytest.fixture
def with_protege(graph: Project) -> Project:
    """The tiny graph with the two files for Protégé, with their data files changed for its own."""
    for name in ("compute-atlas-all.ttl", "catalog-v001.xml"):
        lines = (ONTOLOGY / name).read_text(encoding="utf-8").splitlines(keepends=True)
        # The last import ends the list, so one data file stays.
        kept = [line for line in lines if "/data/" not in line or "data/sources/vr-mimer" in line]
        text = "".join(kept).replace("vr-mimer", "paper")
        (graph.root / "ontology" / name).write_text(text, encoding="utf-8")
    paper = graph.root / PAPER
    header = f"@prefix owl: <{PREFIXES['owl']}> .\n\n" + ontology_header(data_iri("sources", "paper")).text()
    paper.write_text(header + paper.read_text())
    return graph


def snapshot(project: Project) -> dict[str, bytes]:
    return {project.relative(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def evidence_findings(graph: ParsedGraph, archive: dict[str, str]) -> list[Finding]:
    """Return what is wrong with sources and passages; the figures of these made-up claims are in no text."""
    found = check_evidence(graph, EmbeddedEngine(graph.quads()), archive)
    return [finding for finding in found if finding.code != "figure-not-in-passage"]


def said(path: Path, subject: str) -> dict[str, list[str]]:
    """Return what `path` says of `subject`, in Turtle, by prefixed name of the property."""
    found: dict[str, list[str]] = {}
    for q in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        if q.subject.value == expand(subject):
            value = shorten(q.object.value) if isinstance(q.object, ox.NamedNode) else str(q.object)
            found.setdefault(shorten(q.predicate.value), []).append(value)
    return found


# ---------- names and languages


@given(st.text())
def test_a_made_name_is_a_name_or_nothing(text: str) -> None:
    name = slug(text)
    assert name == "" or require_name(name, "--name") == name
    assert name.isascii()
    assert name == name.lower()
    assert len(name.split("-")) <= 5


@given(st.text())
def test_a_name_made_of_a_name_has_nothing_to_mend(text: str) -> None:
    assert slug(slug(text)) == slug(text)


@pytest.mark.parametrize(
    "text, name",
    [
        ("Öl & Å-dalen", "ol-dalen"),
        ("The EU’s plan for the halls of Sweden and of Norway in 2026", "eus-plan-halls-sweden-norway"),
        ("Från hallen till staden", "hallen-staden"),
        ("The", "the"),
        ("Straße nach Ærø", "strasse-nach-aero"),
        ("Ελλάδα", ""),
        ("e\u0301tude", "etude"),
    ],
)
def test_names_are_made_of_the_words_that_tell(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize(
    "term, name",
    [("locatedIn", "located-in"), ("holds", "holds"), ("plannedOperationalYear", "planned-operational-year"),
     ("sha256", "sha256"), ("AIFactory", "ai-factory")],
)  # fmt: skip
def test_terms_become_names_with_hyphens(term: str, name: str) -> None:
    assert kebab(term) == name


@pytest.mark.parametrize(
    "text, language",
    [
        ("A man of the town is in it", "en"),
        ("Det är en man som är på väg till staden", "sv"),
        ("Hall", None),
        ("The man and the hall of och att det som är", None),
    ],
)
def test_language_is_told_by_the_commonest_words_or_not_at_all(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a-", "a.", "å", "a/b", "a\n", "../a"])
def test_a_name_that_cannot_stand_in_an_identifier_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a name"):
        require_name(name, "--name")


@pytest.mark.parametrize("text, datatype", [("2024", "gYear"), ("2024-12", "gYearMonth"), ("2024-02-29", "date")])
def test_dates_have_the_datatype_of_their_form(text: str, datatype: str) -> None:
    literal = date_literal(text, "--issued")
    assert (literal.value, literal.datatype.value) == (text, PREFIXES["xsd"] + datatype)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2023-02-29", "2024-1-1", "1 May 2024", "0000", "٢٠٢٤"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="year, month or day"):
        date_literal(text, "--issued")


# ---------- sources


def test_a_source_has_digest_and_length_of_the_bytes_and_characters_as_they_are(graph: Project, letter: Path) -> None:
    added = add_source(graph, NewSource(letter, "actor:builder"))
    assert added.iri == PREFIXES["src"] + "organ-ore"
    assert added.files == ("graph_data/sources/organ-ore.ttl",)
    assert said(graph.root / added.files[0], "src:organ-ore") == {
        "rdf:type": ["atlas:Source"],
        "rdfs:label": ['"The Órgan of Øre"@en'],
        "dcterms:title": ['"The Órgan of Øre"@en'],
        "dcterms:publisher": ["actor:builder"],
        "dcterms:language": ['"en"'],
        "dcterms:extent": [f'"{len(LETTER)}"^^<http://www.w3.org/2001/XMLSchema#integer>'],
        "atlas:sha256": [f'"{hashlib.sha256(LETTER.encode()).hexdigest()}"'],
    }
    assert evidence_findings(require_sound(graph), read_archive(ARCHIVE) | read_archive(letter.parent)) == []


def test_a_source_file_has_the_form_of_the_others(graph: Project, letter: Path) -> None:
    given_all = NewSource(letter, "actor:builder", "organ", "A “title” \\", "sv", "https://example.org/?a=1", "2024-12")
    add_source(graph, given_all)
    text = (graph.root / "graph_data/sources/organ.ttl").read_text(encoding="utf-8")
    head, header, source = text.split("\n\n")
    lines = head.splitlines()
    assert lines[0] == (
        "# A source and its passages: positions are offsets in Unicode characters into the archived text."
    )
    assert lines[1:] == sorted(lines[1:])
    assert header == (
        "<https://w3id.org/compute-atlas/data/sources/organ> a owl:Ontology ;\n"
        "    owl:imports <https://w3id.org/compute-atlas/ontology> ."
    )
    assert source == (
        "src:organ a atlas:Source ;\n"
        '    rdfs:label "A “title” \\\\"@sv ;\n'
        '    dcterms:title "A “title” \\\\"@sv ;\n'
        "    dcterms:publisher actor:builder ;\n"
        '    dcterms:language "sv" ;\n'
        '    dcterms:issued "2024-12"^^xsd:gYearMonth ;\n'
        "    foaf:page <https://example.org/?a=1> ;\n"
        f"    dcterms:extent {len(LETTER)} ;\n"
        f'    atlas:sha256 "{hashlib.sha256(LETTER.encode()).hexdigest()}" .\n'
    )


def test_what_is_not_known_is_a_comment_that_says_what_to_add(graph: Project, letter: Path) -> None:
    added = add_source(graph, NewSource(letter, "actor:builder"))
    text = (graph.root / added.files[0]).read_text(encoding="utf-8")
    comments = [line.strip() for line in text.splitlines() if line.startswith("    #")]
    assert [comment.split(":")[:2] for comment in comments] == [["# dcterms", "issued"], ["# foaf", "page"]]
    assert "@prefix foaf: <http://xmlns.com/foaf/0.1/> ." in comments[1]
    assert added.remarks == (
        "language en, guessed from the words",
        "not known: dcterms:issued, foaf:page; comments in the file say what to add",
    )


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"publisher": None}, "actor:NAME"),
        ({"publisher": "actor:bilder"}, "did you mean actor:builder?"),
        ({"publisher": "builder"}, "did you mean actor:builder?"),
        ({"publisher": "place:town"}, "place:town is not an actor of the graph — it is something else"),
        ({"name": "paper"}, "graph_data/sources/paper.ttl:8: src:paper is taken"),
        ({"name": "Paper"}, "'Paper' is not a name"),
        ({"title": " "}, "the title is empty"),
        ({"title": "Ελλάδα"}, "no name can be made of the title"),
        ({"language": "de"}, "not a language"),
        ({"url": "www.example.org"}, "not the address of a page"),
        ({"url": "https://example.org/a b"}, "not the address of a page"),
        ({"url": "https://example.org/> . <x:y"}, "not the address of a page"),
        ({"issued": "last year"}, "not a year, month or day"),
        ({"file": Path("nowhere.txt")}, "nowhere.txt: cannot be read"),
    ],
)
def test_a_source_with_a_fault_is_refused_and_nothing_written(
    graph: Project, letter: Path, changes: dict[str, Any], says: str
) -> None:
    before = snapshot(graph)
    with pytest.raises(UsageError) as caught:
        add_source(graph, replace(NewSource(letter, "actor:builder"), **changes))
    assert says in str(caught.value)
    assert snapshot(graph) == before


@pytest.mark.parametrize(
    "data, says",
    [
        (b"", "has no text"),
        ("\ufeff \r\n\t".encode(), "has no text"),
        (b"The \xff", "is not UTF-8"),
        (b"x " * 150, "has 299 characters and is no title"),
        (b"Hall", "the language cannot be told"),
    ],
)
def test_a_text_that_is_no_document_is_refused(graph: Project, letter: Path, data: bytes, says: str) -> None:
    letter.write_bytes(data)
    before = snapshot(graph)
    with pytest.raises(UsageError, match=says):
        add_source(graph, NewSource(letter, "actor:builder"))
    assert snapshot(graph) == before


def test_a_text_that_is_a_source_already_is_refused_where_it_stands(graph: Project) -> None:
    with pytest.raises(UsageError, match=r"paper\.ttl:8: .*is in the graph already, as src:paper"):
        add_source(graph, NewSource(ARCHIVE / "paper.txt", "actor:builder", name="other"))


def test_a_file_of_that_name_is_not_overwritten(graph: Project, letter: Path) -> None:
    path = graph.root / "graph_data/sources/organ.ttl"
    path.write_text("# a draft\n")
    with pytest.raises(UsageError, match=r"organ\.ttl: src:organ is taken"):
        add_source(graph, NewSource(letter, "actor:builder", name="organ"))
    assert path.read_text() == "# a draft\n"


# ---------- the files for Protégé


def imports(project: Project) -> list[str]:
    text = (project.root / "ontology/compute-atlas-all.ttl").read_text(encoding="utf-8")
    return re.findall(r"<(https://w3id.org/compute-atlas/data/[^>]+)>", text)


def entries(project: Project) -> dict[str, str]:
    root = ElementTree.parse(project.root / "ontology/catalog-v001.xml").getroot()
    return {entry.attrib["name"]: entry.attrib["uri"] for entry in root if "/data/" in entry.attrib["name"]}


def test_a_new_source_is_in_both_files_for_protege(with_protege: Project, letter: Path) -> None:
    before = snapshot(with_protege)
    added = add_source(with_protege, NewSource(letter, "actor:builder", name="organ"))
    assert added.files[1:] == ("ontology/compute-atlas-all.ttl", "ontology/catalog-v001.xml")
    iri = data_iri("sources", "organ")
    assert imports(with_protege) == [iri, data_iri("sources", "paper")]
    assert entries(with_protege)[iri] == "../graph_data/sources/organ.ttl"
    # But for the line that was added every byte is as before.
    for name in added.files[1:]:
        lines = (with_protege.root / name).read_bytes().splitlines(keepends=True)
        assert b"".join(line for line in lines if b"sources/organ" not in line) == before[name]


# ---------- claims


def test_a_claim_and_its_passage_are_put_in_and_nothing_else_changes(graph: Project) -> None:
    before = snapshot(graph)
    added = add_claim(graph, CLAIM, ARCHIVE)
    assert added.iri == PREFIXES["claim"] + "hall-operated-by"
    assert added.files == (PAPER, HALL)
    after = snapshot(graph)
    assert after[HALL].decode() == before[HALL].decode() + (
        "\nclaim:hall-operated-by a atlas:Claim ;\n"
        '    rdfs:label "Hall: operated by Builder"@en , "Hall: drivs av Byggare"@sv ;\n'
        "    atlas:subject infra:hall ;\n"
        "    atlas:predicate atlas:operatedBy ;\n"
        "    atlas:object actor:builder ;\n"
        "    atlas:modality modality:reported ;\n"
        "    atlas:rank rank:normal ;\n"
        "    atlas:evidence psg:paper-0-7 .\n"
    )
    passage = (
        "psg:paper-0-7 a atlas:Passage ;\n"
        "    atlas:inSource src:paper ;\n"
        "    oa:start 0 ;\n"
        "    oa:end 7 ;\n"
        f'    atlas:sha256 "{hashlib.sha256(b"Builder").hexdigest()}" .\n\n'
    )
    head, tail = before[PAPER].decode().split("psg:paper-0-31 a", 1)
    assert after[PAPER].decode() == f"{head}{passage}psg:paper-0-31 a{tail}"
    assert {name: data for name, data in after.items() if name not in added.files} == {
        name: data for name, data in before.items() if name not in added.files
    }


def test_a_passage_that_is_there_is_used_again(graph: Project) -> None:
    before = snapshot(graph)
    added = add_claim(graph, replace(CLAIM, finds=(), passages=((0, 31),)), ARCHIVE)
    assert added.files == (HALL,)
    assert snapshot(graph)[PAPER] == before[PAPER]


def test_all_that_can_be_said_of_a_claim_is_written(graph: Project) -> None:
    full = replace(
        CLAIM,
        predicate="dcterms:description",
        objects=(),
        values=('a "big" hall@en', "en stor hall@sv"),
        modality="modality:opinion",
        stated_by=("actor:builder",),
        rank="preferred",
        reason="The others\nguess.",
        as_of="2024-12",
        name="hall-size",
        label_en="It is big",
        finds=("Builder", "ten"),
        passages=((0, 7),),
    )
    add_claim(graph, full, ARCHIVE)
    assert said(graph.root / HALL, "claim:hall-size") == {
        "rdf:type": ["atlas:Claim"],
        "rdfs:label": ['"It is big"@en', '"Hall: en stor hall"@sv'],
        "atlas:subject": ["infra:hall"],
        "atlas:predicate": ["dcterms:description"],
        "atlas:value": ['"a \\"big\\" hall"@en', '"en stor hall"@sv'],
        "atlas:modality": ["modality:opinion"],
        "atlas:rank": ["rank:preferred"],
        "atlas:rankReason": ['"The others\\nguess."@en'],
        "atlas:statedBy": ["actor:builder"],
        "atlas:asOf": ['"2024-12"'],
        "atlas:evidence": ["psg:paper-0-7", "psg:paper-44-47"],
    }


def test_prefixes_that_are_missing_are_put_in_their_order(graph: Project) -> None:
    path = graph.root / HALL
    add_claim(graph, replace(CLAIM, predicate="dcterms:description", objects=(), values=("x@en",)), ARCHIVE)
    lines = [line for line in path.read_text().splitlines() if line.startswith("@prefix")]
    assert "@prefix dcterms: <http://purl.org/dc/terms/> ." in lines
    assert lines == sorted(lines)


def test_names_that_are_taken_get_a_number(graph: Project) -> None:
    names = [add_claim(graph, CLAIM, ARCHIVE).iri for _ in range(3)]
    names.append(add_claim(graph, replace(CLAIM, name="hall-cost"), ARCHIVE).iri)
    assert [shorten(name) for name in names] == [
        "claim:hall-operated-by",
        "claim:hall-operated-by-2",
        "claim:hall-operated-by-3",
        "claim:hall-cost-2",
    ]
    require_sound(graph)


@pytest.mark.parametrize(
    "predicate, value, written",
    [
        ("atlas:plannedOperationalYear", "2027", "2027"),
        ("atlas:renewableShare", "1", "1.0"),
        ("atlas:renewableShare", "0.5", "0.5"),
    ],
)
def test_numbers_are_written_as_the_range_wants_them(graph: Project, predicate: str, value: str, written: str) -> None:
    claim = replace(CLAIM, predicate=predicate, objects=(), values=(value,), as_of="2024")
    add_claim(graph, claim, ARCHIVE)
    assert f"    atlas:value {written} ;\n" in (graph.root / HALL).read_text()


def test_what_is_stated_to_be_unknown_has_no_value(graph: Project) -> None:
    claim = replace(CLAIM, predicate="atlas:costEstimate", objects=(), modality="stated-unknown")
    assert add_claim(graph, claim, ARCHIVE).label == "Hall: cost estimate, stated to be unknown"


def test_a_new_topic_is_a_new_file_and_in_the_files_for_protege(with_protege: Project) -> None:
    added = add_claim(with_protege, replace(CLAIM, topic="builders.ttl"), ARCHIVE)
    assert added.files == (
        PAPER,
        "graph_data/claims/builders.ttl",
        "ontology/compute-atlas-all.ttl",
        "ontology/catalog-v001.xml",
    )
    text = (with_protege.root / added.files[1]).read_text(encoding="utf-8")
    head, header, claim = text.split("\n\n")
    prefixes = ["actor", "atlas", "claim", "infra", "modality", "owl", "psg", "rank", "rdfs"]
    assert head.splitlines() == ["# Claims on Hall.", *(f"@prefix {p}: <{PREFIXES[p]}> ." for p in prefixes)]
    assert header.startswith("<https://w3id.org/compute-atlas/data/claims/builders> a owl:Ontology ;\n")
    assert claim.startswith("claim:hall-operated-by a atlas:Claim ;\n")
    assert imports(with_protege) == [data_iri("claims", "builders"), data_iri("sources", "paper")]


def test_a_subject_without_claims_gets_a_file_of_its_own(graph: Project) -> None:
    claim = replace(CLAIM, subject="actor:builder", predicate="atlas:locatedIn", objects=("place:town",))
    assert add_claim(graph, claim, ARCHIVE).files == (PAPER, "graph_data/claims/builder.ttl")


UNKNOWN = "the graph has none of that name"


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"source": "papper"}, "did you mean src:paper?"),
        ({"subject": "infra:hal"}, f"infra:hal is not an entity of the graph — {UNKNOWN} — did you mean infra:hall?"),
        ({"subject": "atlas:Claim"}, "atlas:Claim is not an entity of the graph — it is something else"),
        ({"predicate": "atlas:operatedby"}, "did you mean atlas:operatedBy"),
        ({"predicate": "atlas:Company"}, "atlas:Company is not a property of the ontology"),
        ({"objects": ("actor:bilder",)}, "did you mean actor:builder?"),
        ({"modality": "report"}, "did you mean modality:reported?"),
        ({"modality": "rank:normal"}, "rank:normal is not a modality"),
        ({"rank": "prefered"}, "did you mean rank:preferred?"),
        ({"stated_by": ("place:town",)}, "place:town is not an actor"),
        ({"objects": ()}, "no value is given"),
        ({"modality": "stated-unknown"}, "a value is given that is stated to be unknown"),
        ({"modality": "opinion"}, "for the source's own, its publisher actor:builder"),
        ({"rank": "preferred"}, "rank:preferred has no reason"),
        ({"rank": "deprecated", "reason": "  "}, "rank:deprecated has no reason"),
        ({"objects": (), "values": ("Builder@en",)}, "give --object instead of --value"),
        ({"predicate": "atlas:purpose"}, "give --value instead of --object"),
        ({"predicate": "atlas:purpose", "objects": (), "values": ("to build",)}, "end it with @en or @sv"),
        ({"predicate": "atlas:purpose", "objects": (), "values": ("@en",)}, "end it with @en or @sv"),
        ({"predicate": "atlas:plannedOperationalYear", "objects": (), "values": ("2027.5",)}, "give an xsd:integer"),
        ({"predicate": "atlas:renewableShare", "objects": (), "values": ("0,5",)}, "such as 0.5"),
        ({"subject": "place:town", "predicate": "atlas:builtBy"}, "place:town cannot be the subject of atlas:builtBy"),
        ({"subject": "actor:builder", "predicate": "atlas:builtBy"}, "not of the class atlas:Infrastructure"),
        ({"objects": ("place:town",)}, "place:town cannot be the object"),
        ({"as_of": "May"}, "not a year, month or day"),
        ({"name": "Hall"}, "'Hall' is not a name"),
        ({"topic": "../hall"}, "'../hall' is not a name"),
        ({"finds": ()}, "no passage is given"),
        ({"finds": (), "passages": ((0, 50),)}, "ends beyond the end of src:paper — it has 49 characters"),
        ({"finds": (), "passages": ((7, 7),)}, "the passage 7:7 is empty"),
        ({"finds": (), "passages": ((7, 3),)}, "the passage 7:3 is empty"),
        ({"finds": ("nowhere",)}, "“nowhere” does not stand in the text"),
        ({"finds": ("builder",)}, "it stands at 0:7"),
        ({"finds": ("in Town.\nIt",)}, "it stands at 23:34"),
        ({"finds": ("a",)}, "“a” stands in 3 places: 16:17, 19:20, 36:37"),
        ({"finds": ("",)}, "does not stand in the text"),
    ],
    ids=str,
)  # fmt: skip
def test_a_claim_with_a_fault_is_refused_and_nothing_written(
    graph: Project, changes: dict[str, Any], says: str
) -> None:
    before = snapshot(graph)
    with pytest.raises(UsageError) as caught:
        add_claim(graph, replace(CLAIM, **changes), ARCHIVE)
    assert says in str(caught.value)
    assert snapshot(graph) == before


def test_a_source_that_is_not_in_the_archive_is_refused(graph: Project, letter: Path) -> None:
    with pytest.raises(UsageError, match="no file of the archive has the digest of src:paper"):
        add_claim(graph, CLAIM, letter.parent)


def test_a_passage_with_another_digest_is_not_built_on(graph: Project) -> None:
    path = graph.root / PAPER
    path.write_text(path.read_text().replace("b7f8", "b7f9"))
    with pytest.raises(UsageError, match=r"paper\.ttl:15: psg:paper-0-31 has another digest than the text"):
        add_claim(graph, replace(CLAIM, finds=(), passages=((0, 31),)), ARCHIVE)


# ---------- places in a text and in a file


@given(text=st.text("ab \n", max_size=30), data=st.data())
def test_a_stretch_is_found_where_it_stands_if_it_stands_once(text: str, data: st.DataObject) -> None:
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    wanted = text[start:end]
    places = [i for i in range(len(text)) if text.startswith(wanted, i)]
    if len(places) == 1:
        assert locate(text, wanted) == (start, end)
    else:
        with pytest.raises(UsageError, match=f"stands in {len(places)} places: {places[0]}:"):
            locate(text, wanted)


def test_many_places_are_not_all_listed() -> None:
    with pytest.raises(UsageError, match=r"stands in 20 places: 0:1, (\d+:\d+, ){7}…"):
        locate("a" * 20, "a")


def passage(start: int, end: int) -> Statement:
    return Statement(
        ox.NamedNode(f"{PREFIXES['psg']}paper-{start}-{end}"),
        (
            part("rdf:type", ox.NamedNode(ATLAS + "Passage")),
            part("atlas:inSource", ox.NamedNode(PREFIXES["src"] + "paper")),
            part("oa:start", ox.Literal(start)),
            part("oa:end", ox.Literal(end)),
        ),
    )


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), min_size=1, max_size=8, unique=True))
@settings(deadline=None)
def test_passages_stand_in_the_order_of_their_offsets(pairs: list[tuple[int, int]]) -> None:
    first, *others = dict.fromkeys((start, start + length) for start, length in pairs)
    text = new_file(data_iri("sources", "paper"), "Paper.", passage(*first))
    stretches = {passage(*first).subject.value: first}
    for stretch in others:
        place = place_of_passage(text, "paper.ttl", stretch, stretches)
        text = extended(text, passage(*stretch), where="paper.ttl", at=place)
        stretches[passage(*stretch).subject.value] = stretch
    found = [(int(a), int(b)) for a, b in re.findall(r"^psg:paper-(\d+)-(\d+) a atlas:Passage", text, re.MULTILINE)]
    assert found == sorted([first, *others])
    assert "\n\n\n" not in text


def test_a_passage_of_another_source_does_not_count() -> None:
    text = new_file(data_iri("sources", "paper"), "Paper.", passage(5, 9))
    assert place_of_passage(text, "paper.ttl", (1, 2), {passage(5, 9).subject.value: (5, 9)}) is not None
    assert place_of_passage(text, "paper.ttl", (1, 2), {}) is None


def test_a_comment_stays_above_its_passage() -> None:
    text = new_file(data_iri("sources", "paper"), "Paper.", passage(5, 9)).replace("psg:", "# the middle\npsg:")
    text = text.replace("@prefix # the middle\npsg:", "@prefix psg:")
    place = place_of_passage(text, "paper.ttl", (1, 2), {passage(5, 9).subject.value: (5, 9)})
    changed = extended(text, passage(1, 2), where="paper.ttl", at=place)
    assert "# the middle\npsg:paper-5-9" in changed
    assert changed.index("psg:paper-1-2 a") < changed.index("# the middle")


def test_a_file_keeps_its_line_ends_and_gets_one_at_its_end(graph: Project) -> None:
    path = graph.root / HALL
    path.write_bytes(path.read_bytes().rstrip().replace(b"\n", b"\r\n"))
    text = path.read_bytes().decode()
    changed = extended(text, passage(1, 2), where=HALL)
    assert changed.startswith(text[:100])
    assert changed.count("\n") == changed.count("\r\n")
    assert changed.endswith("oa:end 2 .\r\n")


def test_a_prefix_with_another_meaning_is_refused() -> None:
    text = "@prefix oa: <http://example.org/> .\n"
    with pytest.raises(UsageError, match=r"paper\.ttl: the prefix oa: stands for <http://example\.org/> here"):
        extended(text, passage(1, 2), where="paper.ttl")


def test_a_name_within_a_string_is_no_passage() -> None:
    text = new_file(data_iri("sources", "paper"), "Paper.", passage(1, 2))
    text += '\n<http://example.org/x> <http://example.org/y> """\npsg:paper-5-9 a passage""" .\n'
    stretches = {passage(*stretch).subject.value: stretch for stretch in ((1, 2), (5, 9))}
    place = place_of_passage(text, "paper.ttl", (3, 4), stretches)
    assert place is None
    assert extended(text, passage(3, 4), where="paper.ttl", at=place) == f"{text}\n{passage(3, 4).text()}"


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(text=TEXTS, language=st.sampled_from(["en", "sv"]))
@settings(deadline=None)
def test_any_words_come_back_as_they_were_written(text: str, language: str) -> None:
    literal = ox.Literal(text, language=language)
    block = Statement(ox.NamedNode(PREFIXES["claim"] + "x"), (part("rdfs:label", literal, ox.Literal(text)),))
    written = new_file(data_iri("claims", "x"), "X.", block)
    found = {q.object for q in ox.parse(written.encode(), format=ox.RdfFormat.TURTLE) if q.subject == block.subject}
    assert found == {literal, ox.Literal(text)}


# ---------- all or nothing


def test_a_graph_with_errors_is_left_as_it_was_and_the_errors_are_shown(graph: Project) -> None:
    path = graph.root / "graph_data/entities/things.ttl"
    path.write_text(path.read_text().replace("maxValue 10.0", "maxValue 1.0"))
    before = snapshot(graph)
    with pytest.raises(FindingsError) as caught:
        add_claim(graph, replace(CLAIM, topic="new"), ARCHIVE)
    assert {finding.path for finding in caught.value.findings} == {"graph_data/entities/things.ttl"}
    assert snapshot(graph) == before


def test_a_file_that_is_no_turtle_is_shown_before_anything_is_written(graph: Project, letter: Path) -> None:
    (graph.root / HALL).write_text("claim:")
    before = snapshot(graph)
    with pytest.raises(FindingsError) as caught:
        add_source(graph, NewSource(letter, "actor:builder"))
    assert caught.value.findings[0].path == HALL
    assert snapshot(graph) == before


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), RuntimeError("boom")])
def test_an_interrupt_puts_the_files_back(graph: Project, monkeypatch: pytest.MonkeyPatch, fault) -> None:
    written: list[bool] = []

    def fail(*_arguments: object, **_options: object) -> None:
        written.append((graph.root / "graph_data/claims/new.ttl").exists())
        raise fault

    before = snapshot(graph)
    monkeypatch.setattr(write, "require_sound", fail)
    with pytest.raises(type(fault)):
        add_claim(graph, replace(CLAIM, topic="new"), ARCHIVE)
    # What is checked is not written yet.
    assert written == [False]
    assert snapshot(graph) == before


def test_a_file_that_cannot_be_written_is_one_error_and_the_others_are_put_back(
    graph: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == "new.ttl":
            raise PermissionError(13, "Permission denied", str(target))
        return real(self, target)

    before = snapshot(graph)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UsageError, match=r"new\.ttl: the files cannot be written — Permission denied"):
        add_claim(graph, replace(CLAIM, topic="new"), ARCHIVE)
    assert snapshot(graph) == before


def test_permissions_and_links_are_kept(graph: Project) -> None:
    path, real = graph.root / HALL, graph.root / "hall-elsewhere"
    path.rename(real)
    path.symlink_to(real)
    real.chmod(0o640)
    add_claim(graph, CLAIM, ARCHIVE)
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "claim:hall-operated-by" in real.read_text()


# ---------- together


def test_a_graph_with_a_new_source_and_claims_is_sound_and_builds(
    with_protege: Project, letter: Path, tmp_path: Path
) -> None:
    add_source(with_protege, NewSource(letter, "actor:builder", name="organ", issued="2024", url="http://example.org/"))
    from_letter = replace(CLAIM, source="organ", finds=("𝟙 e\u0301", "the town"))
    operated = add_claim(with_protege, from_letter, letter.parent)
    add_claim(with_protege, replace(CLAIM, predicate="atlas:partOf", objects=(), modality="stated-unknown"), ARCHIVE)
    graph = require_sound(with_protege)
    assert evidence_findings(graph, read_archive(ARCHIVE) | read_archive(letter.parent)) == []
    assert Lookup(graph).label(operated.iri, "sv") == "Hall: drivs av Byggare"
    release = build(with_protege, tmp_path / "releases")
    engine = load(release)[1]
    query = f"ASK {{ <{expand('infra:hall')}> <{ATLAS}operatedBy> <{expand('actor:builder')}> }}"
    assert engine.table(Query(query)).rows[0][0].value == "true"


def test_every_claim_of_the_project_could_have_been_added(project: Project) -> None:
    """What the project's own curators wrote is not refused, and its values come out as they stand."""
    graph = require_sound(project)
    known = Lookup(graph)
    claims: dict[str, dict[str, list[Any]]] = {}
    for file in graph.files["claims"]:
        for triple in file.triples:
            parts = claims.setdefault(triple.subject.value, {})
            parts.setdefault(triple.predicate.value.removeprefix(ATLAS), []).append(triple.object)
    claims = {name: parts for name, parts in claims.items() if "subject" in parts}
    assert len(claims) > 200
    for parts in claims.values():

        def names(key: str, parts: dict[str, list[Any]] = parts) -> tuple[str, ...]:
            return tuple(shorten(term.value) for term in parts.get(key, ()))

        values = parts.get("value", [])
        terms = understand(
            NewClaim(
                source="x",
                subject=names("subject")[0],
                predicate=names("predicate")[0],
                modality=names("modality")[0],
                objects=names("object"),
                values=tuple(value.value + (f"@{value.language}" if value.language else "") for value in values),
                rank=names("rank")[0],
                reason=parts["rankReason"][0].value if "rankReason" in parts else None,
                stated_by=names("statedBy"),
            ),
            known,
            "",
        )
        assert list(terms.values) == values
