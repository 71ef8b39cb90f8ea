"""`/facilities.csv`, `/claims.csv`, `/money.csv`, `/sources.csv` and `/facilities.geojson`: files to take away.

The tables are for people: names in the reader's language, certainty and documents in each row, and CSV as the reader's
spreadsheet opens it. They are worked out once for the data as they are, in each language. Programs that want plain rows
ask `/sparql`.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from computeatlas.views import facilities
from computeatlas.views.geojson import geojson
from computeatlas.views.tables.claims import claim_sheet
from computeatlas.views.tables.facilities import facility_sheet
from computeatlas.views.tables.money import money_sheet
from computeatlas.views.tables.sheet import Separator, to_csv
from computeatlas.views.tables.sources import source_sheet
from computeatlas.web.pages.context import Kept, context, reader
from computeatlas.web.pages.i18n import LANGUAGES, language
from computeatlas.web.pages.map import read_chosen
from computeatlas.web.pages.parameters import choice

if TYPE_CHECKING:
    from collections.abc import Callable

    from computeatlas.views.reader import Reader
    from computeatlas.views.tables.sheet import Sheet

blueprint = Blueprint("tables", __name__)

_SEPARATORS = {"comma": Separator.COMMA, "semicolon": Separator.SEMICOLON}
#: Languages whose spreadsheets put fields apart by semicolons.
_WITH_SEMICOLONS = ("sv",)


def _all_facilities(view: Reader) -> Sheet:
    found = facilities.read_facilities(view, facilities.chosen(facilities.read_choices(view), (), ()))
    return facility_sheet(view, found)


_MAKERS: dict[str, Callable[[Reader], Sheet]] = {
    "facilities": _all_facilities,
    "claims": claim_sheet,
    "money": money_sheet,
    "sources": source_sheet,
}
#: Name of a table and language → the table, which is worked out by a request in that language.
_SHEETS = {(name, code): Kept(maker) for name, maker in _MAKERS.items() for code in LANGUAGES}


@blueprint.get("/facilities.csv")
def facility_table() -> Response:
    """Send the facilities that were chosen, as on the map, or all."""
    view = reader()
    choice_made, found = read_chosen(view)
    return _csv(facility_sheet(view, found), "facilities") if choice_made.address else _table("facilities")


@blueprint.get("/facilities.geojson")
def facility_points() -> Response:
    """Send the facilities that were chosen, as on the map, each with a point: its country's where no other is known."""
    view = reader()
    data = geojson(read_chosen(view)[1], view, everywhere=True)
    return _file(json.dumps(data, ensure_ascii=False).encode(), "facilities.geojson", "application/geo+json")


def _table(name: str) -> Response:
    return _csv(context().get(_SHEETS[name, language()]), name)


def _csv(sheet: Sheet, name: str) -> Response:
    """Send `sheet` as CSV; `separator` is `comma` or `semicolon`, where it is missing that of the reader's language."""
    asked = choice("separator", _SEPARATORS)
    usual = Separator.SEMICOLON if language() in _WITH_SEMICOLONS else Separator.COMMA
    data = to_csv(sheet, language(), _SEPARATORS[asked] if asked else usual)
    return _file(data, f"{name}.csv", "text/csv; charset=utf-8; header=present")


def _file(data: bytes, name: str, media_type: str) -> Response:
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="compute-atlas-{name}"'
    return response


for _name in ("claims", "money", "sources"):
    blueprint.add_url_rule(f"/{_name}.csv", f"{_name}_table", partial(_table, _name))
