"""What is readable of a Turtle text with faults: all other blocks, on the lines on which they stood."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from computeatlas.turtle.recover import recover
from computeatlas.turtle.triples import parse_triples

HEAD = "@prefix e: <http://e/> .\n\n"
#: Endings that are no Turtle.
FAULTS = ("e:p e:o", "e:p e:o ;; , .", 'e:p "open .', "e:p f:o .", "e:p .", "e:p <http://e/ o> .")


@given(st.lists(st.sampled_from(["", *FAULTS]), min_size=1, max_size=8))
def test_what_is_sound_is_kept_on_its_lines(faults: list[str]) -> None:
    blocks = [f"e:s{n}\n  {fault or 'e:p e:o .'}\n" for n, fault in enumerate(faults)]
    text = HEAD + "\n".join(blocks)
    recovered = recover(text)
    sound = {f"http://e/s{n}" for n, fault in enumerate(faults) if not fault}
    if not sound:
        # The directives alone are a block that can be read.
        assert recovered is None or parse_triples(recovered.text, "f.ttl", "") == []
        return
    assert recovered is not None
    assert {triple.subject.value for triple in parse_triples(recovered.text, "f.ttl", "")} == sound
    assert recovered.lost == {f"e:s{n}" for n, fault in enumerate(faults) if fault}
    before, after = text.split("\n"), recovered.text.split("\n")
    assert len(before) == len(after)
    assert all(new in (old, "") for old, new in zip(before, after, strict=True))


def test_a_text_without_readable_directives_is_given_up() -> None:
    assert recover("@prefix e: <http://e/ .\n\ne:s e:p e:o .\n") is None
