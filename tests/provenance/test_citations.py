"""Documents as BibTeX, CSL-JSON and text, read back by other people's programs."""

from __future__ import annotations

import json
import warnings

import bibtexparser
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.queryfile import read_query
from computeatlas.provenance.citations import entry_text, to_bibtex, to_csl, to_text
from computeatlas.provenance.sources import Document, Name, cite


def document(title: str = "A title", **more: object) -> Document:
    parts = {"publishers": (), "issued": None, "page": None, "language": "en"} | more
    return Document(Name("https://e.org/source/one", (("en", title),)), **parts)


def entries(text: str) -> list[dict[str, str]]:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return [{field.key: field.value for field in entry.fields} | {"key": entry.key} for entry in library.entries]


@pytest.fixture(scope="module")
def documents(project, asking, rules) -> tuple[Document, ...]:
    """All documents of the graph that say something."""
    return cite(read_query(project.root / "queries/single_passage_facts.rq").text, asking, rules).documents


def test_bibtex_has_an_entry_for_each_document(documents) -> None:
    found = entries(to_bibtex(documents))
    assert len(found) == len({entry["key"] for entry in found}) == len(documents) == 5
    for entry, source in zip(found, documents, strict=True):
        assert entry["title"] == f"{{{source.name.label(source.language)}}}"
        assert entry.get("year") == (source.issued[:4] if source.issued else None)
        assert entry.get("url") == source.page


#: What XML and a line can hold; names for TeX's characters are read back as these.
TITLES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(str.strip)


@given(TITLES)
def test_any_title_comes_back_from_bibtex(title: str) -> None:
    text = to_bibtex([document(title)])
    (entry,) = bibtexparser.parse_string(text).entries
    assert entry["title"].count("{") == entry["title"].count("}")
    assert text.count("\n@") + text.startswith("@") == 1


@pytest.mark.parametrize("title", ["50 % of A_B & C #1 $5", "a \\ c", "å ä ö – “x”", "a ~ b"])
def test_characters_of_tex_come_back(title: str) -> None:
    library = bibtexparser.parse_string(to_bibtex([document(title)]), append_middleware=[LatexDecodingMiddleware()])
    found = library.entries[0]["title"].removeprefix("{").removesuffix("}")
    assert found.replace(" ", "") == title.replace(" ", "")


def test_braces_and_accents_of_a_title_are_commands_so_that_the_entry_stays_whole() -> None:
    # LaTeX knows these commands; the reader above does not.
    text = to_bibtex([document("{ never closed ^ }}")])
    assert r"title = {{\textbraceleft{} never closed \textasciicircum{} \textbraceright{}\textbraceright{}}}," in text
    assert len(entries(text)) == 1


def test_two_documents_of_one_name_have_two_keys() -> None:
    assert [entry["key"] for entry in entries(to_bibtex([document(), document()]))] == ["one", "one-2"]


def test_an_address_cannot_end_its_field() -> None:
    (entry,) = entries(to_bibtex([document(page="https://e.org/}a\\b ä")]))
    assert entry["url"] == "https://e.org/%7Da%5Cb%20%C3%A4"


@pytest.mark.parametrize(
    ("issued", "parts"), [("2024", [2024]), ("2024-06", [2024, 6]), ("2024-06-03T10:00:00Z", [2024, 6, 3])]
)
def test_dates_are_as_exact_as_they_are_known(issued: str, parts: list[int]) -> None:
    (item,) = json.loads(to_csl([document(issued=issued)]))
    assert item["issued"] == {"date-parts": [parts]}
    (entry,) = entries(to_bibtex([document(issued=issued)]))
    assert entry["date"] == "-".join(f"{part:02}" for part in parts)


def test_csl_is_rendered_by_a_citation_processor(documents) -> None:
    items = json.loads(to_csl(documents))
    # The processor warns of what its own parts do, and of nothing of ours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = CiteProcJSON(items)
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(style, source, formatter.plain)
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        rendered = [str(entry) for entry in bibliography.bibliography()]
    assert len(rendered) == len(documents)
    for source_ in documents:
        lines = [line for line in rendered if source_.name.label(source_.language) in line]
        assert lines
        assert not source_.issued or source_.issued[:4] in lines[0]


def test_csl_has_no_more_than_the_schema_knows(documents) -> None:
    for item in json.loads(to_csl(documents)):
        assert {"id", "type", "title"} <= set(item)
        assert set(item) <= {"id", "type", "title", "author", "container-title", "issued", "URL", "language"}
        assert item["type"] == "webpage"
        assert all(set(name) == {"literal"} for name in item.get("author", []))
        assert all(isinstance(part, int) for parts in item.get("issued", {}).get("date-parts", []) for part in parts)


def test_nothing_gives_nothing() -> None:
    assert to_bibtex([]) == ""
    assert json.loads(to_csl([])) == []


def test_the_text_names_every_claim_under_its_documents(project, asking, rules) -> None:
    found = cite(read_query(project.root / "queries/who_builds_what.rq").text, asking, rules)
    text = to_text(found, "sv")
    for source in found.documents:
        assert entry_text(source) in text
    for claim in found.claims:
        assert text.count(f"{claim.name.label('sv')} (") >= len({place.document for place in claim.passages})
    assert "NOT EXISTS" in text
