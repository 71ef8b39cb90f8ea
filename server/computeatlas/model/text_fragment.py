"""Addresses that lead to some words of a page: text fragments, https://wicg.github.io/scroll-to-text-fragment/."""

from __future__ import annotations

from urllib.parse import quote

#: How the addresses begin that may be linked to: data may hold others, which run a script.
WEB = ("https://", "http://")
#: What sets off a directive from the rest of a fragment.
_DELIMITER = ":~:"


def to_words(address: str, first: str, last: str = "") -> str:
    """Return `address` with a text fragment that leads to `first`, or to what runs from `first` to `last`.

    Browsers find the words whatever their case, if they stand in one block of text. A fragment that `address` has
    stays; a directive in it is replaced. Without words it is `address` as it is.
    """
    words = [_encoded(text) for text in (first, last) if text.strip()]
    if not words:
        return address
    page, mark, fragment = address.partition("#")
    kept = fragment.partition(_DELIMITER)[0]
    return f"{page}#{kept if mark else ''}{_DELIMITER}text={','.join(words)}"


def _encoded(text: str) -> str:
    """Return `text` on one line, percent-encoded; `-` is one of the signs of the syntax and no letter of the words."""
    return quote(" ".join(text.split()), safe="").replace("-", "%2D")
