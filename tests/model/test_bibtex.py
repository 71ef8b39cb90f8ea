"""BibTeX as another program reads it: no text ends its field, and each comes back."""

from __future__ import annotations

import re

import bibtexparser
from hypothesis import example, given
from hypothesis import strategies as st

from computeatlas.model import bibtex
from computeatlas.views.front import Citation

#: Characters of TeX and BibTeX among others, in any order.
HOSTILE = st.text(st.sampled_from("\\{}~^&%$#_@\"',=ab åñ–\n"), max_size=30)
#: The commands that stand for characters, as LaTeX reads them.
COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{character}": character for character in "&%$#_"},
}


def read(text: str) -> dict[str, str]:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    (entry,) = library.entries
    return {field.key: field.value for field in entry.fields}


def as_latex_shows(text: str) -> str:
    """Return the characters that LaTeX shows for `text`; fails for a special character outside of a command."""
    pieces = re.findall("|".join(re.escape(command) for command in COMMANDS) + r"|[^\\{}~^&%$#_]", text)
    assert "".join(pieces) == text
    return "".join(COMMANDS.get(piece, piece) for piece in pieces)


@given(HOSTILE)
@example("{")
@example("\\}")
@example("\\{}")
def test_any_text_comes_back(text: str) -> None:
    fields = read(bibtex.entry("key", {"title": bibtex.verbatim(text), "note": "last"}))
    assert as_latex_shows(fields["title"].removeprefix("{").removesuffix("}")) == " ".join(text.split())
    assert fields["note"] == "last"


@given(HOSTILE, HOSTILE)
@example("A {", "50 % }")
def test_a_release_with_any_names_is_one_whole_entry(creator: str, title: str) -> None:
    fields = read(Citation((creator,), title, "1.0", "ab12", "http://h/d").bibtex())
    assert as_latex_shows(fields["author"].removeprefix("{").removesuffix("}")) == " ".join(creator.split())
    assert as_latex_shows(fields["title"].removeprefix("{").removesuffix("}")) == " ".join(title.split())
    assert fields["url"] == "http://h/d"
