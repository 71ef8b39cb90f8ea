"""Passages in their context, from texts that are found and verified by their digests."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from computeatlas.model.archive import CONTEXT, Excerpt, TextArchive, TextState
from computeatlas.model.errors import UsageError
from computeatlas.model.records import Passage, Source

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Before it.\nThe <b>stretch</b> is here, é 𝟙.\nAfter it."
STRETCH = "The <b>stretch</b> is here, é 𝟙."


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def passage(text: str = TEXT, stretch: str = STRETCH) -> Passage:
    """Return the passage `stretch` of a document with the text `text`."""
    start = text.index(stretch)
    return Passage(
        "http://e/p", Source("http://e/s", digest=digest(text)), start, start + len(stretch), digest(stretch)
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "any.name").write_bytes(TEXT.encode())
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    return tmp_path


def test_a_passage_stands_in_its_context_wherever_its_file_lies(directory: Path) -> None:
    assert TextArchive(directory).excerpt(passage()) == Excerpt(TextState.SOUND, "Before it. ", STRETCH, " After it.")


def test_the_context_ends_at_words(directory: Path) -> None:
    text = "word " * CONTEXT + STRETCH + " word" * CONTEXT
    (directory / "long").write_text(text, encoding="utf-8")
    found = TextArchive(directory).excerpt(passage(text))
    assert found.before == "…" + "word " * (CONTEXT // 5)
    assert found.after == " word" * (CONTEXT // 5) + "…"


def test_what_is_missing_or_changed_is_said_and_no_text_is_shown(directory: Path) -> None:
    archive, file = TextArchive(directory), directory / "deep" / "er" / "any.name"
    assert archive.excerpt(passage("Another text. " + TEXT)) == Excerpt(TextState.MISSING)
    assert archive.excerpt(replace(passage(), source=None)) == Excerpt(TextState.MISSING)
    assert archive.excerpt(Passage("http://e/p", Source("http://e/s"), 0, 1, "")) == Excerpt(TextState.MISSING)
    assert archive.excerpt(replace(passage(), end=12)) == Excerpt(TextState.DIFFERENT)
    assert archive.excerpt(replace(passage(), start=None)) == Excerpt(TextState.DIFFERENT)
    assert archive.excerpt(replace(passage(), start=10**9, end=10**9 + 1)) == Excerpt(TextState.DIFFERENT)
    file.write_bytes(TEXT.replace("Before", "Behind").encode())
    assert archive.excerpt(passage()) == Excerpt(TextState.CHANGED)
    file.unlink()
    assert archive.excerpt(passage()) == Excerpt(TextState.MISSING)


def test_a_missing_directory_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such directory"):
        TextArchive(tmp_path / "nowhere")
