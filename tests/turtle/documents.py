"""Turtle documents at random: their tokens, and ways to lay them out."""

from __future__ import annotations

import re

from hypothesis import strategies as st

NAMES = st.sampled_from(["e:a", "e:b.c", "f:d", "<http://e/x>", "<rel#>", "e:", "_:n", "_:m"])
STRINGS = st.sampled_from(
    ['"x"', "'y # c0; '", '"""p\n\n  q"""', '"t\\n\\u00e5"', "'''a'b'''", '"http://e/#c1;"', f'"{"w" * 50}"']
)
NUMBERS = st.sampled_from(["1", "010", "2200000000.0", "-.5", "1e6", "true", "false"])
VERBS = st.sampled_from(["a", "e:p", "f:q", "<http://e/r>", "<http://www.w3.org/2000/01/rdf-schema#label>"])
DIRECTIVES = st.sampled_from(
    [
        ["@prefix", "f:", "<http://f/>", "."],
        ["PREFIX", "f:", "<f/>"],
        ["@prefix", "e:", "<http://e/>", "."],
        ["@prefix", "e:", "<http://e2/>", "."],
        ["prefix", "unused:", "<http://u/>"],
        ["@base", "<http://b/>", "."],
        ["BASE", "<http://b2/>"],
    ]
)


def separated(parts: list[list[str]], separators: list[str]) -> list[str]:
    tokens = list(parts[0]) if parts else []
    for part in parts[1:]:
        tokens += [*separators, *part]
    return tokens


def predicates(nodes: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Tokens of predicates with their objects, with and without a semicolon at the end."""
    objects = st.lists(nodes, min_size=1, max_size=3).map(lambda parts: separated(parts, [","]))
    pair = st.tuples(VERBS, objects).map(lambda both: [both[0], *both[1]])
    several = st.tuples(st.lists(pair, min_size=1, max_size=3), st.sampled_from([[";"], [";", ";"]]))
    joined = several.map(lambda both: separated(both[0], both[1]))
    return st.tuples(joined, st.sampled_from([[], [";"]])).map(lambda both: both[0] + both[1])


LITERALS = st.one_of(
    STRINGS.map(lambda text: [text]),
    st.tuples(STRINGS, st.sampled_from(["@en", "@sv-SE"])).map(list),
    st.tuples(STRINGS, NAMES.filter(lambda name: not name.startswith("_"))).map(lambda both: [both[0], "^^", both[1]]),
    NUMBERS.map(lambda text: [text]),
)
NODES = st.recursive(
    st.one_of(NAMES.map(lambda name: [name]), LITERALS, st.just(["[", "]"]), st.just(["(", ")"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: ["(", *separated(parts, []), ")"]),
        predicates(inner).map(lambda tokens: ["[", *tokens, "]"]),
    ),
    max_leaves=4,
)
SUBJECTS = st.one_of(
    NAMES.map(lambda name: [name]), st.sampled_from([["[", "]"], ["(", "1", ")"], ["[", "e:p", "1", ";", "]"]])
)
BLOCKS = st.one_of(
    st.tuples(SUBJECTS, predicates(NODES)).map(lambda both: [*both[0], *both[1], "."]),
    predicates(NODES).map(lambda tokens: ["[", *tokens, "]", "."]),
    DIRECTIVES,
)
DOCUMENTS = st.lists(BLOCKS, max_size=5).map(
    lambda blocks: [
        *(["@prefix", "e:", "<http://e/>", ".", "BASE", "<http://b/>", "@prefix", "f:", "<http://f/>", "."]),
        *separated(blocks, []),
    ]
)
SPACE = st.sampled_from([" ", " ", "\n", "\n\n\n", "\t\r\n  ", "\r"])
COMMENTED = st.sampled_from([" ", "\n", " #\n", "\n#\r", "\n\n #\n\n", " #\n#\r\n", "\n#\n\n#\n\n\n"])


@st.composite
def laid_out(draw, tokens: list[str], gaps: st.SearchStrategy[str]) -> tuple[str, int]:
    """`tokens` with random gaps around them, each `#` in a gap a comment of its own; and the number of comments."""
    parts = re.split("(#)", "".join(part for token in tokens for part in (draw(gaps), f"\0{token}\0")) + draw(gaps))
    text, count, inside = "", 0, False
    for part in parts:
        if part == "#" and not inside:
            count += 1
            text += f"#c{count}; ' \" ] . <"
        else:
            inside ^= part.count("\0") % 2 == 1
            text += part.replace("\0", "")
    return text, count
