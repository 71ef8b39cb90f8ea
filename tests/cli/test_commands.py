"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from computeatlas.cli.main import cli
from computeatlas.cli.progress import progress_bar
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.project import Project
from computeatlas.release.build import build

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
QUESTION = str(REPOSITORY / "queries/gigafactory_power_need.rq")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "computeatlas", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment or None,
    )


def test_help_names_every_command(runner) -> None:
    text = runner.invoke(cli, ["--help"]).output
    for name in ("build", "check", "query", "serve"):
        assert f"\n  {name} " in text


def test_check_of_a_sound_graph_exits_0_and_says_what_it_left_out(tiny: Path) -> None:
    done = run("check", "--root", str(tiny), "--no-reason")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "left out: passages against the archived texts: name the archive with --archive DIR",
        "left out: OWL consistency: the reasoner was switched off",
        "3 claims checked: 0 errors, 0 warnings",
    ]


def test_check_prints_findings_on_standard_output_and_exits_1(tiny: Path) -> None:
    path = tiny / "graph_data/claims/hall.ttl"
    path.write_text(path.read_text().replace("modality:speculation", "modality:rumour"))
    done = run("check", "--root", str(tiny), "--no-reason")
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if "unknown-modality" in line)
    assert line.startswith("graph_data/claims/hall.ttl:35: error: modality:rumour is not a modality — ")
    assert "Traceback" not in done.stderr


def test_build_says_where_the_release_is_and_what_it_holds(tiny: Path, tmp_path: Path) -> None:
    done = run("build", "--root", str(tiny), "--releases", str(tmp_path / "r"))
    assert done.returncode == 0
    manifest = json.loads((tmp_path / "r/current/manifest.json").read_text())
    assert f"{manifest['quads']} quads" in done.stdout
    assert manifest["digest"] in done.stdout


def test_build_of_a_broken_graph_exits_1_with_the_place(tiny: Path) -> None:
    (tiny / "graph_data/claims/hall.ttl").write_text("claim:x")
    done = run("build", "--root", str(tiny))
    assert done.returncode == 1
    assert "graph_data/claims/hall.ttl:1: error: column 1" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tiny / "releases").exists()


@pytest.fixture
def question(tmp_path: Path) -> str:
    """A file that asks the tiny graph who builds."""
    path = tmp_path / "builders.rq"
    path.write_text(f"#+ summary: Who builds?\nSELECT ?o {{ ?s <{ATLAS}builtBy> ?o }}")
    return str(path)


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml"])
def test_query_prints_each_format(tiny_release: Path, question: str, form: str) -> None:
    done = run("query", "--release", str(tiny_release), "--format", form, question)
    assert done.returncode == 0
    assert "id/actor/builder" in done.stdout


@pytest.mark.parametrize("form", ["CSV", "text/csv", "application/sparql-results+xml", "Json"])
def test_query_knows_formats_by_their_usual_names(runner, tiny_release: Path, question: str, form: str) -> None:
    short = {"CSV": "csv", "text/csv": "csv", "Json": "json"}.get(form, "xml")
    expected = runner.invoke(cli, ["query", "--release", str(tiny_release), "--format", short, question])
    done = runner.invoke(cli, ["query", "--release", str(tiny_release), "--format", form, question])
    assert "id/actor/builder" in expected.stdout
    assert (done.exit_code, done.stdout) == (0, expected.stdout)


def test_a_query_file_may_begin_with_a_byte_order_mark(runner, tiny_release: Path, tmp_path: Path) -> None:
    path = tmp_path / "marked.rq"
    path.write_text("\ufeff#+ summary: Nothing.\nASK {}", encoding="utf-8")
    done = runner.invoke(cli, ["query", "--release", str(tiny_release), "--format", "csv", str(path)])
    assert (done.exit_code, done.stdout.strip()) == (0, "true")


def test_query_prints_a_table_that_is_not_cut_when_piped(tiny_release: Path, tmp_path: Path) -> None:
    path = tmp_path / "wide.rq"
    path.write_text(f"""SELECT ("{"long " * 100}end" AS ?a) ("{"wide " * 100}end" AS ?b) {{}}""")
    done = run("query", "--release", str(tiny_release), str(path))
    assert "…" not in done.stdout
    assert "long " * 100 + "end" in done.stdout
    assert "wide " * 100 + "end" in done.stdout


def test_query_prints_a_graph_as_turtle_and_as_a_table(runner, tiny_release: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.rq"
    path.write_text("CONSTRUCT { <http://e/s> <http://e/p> [] , 1 } {}")
    query = ["query", "--release", str(tiny_release)]
    assert "<http://e/s> <http://e/p>" in runner.invoke(cli, [*query, "--format", "ttl", str(path)]).stdout
    assert "subject" in runner.invoke(cli, [*query, str(path)]).stdout


def test_query_of_truth(runner, tiny_release: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.rq"
    path.write_text("ASK {}")
    assert "true" in runner.invoke(cli, ["query", "--release", str(tiny_release), str(path)]).stdout


def test_query_refuses_a_format_that_the_result_cannot_have(tiny_release: Path, question: str) -> None:
    done = run("query", "--release", str(tiny_release), "--format", "ttl", question)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "use one of json, xml, csv, tsv" in done.stderr


@pytest.mark.parametrize(
    "arguments, code, says",
    [
        (["query", "nowhere.rq"], 2, "nowhere.rq: no such file"),
        (["check", "--root", "nowhere"], 2, "nowhere: no such directory"),
        (["build", "--root", "."], 2, ""),
        (["serve", "--bind", "nowhere"], 2, "is not an address to listen on"),
        (["serve", "--release", "nowhere"], 3, "there is no release here"),
        (["check", "--no-reason", "--archive", "nowhere"], 2, "nowhere: no such directory"),
        (["frobnicate"], 2, "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_use_is_told_in_few_words(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "computeatlas", *arguments], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_corrupt_release_is_one_line(tiny_release: Path, tmp_path: Path) -> None:
    corrupt = copytree(tiny_release, tmp_path / tiny_release.name)
    (corrupt / "compute-atlas.nq.bz2").write_bytes(b"garbage")
    done = run("query", "--release", str(corrupt), QUESTION)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "the file is corrupt" in done.stderr


def test_a_corrupt_release_of_ours_is_told_and_built_again(tiny: Path) -> None:
    build(Project.find(tiny), tiny / "releases")
    (tiny / "releases/current/compute-atlas.nq.bz2").write_bytes(b"garbage")
    done = run("query", "--root", str(tiny), QUESTION)
    assert done.returncode == 0
    assert "the file is corrupt" in done.stderr
    assert "building it again" in done.stderr
    assert run("query", "--root", str(tiny), QUESTION).stderr == ""


def test_a_fault_of_ours_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from computeatlas.cli import main as module

    def fail(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(module.cli, "main", fail)
    with pytest.raises(SystemExit) as caught:
        module.main([])
    assert caught.value.code == 3
    assert capsys.readouterr().err.startswith("computeatlas: internal error: ZeroDivisionError: oops — set")


def test_a_reader_that_goes_away_is_no_error(tiny_release: Path, tmp_path: Path) -> None:
    question = tmp_path / "all.rq"
    # More than a pipe holds.
    question.write_text("SELECT * { GRAPH ?g { ?s ?p ?o } }")
    command = f"{sys.executable} -m computeatlas query --release {tiny_release} --format csv {question}"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command} | head -1"], capture_output=True, text=True)
    assert done.stdout.rstrip() in ("g,s,p,o", "s,p,o,g")
    assert done.stderr == ""


def test_csv_on_the_command_line_is_the_csv_of_the_endpoint(release: Path, site: str, ask) -> None:
    printed = run("query", "--release", str(release), "--format", "csv", QUESTION).stdout
    served = ask(site, Path(QUESTION).read_text())
    assert list(csv.reader(io.StringIO(printed))) == list(csv.reader(io.StringIO(served)))


def test_progress_shows_after_a_second_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    from computeatlas.cli import progress

    def shown(*, terminal: bool, seconds: float) -> str:
        clock = iter([0.0, seconds, seconds])
        monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
        out = io.StringIO()
        console = Console(file=out, force_terminal=terminal, get_time=lambda: 0.0)
        with progress_bar(2, console) as step:
            step("first step")
        return out.getvalue()

    assert "first step" in shown(terminal=True, seconds=2.0)
    assert shown(terminal=True, seconds=0.5) == ""
    assert shown(terminal=False, seconds=2.0) == ""


def test_a_literal_that_is_not_of_its_datatype_is_a_finding_without_a_traceback(tiny: Path) -> None:
    path = tiny / "graph_data/entities/things.ttl"
    text = path.read_text()
    assert "maxValue 10.0" in text
    path.write_text(text.replace("maxValue 10.0", 'maxValue "x"^^<http://www.w3.org/2001/XMLSchema#integer>'))
    done = run("check", "--no-reason", "--root", str(tiny))
    assert done.returncode == 1
    assert "[quantity-upper-bound]" in done.stdout
    assert "Traceback" not in done.stderr


def test_query_sorts_values_of_every_kind(release: Path, tmp_path: Path) -> None:
    # In this process the engine's own sort would end the command.
    file = tmp_path / "q.rq"
    file.write_text("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?o")
    done = run("query", "--release", str(release), "--format", "csv", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("s,p,o\n")
    assert len(done.stdout) > 10_000


@pytest.mark.parametrize("values", ["1 2", "<urn:a>"])
def test_query_says_why_a_concatenation_is_empty(runner, tiny_release: Path, tmp_path: Path, values: str) -> None:
    file = tmp_path / "q.rq"
    file.write_text(f"SELECT (GROUP_CONCAT(?x) AS ?y) {{ VALUES ?x {{ {values} }} }}")
    done = runner.invoke(cli, ["query", "--release", str(tiny_release), str(file)], catch_exceptions=False)
    assert "write GROUP_CONCAT(STR(?x))" in done.stderr
    file.write_text('SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { "a" } }')
    done = runner.invoke(cli, ["query", "--release", str(tiny_release), str(file)], catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
