"""Pages are kept and tagged for as long as what they are made of is the same."""

from __future__ import annotations

from itertools import count

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from computeatlas.web.pages import i18n as language
from computeatlas.web.pages import page_cache


class World:
    """The data that the pages are made of."""

    def __init__(self) -> None:
        self.version = "one"
        self.made = count(1)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> FlaskClient:
    app = Flask(__name__)
    language.register(app)
    page_cache.register(app, lambda: world.version, 1 << 20)

    @app.get("/page")
    def page() -> str:
        return f"page {next(world.made)}"

    @app.get("/secret")
    def secret() -> Response:
        return Response(f"secret {next(world.made)}", headers={"Cache-Control": "no-store"})

    @app.get("/sparql")
    def sparql() -> str:
        return f"now {next(world.made)}"

    @app.get("/large")
    def large() -> str:
        return f"{next(world.made)} " + "x" * (1 << 17)

    return app.test_client()


def test_a_page_is_made_once_for_the_same_data_address_and_language(client: FlaskClient, world: World) -> None:
    assert client.get("/page").text == "page 1"
    assert client.get("/page").text == "page 1"
    assert client.get("/page?a=1").text == "page 2"
    assert client.get("/page", headers={"Accept-Language": "sv"}).text == "page 3"
    assert client.get("/page", headers={"Accept": "text/html"}).text == "page 4"
    assert client.get("/page", base_url="http://other.example").text == "page 5"
    world.version = "two"
    assert client.get("/page").text == "page 6"


def test_a_browser_that_has_the_page_is_told_so_until_the_data_change(client: FlaskClient, world: World) -> None:
    tag = client.get("/page").headers["ETag"]
    again = client.get("/page", headers={"If-None-Match": tag})
    assert (again.status_code, again.text, again.headers["ETag"]) == (304, "", tag)
    world.version = "two"
    assert client.get("/page", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/secret", "/sparql"])
def test_what_may_differ_is_neither_kept_nor_tagged(client: FlaskClient, path: str) -> None:
    first, second = client.get(path), client.get(path)
    assert first.text != second.text
    assert "ETag" not in first.headers


def test_a_page_that_is_too_large_is_made_anew(client: FlaskClient) -> None:
    assert client.get("/large").text[0] == "1"
    assert client.get("/large").text[0] == "2"


def test_errors_are_not_kept(client: FlaskClient) -> None:
    missing = client.get("/none")
    assert missing.status_code == 404
    assert "ETag" not in missing.headers


def test_a_choice_of_language_is_remembered_by_its_cookie_also_from_the_cache(client: FlaskClient) -> None:
    client.get("/page?lang=sv")
    client.delete_cookie("lang")
    assert "lang=sv" in client.get("/page?lang=sv").headers["Set-Cookie"]
