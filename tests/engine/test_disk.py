"""Generations on disk: the old one or the new one is in force, whatever happens in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from computeatlas.engine import disk
from computeatlas.engine.disk import Generation, current_generation, make_generation, purge
from computeatlas.model.errors import UsageError


def quad(number: int) -> ox.Quad:
    return ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal(number), ox.DefaultGraph())


def adding(number: int) -> Callable[[ox.Store], str]:
    def fill(store: ox.Store) -> str:
        store.add(quad(number))
        return f"added {number}"

    return fill


def numbers(generation: Generation | None) -> set[int]:
    assert generation is not None
    return {int(found.object.value) for found in ox.Store.read_only(generation.store)}


def make(directory: Path, number: int, **more) -> Generation:
    before = current_generation(directory)
    assert make_generation(directory, before, adding(number), **{"origin": "here", "changes": number, **more}) == (
        f"added {number}"
    )
    after = current_generation(directory)
    assert after is not None
    return after


@pytest.fixture(params=["plain", "through a link"])
def directory(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A directory that is not there yet, or an empty one behind a link."""
    if request.param == "plain":
        return tmp_path / "deep" / "data"
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    return tmp_path / "link"


def test_nothing_is_in_force_in_a_new_directory(directory: Path) -> None:
    assert current_generation(directory) is None


def test_each_generation_holds_what_the_one_before_held(directory: Path) -> None:
    first = make(directory, 1)
    assert (first.number, first.origin, first.changes) == (1, "here", 1)
    assert numbers(first) == {1}
    second = make(directory, 2)
    assert (second.number, second.origin, second.changes) == (2, "here", 2)
    assert numbers(second) == {1, 2}
    assert (directory / "current").readlink() == Path("gen-000002")
    assert sorted(path.name for path in directory.iterdir()) == ["current", "gen-000001", "gen-000002"]


def test_a_reader_of_the_old_generation_stays_right(directory: Path) -> None:
    make(directory, 1)
    second = make(directory, 2)
    reader = ox.Store.read_only(second.store)
    make(directory, 3)
    fourth = make(directory, 4)
    assert {int(found.object.value) for found in reader} == {1, 2}
    purge(directory, fourth.path)
    assert {int(found.object.value) for found in reader} == {1, 2}
    assert numbers(current_generation(directory)) == {1, 2, 3, 4}


def test_tables_are_shared_with_the_generation_before(directory: Path) -> None:
    first = make(directory, 1)
    # With the store closed its data are in tables.
    second = make(directory, 2)
    shared = [
        path.name
        for path in Path(first.store).glob("*.sst")
        if (Path(second.store) / path.name).exists() and path.samefile(Path(second.store) / path.name)
    ]
    assert shared


def test_purge_leaves_the_generation_in_force_alone(directory: Path) -> None:
    for number in range(3):
        make(directory, number)
    (directory / ".building-77").mkdir()
    (directory / ".building-77" / "store").mkdir()
    (directory / ".current-77").symlink_to("gen-000001")
    (directory / "current-notes").mkdir()
    (directory / "README").write_text("mine")
    current = current_generation(directory)
    assert current is not None
    purge(directory, current.path)
    assert sorted(path.name for path in directory.iterdir()) == ["README", "current", "current-notes", "gen-000003"]
    assert numbers(current_generation(directory)) == {0, 1, 2}


class KilledError(Exception):
    """What stands for a kill: nothing that was to follow happens."""


STEPS = {
    "copy": (disk.shutil, "copytree"),
    "write": (disk.json, "dumps"),
    "sync": (disk, "_sync_tree"),
    "rename": (disk.Path, "rename"),
    "sync the directory": (disk, "_sync"),
    "make the link": (disk.Path, "symlink_to"),
    "swing the link": (disk.Path, "replace"),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("cleans", [True, False], ids=["fails", "killed"])
@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, cleans: bool, after: bool
) -> None:
    make(tmp_path, 1)
    place, name = STEPS[step]
    original = getattr(place, name)

    def fail(*arguments, **named):
        if after:
            original(*arguments, **named)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(place, name, fail)
        if not cleans:
            # A process that is killed tidies nothing.
            patch.setattr(disk.shutil, "rmtree", lambda *_arguments, **_named: None)
        with pytest.raises(KilledError):
            make_generation(tmp_path, current_generation(tmp_path), adding(2), origin="here", changes=2)
    expected = {1, 2} if (step, after) == ("swing the link", True) else {1}
    assert numbers(current_generation(tmp_path)) == expected
    # And it can go on from there.
    assert numbers(make(tmp_path, 3)) == expected | {3}
    current = current_generation(tmp_path)
    assert current is not None
    purge(tmp_path, current.path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", current.path.name]
    assert numbers(current_generation(tmp_path)) == expected | {3}


@pytest.mark.parametrize("first", [True, False])
def test_what_fails_while_it_fills_leaves_nothing(directory: Path, first: bool) -> None:
    if not first:
        make(directory, 1)
    there = sorted(directory.iterdir()) if directory.exists() else []

    def fill(store: ox.Store) -> None:
        store.add(quad(2))
        raise KilledError

    with pytest.raises(KilledError):
        make_generation(directory, current_generation(directory), fill, origin="here", changes=2)
    assert sorted(directory.iterdir()) == there
    if not first:
        assert numbers(current_generation(directory)) == {1}


@pytest.mark.parametrize("name", ["holiday.jpg", "current-notes", ".current", "gen-1", "current"])
def test_a_directory_of_somebody_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="is not a directory of this program"):
        current_generation(tmp_path)


def test_a_directory_that_was_killed_at_its_first_generation_is_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / ".building-99").mkdir()
    (tmp_path / "gen-000001").mkdir()
    assert current_generation(tmp_path) is None
    assert numbers(make(tmp_path, 1)) == {1}


@pytest.mark.parametrize("damage", ["gone", "no json", "no origin", "no number"])
def test_a_damaged_generation_is_told(tmp_path: Path, damage: str) -> None:
    generation = make(tmp_path, 1)
    if damage == "gone":
        shutil.rmtree(generation.path)
    elif damage == "no json":
        (generation.path / "data.json").write_text("{")
    elif damage == "no origin":
        (generation.path / "data.json").write_text("{}")
    else:
        generation.path.rename(tmp_path / "elsewhere")
        (tmp_path / "current").unlink()
        (tmp_path / "current").symlink_to("elsewhere")
    with pytest.raises(UsageError, match="cannot be read") as caught:
        current_generation(tmp_path)
    assert caught.value.hint


def test_a_link_left_by_a_killed_process_is_no_hindrance(directory: Path) -> None:
    make(directory, 1)
    (directory / f".current-{os.getpid()}").symlink_to("nowhere")
    assert numbers(make(directory, 2)) == {1, 2}


def test_a_directory_is_one_servers_at_a_time(tmp_path: Path) -> None:
    first = disk.lock(tmp_path / "data")
    with pytest.raises(UsageError, match="in use by another server"):
        disk.lock(tmp_path / "data")
    os.close(first)
    os.close(disk.lock(tmp_path / "data"))


def test_a_directory_of_somebody_else_is_not_even_locked(tmp_path: Path) -> None:
    (tmp_path / "letters").touch()
    with pytest.raises(UsageError, match="is not a directory of this program"):
        disk.lock(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]
