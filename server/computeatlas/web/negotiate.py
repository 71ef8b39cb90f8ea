"""Which format a client gets: RFC 9110, section 12.5.1 (https://www.rfc-editor.org/rfc/rfc9110#name-accept).

Werkzeug parses the header; choosing is done here, because its `best_match` finds nothing for a media range with
parameters such as `application/sparql-results+json;charset=utf-8`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.model.mediatypes import Format


def choose_format(accept: str | None, offers: Sequence[Format]) -> Format | None:
    """Return the offer that the Accept header values most, the earlier one of equals, or None if it refuses all.

    A missing or empty header accepts anything. An exact type beats `type/*`, which beats `*/*`; parameters other than
    `q` do not distinguish our offers and are passed over.
    """
    if not accept or not accept.strip():
        return offers[0]
    ranges = [
        (parse_options_header(value)[0].lower(), quality)
        for value, quality in parse_accept_header(accept, MIMEAccept)
        if value
    ]
    best: tuple[float, Format] | None = None
    for offer in offers:
        # An alias counts only where the client names it: `text/*` does not ask for what `text/xml` stands for.
        named = [quality for name, quality in ranges if name in offer.aliases]
        quality = max([_quality(offer.media_type, ranges), *named])
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, offer)
    return best[1] if best else None


def prefers_html(accept: str | None) -> bool:
    """Say whether the client names `text/html` and likes it at least as well as anything else: a browser."""
    if not accept:
        return False
    ranges = [(parse_options_header(v)[0].lower(), q) for v, q in parse_accept_header(accept, MIMEAccept)]
    html = max((q for name, q in ranges if name == "text/html"), default=0)
    return html > 0 and html >= max(q for _, q in ranges)


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Return the quality of the most specific range that covers `media_type`, 0 if none does."""
    family = media_type.partition("/")[0] + "/*"
    for name in (media_type, family, "*/*"):
        found = [quality for value, quality in ranges if value == name]
        if found:
            return max(found)
    return 0.0
