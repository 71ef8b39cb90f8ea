"""Every recipe of `/recipes` does what it says, run as it stands there."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from html import unescape
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "server/computeatlas/web/templates/recipes.html").read_text("utf-8")
RECIPES = dict(re.findall(r'call code\("([\w-]+)", "(\w+)"\)', PAGE))
_MINUTES = 600


def recipe(site: str, name: str) -> str:
    """Return the text of a recipe as the page shows it."""
    with urllib.request.urlopen(urllib.request.Request(site + "recipes", headers={"Accept": "text/html"})) as response:
        text = response.read().decode()
    found = re.search(rf'<pre id="r-{name}" data-runs="{RECIPES[name]}"[^>]*>(.*?)</pre>', text, re.DOTALL)
    assert found
    assert "<" not in found[1]
    return unescape(found[1])


def run(command: list[str], text: str, folder: Path) -> str:
    done = subprocess.run(command, input=text, cwd=folder, capture_output=True, text=True, timeout=_MINUTES)
    assert done.returncode == 0, done.stderr
    return done.stdout


def names(language: str) -> list[str]:
    found = [name for name, runs in RECIPES.items() if runs == language]
    assert found
    return found


def test_every_recipe_is_in_a_language_that_is_tested() -> None:
    assert set(RECIPES.values()) == {"python", "r", "sh", "formula"}


@pytest.mark.parametrize("name", names("python"))
def test_a_recipe_in_python_prints_something(site: str, tmp_path: Path, name: str) -> None:
    assert run([sys.executable, "-"], recipe(site, name), tmp_path).strip()


@pytest.mark.parametrize("name", names("sh"))
def test_a_recipe_for_curl_fetches_something(site: str, tmp_path: Path, name: str) -> None:
    printed = run(["bash", "-eu", "-o", "pipefail"], recipe(site, name), tmp_path)
    fetched = list(tmp_path.iterdir())
    assert printed.strip() or fetched
    assert all(path.stat().st_size > 1000 for path in fetched)
    if name == "curl-table":
        assert {path.name for path in fetched} == {"compute-atlas-facilities.csv", "compute-atlas-facilities.geojson"}


@pytest.mark.parametrize("name", names("r"))
def test_a_recipe_in_r_reads_a_table(site: str, tmp_path: Path, name: str) -> None:
    text = recipe(site, name)
    if shutil.which("Rscript"):
        assert run(["Rscript", "-"], text, tmp_path).strip()
        return
    # Without R, what its `read.csv` would be sent, whose encoding the recipe names.
    address = re.search(r'"(http[^"]+)"', text)[1]
    query = re.search(r'query <- "(.*)"', text)
    if query:
        address += urllib.parse.quote(query[1])
    with urllib.request.urlopen(address) as response:
        data = response.read()
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig" if "UTF-8-BOM" in text else "utf-8"), newline="")))
    assert len(rows) > 5
    assert {len(row) for row in rows} == {len(rows[0])}
    assert set(re.findall(r'c\("(.*?)", "(.*?)", "(.*?)"\)', text)[0] if "c(" in text else ()) <= set(rows[0])


@pytest.mark.parametrize("name", names("formula"))
def test_a_formula_names_an_address_that_a_spreadsheet_opens(site: str, name: str) -> None:
    address = re.fullmatch(r'=IMPORTDATA\("(.*)"\)', recipe(site, name))[1]
    with urllib.request.urlopen(address) as response:
        assert response.headers["content-type"].startswith("text/csv")
        assert response.read().startswith(b"\xef\xbb\xbf")
