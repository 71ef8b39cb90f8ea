"""What the pages share: each thing has one owner, and is kept for as long as the data are the same."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask

import computeatlas.web
from computeatlas.web.http.settings import Settings
from computeatlas.web.pages import context
from computeatlas.web.pages.assets import read_assets
from computeatlas.web.pages.context import Kept, PageContext

WEB = Path(computeatlas.web.__file__).parent


def extension_keys(path: Path) -> list[str]:
    """Return what the module puts between the brackets of `….extensions[…]`, by reading or writing."""
    return [
        ast.unparse(node.slice)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "extensions"
    ]


def test_one_module_alone_uses_the_extensions_of_the_application() -> None:
    users = {str(path.relative_to(WEB)): set(keys) for path in WEB.rglob("*.py") if (keys := extension_keys(path))}
    assert users == {"pages/context.py": {"_KEY"}}


def made_for(version: list[str], tmp_path: Path) -> tuple[Flask, PageContext]:
    """Return an application with a context whose data have the version that `version` holds."""
    app = Flask(__name__)

    class Asker:
        @property
        def version(self) -> str:
            return version[0]

    views: Any = {"labels": SimpleNamespace(header={}, text="")}
    asker: Any = Asker()
    shared = PageContext(asker, Settings(views=views), read_assets(tmp_path))
    context.register(app, shared)
    return app, shared


def test_two_values_made_alike_are_kept_apart_and_made_once(tmp_path: Path) -> None:
    app, shared = made_for(["one"], tmp_path)
    numbers = iter(range(10))
    first, second = Kept(lambda _: next(numbers)), Kept(lambda _: next(numbers))
    with app.test_request_context():
        assert [shared.get(first), shared.get(second), shared.get(first), shared.get(second)] == [0, 1, 0, 1]


def test_a_value_is_made_anew_for_other_data(tmp_path: Path) -> None:
    version = ["one"]
    app, shared = made_for(version, tmp_path)
    numbers = iter(range(10))
    kept = Kept(lambda _: next(numbers))
    with app.test_request_context():
        assert (shared.get(kept), shared.get(kept)) == (0, 0)
        version[0] = "two"
        assert shared.get(kept) == 1


def test_two_applications_keep_their_own(tmp_path: Path) -> None:
    (one, first), (other, second) = made_for(["one"], tmp_path), made_for(["one"], tmp_path)
    numbers = iter(range(10))
    kept = Kept(lambda _: next(numbers))
    with one.test_request_context():
        assert (context.context(), context.context().get(kept)) == (first, 0)
    with other.test_request_context():
        assert (context.context(), context.context().get(kept)) == (second, 1)
