"""The files that pages load: what is in the bundle, and how the pages find it."""

from __future__ import annotations

import json
import math
import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import brotli
import pytest
from flask import Flask, render_template_string

from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import PREFIXES
from computeatlas.web.pages.assets import Assets, read_assets

if TYPE_CHECKING:
    from pathlib import Path

#: Of the editor in all, compressed.
BUDGET = 500_000


@pytest.fixture(scope="module")
def bundle(repository: Path, require) -> Assets:
    found = read_assets(repository / "server/computeatlas/web/static")
    require(found.files, "the bundle (make bundle, which needs Node.js and npm)")
    return found


@pytest.fixture(scope="module")
def outlines(bundle: Assets) -> dict[str, Any]:
    path = bundle.path("outlines.json")
    assert path is not None
    return json.loads(path.read_text("utf-8"))


def project(outlines: dict[str, Any], longitude: float, latitude: float) -> tuple[float, float]:
    """Return where a point lies on the map, by the formula of the Lambert azimuthal equal-area projection."""
    turn, tilt = outlines["projection"]["rotate"]
    scale, (x, y) = outlines["projection"]["scale"], outlines["projection"]["translate"]
    east, north, centre = math.radians(longitude + turn), math.radians(latitude), math.radians(-tilt)
    k = math.sqrt(2 / (1 + math.sin(centre) * math.sin(north) + math.cos(centre) * math.cos(north) * math.cos(east)))
    up = math.cos(centre) * math.sin(north) - math.sin(centre) * math.cos(north) * math.cos(east)
    return x + scale * k * math.cos(north) * math.sin(east), y - scale * k * up


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


def serve_from(folder: Path) -> Flask:
    app = Flask("bundled", static_folder=str(folder), static_url_path="/static")
    app.jinja_env.globals.update(bundle_url=read_assets(folder).url)
    return app


def test_the_manifest_names_every_file_that_the_pages_use(bundle: Assets) -> None:
    assert {"editor.js", "editor.css", "outlines.json", "licences.txt"} <= set(bundle.files)
    for name, file in bundle.files.items():
        stem, ending = name.rsplit(".", 1)
        assert re.fullmatch(rf"{stem}-[0-9A-Z]{{8}}\.{ending}", file)
        assert (bundle.directory / file).is_file()


def test_the_editor_with_all_its_chunks_keeps_its_budget(bundle: Assets) -> None:
    files = [path for path in bundle.directory.iterdir() if path.suffix in (".js", ".css")]
    assert len(files) > 3
    assert sum(len(brotli.compress(path.read_bytes(), quality=5)) for path in files) < BUDGET


def test_no_script_names_a_host_that_yasqe_would_ask(bundle: Assets) -> None:
    for path in bundle.directory.glob("*.js"):
        assert not re.search(r"lov\.linkeddata\.es|prefix\.cc", path.read_text("utf-8"))


def test_no_style_loads_anything(bundle: Assets) -> None:
    for path in bundle.directory.glob("*.css"):
        assert not re.search(r"url\(|@import", path.read_text("utf-8"))


def test_the_licences_of_what_is_bundled_go_with_it(bundle: Assets) -> None:
    text = bundle.path("licences.txt").read_text("utf-8")
    for name in ("@zazuko/yasqe", "codemirror", "@observablehq/plot", "d3-geo", "world-atlas"):
        assert re.search(rf"^{re.escape(name)} [\d.]+: \S+\n\n\S", text, re.MULTILINE)


def test_the_lock_file_names_no_registry(repository: Path) -> None:
    text = (repository / "server/frontend/package-lock.json").read_text("utf-8")
    assert json.loads(text)["lockfileVersion"] == 3
    assert '"resolved"' not in text
    assert "registry" not in text


# The numeric codes of ISO 3166-1.
@pytest.mark.parametrize(
    "code, longitude, latitude",
    [("470", 14.4, 35.9), ("438", 9.55, 47.15), ("442", 6.1, 49.8), ("674", 12.46, 43.94), ("752", 15.6, 60.6)],
    ids=["Malta", "Liechtenstein", "Luxembourg", "San Marino", "Sweden"],
)
def test_outlines_lie_where_python_projects_their_places(
    outlines: dict[str, Any], code: str, longitude: float, latitude: float
) -> None:
    (path,) = [country["d"] for country in outlines["countries"] if country["id"] == code]
    points = corners(path)
    x, y = project(outlines, longitude, latitude)
    assert min(a for a, _ in points) - 1 <= x <= max(a for a, _ in points) + 1
    assert min(b for _, b in points) - 1 <= y <= max(b for _, b in points) + 1


def test_outlines_are_small_and_stay_in_the_frame(outlines: dict[str, Any], bundle: Assets) -> None:
    assert bundle.path("outlines.json").stat().st_size < 60_000
    for country in outlines["countries"]:
        assert re.fullmatch(r"[-MLZ\d.,]+", country["d"])
        assert country["id"] is None or re.fullmatch(r"\d{3}", country["id"])
        assert all(0 <= x <= outlines["width"] and 0 <= y <= outlines["height"] for x, y in corners(country["d"]))


def test_pages_do_without_a_bundle(tmp_path: Path) -> None:
    app = serve_from(tmp_path)
    with app.test_request_context():
        assert render_template_string("{{ bundle_url('editor.js') }}") == "None"


def test_bundle_url_leads_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle/manifest.json").write_text('{"editor.js": "editor-0123ABCD.js"}')
    (tmp_path / "bundle/editor-0123ABCD.js").write_text("1")
    app = serve_from(tmp_path)
    with app.test_request_context():
        address = render_template_string("{{ bundle_url('editor.js') }}")
        assert render_template_string("{{ bundle_url('other.js') }}") == "None"
    assert address == "/static/bundle/editor-0123ABCD.js"
    with app.test_client().get(address) as response:
        assert response.data == b"1"


@pytest.mark.parametrize("text", ["{", "[]", "1", '"a"'])
def test_a_damaged_manifest_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle/manifest.json").write_text(text)
    with pytest.raises(UsageError, match=r"manifest\.json.*make bundle"):
        read_assets(tmp_path)


def test_completions_hold_prefixes_and_the_terms_of_the_data_in_both_languages(site: str, ask) -> None:
    with urllib.request.urlopen(site + "sparql/completions") as response:
        found = json.load(response)
        tag = response.headers["ETag"]
    assert found["prefixes"] == PREFIXES
    terms = {(term["iri"], term["kind"]): term["labels"] for term in found["terms"]}
    assert len(terms) == len(found["terms"])
    used = ask(site, "SELECT DISTINCT ?p { ?s ?p ?o }").split()[1:]
    assert {(iri, "property") for iri in used} <= set(terms)
    types = ask(site, "SELECT DISTINCT ?c { ?s a ?c FILTER(ISIRI(?c)) }").split()[1:]
    assert {(iri, "class") for iri in types} <= set(terms)
    declared = "SELECT ?c { ?c a <http://www.w3.org/2002/07/owl#Class> FILTER(ISIRI(?c)) }"
    for iri in ask(site, declared).split()[1:]:
        assert {"en", "sv"} <= set(terms[(iri, "class")])
    again = urllib.request.Request(site + "sparql/completions", headers={"If-None-Match": tag})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(again)
    error.value.close()
    assert error.value.code == 304


def test_the_page_hands_the_editor_an_answer_that_cannot_end_its_element(site: str, bundle: Assets) -> None:
    query = 'SELECT ("</script><script>alert(1)</script>" AS ?x) {}'
    address = site + "sparql?" + urlencode({"query": query})
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": "text/html"})) as response:
        text = response.read().decode()
    block = re.search(r'<script type="application/json" id="editor-settings">(.*?)</script>', text, re.DOTALL)
    settings = json.loads(block[1])
    assert settings["answer"]["results"]["bindings"][0]["x"]["value"] == "</script><script>alert(1)</script>"
    assert "<script>" not in text
