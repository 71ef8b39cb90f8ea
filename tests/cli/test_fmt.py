"""The command that lays out the curated files: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result

from computeatlas.cli import options
from computeatlas.cli.fmt import fmt_command
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.project import Project

THINGS = "graph_data/entities/things.ttl"
HALL = "graph_data/claims/hall.ttl"
TERMS = "ontology/terms.ttl"


@pytest.fixture
def root(tiny: Path) -> Path:
    """The tiny graph in canonical layout, with an ontology of one line in place of the project's own."""
    for path in (tiny / "ontology").rglob("*.ttl"):
        path.unlink()
    (tiny / TERMS).write_text("<http://o> a <http://www.w3.org/2002/07/owl#Ontology> .\n")
    return tiny


def spoil(root: Path, name: str) -> str:
    path = root / name
    path.write_text(path.read_text().replace(" a ", "\n a ", 1))
    return path.read_text()


def fmt(runner, *arguments: object) -> Result:
    return runner.invoke(fmt_command, [str(argument) for argument in arguments])


def test_a_graph_in_order_is_left_alone(runner, root: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.ttl")}
    for check in ([], ["--check"]):
        done = fmt(runner, "--root", root, *check)
        assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"0 of {len(before)} files would change\n"
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*.ttl")} == before


def test_every_file_of_ontology_and_data_is_laid_out(runner, root: Path) -> None:
    originals = {name: (root / name).read_text() for name in (HALL, TERMS)}
    for name in originals:
        spoil(root, name)
    elsewhere = root / "notes.ttl"
    elsewhere.write_text("<http://x>\n<http://p> 1 .")
    done = fmt(runner, "--root", root)
    assert (done.exit_code, done.stdout) == (0, f"{TERMS}\n{HALL}\n")
    assert done.stderr == "2 of 4 files changed\n"
    assert {name: (root / name).read_text() for name in originals} == originals
    assert elsewhere.read_text() == "<http://x>\n<http://p> 1 ."
    assert fmt(runner, "--root", root).stderr == "0 of 4 files changed\n"


def test_check_writes_nothing_and_exits_1(runner, root: Path) -> None:
    spoilt = spoil(root, HALL)
    done = fmt(runner, "--check", "--root", root)
    assert (done.exit_code, done.stdout, done.stderr) == (1, f"{HALL}\n", "1 of 4 files would change\n")
    assert (root / HALL).read_text() == spoilt


def test_only_the_files_that_are_named_are_laid_out(runner, root: Path) -> None:
    spoil(root, HALL)
    spoilt = spoil(root, THINGS)
    done = fmt(runner, root / HALL)
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{root / HALL}\n", "1 of 1 file changed\n")
    assert (root / THINGS).read_text() == spoilt


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_a_broken_file_is_left_and_the_others_are_done(runner, root: Path, check: list[str]) -> None:
    (root / HALL).write_text("@prefix e: <http://e/> .\n\ne:x 1 .\n")
    spoilt = spoil(root, THINGS)
    done = fmt(runner, "--root", root, *check)
    assert isinstance(done.exception, FindingsError)
    (finding,) = done.exception.findings
    assert (finding.path, finding.line, finding.code) == (HALL, 3, "syntax")
    assert (root / HALL).read_text() == "@prefix e: <http://e/> .\n\ne:x 1 .\n"
    assert done.stdout == f"{THINGS}\n"
    assert ((root / THINGS).read_text() == spoilt) == bool(check)


@pytest.mark.parametrize("name", ["none.ttl", "graph_data"])
def test_what_is_no_file_is_wrong_use(runner, root: Path, name: str) -> None:
    done = fmt(runner, root / name)
    assert done.exit_code == 2
    assert str(root / name) in done.stderr


def test_a_root_of_another_shape_is_wrong_use(runner, tmp_path: Path) -> None:
    assert isinstance(fmt(runner, "--root", tmp_path).exception, UsageError)


def test_the_graph_of_an_installed_package_is_checked_but_not_written(runner, root: Path, monkeypatch) -> None:
    package = root.parent / "package"
    (package / "model").mkdir(parents=True)
    root.rename(package / "root")
    monkeypatch.setattr(options.Project, "find", lambda _root: Project(package / "root", shipped=True))
    spoilt = spoil(package / "root", HALL)
    assert isinstance(fmt(runner).exception, UsageError)
    assert (package / "root" / HALL).read_text() == spoilt
    assert fmt(runner, "--check").stdout == f"{HALL}\n"


def test_the_command_is_called_fmt() -> None:
    assert fmt_command.name == "fmt"


def test_the_lists_for_protege_are_reported_when_stale_and_made(runner, root: Path) -> None:
    repository = Path(__file__).parents[2]
    names = ["ontology/compute-atlas-all.ttl", "ontology/catalog-v001.xml"]
    for name in names:
        (root / name).write_bytes((repository / name).read_bytes())
    before = {name: (root / name).read_bytes() for name in names}
    done = fmt(runner, "--check", "--root", root)
    assert (done.exit_code, done.stdout.splitlines(), done.stderr) == (1, names, "2 of 6 files would change\n")
    assert {name: (root / name).read_bytes() for name in names} == before
    done = fmt(runner, "--root", root)
    assert (done.exit_code, done.stdout.splitlines(), done.stderr) == (0, names, "2 of 6 files changed\n")
    assert b"/data/" not in (root / names[0]).read_bytes() + (root / names[1]).read_bytes()
    assert fmt(runner, "--check", "--root", root).stderr == "0 of 6 files would change\n"


def test_the_curated_files_of_the_project_are_laid_out(runner) -> None:
    assert fmt(runner, "--check", "--root", Path(__file__).parents[2]).exit_code == 0
