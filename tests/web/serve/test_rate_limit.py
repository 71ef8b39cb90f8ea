"""How often a client may ask: never more than it says, and the wait that is told is enough."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.errors import UsageError
from computeatlas.web.serve import rate_limit as rates
from computeatlas.web.serve.rate_limit import Rate, RateLimiter, is_private, parse_rate

limits = st.builds(Rate, st.integers(1, 50), st.sampled_from([1, 60, 3600]))
#: Seconds between one attempt and the next.
gaps = st.lists(st.floats(0, 100) | st.floats(0, 0.1), max_size=60)


@given(limits, gaps, st.floats(0, 1e6))
def test_no_window_has_more_than_the_burst_and_what_time_gives(rate: Rate, pauses: list[float], now: float) -> None:
    limiter = RateLimiter(rate)
    passed: list[float] = []
    for pause in pauses:
        now += pause
        if not limiter.wait("c", now):
            passed.append(now)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            window = Fraction(passed[last]) - Fraction(passed[first])
            most = rate.count + window * rate.count / rate.seconds
            assert last - first + 1 <= float(most) + 1e-3


@given(limits, gaps, st.floats(0, 1e6))
def test_who_waits_as_long_as_told_passes_and_who_comes_earlier_does_not(
    rate: Rate, pauses: list[float], now: float
) -> None:
    limiter = RateLimiter(rate)
    for pause in pauses:
        now += pause
        late = limiter.wait("c", now)
        assert late >= 0
        if late:
            assert late <= rate.seconds / rate.count + 1e-6
            assert limiter.wait("c", now + late * 0.99)
            now += late
            assert not limiter.wait("c", now)


@given(limits)
def test_a_client_that_was_silent_may_send_all_at_once(rate: Rate) -> None:
    limiter = RateLimiter(rate)
    for now in (7.0, 7.0 + 2 * rate.seconds):
        assert [limiter.wait("c", now) for _ in range(rate.count)] == [0] * rate.count
        assert limiter.wait("c", now)


def test_clients_are_counted_apart() -> None:
    limiter = RateLimiter(Rate(1, 60))
    assert not limiter.wait("a", 1)
    assert limiter.wait("a", 1)
    assert not limiter.wait("b", 1)


def test_those_who_may_send_all_at_once_again_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_CLIENTS", 10)
    limiter = RateLimiter(Rate(1, 60))
    for number in range(10):
        limiter.wait(f"old {number}", 0)
    for number in range(3):
        limiter.wait(f"new {number}", 100)
    assert len(limiter._full_at) == 3
    assert all(limiter.wait(f"new {number}", 100) for number in range(3))


def test_where_nobody_can_be_forgotten_it_is_not_tried_at_each_new_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_CLIENTS", 10)
    sweeps = []

    class Watched(dict):
        def items(self):
            sweeps.append(len(self))
            return super().items()

    limiter = RateLimiter(Rate(1, 86400))
    limiter._full_at = Watched()
    for number in range(300):
        limiter.wait(f"client {number}", 0)
        limiter._full_at = Watched(limiter._full_at)
    assert sweeps == [10, 20, 40, 80, 160]
    assert all(limiter.wait(f"client {number}", 0) for number in range(300))


@pytest.mark.parametrize(
    "text, rate",
    [("6000/minute", Rate(6000, 60)), ("1/second", Rate(1, 1)), ("9/hour", Rate(9, 3600)), ("5/day", Rate(5, 86400))],
)
def test_rates_that_are_understood(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "0/minute", "-1/minute", "1/week", "1 / minute", "minute", "1.5/second", "٣/hour", "1/minute\n"]
)
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(UsageError, match="is not a rate"):
        parse_rate(text)


@pytest.mark.parametrize(
    "host, private",
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
        ("fe80::1%1", False),
    ],
)
def test_who_can_reach_an_address(host: str, private: bool) -> None:
    assert is_private(host) is private
