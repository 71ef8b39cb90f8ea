"""Characters that no HTML document may hold: https://html.spec.whatwg.org/multipage/parsing.html#preprocessing-the-input-stream.

Literals of RDF and parameters of requests may hold any character, and none of these has an escape in HTML.
"""

from __future__ import annotations

import re

#: Control characters other than white space, surrogates, and what Unicode says is no character.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)


def without_forbidden(text: str) -> str:
    """Return `text` with U+FFFD, which browsers show as a sign that a character is missing, for each of them."""
    return _FORBIDDEN.sub("\ufffd", text)
