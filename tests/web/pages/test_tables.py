"""`/facilities.csv`, `/claims.csv`, `/money.csv`, `/sources.csv` and `/facilities.geojson` on the real server."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request

import pytest

FILES = {
    "facilities.csv": "text/csv",
    "claims.csv": "text/csv",
    "money.csv": "text/csv",
    "sources.csv": "text/csv",
    "facilities.geojson": "application/geo+json",
}
MARK = b"\xef\xbb\xbf"


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return response.status, response.read(), dict(response.headers.items())
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers.items())


def rows(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_its_name_each_time_and_is_not_sent_twice_to_who_has_it(site: str, name: str) -> None:
    # The second comes from the cache of pages.
    for _ in range(2):
        status, body, headers = get(site + name)
        assert status == 200
        assert headers["content-type"].startswith(FILES[name])
        assert headers["content-disposition"] == f'attachment; filename="compute-atlas-{name}"'
        assert body.startswith(MARK) == name.endswith(".csv")
    assert get(site + name, **{"If-None-Match": headers["etag"]})[0] == 304


def test_a_swedish_spreadsheet_gets_what_it_opens(site: str) -> None:
    for address, headers in (("facilities.csv?lang=sv", {}), ("facilities.csv", {"Accept-Language": "sv"})):
        body = get(site + address, **headers)[1]
        assert body.startswith(MARK + "Anläggning;Slag;Skede;".encode())
        latitudes = [row["Latitud"] for row in rows(body, ";") if row["Latitud"]]
        assert any("," in text for text in latitudes)
        assert not any("." in text for text in latitudes)


def test_the_separator_can_be_chosen(site: str) -> None:
    swedish = get(site + "sources.csv?lang=sv&separator=comma")[1]
    english = get(site + "sources.csv?lang=en&separator=semicolon")[1]
    assert rows(swedish)[0]["Utgivare"]
    assert rows(english, ";")[0]["Publisher"]
    status, body, _headers = get(site + "sources.csv?separator=tab")
    assert status == 400
    assert b"comma, semicolon" in body


def test_facilities_are_chosen_as_on_the_map(site: str) -> None:
    chosen = "?kind=DataCentre&status=not-stated"
    drawn = json.loads(get(site + "map.geojson" + chosen)[1])["features"]
    assert [row["Identifier"] for row in rows(get(site + "facilities.csv" + chosen)[1])] == [
        item["id"] for item in drawn
    ]
    points = json.loads(get(site + "facilities.geojson" + chosen)[1])["features"]
    assert [item["id"] for item in points] == [item["id"] for item in drawn]
    there = rows(get(site + "facilities.csv?place=falun")[1])
    assert 0 < len(there) < 20
    assert {row["Place"] for row in there} == {"Falun"}
    assert get(site + "facilities.csv?kind=nonsense")[0] == 400


def test_every_facility_that_is_anywhere_has_a_point(site: str) -> None:
    features = json.loads(get(site + "facilities.geojson")[1])["features"]
    assert [item["id"] for item in features if (item["geometry"] is None) != (item["properties"]["place"] == [])] == []
    for item in features:
        of = item["properties"]["pointOf"]
        assert item["properties"]["exact"] == (all(one == "place" for one in of) if of else None)


@pytest.mark.parametrize(
    "page, files",
    [
        ("download/", [*FILES, "recipes"]),
        ("map", ["facilities.csv", "facilities.geojson"]),
        ("money", ["money.csv"]),
        ("sources", ["sources.csv"]),
        ("", ["facilities.csv", "facilities.geojson", "recipes"]),
    ],
)
def test_the_files_are_linked_from_where_people_look(site: str, page: str, files: list[str]) -> None:
    text = get(site + page, Accept="text/html")[1].decode()
    assert [name for name in files if f'href="/{name}"' not in text] == []
