"""Which format and which coding a client gets: RFC 9110, section 12.5 (https://www.rfc-editor.org/rfc/rfc9110#section-12.5).

Werkzeug parses the headers; choosing is done here, because its `best_match` finds nothing for a media range with
parameters such as `application/sparql-results+json;charset=utf-8`. Clients send few different headers, so what was
chosen is remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

from computeatlas.engine.content_coding import ENCODERS
from computeatlas.model.mediatypes import FORMATS, HTML, Format, find_format

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Content codings in our order of preference: the smallest answer first.
_CODINGS = ("br", "zstd", "gzip")
_REMEMBERED = 1024
#: Longer names of formats are not repeated to the client in full.
_SHOWN = 80


def choose_format(accept: str | None, offers: Sequence[Format], wanted: str | None = None) -> Format | None:
    """Return the offer that the parameter `format` names, or else the one that the Accept header values most.

    Of equals it is the earlier one; None if the header refuses all. `format` is no parameter of the protocol, and
    clients send theirs to every server: one that names no offer gives way to the header, and only where there is none
    it is an error, None, for nothing else says what the client wants.

    A missing or empty header accepts anything. An exact type beats `type/*`, which beats `*/*`; parameters other than
    `q` do not distinguish our offers and are passed over.
    """
    if wanted:
        named = find_format(wanted, offers)
        if named is not None or not accept or not accept.strip():
            return named
    return _choose_format(accept, tuple(offers))


@lru_cache(maxsize=_REMEMBERED)
def _choose_format(accept: str | None, offers: tuple[Format, ...]) -> Format | None:
    if not accept or not accept.strip():
        return offers[0]
    ranges = _ranges(accept)
    best: tuple[float, Format] | None = None
    for offer in offers:
        # An alias counts only where the client names it: `text/*` does not ask for what `text/xml` stands for.
        named = [quality for name, quality in ranges if name in offer.aliases]
        quality = max([_quality(offer.media_type, ranges), *named])
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, offer)
    return best[1] if best else None


@lru_cache(maxsize=_REMEMBERED)
def prefers_html(accept: str | None) -> bool:
    """Say whether the client names `text/html` and likes it at least as well as anything else: a browser."""
    if not accept:
        return False
    ranges = _ranges(accept)
    html = max((q for name, q in ranges if name == "text/html"), default=0)
    return html > 0 and html >= max(q for _, q in ranges)


def wish(accept: str | None, wanted: str | None) -> str:
    """Return how the client said which format it wants, for the error that it cannot have it."""
    named = [f"format={wanted[:_SHOWN]}"] if wanted else []
    return " or ".join([*named, *([f"Accept: {accept}"] if accept or not named else [])])


def wants_page(accept: str | None, wanted: str | None) -> bool:
    """Say whether a page is the answer: the parameter `format` names HTML, or names nothing and a browser asks."""
    named = find_format(wanted, (HTML, *FORMATS)) if wanted else None
    return prefers_html(accept) if named is None else named is HTML


@lru_cache(maxsize=_REMEMBERED)
def problem_type(accept: str | None) -> str:
    """Return the media type in which the client is told of an error: problem+json unless it likes another better."""
    offers = ("application/problem+json", "text/plain", "text/html")
    if not accept or not accept.strip():
        return offers[0]
    ranges = _ranges(accept)
    if prefers_html(accept):
        return "text/html"
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    # Who wants a result wants none of these: the error is then in the form for programs.
    return best if any(name == best for name, _ in ranges) else offers[0]


@lru_cache(maxsize=_REMEMBERED)
def choose_coding(accept_encoding: str | None) -> str:
    """Return the content coding that the Accept-Encoding header values most, `identity` where it names none of ours.

    Section 12.5.3: a missing header asks for nothing, `*` stands for those not named, and `identity` is acceptable
    unless it is refused. Where everything is refused, `identity` is sent all the same.
    """
    if not accept_encoding or not accept_encoding.strip():
        return "identity"
    qualities = {name.lower(): quality for name, quality in parse_accept_header(accept_encoding, Accept)}
    qualities["gzip"] = max(qualities.get("gzip", -1.0), qualities.pop("x-gzip", -1.0))
    if qualities["gzip"] < 0:
        del qualities["gzip"]
    other = qualities.get("*", 0.0)
    best = max((name for name in _CODINGS if name in ENCODERS), key=lambda name: qualities.get(name, other))
    quality = qualities.get(best, other)
    return best if quality > 0 and quality >= qualities.get("identity", 0.0) else "identity"


def _ranges(accept: str) -> list[tuple[str, float]]:
    return [
        (parse_options_header(value)[0].lower(), quality)
        for value, quality in parse_accept_header(accept, MIMEAccept)
        if value
    ]


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Return the quality of the most specific range that covers `media_type`, 0 if none does."""
    family = media_type.partition("/")[0] + "/*"
    for name in (media_type, family, "*/*"):
        found = [quality for value, quality in ranges if value == name]
        if found:
            return max(found)
    return 0.0
