"""One fault a directory of tests/data/broken: laid over the tiny graph, it is reported at its file and line.

`expected` lists every finding of the check as `path:line: severity: code`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import RDF, SH

from computeatlas.curate.check.run import check_project, require_sound
from computeatlas.model.errors import FindingsError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.project import Project
from computeatlas.turtle.limits import MOST_BYTES, MOST_NESTING

BROKEN = Path(__file__).parents[2] / "data" / "broken"
EXAMPLES = sorted(path for path in BROKEN.iterdir() if path.is_dir())
CLAIMS = "graph_data/claims/hall.ttl"
#: Codes that only files made by a test below can show.
MADE_HERE = {"file-too-large", "nesting-too-deep", "unreadable", "linked-directory", "no-disjointness"}


def lay_over(root: Path, example: Path) -> None:
    for path in example.rglob("*"):
        if path.is_file() and path.name != "expected":
            target = root / path.relative_to(example)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def summary(findings: list[Finding]) -> list[str]:
    return [f"{f.path}:{f.line}: {f.severity}: {f.code}" for f in findings]


def test_the_tiny_graph_is_sound(tiny: Path) -> None:
    assert check_project(Project.find(tiny)).findings == []


def test_there_are_many_examples() -> None:
    assert len(EXAMPLES) >= 60


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example_is_reported_at_its_file_and_line(tiny: Path, example: Path) -> None:
    lay_over(tiny, example)
    findings = check_project(Project.find(tiny)).findings
    assert summary(findings) == (example / "expected").read_text().splitlines()
    assert findings
    for finding in findings:
        assert finding.line >= 1
        assert (tiny / finding.path).is_file()
        assert finding.why
        assert finding.hint


def test_every_rule_and_shape_has_an_example(project: Project) -> None:
    shown = {line.rpartition(" ")[2] for path in EXAMPLES for line in (path / "expected").read_text().splitlines()}
    codes = {path.stem.replace("_", "-") for path in project.checks()}
    for path in project.shapes():
        graph = rdflib.Graph().parse(path)
        codes |= {str(shape).rpartition("/")[2] for shape in graph.subjects(RDF.type, SH.PropertyShape)}
    # Each kind of entity has the same two shapes for its labels; the examples show those of some.
    assert {code for code in codes - shown - MADE_HERE if "-label-" not in code} == set()


@pytest.mark.parametrize(
    "name", ["unclosed_string", "claim_without_evidence", "unknown_modality", "duplicate_in_two_files"]
)
def test_an_error_stops_a_build(tiny: Path, name: str) -> None:
    lay_over(tiny, BROKEN / name)
    with pytest.raises(FindingsError):
        require_sound(Project.find(tiny))


def test_a_warning_does_not_stop_a_build(tiny: Path) -> None:
    lay_over(tiny, BROKEN / "windows_line_ends")
    assert len(require_sound(Project.find(tiny)).members(ATLAS + "Claim")) == 3


def test_a_file_of_50_megabytes_is_refused_unread(tiny: Path) -> None:
    path = tiny / "graph_data/claims/large.ttl"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert path.stat().st_size > MOST_BYTES
    assert summary(check_project(Project.find(tiny)).findings) == [
        "graph_data/claims/large.ttl:1: error: file-too-large"
    ]


@pytest.mark.parametrize("arguments", [("check", "--no-reason"), ("fmt", "--check")], ids=["check", "fmt"])
@pytest.mark.parametrize("brackets", ["()", "[]"], ids=["collection", "blank-node"])
def test_100_000_nested_brackets_are_refused_at_their_line(
    tiny: Path, brackets: str, arguments: tuple[str, str]
) -> None:
    """In a process of its own: a parser that met them would end it."""
    opening = f"\n{brackets[0]} <http://e/p> " if brackets == "[]" else f"\n{brackets[0]} "
    text = "<http://e/s> <http://e/p>" + opening * 100_000 + "1" + brackets[1] * 100_000 + " .\n"
    (tiny / "graph_data/claims/deep.ttl").write_text(text)
    command = [sys.executable, "-m", "computeatlas", *arguments, "--root", str(tiny)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    found = f"graph_data/claims/deep.ttl:{MOST_NESTING + 2}: error: nests more than"
    printed = done.stdout if arguments[0] == "check" else done.stderr
    assert printed.startswith(found) or f"\n{found}" in printed


def test_brackets_in_strings_comments_and_iris_do_not_nest(tiny: Path) -> None:
    path = tiny / CLAIMS
    many = "(" * (MOST_NESTING + 1)
    text = path.read_text().replace('"Builder builds the hall"', f'"Builder {many} \\" {many}"')
    path.write_text(f"# {many} [\n{text}")
    assert check_project(Project.find(tiny)).findings == []


def test_links_in_a_loop_are_reported_and_not_followed(tiny: Path) -> None:
    claims = tiny / "graph_data/claims"
    (claims / "a.ttl").symlink_to("b.ttl")
    (claims / "b.ttl").symlink_to("a.ttl")
    (claims / "round").symlink_to("..", target_is_directory=True)
    assert summary(check_project(Project.find(tiny)).findings) == [
        "graph_data/claims/a.ttl:1: error: unreadable",
        "graph_data/claims/b.ttl:1: error: unreadable",
        "graph_data/claims/round:1: error: linked-directory",
    ]


def test_a_file_may_declare_the_terms_of_another_but_not_describe_them(tiny: Path) -> None:
    path = tiny / "ontology/extra.ttl"
    prefixes = (
        "@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    )
    path.write_text(prefixes + "atlas:Actor a owl:Class .\natlas:builtBy a owl:ObjectProperty .\n", encoding="utf-8")
    assert check_project(Project.find(tiny)).findings == []
    more = "@prefix prov: <http://www.w3.org/ns/prov#> .\n" + path.read_text(encoding="utf-8")
    rdfs = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    path.write_text(more.replace("owl:Class .", f"owl:Class ;\n    {rdfs} prov:Agent ."), encoding="utf-8")
    found = check_project(Project.find(tiny)).findings
    assert [f.code for f in found] == ["duplicate-identifier"]


def test_a_fault_of_a_term_is_reported_where_it_is_described_not_where_it_is_declared(tiny: Path) -> None:
    path = tiny / "ontology/modules/places.ttl"
    text = path.read_text(encoding="utf-8")
    line = text[: text.index("atlas:Place a owl:Class ;")].count("\n") + 1
    assert "atlas:Place a owl:Class" in (tiny / "ontology/compute-atlas.ttl").read_text(encoding="utf-8")
    path.write_text(text.replace('rdfs:label "place"@en , "plats"@sv', 'rdfs:label "place"@en', 1), encoding="utf-8")
    found = check_project(Project.find(tiny)).findings
    assert [(f.path, f.line) for f in found] == [("ontology/modules/places.ttl", line)]


def test_an_ontology_without_disjointness_is_reported(tiny: Path) -> None:
    for path in (tiny / "ontology").rglob("*.ttl"):
        lines = path.read_text(encoding="utf-8").split("# ---------- axioms on several classes")[0].splitlines()
        kept = [line for line in lines if "owl:disjointWith" not in line]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = [f for f in check_project(Project.find(tiny)).findings if f.code == "no-disjointness"]
    assert "ontology/compute-atlas.ttl" in [f.path for f in found]


def test_after_a_syntax_error_the_report_says_what_it_left_out(tiny: Path) -> None:
    (tiny / CLAIMS).write_text("claim", encoding="utf-8")
    report = check_project(Project.find(tiny))
    assert [f.code for f in report.findings] == ["syntax"]
    assert report.left_out == ["all checks beyond syntax: fix the files above first"]


def test_an_import_is_never_fetched(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    lay_over(tiny, BROKEN / "import_from_the_network")
    assert [f.code for f in check_project(Project.find(tiny)).findings] == ["import-not-here"]
