"""The graph as of a day: which documents and claims it has, and that later answers are not known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.cli.query import query_command
from computeatlas.engine.embedded import Query
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import DATASET_IRI, PREFIXES
from computeatlas.model.project import Project
from computeatlas.release.as_of import as_of, read_as_of
from computeatlas.release.build import build
from computeatlas.release.diff.compare import compare
from computeatlas.release.load import current, is_fresh, load

HEAD = """@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix : <http://e/> .
"""


def left(text: str, day: str) -> set[str]:
    """Return the names of what is said of things as of a day, `subject property object`."""
    quads = ox.parse((HEAD + text).encode(), format=ox.RdfFormat.TURTLE)
    return {
        " ".join(
            str(term).strip("<>").rpartition("/")[2].rpartition("#")[2] for term in (q.subject, q.predicate, q.object)
        )
        for q in as_of(quads, date.fromisoformat(day))
        if q.predicate.value.rpartition("#")[2] in ("evidence", "inSource", "supersedes", "contradicts")
    }


TWO = """
:early a atlas:Source ; dcterms:issued "2024-12-10" . :late a atlas:Source ; dcterms:issued "2025-03" .
:p a atlas:Passage ; atlas:inSource :early . :q a atlas:Passage ; atlas:inSource :late .
:both a atlas:Claim ; atlas:evidence :p , :q .
:old a atlas:Claim ; atlas:evidence :p .
:new a atlas:Claim ; atlas:evidence :q ; atlas:supersedes :old ; atlas:contradicts :both .
"""


def test_a_claim_stays_with_the_passages_of_the_documents_that_were_there() -> None:
    assert left(TWO, "2025-03-30") == {"p inSource early", "both evidence p", "old evidence p"}


def test_of_the_month_of_a_document_the_last_day_counts() -> None:
    assert "new supersedes old" in left(TWO, "2025-03-31")
    assert "new supersedes old" not in left(TWO, "2025-03-30")
    assert left(TWO, "2024-12-09") == set()


def test_a_document_without_a_date_counts_from_the_day_it_was_first_seen() -> None:
    text = """:s a atlas:Source . :p a atlas:Passage ; atlas:inSource :s ; atlas:seenOn "2025-05-02" .
    :q a atlas:Passage ; atlas:inSource :s ; atlas:seenOn "2025-06-01" . :t a atlas:Source .
    :r a atlas:Passage ; atlas:inSource :t ."""
    assert left(text, "2025-05-01") == set()
    assert left(text, "2025-05-02") == {"p inSource s", "q inSource s"}


def test_nameless_things_inside_what_is_gone_are_gone() -> None:
    quads = ox.parse(
        (HEAD + ':c a atlas:Claim ; :x [ :y [ :z "in" ] ] . :other :x [ :z "out" ] .').encode(),
        format=ox.RdfFormat.TURTLE,
    )
    assert sum(q.predicate.value == "http://e/z" for q in as_of(quads, date(2025, 1, 1))) == 1


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8), st.integers(0, 9))
def test_a_claim_is_there_where_one_of_its_documents_is(claims: list[tuple[int, int]], day: int) -> None:
    text = "".join(
        f':s{n} a atlas:Source ; dcterms:issued "2025-01-{n + 1:02}" . :p{n} a atlas:Passage ; atlas:inSource :s{n} .\n'
        for n in range(10)
    )
    text += "".join(f":c{i} a atlas:Claim ; atlas:evidence :p{a} , :p{b} .\n" for i, (a, b) in enumerate(claims))
    found = {line for line in left(text, f"2025-01-{day + 1:02}") if " evidence " in line}
    assert found == {f"c{i} evidence p{n}" for i, pair in enumerate(claims) for n in pair if n <= day}


@pytest.mark.parametrize(
    ("text", "day"),
    [("2025-03-01", "2025-03-01"), ("2025-02", "2025-02-28"), ("2024", "2024-12-31"), (" 2024-02 ", "2024-02-29")],
)
def test_of_a_month_or_a_year_the_last_day_is_meant(text: str, day: str) -> None:
    assert read_as_of(text).isoformat() == day


@pytest.mark.parametrize("text", ["", "soon", "2025-02-30", "2024/2025", "2025?", "2025-33", "01.03.2025", "../2025"])
def test_what_is_no_day_month_or_year_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="2025-03-01, 2025-03 or 2025"):
        read_as_of(text)


USED = "actor atlas claim dcterms edtf foaf modality prog psg rank rdfs reliability source-kind src"
#: To the tiny graph: a later document, and a number that it gives in place of the one of the earlier document.
MORE = {
    "sources/later.ttl": """
src:later a atlas:Source ;
    dcterms:title "Later"@en ;
    dcterms:publisher actor:builder ;
    dcterms:language "en" ;
    dcterms:issued "2025-03"^^edtf:EDTF ;
    foaf:page <https://example.org/later> ;
    atlas:sourceKind source-kind:news ;
    atlas:reliability reliability:b .

psg:later-count a atlas:Passage ;
    atlas:inSource src:later ;
    atlas:locator "thirteen huts" ;
    atlas:seenOn "2026-11-20" .
""",
    "entities/huts.ttl": """
prog:huts a atlas:Programme ;
    rdfs:label "Huts"@en , "Stugor"@sv .
""",
    "claims/huts.ttl": """
claim:huts-count-7 a atlas:Claim ;
    rdfs:label "There are seven huts"@en , "Det finns sju stugor"@sv ;
    atlas:subject prog:huts ;
    atlas:predicate atlas:facilityCount ;
    atlas:value 7 ;
    atlas:modality modality:reported ;
    atlas:rank rank:normal ;
    atlas:asOf "2024-05"^^edtf:EDTF ;
    atlas:evidence psg:paper-0-31 .

claim:huts-count-13 a atlas:Claim ;
    rdfs:label "There will be 13 huts"@en , "Det blir 13 stugor"@sv ;
    atlas:subject prog:huts ;
    atlas:predicate atlas:facilityCount ;
    atlas:value 13 ;
    atlas:modality modality:announced-plan ;
    atlas:rank rank:normal ;
    atlas:asOf "2025-03"^^edtf:EDTF ;
    atlas:supersedes claim:huts-count-7 ;
    atlas:evidence psg:later-count .
""",
}


@pytest.fixture
def dated(tiny: Path) -> Project:
    """The tiny graph, its document of May 2024, with a later one and two numbers, each true at its date."""
    head = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in USED.split())
    for name, text in MORE.items():
        (tiny / "graph_data" / name).write_text(head + text, encoding="utf-8")
    paper = tiny / "graph_data/sources/paper.ttl"
    issued = f'    dcterms:issued "2024-05"^^<{PREFIXES["edtf"]}EDTF> ;\n    dcterms:publisher'
    paper.write_text(paper.read_text().replace("    dcterms:publisher", issued, 1))
    return Project.find(tiny)


@pytest.mark.slow
def test_a_query_as_of_a_day_builds_what_it_needs_once(dated: Project, tmp_path: Path, runner: CliRunner) -> None:
    query = tmp_path / "count.rq"
    query.write_text(
        """#+ summary: How many
PREFIX atlas: <https://w3id.org/compute-atlas/ontology#> PREFIX prog: <https://w3id.org/compute-atlas/id/programme/>
SELECT ?n { prog:huts atlas:facilityCount ?n }"""
    )
    arguments = ["--root", str(dated.root), "--releases", str(tmp_path / "r"), "--as-of", "2024", "--format", "csv"]
    for _ in range(2):
        done = runner.invoke(query_command, [*arguments, str(query)])
        assert done.output.split() == ["n", "7"]
    assert sorted(path.name.partition("-2024-12-31")[0] for path in (tmp_path / "r").iterdir()) == [
        "0.1.0-as-of",
        "as-of",
    ]


def test_a_release_that_is_named_has_a_day_of_its_own(project: Project, tmp_path: Path, runner: CliRunner) -> None:
    arguments = ["--root", str(project.root), "--as-of", "2024", "--release", str(tmp_path), "x.rq"]
    done = runner.invoke(query_command, arguments)
    assert isinstance(done.exception, UsageError)
    assert "exclude each other" in str(done.exception)


@pytest.mark.slow
def test_a_release_as_of_a_day_stands_beside_the_current_one_and_two_tell_what_changed(
    dated: Project, tmp_path: Path
) -> None:
    day = date(2024, 12, 31)
    releases = tmp_path / "releases"
    built = build(dated, releases, day=day)
    assert current(releases, day) == built.resolve()
    assert is_fresh(dated, releases, day)
    assert not is_fresh(dated, releases)
    manifest, old = load(built)
    assert manifest.as_of == "2024-12-31"
    period = f"<{DATASET_IRI}> <http://purl.org/dc/terms/temporal>/<http://www.w3.org/ns/dcat#endDate>"
    assert [row[0].value for row in old.table(Query(f"SELECT ?day {{ {period} ?day }}")).rows] == ["2024-12-31"]
    later, new = load(build(dated, releases))
    assert later.as_of is None
    found = compare(old, new)
    changed = {(one.predicate.name, one.before[0].words, one.after[0].words) for one in found.view.changed}
    assert ("atlas:facilityCount", "7", "13") in changed
    assert "claim:huts-count-13" in {thing.name for thing in found.claims.added}
    assert "claim:huts-count-7" in {thing.name for thing in found.left}
    assert not found.claims.removed
