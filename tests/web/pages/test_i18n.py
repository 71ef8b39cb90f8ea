"""The reader's language, and texts in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

import computeatlas.web
from computeatlas.web.pages.i18n import LANGUAGES, register

WEB = Path(computeatlas.web.__file__).parent


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__)
    register(made)

    @made.get("/page")
    def page() -> str:
        return render_template_string("{{ language() }} {{ _('Search') }} {{ in_language('en') }}")

    return made


@pytest.mark.parametrize(
    "path, accept, cookie, chosen",
    [
        ("/page", None, None, "en"),
        ("/page", "sv", None, "sv"),
        ("/page", "de, sv;q=0.8, en;q=0.5", None, "sv"),
        ("/page", "en, sv;q=0.5", None, "en"),
        ("/page", "fr", None, "en"),
        ("/page", "en", "sv", "sv"),
        ("/page?lang=en", "sv", "sv", "en"),
        ("/page?lang=xx", "sv", None, "sv"),
    ],
)
def test_the_address_then_the_cookie_then_the_browser_decide(
    app: Flask, path: str, accept: str | None, cookie: str | None, chosen: str
) -> None:
    client = app.test_client()
    if cookie:
        client.set_cookie("lang", cookie)
    response = client.get(path, headers={"Accept-Language": accept} if accept else {})
    assert response.text.split()[:2] == [chosen, {"en": "Search", "sv": "Sök"}[chosen]]
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_a_choice_is_remembered_and_only_a_choice(app: Flask) -> None:
    client = app.test_client()
    assert "Set-Cookie" not in client.get("/page", headers={"Accept-Language": "sv"}).headers
    assert "lang=sv" in client.get("/page?lang=sv").headers["Set-Cookie"]
    assert client.get("/page").text.startswith("sv")


def test_the_switch_keeps_the_address_and_its_parameters(app: Flask) -> None:
    text = app.test_client().get("/page?q=a%26b&lang=sv&q=%C3%A5").text
    assert text.split()[-1] == "/page?q=a%26b&amp;q=%C3%A5&amp;lang=en"


def used() -> set[str]:
    """Return every text that templates and code ask for in the reader's language."""
    found: set[str] = set()
    methods = [("**/templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]
    options = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    for _name, _line, message, _comments, _context in extract_from_dir(str(WEB), methods, options):
        found.update([message] if isinstance(message, str) else message)
    # What reaches _() by way of a name: markers of the form N_("…").
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                found.update(str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))
    return found


def catalogue(code: str) -> dict[str, str]:
    """Return text → translation of every catalogue of a language; each text once."""
    found: dict[str, str] = {}
    for path in sorted((WEB / "translations" / code).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code, abort_invalid=True):
                if not message.id:
                    continue
                singular, *_ = message.id if isinstance(message.id, tuple) else (message.id,)
                words = message.string if isinstance(message.string, tuple) else (message.string,)
                assert all(words), f"{path.name}: {singular} has no translation"
                assert found.setdefault(singular, words[0]) == words[0], f"{path.name}: {singular} is translated twice"
                assert not message.fuzzy
                if isinstance(message.id, tuple):
                    found.update(zip(message.id, words, strict=True))
    return found


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_text_has_a_translation_and_every_translation_a_text(code: str) -> None:
    texts, translated = used(), catalogue(code)
    assert len(texts) > 300
    assert texts - set(translated) == set()
    assert set(translated) - texts == set()


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_translations_have_the_slots_of_their_texts(code: str) -> None:
    for text, words in catalogue(code).items():
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", words)), text
