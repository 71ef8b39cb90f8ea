"""Documents as BibTeX, CSL-JSON and text, read back by other people's programs."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace

import bibtexparser
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model import bibtex
from computeatlas.model.dates import read_date
from computeatlas.model.queryfile import read_query
from computeatlas.model.records import Source
from computeatlas.provenance.citations import entry_text, to_bibtex, to_csl, to_text
from computeatlas.provenance.names import Name
from computeatlas.provenance.sources import Sources, cite

IRI = "https://e.org/source/one"


def sources(title: str = "A title", *, number: int = 1, issued: str = "", page: str = "") -> Sources:
    """Return the sources of an answer that rests on a document, or on one several times."""
    document = Source(IRI, (page,) if page else (), (), read_date(issued), issued, ("en",))
    return Sources(documents=(document,) * number, names={IRI: Name(IRI, (("en", title),))})


def entries(text: str) -> list[dict[str, str]]:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return [{field.key: field.value for field in entry.fields} | {"key": entry.key} for entry in library.entries]


@pytest.fixture(scope="module")
def found(project, asking, rules) -> Sources:
    """All documents of the graph that say something."""
    return cite(read_query(project.root / "queries/single_passage_facts.rq").text, asking, rules)


def test_bibtex_has_an_entry_for_each_document(found) -> None:
    read = entries(to_bibtex(found))
    assert len(read) == len({entry["key"] for entry in read}) == len(found.documents) >= 5
    for entry, source in zip(read, found.documents, strict=True):
        assert entry["title"] == bibtex.verbatim(found.name(source.iri).label(source.languages[0]))
        assert entry.get("year") == (source.issued_text[:4] or None)
        assert entry.get("url") == (source.pages[0] if source.pages else None)


#: What XML and a line can hold; names for TeX's characters are read back as these.
TITLES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(str.strip)


@given(TITLES)
def test_any_title_comes_back_from_bibtex(title: str) -> None:
    text = to_bibtex(sources(title))
    (entry,) = bibtexparser.parse_string(text).entries
    assert entry["title"].count("{") == entry["title"].count("}")
    assert text.count("\n@") + text.startswith("@") == 1


@pytest.mark.parametrize("title", ["50 % of A_B & C #1 $5", "a \\ c", "å ä ö – “x”", "a ~ b"])
def test_characters_of_tex_come_back(title: str) -> None:
    library = bibtexparser.parse_string(to_bibtex(sources(title)), append_middleware=[LatexDecodingMiddleware()])
    found = library.entries[0]["title"].removeprefix("{").removesuffix("}")
    assert found.replace(" ", "") == title.replace(" ", "")


def test_braces_and_accents_of_a_title_are_commands_so_that_the_entry_stays_whole() -> None:
    # LaTeX knows these commands; the reader above does not.
    text = to_bibtex(sources("{ never closed ^ }}"))
    assert r"title = {{\textbraceleft{} never closed \textasciicircum{} \textbraceright{}\textbraceright{}}}," in text
    assert len(entries(text)) == 1


def test_two_documents_of_one_name_have_two_keys() -> None:
    assert [entry["key"] for entry in entries(to_bibtex(sources(number=2)))] == ["one", "one-2"]


def test_an_address_cannot_end_its_field() -> None:
    (entry,) = entries(to_bibtex(sources(page="https://e.org/}a\\b ä")))
    assert entry["url"] == "https://e.org/%7Da%5Cb%20%C3%A4"


@pytest.mark.parametrize(
    ("issued", "parts"), [("2024", [2024]), ("2024-06", [2024, 6]), ("2024-06-03T10:00:00Z", [2024, 6, 3])]
)
def test_dates_are_as_exact_as_they_are_known(issued: str, parts: list[int]) -> None:
    (item,) = json.loads(to_csl(sources(issued=issued)))
    assert item["issued"] == {"date-parts": [parts]}
    (entry,) = entries(to_bibtex(sources(issued=issued)))
    assert entry["date"] == "-".join(f"{part:02}" for part in parts)


@pytest.mark.parametrize(
    ("issued", "year", "date", "csl"),
    [
        ("2024-12~", "2024", "2024-12~", {"date-parts": [[2024, 12]], "circa": True}),
        ("2024%", "2024", "2024%", {"date-parts": [[2024]], "circa": True}),
        ("2024-34", "2024", "2024-04-01/2024-06-30", {"date-parts": [[2024]]}),
        ("2024/2025", "2024", "2024-01-01/2025-12-31", {"date-parts": [[2024, 1, 1], [2025, 12, 31]]}),
        ("2024/..", "2024", "2024-01-01/..", {"date-parts": [[2024]]}),
        ("../2024", "2024", "../2024-12-31", {"date-parts": [[2024]]}),
    ],
)
def test_other_dates_are_ranges_of_days(issued: str, year: str, date: str, csl: dict) -> None:
    (item,) = json.loads(to_csl(sources(issued=issued)))
    assert item["issued"] == csl
    (entry,) = entries(to_bibtex(sources(issued=issued)))
    assert (entry["year"], entry["date"].replace("\\%", "%")) == (year, date)


def test_a_date_that_is_inferred_is_called_so_in_each_format() -> None:
    found = sources(issued="2024-12")
    inferred = replace(found, documents=tuple(replace(one, date_inferred=True) for one in found.documents))
    words = "date inferred by the curators"
    for form in (to_bibtex, to_csl, to_text):
        assert words in form(inferred)
        assert words not in form(found)


def test_csl_is_rendered_by_a_citation_processor(found) -> None:
    items = json.loads(to_csl(found))
    # The processor warns of what its own parts do, and of nothing of ours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = CiteProcJSON(items)
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(style, source, formatter.plain)
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        rendered = [str(entry) for entry in bibliography.bibliography()]
    assert len(rendered) == len(found.documents)
    for source_ in found.documents:
        lines = [line for line in rendered if found.name(source_.iri).label(source_.languages[0]) in line]
        assert lines
        assert source_.issued_text[:4] in lines[0]


def test_csl_has_no_more_than_the_schema_knows(found) -> None:
    for item in json.loads(to_csl(found)):
        assert {"id", "type", "title"} <= set(item)
        assert set(item) <= {"id", "type", "title", "author", "container-title", "issued", "URL", "language", "note"}
        assert item["type"] == "webpage"
        assert all(set(name) == {"literal"} for name in item.get("author", []))
        assert all(isinstance(part, int) for parts in item.get("issued", {}).get("date-parts", []) for part in parts)


def test_nothing_gives_nothing() -> None:
    assert to_bibtex(Sources()) == ""
    assert json.loads(to_csl(Sources())) == []


def test_the_text_names_every_claim_under_its_documents(project, asking, rules) -> None:
    found = cite(read_query(project.root / "queries/who_builds_what.rq").text, asking, rules)
    text = to_text(found, "sv")
    for source in found.documents:
        assert entry_text(found, source) in text
    for claim in found.claims:
        assert text.count(f"{found.name(claim.iri).label('sv')} (") >= len(claim.sources)
    assert "NOT EXISTS" in text
