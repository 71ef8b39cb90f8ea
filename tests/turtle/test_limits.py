"""Which files are refused before a parser sees them: brackets that nest, and what only looks like one."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.turtle.limits import MOST_NESTING, find_deep_nesting

HEAD = "@prefix e: <http://e/> .\n"
#: Terms with brackets and quotes that open nothing.
TERMS = [
    r"e:a1\(",
    r"e:\(\)",
    r"e:it\'s\(",
    r"e:a\#\(",
    r"e:a%28",
    "<http://e/(>",
    r"<http://e/(\u0028\u00E5>",
    r"<http://e/(\U00000028>",
    '"("',
    r'"\u0028"',
    r'"\"("',
    r"'\'['",
    '"""("\n"["" """',
    r"'''\'''('''",
    '"("@en',
    '"[" # ( [\n',
    "1 # ' [\n",
]


@pytest.mark.parametrize("term", TERMS)
def test_what_is_escaped_quoted_or_remarked_does_not_nest(term: str) -> None:
    text = HEAD + f"e:s e:p {term} .\n" * (3 * MOST_NESTING)
    # The text is Turtle, so that a parser, too, sees no bracket.
    assert list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    assert find_deep_nesting(text.encode(), "f.ttl") is None


def test_150_names_with_an_escaped_bracket_are_read() -> None:
    text = HEAD + "".join(f"e:a{number}\\( e:p 1 .\n" for number in range(150))
    assert find_deep_nesting(text.encode(), "f.ttl") is None


@given(
    parts=st.lists(st.sampled_from([*TERMS, "( 1 )", "[ e:q 2 ]"]), max_size=12),
    depth=st.integers(MOST_NESTING - 1, MOST_NESTING + 1),
    opening=st.sampled_from(["( ", "[ e:q "]),
)
def test_brackets_are_counted_whatever_stands_around_them(parts: list[str], depth: int, opening: str) -> None:
    before = "".join(f"e:s e:p {part} .\n" for part in parts)
    within = " ".join(parts[:3]) if opening == "( " else "1"
    closing = {"( ": " )", "[ e:q ": " ]"}[opening]
    text = HEAD + before + "e:s e:p " + opening * depth + within + closing * depth + " .\n"
    inner = 1 if opening == "( " and any(part in ("( 1 )", "[ e:q 2 ]") for part in parts[:3]) else 0
    finding = find_deep_nesting(text.encode(), "f.ttl")
    assert (finding is not None) == (depth + inner > MOST_NESTING)
