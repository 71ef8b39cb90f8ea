"""The pages of questions, on the real server."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

import computeatlas.web
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query
from computeatlas.sparql.values import values_of
from computeatlas.views.questions import TOPICS, read_questions

from .html import faults_of

WEB = Path(computeatlas.web.__file__).parent
FILES = [read_query(path) for path in Project.find(Path(__file__).parents[3]).questions()]
QUESTIONS = [question for question in read_questions(FILES, "en") if not question.name.startswith("single_passage")]
#: The page may weigh so many bytes.
_HEAVIEST = 250_000


def get(url: str, language: str = "en", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Return status, text and headers, the names of which are in small letters."""
    request = urllib.request.Request(url, headers={"Accept": "text/html", "Accept-Language": language, **headers})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode(), {k.lower(): v for k, v in response.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), {k.lower(): v for k, v in error.headers.items()}


def shown(text: str) -> str:
    """Return the text of the table of a page, without its markup."""
    return unescape(re.sub(r"<[^>]+>", " ", text[text.index("<table") : text.index("</table>")]))


def test_every_question_is_in_the_list(site: str) -> None:
    for language in ("en", "sv"):
        status, text, _ = get(site + "questions", language)
        assert status == 200
        for question in read_questions(FILES, language):
            assert f'<a href="/questions/{question.name}">{question.title}</a>' in unescape(text)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_is_answered_by_names_and_not_by_identifiers(site: str, question) -> None:
    for language in ("en", "sv"):
        status, text, headers = get(f"{site}questions/{question.name}", language)
        assert status == 200
        assert faults_of(text) == []
        assert len(text.encode()) < _HEAVIEST
        assert text.count("<h1") == 1
        assert "w3id.org" not in shown(text)
        assert not re.search(r"\b(infra|actor|claim|atlas|modality):", shown(text))
        assert re.search(r'<td[^>]*><(a href="/(doc|ontology)|span class="certainty)', text)
        # Its sources were found, and the page is kept, or they may be found the next time.
        assert ("no-store" in headers["cache-control"]) == ('class="basis"' not in text)
        assert "cite=true" in text


def test_a_swedish_question_has_swedish_labels_in_page_query_and_download(site: str, ask) -> None:
    _, english, _ = get(site + "questions/jobs_of_sites")
    _, swedish, _ = get(site + "questions/jobs_of_sites", "sv")
    assert "permanent jobs" in shown(english)
    assert "permanent jobs" not in shown(swedish)
    assert "varaktiga arbetstillfällen" in shown(swedish)
    queries = [parse_qs(urlsplit(link).query) for link in re.findall(r'href="(/sparql[^"]+)"', unescape(swedish))]
    texts = {found["query"][0] for found in queries}
    assert len(texts) == 1
    assert "varaktiga arbetstillfällen" in ask(site, texts.pop(), "text/csv")


def test_who_pays_is_told_with_who_says_so_and_how_sure_it_is(site: str) -> None:
    _, text, _ = get(site + "questions/mimer_funding_shares")
    assert re.search(r'<p class="lead">EuroHPC JU: 50%; [^<]*Vinnova: 50%\.</p>', text)
    basis = text[text.index('class="basis"') : text.index("</section>")]
    assert "At the weakest:" in basis
    assert "GIXtools" in basis
    assert "December 2024" in basis


def test_a_question_can_be_asked_of_something_else(site: str) -> None:
    address = site + "questions/infrastructure_in_dalarna"
    _, text, _ = get(address)
    assert re.search(r'<option value="place:dalarna" selected>Dalarna</option>', text)
    status, other, _ = get(address + "?place=" + quote("place:norway"))
    assert status == 200
    assert "<h1>Which infrastructure is in Norway, and who is behind it in which role?</h1>" in other
    assert "Falun" not in shown(other)
    assert "VALUES ?place { &lt;https://w3id.org/compute-atlas/id/place/norway&gt; }" in other


@pytest.mark.parametrize(
    "value", ["place:nowhere", "x", "<http://e/> } { ?s ?p ?o", "https://w3id.org/compute-atlas/id/place/norway", "%00"]
)
def test_only_what_is_on_the_form_is_put_into_a_query(site: str, value: str) -> None:
    status, text, _ = get(f"{site}questions/infrastructure_in_dalarna?place={quote(value)}")
    assert status == 400
    assert "choose one of those on the form" in text


def test_a_long_answer_comes_in_pages(site: str) -> None:
    address = site + "questions/who_said_what"
    total = int(re.search(r"(\d+) rows", get(address)[1])[1])
    last = -(-total // 100)
    status, text, _ = get(f"{address}?page={last}")
    assert status == 200
    assert shown(text).strip()
    assert get(f"{address}?page={last + 1}")[0] == 404
    assert get(f"{address}?page=0")[0] == 400


def test_an_unknown_question_is_not_found(site: str) -> None:
    assert get(site + "questions/no_such_question")[0] == 404


def test_a_page_that_has_its_sources_is_not_sent_twice(site: str) -> None:
    address = site + "questions/mimer_funding_shares"
    tag = get(address)[2]["etag"]
    assert get(address, **{"If-None-Match": tag})[0] == 304


@pytest.mark.parametrize("query", FILES, ids=lambda query: query.name)
def test_the_header_of_a_question_says_what_its_page_needs(query, project) -> None:
    header = query.header
    assert header.get("topic") in TOPICS[:-1]
    assert ("answer" in header) == ("answersv" in header)
    if "parameter" in header:
        assert len(values_of(query.text, header["parameter"])) == 1
        assert header["choices"] in {path.stem for path in project.views()}
        for asked in (header["asked"], header["askedsv"]):
            assert "{" + header["parameter"] + "}" in asked


@pytest.mark.parametrize("query", FILES, ids=lambda query: query.name)
def test_every_column_has_a_name_in_words(query) -> None:
    template = (WEB / "templates" / "_answer.html").read_text("utf-8")
    known = set(re.findall(r'"(\w+)": _\(', template[template.index("COLUMNS") : template.index("WORDS")]))
    expected = Path(__file__).parents[2] / "expected" / f"{query.name}.csv"
    columns = expected.read_text("utf-8").splitlines()[0].split(",")
    names = {name.removesuffix("Label") for name in columns if name != "label"}
    assert names <= known
