"""Programs that read files, each at the addresses that the server has for it."""

from __future__ import annotations

import gzip
import io
import json
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import quote

import geopandas
import owlready2
import pandas
import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from computeatlas.engine.embedded import Query
from computeatlas.model.namespaces import ATLAS, ID
from computeatlas.release.protege import WHOLE

MIMER = ID + "infrastructure/mimer"
#: Ending of an address → RDFLib's name of the format.
ENDINGS = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "trig": "trig", "nq": "nquads"}
THINGS = {"doc/infrastructure/mimer": MIMER, "ontology": ATLAS.rstrip("#"), "dataset": None}


def fetch(address: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as response:
        return response.read()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_rdflib_parses_a_description_by_each_address(site: str, thing: str, ending: str) -> None:
    address = f"{site}{thing}.{ending}"
    # By what the caller says it is, and by its media type.
    assert len(rdflib.Dataset(default_union=True).parse(address, format=ENDINGS[ending])) > 5
    if ending not in ("trig", "nq"):
        assert len(rdflib.Graph().parse(address)) > 5


@pytest.mark.parametrize(
    "address",
    [
        "doc/infrastructure/mimer",
        "id/infrastructure/mimer",
        "ontology",
        "dataset",
        ".well-known/void",
        "sparql",
        "describe?iri=" + quote(MIMER),
        "sparql?query=" + quote(f"DESCRIBE <{MIMER}>"),
    ],
)
def test_rdflib_negotiates_where_the_address_has_no_ending(site: str, address: str) -> None:
    assert len(rdflib.Graph().parse(site + address)) > 5


def test_pyld_reads_json_ld_and_has_the_same_triples(site: str) -> None:
    document = json.loads(fetch(site + "doc/infrastructure/mimer.jsonld"))
    read = jsonld.to_rdf(document, {"format": "application/n-quads"})
    by_pyld = ox.Dataset(ox.parse(read, format=ox.RdfFormat.N_QUADS))
    ours = ox.Dataset(ox.parse(fetch(site + "doc/infrastructure/mimer.nt"), format=ox.RdfFormat.N_QUADS))
    for dataset in (by_pyld, ours):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(by_pyld) == set(ours)


def test_owlready_loads_the_bundle_from_its_address(site: str, tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(fetch(site + "download/compute-atlas-protege.zip"))).extractall(tmp_path)
    whole = next(tmp_path.rglob(WHOLE))
    world = owlready2.World()
    world.get_ontology(whole.as_uri()).load(only_local=True)
    assert world[MIMER] in world.individuals()


def test_geopandas_has_every_facility_and_a_point_for_each_that_is_anywhere(site: str, engine) -> None:
    table = geopandas.read_file(site + "facilities.geojson")
    known = engine.table(Query(f"SELECT ?x {{ ?x a <{ATLAS}Infrastructure> }}")).records()
    assert set(table["iri"]) == {row["x"].value for row in known}
    missing = table[table.geometry.isna()]
    assert [place for place in missing["placeLabel"] if len(place)] == []
    assert 0 < len(missing) < len(table) / 2
    by_country = table[[list(of)[:1] == ["country"] for of in table["pointOf"]]]
    assert len(by_country) > 0
    assert (by_country["exact"] == 0).all()
    assert {"Point"} <= set(by_country.geometry.geom_type)
    assert (table[table["iri"] == ID + "infrastructure/coreweave-falun"]["exact"] == 1).all()
    assert len(geopandas.read_file(site + "map.geojson")) == len(table)


@pytest.mark.parametrize("name", ["facilities", "claims", "money", "sources"])
def test_pandas_reads_each_table_in_both_languages(site: str, name: str) -> None:
    english = pandas.read_csv(f"{site}{name}.csv?lang=en")
    swedish = pandas.read_csv(f"{site}{name}.csv?lang=sv", sep=";", decimal=",")
    assert english.shape == swedish.shape
    assert len(english) > 10
    assert not set(english.columns) & {name for name in swedish.columns if "å" in name or "ä" in name}
    # Neither heading nor text is spoilt, and the byte-order mark is no part of the first.
    assert all(column.isprintable() for column in (*english.columns, *swedish.columns))
    if name == "facilities":
        assert sorted(english["Latitude"].dropna()) == sorted(swedish["Latitud"].dropna())
        assert "Borlänge" in "".join(english["Place"].dropna())


@pytest.mark.parametrize("form", [ox.RdfFormat.N_QUADS, ox.RdfFormat.TURTLE], ids=str)
def test_the_packed_graph_is_read_by_whoever_has_gzip(site: str, manifest, form: ox.RdfFormat) -> None:
    ending = "nq" if form == ox.RdfFormat.N_QUADS else "ttl"
    data = gzip.decompress(fetch(f"{site}download/compute-atlas.{ending}.gz"))
    store = ox.Store()
    store.bulk_load(data, format=form)
    assert len(store) == manifest.quads if ending == "nq" else 0 < len(store) <= manifest.quads
