"""Downloads, robots.txt and the sitemap, on the real server."""

from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import pytest

from computeatlas.model.namespaces import ID


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return response.status, response.read(), dict(response.headers.items())
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers.items())


def test_each_file_of_the_release_comes_with_the_digest_that_the_page_gives(site: str, release: Path, manifest) -> None:
    page = get(site + "download/", Accept="text/html")[1].decode()
    for name in [*manifest.files, "manifest.json"]:
        status, body, headers = get(f"{site}download/{name}")
        assert status == 200
        assert body == (release / name).read_bytes()
        digest = hashlib.sha256(body).hexdigest()
        assert digest in page
        assert headers["etag"] == f'"{digest}"'
    assert manifest.digest in page


def test_a_part_of_a_file_and_a_condition_are_honoured(site: str, release: Path) -> None:
    address = site + "download/compute-atlas.nq.bz2"
    whole = (release / "compute-atlas.nq.bz2").read_bytes()
    status, body, headers = get(address, Range="bytes=10-19")
    assert (status, body) == (206, whole[10:20])
    assert headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert get(address, **{"If-None-Match": headers["etag"]})[0] == 304
    assert get(address, Range=f"bytes={len(whole)}-")[0] == 416


@pytest.mark.parametrize(
    "name",
    ["..%2fmanifest.json", "%2e%2e%2f%2e%2e%2fpyproject.toml", "../healthz/../pyproject.toml", "nothing", "%00", "."],
)
def test_no_other_file_can_be_had(site: str, name: str) -> None:
    status, body, _headers = get(f"{site}download/{name}")
    assert status in (400, 404)
    assert b"[project]" not in body


@pytest.mark.slow
def test_the_bundle_for_ontology_editors_is_a_whole_one(site: str) -> None:
    address = site + "download/compute-atlas-protege.zip"
    status, body, headers = get(address)
    assert status == 200
    assert headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert {Path(name).name for name in names} >= {
        "compute-atlas.owl",
        "catalog-v001.xml",
        "ontology.owl",
        "claims.owl",
    }
    assert get(address)[1] == body
    assert hashlib.sha256(body).hexdigest() in get(site + "download/")[1].decode()


def test_robots_are_told_what_to_leave_and_where_the_pages_are(site: str) -> None:
    text = get(site + "robots.txt")[1].decode()
    assert "Disallow: /sparql?" in text
    assert "Disallow: /describe" in text
    assert f"Sitemap: {site}sitemap.xml" in text
    assert "Disallow: /\n" not in text


def test_the_sitemap_lists_entities_documents_and_views_but_no_claims(site: str, engine) -> None:
    root = ElementTree.fromstring(get(site + "sitemap.xml")[1])
    places = [element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(places) == len(set(places))
    assert site in places
    assert site + "ontology" in places
    assert site + "doc/infrastructure/mimer" in places
    assert site + "doc/source/vr-mimer" in places
    assert not any("/doc/claim/" in place for place in places)
    assert all(place.startswith(site) for place in places)
    assert ID not in "".join(places)


def test_there_is_no_part_of_a_sitemap_beyond_the_last(site: str) -> None:
    assert get(site + "sitemap-1.xml")[0] == 200
    assert get(site + "sitemap-2.xml")[0] == 404
    assert get(site + "sitemap-0.xml")[0] == 404
