"""Few trace at once; the others wait, and are told where that takes too long."""

import pytest
from flask import Flask

from computeatlas.model.errors import OverloadedError
from computeatlas.web.pages import trace_limit as tracing


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(tracing, "_PATIENCE", 0.01)
    made = Flask(__name__)
    tracing.register(made)
    return made


def test_a_third_is_refused_until_one_has_done(app: Flask) -> None:
    with app.app_context(), tracing.turn():
        with tracing.turn(), pytest.raises(OverloadedError), tracing.turn():
            pass
        with tracing.turn():
            pass


def test_a_turn_ends_with_an_error_too(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            with pytest.raises(ZeroDivisionError), tracing.turn():
                raise ZeroDivisionError
