"""Canonical Turtle: its layout, and that nothing is lost on the way to it."""

from __future__ import annotations

import re
import stat
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.model.errors import AtlasError, FindingsError
from computeatlas.turtle import format as layout
from computeatlas.turtle.format import format_file, format_turtle

from .documents import COMMENTED, DOCUMENTS, SPACE, laid_out

REPOSITORY = Path(__file__).parents[2]
CURATED = sorted(path for folder in ("ontology", "graph_data") for path in (REPOSITORY / folder).rglob("*.ttl"))
HEAD = "@prefix e: <http://e/> .\n\n"


def triples(text: str) -> ox.Dataset:
    dataset = ox.Dataset(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def formatted(text: str) -> str:
    """Return `text` in its layout, having looked that a second run changes nothing."""
    once = format_turtle(text, "f.ttl")
    assert format_turtle(once, "f.ttl") == once
    return once


# ---------- the layout


@pytest.mark.parametrize("path", CURATED, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_curated_files_keep_triples_comments_and_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    result = formatted(text)
    assert triples(result) == triples(text)
    comment = re.compile(r"^#.*", re.MULTILINE)
    assert comment.findall(result) == comment.findall(text)
    subject = re.compile(r"^([\w-]*:\S+|<\S+|\[\]) ", re.MULTILINE)
    assert subject.findall(result) == subject.findall(text)


def test_the_layout_of_claims_stands() -> None:
    text = """\
# Claims on a hall.
@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix claim: <https://w3id.org/compute-atlas/id/claim/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

# ---------- who builds it
claim:hall-built-by a atlas:Claim ;
    rdfs:label "This is the label of a claim that is long enough to need two lines"@en ,
        "Detta är etiketten på ett påstående som är långt nog för två rader"@sv ;
    atlas:value 7 , 8 ;
    atlas:rankReason "LONG"@en .

claim:hall-cost a atlas:Claim .

# The end.
""".replace("LONG", "A value longer than a line " * 5)
    assert formatted(text) == text


def test_one_predicate_a_line_with_the_class_and_the_label_first() -> None:
    text = (
        "@prefix r: <http://www.w3.org/2000/01/rdf-schema#> . @prefix e: <http://e/> ."
        "e:z e:q 1;;e:p 3,2;r:label'x'@en;a e:C,e:B . e:y e:p[e:q 1;a e:C;],[],(1(2)()),_:b."
    )
    assert formatted(text) == (
        "@prefix e: <http://e/> .\n@prefix r: <http://www.w3.org/2000/01/rdf-schema#> .\n\n"
        "e:z a e:C , e:B ;\n    r:label 'x'@en ;\n    e:q 1 ;\n    e:p 3 , 2 .\n\n"
        "e:y e:p [ a e:C ; e:q 1 ] , [] , ( 1 ( 2 ) () ) , _:b .\n"
    )


def test_the_label_is_known_by_its_iri_and_keeps_its_spelling() -> None:
    text = HEAD + "e:x e:p 1 ; <http://www.w3.org/2000/01/rdf-schema#label> 'x' ; e:label 'y' ."
    assert formatted(text).splitlines()[2:] == [
        "e:x <http://www.w3.org/2000/01/rdf-schema#label> 'x' ;",
        "    e:p 1 ;",
        "    e:label 'y' .",
    ]


def test_objects_are_joined_up_to_120_columns() -> None:
    frame = '    e:p "{}" , 2 .'
    long = "x" * (122 - len(frame))
    lines = formatted(HEAD + f'e:x a e:C ; e:p "{long}" , 2 . # comment').splitlines()[3:]
    assert lines == [f"{frame.format(long)} # comment"]
    assert len(frame.format(long)) == 120
    lines = formatted(HEAD + f'e:x a e:C ; e:p "{long}x" , 2 .').splitlines()[3:]
    assert lines == [f'    e:p "{long}x" ,', "        2 ."]


def test_brackets_that_are_too_long_have_one_member_a_line() -> None:
    long = "n" * 60
    text = HEAD + f"[] a e:C ; e:p ( e:{long} [ e:q e:{long} , e:{long}2 ] 1 ) , 2 ."
    assert formatted(text).splitlines()[2:] == [
        "[] a e:C ;",
        "    e:p (",
        f"        e:{long}",
        "        [",
        f"            e:q e:{long} ,",
        f"                e:{long}2",
        "        ]",
        "        1",
        "    ) ,",
        "        2 .",
    ]


# ---------- prefixes and base


def test_prefixes_are_sorted_and_only_those_that_are_used_stay() -> None:
    text = (
        "PREFIX z: <http://z/> # the last\n@prefix unused: <http://u/> . # not needed\nprefix : <http://empty/>\n"
        '@prefix b: <http://b/> .\n@prefix d: <http://d/> .\n:x b:p "1"^^d:t , z:y . # unused:x in a comment\n'
    )
    assert formatted(text) == (
        "# not needed\n@prefix : <http://empty/> .\n@prefix b: <http://b/> .\n@prefix d: <http://d/> .\n"
        '@prefix z: <http://z/> . # the last\n\n:x b:p "1"^^d:t , z:y . # unused:x in a comment\n'
    )


def test_a_prefix_with_two_namespaces_keeps_both_and_its_own_names() -> None:
    text = (
        "@prefix e: <http://never/> . @prefix e: <http://1/> . e:x e:p 1 .\n"
        "@prefix e: <http://1/> . @prefix e: <http://2/> . e:x e:p 1 .\n"
        "@prefix e: <http://2/> . # said before\ne:y e:p 1 .\n"
    )
    result = formatted(text)
    assert result == (
        "@prefix e: <http://1/> .\n\ne:x e:p 1 .\n\n@prefix e: <http://2/> .\n\ne:x e:p 1 .\n\n"
        "# said before\n\ne:y e:p 1 .\n"
    )
    assert triples(result) == triples(text)


def test_a_prefix_that_comes_back_unchanged_is_said_once() -> None:
    text = (
        "@prefix e: <http://1/> .\ne:x e:p 1 .\n@prefix e: <http://unused/> .\n@prefix e: <http://1/> .\ne:y e:p 1 .\n"
    )
    assert formatted(text) == "@prefix e: <http://1/> .\n\ne:x e:p 1 .\n\ne:y e:p 1 .\n"


def test_a_base_stays_between_the_prefixes_that_depend_on_it() -> None:
    text = (
        "@prefix z: <http://z/> .\nBASE <http://1/>\n@prefix b: <b/> .\n@prefix a: <a/> .\nz:x b:p a:y , <c> .\n"
        "@base <http://2/> .\n@prefix b: <b/> .\nz:x b:p <c> .\n"
    )
    result = formatted(text)
    assert result == (
        "@prefix z: <http://z/> .\n@base <http://1/> .\n@prefix a: <a/> .\n@prefix b: <b/> .\n\nz:x b:p a:y , <c> .\n\n"
        "@base <http://2/> .\n@prefix b: <b/> .\n\nz:x b:p <c> .\n"
    )
    assert triples(result) == triples(text)


@pytest.mark.parametrize(
    "text",
    [
        "@prefix : <#> .\n\n<> a :Thing .\n",
        '<a> <b> <../c?d#e> , <//host/f> , "1"^^<t> .\n',
        "@base <http://b/x/> .\n@prefix p: <y/> .\n\n<> <z> p:w .\n",
        "<a> <b> <c> .\n\n@base <folder/> .\n\n<a> <b> <c> .\n",
    ],
)
def test_relative_iris_stay_as_they_are_written(text: str) -> None:
    assert formatted(text) == text


def test_prefixes_that_are_dropped_leave_the_gaps_around_them() -> None:
    text = "<http://x> <http://p> 1 .\n@prefix u: <http://u/> .\n@base <http://b/> .\n<y> <p> 1 .\n"
    assert formatted(text) == "<http://x> <http://p> 1 .\n\n@base <http://b/> .\n\n<y> <p> 1 .\n"
    assert formatted("# Head.\n@prefix u: <http://u/> .\n<http://x> <http://p> 1 .") == (
        "# Head.\n\n<http://x> <http://p> 1 .\n"
    )


# ---------- literals and names


@pytest.mark.parametrize(
    "term",
    [
        "2200000000.0",
        "010",
        "+1",
        "-.5",
        "1.E5",
        ".5e-3",
        "6E0",
        "true",
        "false",
        '"x"^^xsd:date',
        '"2024-06"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>',
        '"x"@en-GB',
        '"x"@EN',
        "'it\\'s'",
        '"tab\\t quote\\" \\u00e5 \\U0001F600 \\\\"',
        '"""a "quoted" word"""',
        "'''a ''quoted' word'''",
        '"""two\nlines # no comment\n    and ; more ."""',
        '"# no comment"',
        '""',
        "''''''",
        '"""\\""""',
        "<http://e/a#b>",
        "<http://e/\\u00e5>",
        "e:a.b",
        "e:a:b%20c",
        "e:a\\,b\\#c",
        "e:",
        "e:1",
        "e:å",
        "_:a.b",
        "_:0-1",
        "[]",
        "()",
    ],
)
def test_terms_stay_as_they_are_written(term: str) -> None:
    head = "@prefix e: <http://e/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    text = head + f'e:x\n  e:p {term} ; e:t "1"^^xsd:int .'
    assert formatted(text) == head + f'\ne:x e:p {term} ;\n    e:t "1"^^xsd:int .\n'


def test_a_string_of_several_lines_keeps_its_objects_apart() -> None:
    text = HEAD + 'e:x e:p """a\n  b""" , 2 ; e:q """c\nd""" .'
    assert formatted(text) == HEAD + 'e:x e:p """a\n  b""" ,\n        2 ;\n    e:q """c\nd""" .\n'


def test_space_within_a_literal_goes() -> None:
    assert formatted(HEAD + 'e:x e:p "x" @en , "1" ^^ e:t .') == HEAD + 'e:x e:p "x"@en , "1"^^e:t .\n'


def test_line_ends_and_byte_order_mark_are_normalised_but_not_within_a_literal() -> None:
    text = "\ufeff" + (HEAD + 'e:x e:p 1 ; # one\n e:q """a\nb""" .\n').replace("\n", "\r\n")
    result = formatted(text)
    assert result == HEAD + 'e:x e:p 1 ; # one\n    e:q """a\\r\nb""" .\n'
    assert triples(result) == triples(text[1:])


def test_an_empty_file_and_one_of_comments() -> None:
    assert formatted("") == ""
    assert formatted(" \n\n") == ""
    assert formatted("\n # one\n\n\n#two  \n") == "# one\n\n#two\n"


# ---------- comments


def test_comments_stay_where_they_are() -> None:
    text = """\
# Head.

# More head.
@prefix e: <http://e/> . # the only one

# ---------- section

# about x
# and more
e:x a e:C ; # a class
    # about p
    e:p 1 , # one
        # about two
        2 ; # two
    e:q [
        # within
        e:r 1 ; # inner
        e:s (
            # a member
            1 # one
            # no more members
        ) ;
        # no more predicates
    ] ; # done
    # e:left "out" ;
    . # really

e:y e:p 1 . # trailing

# tail
"""
    assert formatted(text) == text


def test_comments_in_odd_places_go_to_the_next_place_in_order() -> None:
    text = HEAD + (
        'e:x #1\n e:p #2\n "a" #3\n ^^ #4\n e:t #5\n , #6\n 2 #7\n ; #8\n ; #9\n . #10\n#11\n'
        "[ #12\n e:p 1 #13\n ] #14\n .\n( #15\n ) e:p 1 #16\n . #17\n"
    )
    assert formatted(text) == HEAD + (
        '#1\n#2\ne:x e:p "a"^^e:t , #3\n        #4\n        #5\n        #6\n        2 ; #7\n    #8\n'
        "    #9\n    . #10\n\n#11\n#14\n[\n    #12\n    e:p 1 #13\n] .\n\n(\n    #15\n) e:p 1 ; #16\n    . #17\n"
    )


def test_a_comment_goes_with_the_predicate_that_moves() -> None:
    text = HEAD + "e:x\n    # about p\n    e:p 1 ; # one\n    # about the class\n    a e:C . # class\n"
    assert formatted(text) == HEAD + (
        "# about the class\ne:x a e:C ;\n    # about p\n    e:p 1 ; # one\n    . # class\n"
    )


def test_comments_among_prefixes_go_before_them() -> None:
    text = "# head\n@prefix e: <http://e/> .\n# of d\n@prefix d: <http://d/> . # used\ne:x d:p 1 ."
    assert formatted(text) == (
        "# head\n# of d\n@prefix d: <http://d/> . # used\n@prefix e: <http://e/> .\n\ne:x d:p 1 .\n"
    )


# ---------- what is refused


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (HEAD + "e:x e:p 1", "f.ttl:3"),
        (HEAD + "\n\ne:x e:p 1 ; f:y 2 .", "f.ttl:5"),
        ("\ufeff\n@prefix e: <http://e/>\ne:x e:p 1 .", "f.ttl:3"),
    ],
)
def test_what_is_not_turtle_is_a_finding_at_its_line(text: str, place: str) -> None:
    with pytest.raises(FindingsError) as caught:
        format_turtle(text, "f.ttl")
    (finding,) = caught.value.findings
    assert str(finding).startswith(f"{place}: error: column ")
    assert finding.code == "syntax"


@pytest.mark.parametrize(
    "text",
    [
        "\ne:x e:p <<( e:a e:b 1 )>> .",
        'e:x e:p """\n""" , <<( e:a e:b 1 )>> .',
        "e:x e:p\n1 {| e:q 2 |} .",
        "e:x e:p\n1 ~ e:r .",
        'e:x e:p\n"x"@en--ltr .',
        '\nVERSION "1.2"\ne:x e:p 1 .',
        '\n@version "1.2" .\ne:x e:p 1 .',
    ],
)
def test_what_is_newer_than_turtle_1_1_is_a_finding_at_its_line(text: str) -> None:
    triples(HEAD + text)
    with pytest.raises(FindingsError) as caught:
        format_turtle(HEAD + text, "f.ttl")
    (finding,) = caught.value.findings
    assert (finding.code, finding.path, finding.line) == ("turtle-1.1", "f.ttl", 4)


@pytest.mark.parametrize("opening, closing", [("( ", ")"), ("[ e:p ", "]")])
def test_brackets_that_are_nested_too_deep_are_refused(opening: str, closing: str) -> None:
    formatted(HEAD + "e:x e:p " + opening * 50 + "1" + closing * 50 + " .")
    with pytest.raises(FindingsError) as caught:
        format_turtle(HEAD + "e:x e:p " + opening * 51 + "1" + closing * 51 + " .", "f.ttl")
    assert str(caught.value.findings[0]).startswith("f.ttl:3: error: nests more than 50 brackets")


@pytest.mark.parametrize(
    ("old", "new"), [("1", "01"), ("# note", "# not"), (" # note", ""), (" .", " . # more"), (" .", "")]
)
def test_a_loss_is_refused_and_the_file_stays(monkeypatch, tmp_path: Path, old: str, new: str) -> None:
    printed = layout.print_document
    monkeypatch.setattr(layout, "print_document", lambda document: printed(document).replace(old, new))
    path = tmp_path / "f.ttl"
    path.write_text("<http://x>   <http://p> 1 . # note\n")
    with pytest.raises(AtlasError, match=r"g\.ttl: cannot be laid out without a loss") as caught:
        format_file(path, "g.ttl")
    assert not isinstance(caught.value, FindingsError)
    assert path.read_text() == "<http://x>   <http://p> 1 . # note\n"


# ---------- files


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "f.ttl"
    path.write_bytes(b"\xef\xbb\xbf<http://x>\r\n  <http://p> '\xc3\xa5' .")
    path.chmod(0o640)
    assert format_file(path, "f.ttl", write=False)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert format_file(path, "f.ttl")
    assert path.read_bytes() == b"<http://x> <http://p> '\xc3\xa5' .\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.ttl"]
    before = path.stat()
    assert not format_file(path, "f.ttl")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.ttl").write_text("<http://x>\n<http://p> 1 .")
    link = tmp_path / "link.ttl"
    link.symlink_to("real.ttl")
    assert format_file(link, "link.ttl")
    assert link.is_symlink()
    assert (tmp_path / "real.ttl").read_text() == "<http://x> <http://p> 1 .\n"


def test_a_file_that_cannot_be_replaced_stays_and_leaves_nothing_beside_it(monkeypatch, tmp_path: Path) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    path = tmp_path / "f.ttl"
    path.write_text("<http://x>\n<http://p> 1 .")
    with pytest.raises(AtlasError, match=r"f\.ttl: cannot be written — No space left on device"):
        format_file(path, "f.ttl")
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [
        ("f.ttl", "<http://x>\n<http://p> 1 .")
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"# one\n# \xe5\n", "f.ttl:2: error: byte 0xE5 is not UTF-8"),
        (b"\xff\xfe#\x00", "f.ttl:1: error: byte 0xFF is not UTF-8"),
    ],
)
def test_only_utf_8_is_read(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "f.ttl"
    path.write_bytes(data)
    with pytest.raises(FindingsError) as caught:
        format_file(path, "f.ttl")
    assert str(caught.value.findings[0]).startswith(says)
    assert path.read_bytes() == data


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as caught:
        format_file(tmp_path / "none.ttl", "none.ttl")
    assert str(caught.value.findings[0]).startswith("none.ttl: error: cannot be read")


# ---------- documents at random


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_triple_and_no_comment_is_lost_or_doubled(data) -> None:
    tokens = data.draw(DOCUMENTS)
    text, count = data.draw(laid_out(tokens, COMMENTED))
    result = formatted(text)
    assert triples(result) == triples(text)
    written = re.findall(r"#c(\d+); ' \" \] \. <$", result, re.MULTILINE)
    assert sorted(map(int, written)) == list(range(1, count + 1))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_spelling_of_terms_and_the_order_of_blocks_stay(data) -> None:
    tokens = data.draw(DOCUMENTS)
    text, _count = data.draw(laid_out(tokens, SPACE))
    result = formatted(text)
    terms = re.compile(r"""'''a'b'''|\"""p\n\n  q\"""|"[^"\n]*"|'[^'\n]*'|@\w[\w-]*|_:\w|(?<![\w:.])[\d.+-][\de.]*""")

    def spelt(text: str) -> Counter[str]:
        directive = re.compile(r"@?(prefix|base)\s+(\w+:\s+)?<[^>]*>", re.IGNORECASE)
        return Counter(term for term in terms.findall(directive.sub("", text)) if term != ".")

    assert spelt(result) == spelt(text)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_without_comments_the_layout_depends_on_the_tokens_alone(data) -> None:
    tokens = data.draw(DOCUMENTS)
    one, _count = data.draw(laid_out(tokens, SPACE))
    other = " ".join(tokens)
    assert formatted(one) == formatted(other)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_lines_are_no_longer_than_they_must_be(data) -> None:
    text, _count = data.draw(laid_out(data.draw(DOCUMENTS), SPACE))
    for line in formatted(text).splitlines():
        assert len(line) <= 120 or not re.search(r" [,;] ", line)
        assert line == line.rstrip()
