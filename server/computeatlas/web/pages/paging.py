"""Long lists, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = TypeVar("Row")


@dataclass(frozen=True)
class Paging(Generic[Row]):
    """The rows of one page; `page` counts from 1 to `last`, `first` is the number of its first row of `total`."""

    rows: Sequence[Row]
    page: int
    last: int
    first: int
    total: int


def require_page(page: int, last: int) -> int:
    """Return `page`; raises RequestError (404) where there are only `last` pages."""
    if page > last:
        raise RequestError("not-found", f"There is no page {page}: the last is {last}.")
    return page


def page_of(rows: Sequence[Row], page: int, size: int) -> Paging[Row]:
    """Return the page number `page` of `rows`, `size` of them a page; no rows are one page.

    Raises RequestError (404) for a page after the last.
    """
    last = max(1, -(-len(rows) // size))
    begin = (require_page(page, last) - 1) * size
    return Paging(rows[begin : begin + size], page, last, begin + 1, len(rows))
