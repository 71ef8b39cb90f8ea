"""The pages of money, conflicts and sources on the real server show what their queries give, whatever the data."""

from __future__ import annotations

import csv
import io
import urllib.error
import urllib.request
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from computeatlas.model.namespaces import ATLAS, RDF, RDFS
from computeatlas.views.money import AMOUNT

from ...views.claimed import Made, node, quads_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = ("money", "conflicts", "sources")
#: Page → attribute that marks what the page shows, and the column of its queries that names the same.
ROWS = {
    "money": ("data-claim", "claim"),
    "conflicts": ("data-claim", "claim"),
    "sources": ("data-document", "document"),
}


def get(url: str, accept: str = "text/html", language: str = "en") -> tuple[int, str]:
    """Return status and text of a page, errors too."""
    request = urllib.request.Request(url, headers={"Accept": accept, "Accept-Language": language})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Page(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, words: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        """Return the values of `attribute` in the order of the page."""
        return [str(found[attribute]) for _, found in self.elements if attribute in found]


def rows_of(base: str, page: Page, column: str) -> set[str]:
    """Return what the page's queries name in `column`, asked as CSV by way of its own links."""
    found: set[str] = set()
    for link in page.all("href"):
        if link.startswith("/sparql?") and "format=csv" in link:
            status, table = get(base[:-1] + link, "*/*")
            assert status == 200
            rows = csv.DictReader(io.StringIO(table))
            assert rows.fieldnames is not None
            found |= {row[column] for row in rows if column in rows.fieldnames}
    return found


def read_all(base: str, name: str) -> Iterator[Page]:
    """Yield the pages of `name`, one after another, as its links lead."""
    address, seen = f"/{name}", set[str]()
    while address:
        assert address not in seen
        seen.add(address)
        status, words = get(base[:-1] + address)
        assert status == 200
        page = Page(words)
        yield page
        address = next((str(a["href"]) for tag, a in page.elements if tag == "a" and a.get("rel") == "next"), "")


@pytest.fixture(scope="module")
def large(serving, tmp_path_factory) -> Iterator[str]:
    """A server of 230 commitments, 120 documents, 60 conflicts of two claims, and names that are hostile."""
    evil, arabic = "<script>alert(1)</script>", "مركز بيانات"
    claims, more = [], []
    for n in range(230):
        fund, quantity = node(f"funding/f{n:03}"), node(f"quantity/q{n % 7}")
        more += [(fund, RDF + "type", ox.NamedNode(ATLAS + "FundingCommitment")), (fund, RDFS + "label", text(evil))]
        documents = (f"source/d{n % 120:03}",)
        claims.append(
            Made(f"m{n:03}", (quantity,), subject=fund.value.split("/id/")[1], property=AMOUNT, documents=documents)
        )
    for n in range(7):
        quantity = node(f"quantity/q{n}")
        more += [
            (quantity, RDF + "type", ox.NamedNode(ATLAS + "MonetaryAmount")),
            (quantity, RDFS + "label", text(arabic)),
            (quantity, ATLAS + "currency", ox.Literal("<b>")),
            (quantity, ATLAS + "minValue", ox.Literal(float(n))),
        ]
    for n in range(60):
        subject = f"infrastructure/s{n}"
        claims.append(Made(f"a{n}", (text(evil) if n % 2 else ox.Literal(evil),), subject=subject, rank="preferred"))
        claims.append(Made(f"b{n}", (ox.Literal(arabic),), subject=subject, contradicts=(f"a{n}",)))
    path = tmp_path_factory.mktemp("large") / "large.nq"
    path.write_bytes(ox.serialize(quads_of(claims, more), format=ox.RdfFormat.N_QUADS))
    with serving("--data", str(path), "--union-default-graph", "--rate", "off", "--log", "off") as url:
        yield url


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_its_queries_give(site: str, name: str) -> None:
    attribute, column = ROWS[name]
    pages = list(read_all(site, name))
    # A claim may belong to several entries; that none is shown twice in one is asked of made data below.
    shown = {value for page in pages for value in page.all(attribute)}
    assert len(shown) > 3
    assert shown == rows_of(site, pages[0], column)


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_large_data_show_together_what_the_queries_give(large: str, name: str) -> None:
    attribute, column = ROWS[name]
    pages = list(read_all(large, name))
    assert len(pages) > 1
    shown = [value for page in pages for value in page.all(attribute)]
    assert len(shown) == len(set(shown)) > 100
    assert max(len(page.all(attribute)) for page in pages) <= 100
    assert set(shown) == rows_of(large, pages[0], column)


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_stay_text(large: str, name: str) -> None:
    for page in read_all(large, name):
        scripts = [found for tag, found in page.elements if tag == "script"]
        assert all(found.get("src", "").startswith("/static/") for found in scripts)
        assert all(tag not in ("style", "b") and "style" not in found for tag, found in page.elements)
        assert not [key for _, found in page.elements for key in found if key.startswith("on")]


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_data_without_claims_make_a_page_that_says_so(serving, tmp_path, name: str) -> None:
    path = tmp_path / "bare.ttl"
    path.write_text("<http://e/x> a <http://e/T> .")
    with serving("--data", str(path), "--rate", "off", "--log", "off") as url:
        status, words = get(url + name)
        assert status == 200
        assert "The data that are served here" in words
        assert len([link for link in Page(words).all("href") if link.startswith("/sparql?")]) >= 1
        assert get(url + name + "?page=2")[0] == 404


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("page", ["-1", "0", "x", "1&page=2", "٣", "9" * 5000])
def test_a_page_number_that_is_none_is_refused(site: str, name: str, page: str) -> None:
    status, words = get(f"{site}{name}?page={quote(page, safe='&=')}")
    assert (status, "bad-parameter" in words) == (400, True)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_after_the_last_is_not_found(site: str, name: str) -> None:
    assert get(f"{site}{name}?page=99")[0] == 404


@pytest.mark.parametrize(
    ("name", "english", "swedish"),
    [
        ("money", "Nothing is added up here", "Ingenting räknas samman här"),
        ("conflicts", "Where sources disagree", "Där källorna inte är överens"),
        ("sources", "They are no score", "De är inget betyg"),
    ],
)
def test_pages_speak_the_language_of_the_reader(site: str, name: str, english: str, swedish: str) -> None:
    assert english in get(site + name)[1]
    page = get(site + name, language="sv")[1]
    assert swedish in page
    assert english not in page


def test_the_csv_of_a_swedish_page_has_swedish_names(site: str) -> None:
    page = Page(get(site + "conflicts", language="sv")[1])
    link = next(link for link in page.all("href") if "format=csv" in link)
    table = list(csv.DictReader(io.StringIO(get(site[:-1] + link, "*/*")[1])))
    assert "byggs av" in {row["question"] for row in table}
    assert "built by" not in {row["question"] for row in table}


def test_amounts_of_two_currencies_are_never_in_one_drawing(site: str) -> None:
    words = get(site + "money")[1]
    figures = words.split('<figure class="chart">')[1:]
    codes = [figure.split("<h3>")[1].split("</h3>")[0] for figure in figures]
    assert codes == sorted(set(codes))
    assert len(codes) > 1
    for code, figure in zip(codes, figures, strict=True):
        axis = figure.split('class="axis')[1].split("</p>")[0]
        assert code in axis
        assert not any(other in axis for other in codes if other != code)


def test_each_note_is_called_from_the_page_and_each_call_has_its_note(site: str) -> None:
    page = Page(get(site + "money")[1])
    calls = {link.removeprefix("#") for link in page.all("href") if link.startswith("#note-")}
    assert calls == {name for name in page.all("id") if name.startswith("note-")}
