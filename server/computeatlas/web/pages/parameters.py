"""Parameters in the address of a page, each given at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from computeatlas.web.http.page_numbers import read_page_number
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection

#: Longer values are not repeated to the reader in full.
_SHOWN = 80


def argument(name: str) -> str:
    """Return the value of the parameter `name`, empty where it is missing.

    Raises RequestError (400) where it is given more than once.
    """
    values = request.args.getlist(name)
    if len(values) > 1:
        raise RequestError("bad-parameter", f"`{name}` is given {len(values)} times.")
    return values[0] if values else ""


def choice(name: str, known: Collection[str]) -> str:
    """Return the value of the parameter `name`, which is one of `known`, empty where it is missing or empty.

    Raises RequestError (400) for any other.
    """
    value = argument(name)
    if value:
        _require_known(name, value, known)
    return value


def choices(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the values of the parameter `name`, which may be given several times, each once and without empty ones.

    Raises RequestError (400) for a value that is not among `known`.
    """
    values = tuple(dict.fromkeys(value for value in request.args.getlist(name) if value))
    for value in values:
        _require_known(name, value, known)
    return values


def _require_known(name: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise RequestError("bad-parameter", f"{name}={value[:_SHOWN]}: it is one of {', '.join(known)}.")


def page_number(name: str = "page") -> int:
    """Return the parameter `name`, which counts from 1, and is 1 where it is missing.

    Raises RequestError (400) for what is no such number.
    """
    return read_page_number(request.args.getlist(name), name)
