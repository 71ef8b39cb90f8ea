"""New claims and their passages: what is written, where, and what is refused before anything is written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from computeatlas.curate.add.claim import add_claim
from computeatlas.curate.add.evidence import locate, place_of_passage
from computeatlas.curate.add.fields import option
from computeatlas.curate.add.source import NewSource, add_source, part
from computeatlas.curate.check.run import require_sound
from computeatlas.curate.data_file import data_iri, new_file
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.namespaces import PREFIXES, shorten
from computeatlas.model.project import Project
from computeatlas.turtle.edit import extended, places
from computeatlas.turtle.statement import Statement

from .examples import (
    ARCHIVE,
    CLAIM,
    HALL,
    PAPER,
    imports,
    passage,
    said,
    snapshot,
)

pytestmark = pytest.mark.slow


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
        "atlas:asOf": ['"2024-12"^^<http://id.loc.gov/datatypes/edtf/EDTF>'],
        "atlas:evidence": ["psg:paper-0-7", "psg:paper-44-47"],
    }


def test_prefixes_that_are_missing_are_put_in_their_order(graph: Project) -> None:
    path = graph.root / HALL
    add_claim(graph, replace(CLAIM, predicate="dcterms:description", objects=(), values=("x@en", "x@sv")), ARCHIVE)
    lines = [line for line in path.read_text().splitlines() if line.startswith("@prefix")]
    assert "@prefix dcterms: <http://purl.org/dc/terms/> ." in lines
    assert lines == sorted(lines)


YEARS = ("2023", "2024", "2025")


def test_names_that_are_taken_get_a_number(graph: Project) -> None:
    names = [add_claim(graph, replace(CLAIM, as_of=year), ARCHIVE, accept_similar=True).iri for year in YEARS]
    names.append(add_claim(graph, replace(CLAIM, name="hall-cost"), ARCHIVE, accept_similar=True).iri)
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
        ("atlas:facilityCount", "2027", "2027"),
        ("atlas:operationalFrom", "late 2027", '"2027-39"^^edtf:EDTF'),
        ("atlas:renewableShare", "1", "1.0"),
        ("atlas:renewableShare", "0.5", "0.5"),
    ],
)
def test_numbers_are_written_as_the_range_wants_them(
    graph: Project, tmp_path: Path, predicate: str, value: str, written: str
) -> None:
    note = tmp_path / "notes" / "note.txt"
    note.parent.mkdir()
    note.write_text("In 2027 half of it, 0.5 or all 100 % of it, is to be of wind.\n", encoding="utf-8")
    add_source(graph, NewSource(note, "actor:builder", name="note", language="en", kind="news"))
    claim = replace(CLAIM, source="note", predicate=predicate, objects=(), values=(value,), as_of="2024")
    add_claim(graph, replace(claim, finds=(), passages=((0, 60),)), note.parent)
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
    prefixes = ["actor", "atlas", "claim", "infra", "modality", "owl", "psg", "rdfs"]
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
        ({"predicate": "atlas:facilityCount", "objects": (), "values": ("2027.5",)}, "give an xsd:integer"),
        ({"predicate": "atlas:operationalFrom", "objects": (), "values": ("soon",)}, "“soon” is no date"),
        ({"predicate": "atlas:renewableShare", "objects": (), "values": ("0,5",)}, "such as 0.5"),
        ({"subject": "place:town", "predicate": "atlas:builtBy"}, "place:town cannot be the subject of atlas:builtBy"),
        ({"subject": "actor:builder", "predicate": "atlas:builtBy"}, "not of the class atlas:Infrastructure"),
        ({"objects": ("place:town",)}, "place:town cannot be the object"),
        ({"as_of": "May"}, "“May” is no date"),
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
    with pytest.raises(UsageError, match=r"paper\.ttl:19: psg:paper-0-31 has another digest than the text"):
        add_claim(graph, replace(CLAIM, finds=(), passages=((0, 31),)), ARCHIVE)


@given(text=st.text("ab \n", max_size=30), data=st.data())
def test_a_stretch_is_found_where_it_stands_if_it_stands_once(text: str, data: st.DataObject) -> None:
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    wanted = text[start:end]
    places = [i for i in range(len(text)) if text.startswith(wanted, i)]
    if len(places) == 1:
        assert locate(text, wanted, option) == (start, end)
    else:
        with pytest.raises(UsageError, match=f"stands in {len(places)} places: {places[0]}:"):
            locate(text, wanted, option)


def test_many_places_are_not_all_listed() -> None:
    with pytest.raises(UsageError, match=r"stands in 20 places: 0:1, (\d+:\d+, ){7}…"):
        locate("a" * 20, "a", option)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), min_size=1, max_size=8, unique=True))
@settings(deadline=None)
def test_passages_stand_in_the_order_of_their_offsets(pairs: list[tuple[int, int]]) -> None:
    first, *others = dict.fromkeys((start, start + length) for start, length in pairs)
    text = new_file(data_iri("sources", "paper"), "Paper.", passage(*first))
    stretches = {passage(*first).subject.value: first}
    for stretch in others:
        place = place_of_passage(places(text, "paper.ttl"), stretch, stretches)
        text = extended(text, passage(*stretch), where="paper.ttl", at=place)
        stretches[passage(*stretch).subject.value] = stretch
    found = [(int(a), int(b)) for a, b in re.findall(r"^psg:paper-(\d+)-(\d+) a atlas:Passage", text, re.MULTILINE)]
    assert found == sorted([first, *others])
    assert "\n\n\n" not in text


def test_a_passage_of_another_source_does_not_count() -> None:
    text = new_file(data_iri("sources", "paper"), "Paper.", passage(5, 9))
    assert place_of_passage(places(text, "paper.ttl"), (1, 2), {passage(5, 9).subject.value: (5, 9)}) is not None
    assert place_of_passage(places(text, "paper.ttl"), (1, 2), {}) is None


def test_a_comment_stays_above_its_passage() -> None:
    text = new_file(data_iri("sources", "paper"), "Paper.", passage(5, 9)).replace("psg:", "# the middle\npsg:")
    text = text.replace("@prefix # the middle\npsg:", "@prefix psg:")
    place = place_of_passage(places(text, "paper.ttl"), (1, 2), {passage(5, 9).subject.value: (5, 9)})
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
    place = place_of_passage(places(text, "paper.ttl"), (3, 4), stretches)
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


@pytest.mark.parametrize("value", ["2027", "2028"])
def test_a_figure_that_its_passage_does_not_have_is_refused_as_by_the_check(
    graph: Project, tmp_path: Path, value: str
) -> None:
    note = tmp_path / "notes" / "note.txt"
    note.parent.mkdir()
    note.write_text("Builder opens the hall in 2027.\n", encoding="utf-8")
    add_source(graph, NewSource(note, "actor:builder", name="note", language="en", kind="news"))
    claim = replace(CLAIM, source="note", predicate="atlas:operationalFrom", objects=(), values=(value,))
    claim = replace(claim, finds=("the hall in 2027",))
    before = snapshot(graph)
    if value == "2027":
        add_claim(graph, claim, note.parent)
        require_sound(graph)
        return
    with pytest.raises(FindingsError) as caught:
        add_claim(graph, claim, note.parent)
    assert [finding.code for finding in caught.value.findings] == ["figure-not-in-passage"]
    assert snapshot(graph) == before


def test_a_claim_that_the_document_makes_already_is_refused(graph: Project) -> None:
    add_claim(graph, CLAIM, ARCHIVE)
    before = snapshot(graph)
    with pytest.raises(UsageError, match=r"hall\.ttl:39: claim:hall-operated-by says the same of the same document"):
        add_claim(graph, CLAIM, ARCHIVE, accept_similar=True)
    assert snapshot(graph) == before
