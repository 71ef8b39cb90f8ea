"""Few trace at once; the others wait, and are told where that takes too long."""

import pytest

from computeatlas.model.errors import OverloadedError
from computeatlas.web.pages import trace_limit


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> trace_limit.TraceLimit:
    monkeypatch.setattr(trace_limit, "_PATIENCE", 0.01)
    return trace_limit.TraceLimit()


def test_a_third_is_refused_until_one_has_done(limit: trace_limit.TraceLimit) -> None:
    with limit.turn():
        with limit.turn(), pytest.raises(OverloadedError), limit.turn():
            pass
        with limit.turn():
            pass


def test_a_turn_ends_with_an_error_too(limit: trace_limit.TraceLimit) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), limit.turn():
            raise ZeroDivisionError
