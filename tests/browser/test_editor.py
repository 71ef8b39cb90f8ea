"""The editor at /sparql in a real Chromium: what it offers, that it asks nobody else, that everybody can use it."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from computeatlas.web.pages.assets import read_assets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

#: Between two keys, in milliseconds: a list of completions takes a frame to follow what is typed.
KEY = 30
PLACES = """PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?place ?name ?lat ?long WHERE {
  ?place geo:lat ?lat ; geo:long ?long ; rdfs:label ?name FILTER(LANG(?name) = "en")
}"""
POINTS = """PREFIX geosparql: <http://www.opengis.net/ont/geosparql#>
SELECT * { VALUES (?name ?at) {
  ("Falun" "POINT(15.63 60.6)"^^geosparql:wktLiteral) ("New York" "POINT(-74 40.7)"^^geosparql:wktLiteral) } }"""
YEARS = """SELECT * { VALUES (?site ?year ?mw) { ("A" 2024 10.5) ("A" 2025 20) ("B" 2026 5) } }"""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def url(site: str, repository: Path, require) -> str:
    found = read_assets(repository / "server/computeatlas/web/static")
    require(found.files, "the bundle (make bundle, which needs Node.js and npm)")
    return site


class Watched:
    """A page, with the hosts that it asked and what it complained of."""

    def __init__(self, page: Page):
        self.page = page
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def watched(chromium: Browser, url: str) -> Iterator[Watched]:
    """A page in a window of its own that asks nobody else and complains of nothing."""
    context = chromium.new_context(locale="en-GB", viewport={"width": 1100, "height": 900})
    found = Watched(context.new_page())
    yield found
    context.close()
    assert found.hosts <= {urlsplit(url).netloc, ""}
    assert found.complaints == []


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page


def open_query(page: Page, url: str, query: str, **more: str) -> None:
    page.goto(url + "sparql?" + urlencode({"query": query, **more}))
    page.locator(".editor .CodeMirror").wait_for()


def write(page: Page, text: str) -> None:
    """Put `text` in the place of the query, key by key."""
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text, delay=KEY)


def paste(page: Page, text: str) -> None:
    """Put `text` in the place of the query at once."""
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+a")
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def written(page: Page) -> str:
    """Return the query as the link to it has it."""
    address = page.get_by_role("link", name="Link to this query").get_attribute("href") or ""
    return parse_qs(urlsplit(address).query)["query"][0]


def cells(page: Page) -> list[str]:
    page.locator("table.answer td").first.wait_for()
    return page.locator("table.answer td").all_inner_texts()


def violations(page: Page, repository: Path) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 AA and good practice."""
    page.evaluate((repository / "server/frontend/node_modules/axe-core/axe.min.js").read_text("utf-8"))
    found = page.evaluate("tags => axe.run({ runOnly: tags })", STANDARDS)
    return [f"{item['id']}: {node['html'][:200]}" for item in found["violations"] for node in item["nodes"]]


def test_an_example_is_chosen_by_its_title_and_runs(page: Page, url: str) -> None:
    page.goto(url + "sparql")
    page.get_by_text("Example queries").click()
    page.get_by_role("link", name="How many gigafactories would the money buy").click()
    assert cells(page) == ["EUR 20 billion", "announced plan", "EUR 3 to 5 billion", "estimate", "4", "6"]
    assert page.get_by_role("heading", name="1 row").is_visible()
    assert "gigafactories" in page.get_by_role("tab", selected=True).first.inner_text()
    assert "query=" in page.url


def test_every_question_is_among_the_examples(page: Page, url: str, project) -> None:
    page.goto(url + "sparql")
    assert page.locator(".examples li a").count() == len(project.questions())


def test_a_query_is_written_and_run_by_keyboard_alone(page: Page, url: str) -> None:
    page.goto(url + "sparql")
    write(page, "SELECT (6 * 7 AS ?answer) {}")
    page.keyboard.press("Control+Enter")
    assert cells(page) == ["42"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "textbox"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") != "textbox"


def test_a_shared_link_opens_query_and_answer_in_another_window(chromium: Browser, page: Page, url: str) -> None:
    page.goto(url + "sparql")
    paste(page, 'SELECT ("å & <b>" AS ?text) {}')
    page.get_by_role("button", name="Run").click()
    assert cells(page) == ["å & <b>"]
    shared = page.get_by_role("link", name="Link to this query").evaluate("link => link.href")
    assert page.url == shared
    other = chromium.new_context()
    second = other.new_page()
    second.goto(shared)
    assert cells(second) == ["å & <b>"]
    assert "å & <b>" in second.locator(".CodeMirror-code").inner_text()
    other.close()


def test_a_shared_link_wins_over_what_the_window_remembers(page: Page, url: str) -> None:
    open_query(page, url, "SELECT (1 AS ?first) {}")
    open_query(page, url, "SELECT (2 AS ?second) {}")
    assert cells(page) == ["2"]
    assert page.get_by_role("tablist", name="Queries").get_by_role("tab").count() == 2
    page.get_by_role("tab", name="Query 1").click()
    assert written(page) == "SELECT (1 AS ?first) {}"
    page.goto(url + "sparql")
    assert written(page) == "SELECT (1 AS ?first) {}"
    assert page.evaluate("localStorage.length") == 0


def test_tabs_are_made_moved_through_and_closed_by_keyboard(page: Page, url: str) -> None:
    open_query(page, url, "ASK {}")
    page.get_by_role("button", name="New query").click()
    tabs = page.get_by_role("tablist", name="Queries").get_by_role("tab")
    assert tabs.all_inner_texts() == ["Query 1", "Query 2"]
    tabs.nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert written(page) == "ASK {}"
    assert page.evaluate("document.activeElement.textContent") == "Query 1"
    page.keyboard.press("Delete")
    assert tabs.all_inner_texts() == ["Query 2"]
    page.get_by_role("button", name="Close query").click()
    assert tabs.count() == 1
    assert "LIMIT 10" in written(page)


def test_a_syntax_error_is_marked_at_its_line_and_said(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(url + "sparql")
    paste(page, "# å 😀\nSELECT * WHERE { ?s ?p ?o }\nORDER BY ?s zebra\n")
    page.get_by_role("button", name="Run").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "line 3" in alert.inner_text()
    assert page.locator(".fault").all_inner_texts() == ["zebra"]
    marked = page.locator(".CodeMirror-linebackground.fault-line").locator("xpath=..").locator(".CodeMirror-line")
    assert marked.all_inner_texts() == ["ORDER BY ?s zebra"]
    page.keyboard.press("Control+Home")
    write(page, "ASK {}")
    assert page.locator(".fault").count() == 0
    # The failed request is what the browser itself tells.
    watched.complaints[:] = [text for text in watched.complaints if "status of 400" not in text]


def test_the_column_of_an_error_counts_characters(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(url + "sparql")
    paste(page, 'SELECT * { ?s ?p "😀😀" . ?s oops }')
    page.keyboard.press("Control+Enter")
    page.get_by_role("alert").wait_for()
    assert page.locator(".fault").all_inner_texts()[0].startswith("oops")
    watched.complaints[:] = [text for text in watched.complaints if "status of 400" not in text]


def test_completion_offers_our_prefixes_and_declares_them(page: Page, url: str) -> None:
    page.goto(url + "sparql")
    write(page, "PREFIX atl")
    page.locator(".CodeMirror-hint").first.wait_for()
    assert page.locator(".CodeMirror-hint").all_inner_texts() == ["atlas: <https://w3id.org/compute-atlas/ontology#>"]
    page.keyboard.press("Enter")
    assert "PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>" in written(page)
    write(page, "SELECT * { ?s skos:")
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n" in written(page)


def test_completion_offers_classes_and_properties_with_labels(page: Page, url: str) -> None:
    page.goto(url + "sparql")
    write(page, "SELECT * { ?s a AIFac")
    hints = page.locator(".CodeMirror-hint")
    hints.first.wait_for()
    assert hints.first.inner_text().startswith("atlas:AIFactory")
    assert "AI factory" in hints.first.inner_text()
    page.keyboard.press("Enter")
    page.keyboard.type(" ; locatedI", delay=KEY)
    hints.first.wait_for()
    assert hints.first.inner_text().startswith("atlas:locatedIn")
    page.keyboard.press("Enter")
    page.keyboard.type(" ?where }", delay=KEY)
    page.keyboard.press("Escape")
    assert written(page) == (
        "PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>\n"
        "SELECT * { ?s a atlas:AIFactory ; atlas:locatedIn ?where }"
    )


def test_completion_finds_a_class_by_a_swedish_label(chromium: Browser, url: str) -> None:
    context = chromium.new_context(locale="sv-SE")
    page = context.new_page()
    page.goto(url + "sparql")
    page.get_by_role("textbox", name="Fråga").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?s a superdat", delay=KEY)
    hint = page.locator(".CodeMirror-hint").first
    hint.wait_for()
    assert hint.inner_text().startswith("atlas:Supercomputer")
    assert "superdator" in hint.inner_text()
    context.close()


def test_control_space_lists_what_may_follow_nothing(page: Page, url: str) -> None:
    page.goto(url + "sparql")
    write(page, "SELECT * { ?s a ")
    assert page.locator(".CodeMirror-hint").count() == 0
    page.keyboard.press("Control+Space")
    page.locator(".CodeMirror-hint").first.wait_for()
    assert page.locator(".CodeMirror-hint").count() > 5


def test_an_answer_is_downloaded_as_csv(page: Page, url: str, tmp_path: Path) -> None:
    open_query(page, url, 'SELECT * { VALUES (?a ?b) { (1 "å") (2 "b,c") } }')
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "answer.csv")
    assert download.value.suggested_filename == "answer.csv"
    with (tmp_path / "answer.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["1", "å"], ["2", "b,c"]]


@pytest.mark.parametrize(
    "query, formats",
    [
        ("SELECT (1 AS ?n) {}", ["CSV", "JSON", "XML", "TSV"]),
        ("ASK {}", ["CSV", "JSON", "XML", "TSV"]),
        (
            "CONSTRUCT { <http://e/a> <http://e/b> 1 } {}",
            ["Turtle", "N-Triples", "RDF/XML", "TriG", "N-Quads", "JSON-LD"],
        ),
    ],
    ids=["table", "truth value", "graph"],
)
def test_every_format_of_an_answer_is_offered_and_given(page: Page, url: str, query: str, formats: list[str]) -> None:
    open_query(page, url, query)
    links = page.locator(".downloads a[download]")
    assert links.all_inner_texts() == formats
    for index in range(len(formats)):
        assert page.request.get(links.nth(index).evaluate("link => link.href")).ok


def test_the_sources_behind_an_answer_are_one_link_away(page: Page, url: str) -> None:
    open_query(page, url, "SELECT (1 AS ?n) {}")
    address = page.get_by_role("link", name="Sources behind this answer").get_attribute("href") or ""
    assert parse_qs(urlsplit(address).query) == {"query": ["SELECT (1 AS ?n) {}"], "cite": ["true"]}


def test_columns_sort_as_numbers_and_as_texts(page: Page, url: str) -> None:
    open_query(page, url, 'SELECT * { VALUES (?n ?t) { (10 "b") (9 "ö") (100 "a") } }')
    page.get_by_role("button", name="n", exact=True).click()
    assert cells(page)[::2] == ["9", "10", "100"]
    assert page.get_by_role("columnheader", name="n").get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="t", exact=True).click()
    page.get_by_role("button", name="t", exact=True).click()
    assert cells(page)[1::2] == ["ö", "b", "a"]


def test_a_long_answer_is_shown_in_parts(page: Page, url: str) -> None:
    open_query(page, url, "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 700")
    assert page.get_by_role("heading", name="700 rows").is_visible()
    page.get_by_role("button", name="Show more rows").click()
    assert page.locator("table.answer tbody tr").count() == 700
    assert page.get_by_role("button", name="Show more rows").count() == 0


def test_an_amount_is_drawn_against_names(page: Page, url: str, project) -> None:
    query = next(path for path in project.questions() if path.stem == "investment_by_commitment").read_text("utf-8")
    open_query(page, url, query + "\nLIMIT 5")
    names = cells(page)[::9]
    page.get_by_role("tab", name="Chart").click()
    drawing = page.locator("svg.atlas-plot")
    drawing.wait_for()
    titles = drawing.locator("circle title").all_text_contents()
    assert [title.split(": ")[0] for title in titles] == names
    page.get_by_role("combobox", name="Against").select_option("currency")
    assert len(set(drawing.locator("circle title").all_text_contents())) == len(names)


def test_a_number_is_drawn_against_years_row_by_row(page: Page, url: str) -> None:
    open_query(page, url, YEARS)
    page.get_by_role("tab", name="Chart").click()
    page.get_by_role("combobox", name="Against").select_option("year")
    assert page.get_by_role("combobox", name="Value").input_value() == "mw"
    assert page.locator("svg.atlas-plot circle title").all_text_contents() == ["2024: 10.5", "2025: 20", "2026: 5"]
    assert "2025" in page.locator("svg.atlas-plot").text_content()


def test_places_are_drawn_on_a_map_that_leads_to_them(page: Page, url: str) -> None:
    open_query(page, url, PLACES)
    names = cells(page)[1::4]
    page.get_by_role("tab", name="Map").click()
    page.locator("svg.answer-map").wait_for()
    assert page.locator("svg.answer-map .land path").count() > 40
    labels = [title.split(", ") for title in page.locator("a.mark-place title").all_text_contents()]
    assert sorted(name for several in labels for name in several) == sorted(names)
    page.locator("a.mark-place").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector(':target').textContent") == ", ".join(labels[0])
    assert re.match(r"/doc/place/", page.locator("ol.places a").first.get_attribute("href"))


def test_points_as_text_are_drawn_and_what_is_off_the_map_is_counted(page: Page, url: str) -> None:
    open_query(page, url, POINTS)
    page.get_by_role("tab", name="Map").click()
    page.locator("svg.answer-map").wait_for()
    assert [mark.get_attribute("aria-label") for mark in page.locator("a.mark-place").all()] == ["1: Falun"]
    assert page.get_by_text("1 places lie outside this map.").is_visible()


def test_an_answer_without_numbers_has_a_table_alone(page: Page, url: str) -> None:
    open_query(page, url, 'SELECT ("a" AS ?x) {}')
    cells(page)
    assert page.get_by_role("tablist", name="Views of the answer").count() == 0


def test_a_running_query_is_stopped(page: Page, url: str) -> None:
    open_query(page, url, "ASK {}")
    write(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("The query was stopped.").wait_for()
    assert page.get_by_role("button", name="Run").is_visible()


def test_a_query_too_long_for_an_address_runs_and_has_no_link(page: Page, url: str) -> None:
    open_query(page, url, "ASK {}")
    paste(page, "# " + "å" * 3000 + "\nSELECT (7 AS ?n) {}")
    page.keyboard.press("Control+Enter")
    assert cells(page) == ["7"]
    assert page.get_by_role("link", name="Link to this query").count() == 0


def test_nothing_in_an_answer_is_markup(page: Page, url: str) -> None:
    open_query(page, url, 'SELECT ("</script><img src=x onerror=alert(1)>" AS ?x) (<javascript:alert(1)> AS ?y) {}')
    assert cells(page) == ["</script><img src=x onerror=alert(1)>", "<javascript:alert(1)>"]
    assert page.locator("table.answer a, table.answer img").count() == 0


def test_the_page_without_javascript_is_a_form_that_works(chromium: Browser, url: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(url + "sparql")
    page.get_by_label("Query").fill("SELECT (6 * 7 AS ?answer) {}")
    page.get_by_role("button", name="Run").click()
    assert page.locator("tbody td").all_inner_texts() == ["42"]
    assert page.get_by_label("Query").input_value() == "SELECT (6 * 7 AS ?answer) {}"
    page.get_by_text("Example queries").click()
    page.get_by_role("link", name="How many gigafactories would the money buy").click()
    assert page.get_by_role("link", name="CSV").get_attribute("href").endswith("format=csv")
    assert page.get_by_role("link", name="Sources behind this answer").is_visible()
    assert page.locator("tbody td").first.inner_text() == "EUR 20 billion"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_everybody_can_use_the_editor(chromium: Browser, url: str, repository: Path, scheme: str, width: int) -> None:
    context = chromium.new_context(locale="sv-SE", color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    open_query(page, url, PLACES)
    cells(page)
    assert violations(page, repository) == []
    for view, drawing in (("Diagram", "svg.atlas-plot"), ("Karta", "svg.answer-map")):
        page.get_by_role("tab", name=view).click()
        page.locator(drawing).wait_for()
        assert violations(page, repository) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("textbox", name="Fråga").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?s a AIFa", delay=KEY)
    page.locator(".CodeMirror-hint").first.wait_for()
    assert violations(page, repository) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.get_by_role("alert").wait_for()
    assert violations(page, repository) == []
    context.close()


def test_everybody_can_use_the_form_without_javascript(chromium: Browser, url: str, repository: Path) -> None:
    context = chromium.new_context()
    page = context.new_page()
    # The editor's script is kept away; axe-core itself needs a browser with scripts.
    page.route("**/bundle/*.js", lambda route: route.abort())
    page.goto(url + "sparql?" + urlencode({"query": PLACES}))
    assert page.locator("textarea").is_visible()
    assert violations(page, repository) == []
    context.close()


def test_an_empty_concatenation_is_explained_in_each_way_of_asking(page: Page, url: str) -> None:
    query = "SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { 1 2 } }"
    open_query(page, url, query, lang="sv")
    assert "skriv GROUP_CONCAT(STR(?x))" in page.locator("#results .hint").inner_text()
    page.locator(".editor .CodeMirror").click()
    page.keyboard.press("Control+Enter")
    # What a header says is in English.
    assert "write GROUP_CONCAT(STR(?x))" in page.locator("#results .hint[lang=en]").inner_text()
    open_query(page, url, query.replace("(?x)", "(STR(?x))"))
    page.locator("#results td").wait_for()
    assert page.locator("#results .hint").count() == 0
