"""The page of the search and its suggestions, on the real server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest


def get(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers={"Accept": "text/html", **headers})
        ) as response:
            return response.status, response.read().decode(), dict(response.headers.items())
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers.items())


def search(site: str, **parameters: str) -> tuple[int, str, dict[str, str]]:
    return get(site + "search?" + urlencode(parameters))


def suggestions(site: str, text: str, **more: str) -> list[dict[str, str]]:
    return json.loads(get(site + "search/suggestions?" + urlencode({"q": text, **more}))[1])


class Hits(HTMLParser):
    """The links in the list of what was found."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        self._inside = (self._inside or (tag == "ol" and given.get("class") == "hits")) and tag != "nav"
        if self._inside and tag == "a":
            self.found.append(given["href"])

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "ol"


def test_a_misspelt_place_is_found_and_linked(site: str) -> None:
    status, text, _headers = search(site, q="borlnge", lang="en")
    assert status == 200
    assert Hits(text).found[0] == "/doc/place/borlange"
    assert "these are similar" in text


def test_pages_of_a_long_answer_together_show_everything_once(site: str) -> None:
    found: list[str] = []
    for page in ("1", "2", "3"):
        found += Hits(search(site, q="ai", page=page)[1]).found
    assert len(found) == len(set(found)) == 75


def test_a_kind_alone_is_shown_when_chosen(site: str) -> None:
    found = Hits(search(site, q="falun", kind="claim")[1]).found
    assert found
    assert all(path.startswith("/doc/claim/") for path in found)


@pytest.mark.parametrize("page", ["-1", "0", "x", "1.5", "٣", "9" * 400])
def test_a_page_that_is_no_number_is_a_bad_request_that_helps(site: str, page: str) -> None:
    status, text, _headers = search(site, q="falun", page=page)
    assert status == 400
    assert "pages are counted from 1" in text


def test_a_parameter_given_twice_is_a_bad_request(site: str) -> None:
    assert get(site + "search?q=a&q=b")[0] == 400


def test_an_unknown_kind_is_a_bad_request_that_lists_the_kinds(site: str) -> None:
    status, text, _headers = search(site, q="falun", kind="spaceship")
    assert status == 400
    assert "document" in text


def test_a_page_beyond_the_last_is_not_found(site: str) -> None:
    assert search(site, q="falun", page="99")[0] == 404


def test_without_words_the_page_says_how_to_search(site: str) -> None:
    status, text, _headers = search(site, lang="sv")
    assert status == 200
    assert "felstavningar" in text


def test_what_is_not_there_gets_a_page_that_helps(site: str) -> None:
    status, text, _headers = search(site, q="zzqqxxyy", lang="en")
    assert status == 200
    assert "Nothing has such a name" in text
    assert 'href="/map"' in text


def test_a_very_long_search_is_cut_and_the_page_says_so(site: str) -> None:
    status, text, _headers = search(site, q="falun " + "x" * 5000, lang="en")
    assert status == 200
    assert "first 200 characters" in text
    assert "x" * 300 not in text[text.index("<main") :]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><b onmouseover=x>', "مرحبا\u202e", "\x00\x07", "%", "' OR 1"]
)
def test_nothing_that_is_searched_becomes_markup(site: str, text: str) -> None:
    status, page, _headers = search(site, q=text)
    assert status == 200
    assert "<script>alert" not in page
    assert "<b onmouseover" not in page
    assert isinstance(suggestions(site, text), list)


def test_suggestions_have_label_language_kind_path_and_iri(site: str) -> None:
    first = suggestions(site, "Borlä", lang="sv")[0]
    assert first == {
        "label": "Borlänge",
        "language": "en",
        "kind": "ort",
        "path": "/doc/place/borlange",
        "iri": "https://w3id.org/compute-atlas/id/place/borlange",
    } | {"language": first["language"]}
    assert first["language"] in ("en", "sv")


def test_at_most_ten_suggestions_come_and_none_for_nothing(site: str) -> None:
    assert len(suggestions(site, "a")) == 10
    assert suggestions(site, "") == []


def test_suggestions_for_a_term_say_that_it_is_one(site: str) -> None:
    first = suggestions(site, "fundedBy", lang="en")[0]
    assert (first["path"], first["kind"]) == ("/ontology#fundedBy", "Term")


def test_suggestions_are_json_that_a_browser_may_keep_and_revalidate(site: str) -> None:
    address = site + "search/suggestions?q=mim&lang=en"
    _status, _text, headers = get(address)
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "max-age=300"
    assert "set-cookie" not in headers
    assert get(address, **{"If-None-Match": headers["etag"]})[0] == 304


@pytest.mark.slow
def test_other_data_are_searched_too(serving, tmp_path) -> None:
    data = tmp_path / "other.ttl"
    data.write_text(
        '<http://e/café> <http://www.w3.org/2000/01/rdf-schema#label> "Café <b>Noir</b>"@fr .\n'
        "<http://e/x> a <http://e/T> ."
    )
    with serving("--data", str(data), "--rate", "off", "--log", "off") as url:
        status, text, _headers = search(url, q="cafe noir")
        assert status == 200
        assert "Café &lt;b&gt;Noir&lt;/b&gt;" in text
        assert get(url)[0] == 200
        assert "other data" in get(url, **{"Accept-Language": "en"})[1]
        assert "declare no terms" in get(url + "ontology", **{"Accept-Language": "en"})[1]
        assert "no release" in get(url + "download/", **{"Accept-Language": "en"})[1]
        assert get(url + "download/manifest.json")[0] == 404
        assert get(url + "sitemap.xml")[0] == 200
