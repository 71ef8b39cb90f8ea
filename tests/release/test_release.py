"""Building, publishing and reading back a release."""

from __future__ import annotations

import bz2
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import Query
from computeatlas.model.errors import FindingsError, ReleaseError, UsageError
from computeatlas.model.manifest import MANIFEST_NAME
from computeatlas.model.namespaces import ATLAS, DATASET_IRI, GRAPHS, ID, VOID, graph_iri
from computeatlas.model.project import Project
from computeatlas.release.build import CURRENT, DATA_NAME, build
from computeatlas.release.load import current, is_fresh, load, read_manifest


def files(release: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in release.iterdir()}


def built_elsewhere(root: Path, releases: Path, seed: str) -> dict[str, bytes]:
    """Build `root` in another process, with another order of hashing, in another place and time zone."""
    command = [sys.executable, "-m", "computeatlas", "build", "--root", str(root), "--releases", str(releases)]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return files(releases / CURRENT)


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(release: Path, repository: Path, tmp_path: Path) -> None:
    assert built_elsewhere(repository, tmp_path, "1") == files(release)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["2", "3"])
def test_two_builds_of_a_small_graph_give_the_same_bytes(
    seed: str, tiny: Path, tiny_release: Path, tmp_path: Path
) -> None:
    assert built_elsewhere(tiny, tmp_path, seed) == files(tiny_release)


def test_a_copy_of_the_files_gives_the_same_digest_whatever_their_times(tiny: Path, tmp_path: Path) -> None:
    first = build(Project.find(tiny), tmp_path / "a")
    for path in tiny.rglob("*.ttl"):
        os.utime(path, (0, 0))
    second = build(Project.find(tiny), tmp_path / "b")
    assert files(first) == files(second)


def test_manifest_tells_the_truth(release: Path, project: Project) -> None:
    manifest = read_manifest(release)
    data = (release / DATA_NAME).read_bytes()
    nquads = bz2.decompress(data)
    assert manifest.files == {DATA_NAME: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}}
    assert manifest.digest == hashlib.sha256(nquads).hexdigest()
    quads = list(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    assert manifest.quads == len(quads) == sum(manifest.graphs.values())
    for name in GRAPHS:
        assert manifest.graphs[graph_iri(name)] == sum(q.graph_name.value == graph_iri(name) for q in quads) > 0
    assert manifest.inputs == project.digests()
    assert release.name == f"{manifest.version}-{manifest.digest[:16]}"


def test_lines_are_sorted_and_each_is_there_once(release: Path) -> None:
    lines = bz2.decompress((release / DATA_NAME).read_bytes()).splitlines()
    assert lines == sorted(set(lines))


def test_description_counts_what_is_there(engine, manifest) -> None:
    rows = engine.table(Query(f"SELECT ?n {{ <{graph_iri('claims')}> <{VOID}triples> ?n }}")).rows
    assert [row[0].value for row in rows] == [str(manifest.graphs[graph_iri("claims")])]
    counted = engine.table(Query(f"SELECT (COUNT(*) AS ?n) {{ ?c a <{ATLAS}Claim> }}")).rows[0][0].value
    stated = engine.table(
        Query(
            f"PREFIX void: <{VOID}> SELECT ?n {{ <{DATASET_IRI}> void:classPartition ?p . "
            f"?p void:class <{ATLAS}Claim> ; void:entities ?n }}"
        )
    ).rows
    assert [row[0].value for row in stated] == [counted]


def test_plain_triples_of_the_current_view_name_their_claims(engine) -> None:
    unsupported = engine.table(
        Query(f"""
        PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?s ?p ?o {{ GRAPH <{graph_iri("current")}> {{
          ?s ?p ?o
          FILTER(!isBlank(?s))
          FILTER NOT EXISTS {{ ?a a owl:Axiom ; owl:annotatedSource ?s ; owl:annotatedProperty ?p ;
                                  owl:annotatedTarget ?o ; <{ATLAS}supportedBy> ?claim }}
        }} }}""")
    )
    assert unsupported.rows == ()


def test_inferred_triples_are_not_among_the_asserted(engine) -> None:
    asserted = " ".join(f"<{graph_iri(name)}>" for name in GRAPHS if name not in ("inferred", "metadata"))
    both = engine.table(
        Query(f"""SELECT * {{ VALUES ?g {{ {asserted} }}
          GRAPH <{graph_iri("inferred")}> {{ ?s ?p ?o }} GRAPH ?g {{ ?s ?p ?o }} }}""")
    )
    assert both.rows == ()


@pytest.mark.parametrize(
    "triple",
    [
        ("infrastructure/coreweave-falun", "locatedIn", "place/dalarna"),
        ("infrastructure/mimer-supercomputer", "locatedIn", "place/sweden"),
        ("infrastructure/mimer", "fundedBy", "actor/vinnova"),
        ("infrastructure/mimer", "hasFunding", "funding/mimer-eurohpc"),
        ("place/falun", "within", "place/europe"),
        ("actor/mistral-ai", "cooperatesWith", "actor/ecodatacenter"),
        ("infrastructure/borlange", "hasInvolvedActor", "actor/ecodatacenter"),
    ],
    ids=lambda t: f"{t[1]}-{t[2]}",
)
def test_what_follows_is_there(engine, triple: tuple[str, str, str]) -> None:
    subject, predicate, value = triple
    assert (
        engine.table(Query(f"ASK {{ <{ID}{subject}> <{ATLAS}{predicate}> <{ID}{value}> }}")).rows[0][0].value == "true"
    )


@pytest.mark.parametrize(
    "subject, name, member",
    [
        ("infrastructure/borlange", "AIDataCentre", True),
        ("infrastructure/google-skien", "AIDataCentre", False),
        ("infrastructure/mimer", "PubliclyFundedInfrastructure", True),
        ("infrastructure/coreweave-falun", "PubliclyFundedInfrastructure", False),
        ("infrastructure/telenor-ai-factory", "AIFactory", False),
    ],
)
def test_defined_classes_have_the_right_members(engine, subject: str, name: str, member: bool) -> None:
    answer = engine.table(Query(f"ASK {{ <{ID}{subject}> a <{ATLAS}{name}> }}")).rows[0][0].value
    assert answer == ("true" if member else "false")


def test_speculation_is_in_no_plain_triple(engine) -> None:
    rows = engine.table(
        Query(f"""PREFIX atlas: <{ATLAS}>
        SELECT ?c {{
          GRAPH <{graph_iri("current")}> {{ ?statement atlas:supportedBy ?c }}
          ?c atlas:modality ?m
          FILTER(?m IN (<{ID}modality/prediction>, <{ID}modality/speculation>, <{ID}modality/opinion>))
        }}""")
    )
    assert rows.rows == ()


def test_errors_leave_the_last_good_release_in_place(tiny: Path, tmp_path: Path) -> None:
    good = build(Project.find(tiny), tmp_path)
    before = files(good)
    (tiny / "graph_data/claims/hall.ttl").write_text("broken")
    with pytest.raises(FindingsError):
        build(Project.find(tiny), tmp_path)
    assert current(tmp_path) == good
    assert files(good) == before
    assert not is_fresh(Project.find(tiny), tmp_path)


def test_a_change_makes_a_release_stale_and_building_makes_it_fresh(tiny: Path, tmp_path: Path) -> None:
    project = Project.find(tiny)
    assert not is_fresh(project, tmp_path)
    build(project, tmp_path)
    assert is_fresh(project, tmp_path)
    path = tiny / "graph_data/claims/hall.ttl"
    path.write_text(path.read_text() + "# a remark\n")
    assert not is_fresh(project, tmp_path)
    build(project, tmp_path)
    assert is_fresh(project, tmp_path)


def test_building_leaves_nothing_behind(tiny: Path, tmp_path: Path) -> None:
    release = build(Project.find(tiny), tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path != tiny} == {release.name, CURRENT}


def test_an_unwritable_place_is_a_usage_error(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        build(Project.find(tiny), tmp_path / "file" / "releases")


def test_no_release_is_a_release_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="there is no release here"):
        current(tmp_path)
    with pytest.raises(ReleaseError, match="there is no release here"):
        load(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"BZh9 not really", None], ids=["empty", "other", "flipped"])
def test_a_damaged_file_is_a_release_error(tiny_release: Path, tmp_path: Path, damage: bytes | None) -> None:
    release = copytree(tiny_release, tmp_path / tiny_release.name)
    path = release / DATA_NAME
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data) if damage is None else damage)
    with pytest.raises(ReleaseError, match="the file is corrupt"):
        load(release)


def test_a_damaged_file_with_a_matching_digest_is_a_release_error(tiny_release: Path, tmp_path: Path) -> None:
    release = copytree(tiny_release, tmp_path / tiny_release.name)
    data = bz2.compress(b"this is no quad\n")
    (release / DATA_NAME).write_bytes(data)
    manifest = json.loads((release / MANIFEST_NAME).read_text())
    manifest["files"][DATA_NAME]["sha256"] = hashlib.sha256(data).hexdigest()
    (release / MANIFEST_NAME).write_text(json.dumps(manifest))
    with pytest.raises(ReleaseError, match="the file is corrupt"):
        load(release)
