"""Page numbers in addresses: one reading with one set of bounds, for pages and for descriptions in RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PAGES = 100_000
#: Longer values are not repeated to the reader in full.
_SHOWN = 40


def read_page_number(values: Sequence[str], name: str = "page") -> int:
    """Return the number from 1 to `MOST_PAGES` that the values of the parameter `name` give, 1 where there is none.

    Raises RequestError (400) for more than one value, and for one that is no such number, which an empty one is not.
    """
    if not values:
        return 1
    text = values[0]
    # int() takes digits of every script, and long numbers slowly.
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PAGES))
    if len(values) > 1 or not is_number or not 0 < int(text) <= MOST_PAGES:
        given = f"{len(values)} times" if len(values) > 1 else f"as {text[:_SHOWN]!r}"
        raise RequestError("bad-parameter", f"`{name}` is given {given}; pages are counted from 1 to {MOST_PAGES}.")
    return int(text)
