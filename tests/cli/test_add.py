"""`computeatlas add`: options, what is printed, and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from computeatlas.cli import options
from computeatlas.cli.add import add_command
from computeatlas.curate.check.run import require_sound
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.project import Project

ARCHIVE = Path(__file__).parents[1] / "data/archive"
NOTE = "A note on halls\n\nThis is the note of a town that is to have a hall, and it is not long.\n"
CLAIM = [
    *("--source", "note", "--subject", "infra:hall", "--predicate", "atlas:operatedBy", "--object", "actor:builder"),
    *("--modality", "announced-plan"),
]


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "notes" / "note.txt"
    path.parent.mkdir()
    path.write_text(NOTE, encoding="utf-8")
    return path


def run(runner: CliRunner, *arguments: object) -> Result:
    return runner.invoke(add_command, [str(argument) for argument in arguments])


def add_note(runner: CliRunner, tiny: Path, note: Path) -> Result:
    options = ["--publisher", "actor:builder", "--kind", "news", "--name", "note"]
    return run(runner, "source", "--root", tiny, *options, note)


def test_a_source_and_a_claim_are_added_and_told(runner: CliRunner, tiny: Path, note: Path) -> None:
    done = add_note(runner, tiny, note)
    assert done.exit_code == 0, done.exception
    assert done.stdout.splitlines() == ["src:note: A note on halls", "written: graph_data/sources/note.ttl"]
    assert done.stderr.splitlines() == [
        "language en, guessed from the words",
        "reliability B, the usual one of that kind",
        "not known: dcterms:issued, foaf:page; comments in the file say what to add",
    ]
    options = ["--archive", note.parent, "--find", "a hall", "--passage", "0:6", "--stated-by", "actor:builder"]
    done = run(runner, "claim", "--root", tiny, *CLAIM, *options, "--as-of", "2024")
    assert done.exit_code == 0, done.exception
    assert done.stdout.splitlines() == [
        "claim:hall-operated-by: Hall: operated by Builder",
        "written: graph_data/sources/note.ttl",
        "written: graph_data/claims/hall.ttl",
    ]
    text = (tiny / "graph_data/claims/hall.ttl").read_text()
    assert "    atlas:evidence psg:note-0-6 , psg:note-60-66 .\n" in text
    assert NOTE[60:66] == "a hall"
    require_sound(Project.find(tiny))


def test_each_option_of_a_source_reaches_its_file(runner: CliRunner, tiny: Path, note: Path) -> None:
    options = ["--title", "En hall", "--language", "sv", "--url", "https://example.org/", "--issued", "2024-12-10"]
    options += ["--kind", "aggregator", "--reliability", "C", "--copy-of", "paper"]
    done = run(runner, "source", "--root", tiny, "--publisher", "actor:builder", *options, note)
    assert done.exit_code == 0, done.exception
    assert done.stderr == ""
    text = (tiny / "graph_data/sources/hall.ttl").read_text(encoding="utf-8")
    for line in (
        'dcterms:title "En hall"@sv ;',
        'dcterms:language "sv" ;',
        "foaf:page <https://example.org/> ;",
        'dcterms:issued "2024-12-10"^^edtf:EDTF ;',
        "atlas:sourceKind source-kind:aggregator ;",
        "atlas:reliability reliability:c ;",
        "atlas:copyOf src:paper .",
    ):
        assert f"    {line}\n" in text


def test_a_source_without_a_text_is_located(runner: CliRunner, tiny: Path) -> None:
    options = ["--publisher", "actor:builder", "--title", "Un pabellón", "--language", "es", "--kind", "blog"]
    options += ["--url", "https://example.org/", "--issued", "2024-12", "--topic", "pabellon"]
    done = run(runner, "source", "--root", tiny, *options)
    assert done.exit_code == 0, done.exception
    assert done.stdout.splitlines() == ["src:un-pabellon: Un pabellón", "written: graph_data/sources/pabellon.ttl"]
    assert done.stderr.splitlines() == ["reliability D, the usual one of that kind"]
    require_sound(Project.find(tiny))


def test_each_option_of_a_claim_reaches_its_file(runner: CliRunner, tiny: Path) -> None:
    options = [
        *("--archive", ARCHIVE, "--source", "src:paper", "--find", "Town", "--subject", "infra:hall"),
        *("--predicate", "atlas:purpose", "--value", "to stand@en", "--value", "att stå@sv", "--modality", "opinion"),
        *("--rank", "deprecated", "--reason", "It fell.", "--stated-by", "actor:builder", "--name", "hall-purpose"),
        *("--label-en", "It stands", "--label-sv", "Den står", "--topic", "purposes"),
    ]
    done = run(runner, "claim", "--root", tiny, *options)
    assert done.exit_code == 0, done.exception
    text = (tiny / "graph_data/claims/purposes.ttl").read_text(encoding="utf-8")
    for line in (
        'rdfs:label "It stands"@en , "Den står"@sv ;',
        'atlas:value "to stand"@en , "att stå"@sv ;',
        "atlas:modality modality:opinion ;",
        "atlas:rank rank:deprecated ;",
        'atlas:rankReason "It fell."@en ;',
        "atlas:statedBy actor:builder ;",
        "atlas:evidence psg:paper-26-30 .",
    ):
        assert f"    {line}\n" in text
    assert "claim:hall-purpose a" in text


def test_a_source_without_publisher_says_how_to_name_or_add_one(runner: CliRunner, tiny: Path, note: Path) -> None:
    error = run(runner, "source", "--root", tiny, note).exception
    assert isinstance(error, UsageError)
    assert "--publisher actor:NAME" in str(error)
    assert "graph_data/entities/actors.ttl" in str(error)
    assert not (tiny / "graph_data/sources/note-halls.ttl").exists()


@pytest.mark.parametrize("offsets", ["5", "5-9", "a:b", "-1:4", "1:", ":", "١:٢", "1:2:3"])
def test_offsets_in_another_form_are_wrong_use(runner: CliRunner, tiny: Path, offsets: str) -> None:
    done = run(runner, "claim", "--root", tiny, "--archive", ARCHIVE, *CLAIM, f"--passage={offsets}")
    assert done.exit_code == 2
    assert "is not START:END" in done.stderr


def test_a_language_that_is_none_is_refused_with_the_nearest(runner: CliRunner, tiny: Path, note: Path) -> None:
    options = ["--publisher", "actor:builder", "--kind", "news", "--language", "swedish"]
    error = run(runner, "source", "--root", tiny, *options, note).exception
    assert isinstance(error, UsageError)
    assert "did you mean “sv”?" in str(error)


def test_findings_come_with_the_word_that_nothing_was_changed(runner: CliRunner, tiny: Path, note: Path) -> None:
    path = tiny / "graph_data/claims/hall.ttl"
    path.write_text(path.read_text().replace("actor:builder", "actor:nobody"))
    done = add_note(runner, tiny, note)
    assert isinstance(done.exception, FindingsError)
    assert "nothing was changed" in done.stderr
    assert not (tiny / "graph_data/sources/note.ttl").exists()


def test_the_graph_inside_an_installed_package_is_not_written_to(
    runner: CliRunner, tiny: Path, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tiny.parent / "model").mkdir()
    monkeypatch.setattr(options.Project, "find", classmethod(lambda cls, root=None: cls(tiny, shipped=True)))
    error = run(runner, "source", "--publisher", "actor:builder", note).exception
    assert isinstance(error, UsageError)
    assert "name your own with --root DIR" in str(error)
    assert not (tiny / "graph_data/sources/note-halls.ttl").exists()
