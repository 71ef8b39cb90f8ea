"""All or nothing, and the graph with what was added."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from computeatlas.curate.add import write
from computeatlas.curate.add.claim import add_claim
from computeatlas.curate.add.fields import Faults, NewClaim, option
from computeatlas.curate.add.lookup import Lookup, expand
from computeatlas.curate.add.resolve import Resolver
from computeatlas.curate.add.source import NewSource, add_source
from computeatlas.curate.check.evidence import read_archive
from computeatlas.curate.check.run import require_sound
from computeatlas.engine.embedded import Query
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.namespaces import ATLAS, shorten
from computeatlas.model.project import Project
from computeatlas.release.build import build
from computeatlas.release.load import load
from computeatlas.turtle.lines import ParsedGraph

from .examples import (
    ARCHIVE,
    CLAIM,
    HALL,
    evidence_findings,
    snapshot,
)

pytestmark = pytest.mark.slow


def test_a_graph_with_errors_is_left_as_it_was_and_the_errors_are_shown(graph: Project) -> None:
    path = graph.root / "graph_data/entities/things.ttl"
    path.write_text(path.read_text().replace("maxValue 10.0", "maxValue 1.0"))
    before = snapshot(graph)
    with pytest.raises(FindingsError) as caught:
        add_claim(graph, replace(CLAIM, topic="new"), ARCHIVE)
    assert {finding.path for finding in caught.value.findings} == {"graph_data/entities/things.ttl"}
    assert snapshot(graph) == before


def test_a_file_that_is_no_turtle_is_shown_before_anything_is_written(graph: Project, letter: Path) -> None:
    (graph.root / HALL).write_text("claim:")
    before = snapshot(graph)
    with pytest.raises(FindingsError) as caught:
        add_source(graph, NewSource(letter, "actor:builder", kind="news"))
    assert caught.value.findings[0].path == HALL
    assert snapshot(graph) == before


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), RuntimeError("boom")])
def test_an_interrupt_puts_the_files_back(graph: Project, monkeypatch: pytest.MonkeyPatch, fault) -> None:
    written: list[bool] = []

    def fail(*_arguments: object, **_options: object) -> None:
        written.append((graph.root / "graph_data/claims/new.ttl").exists())
        raise fault

    before = snapshot(graph)
    monkeypatch.setattr(write, "require_sound", fail)
    with pytest.raises(type(fault)):
        add_claim(graph, replace(CLAIM, topic="new"), ARCHIVE)
    # What is checked is not written yet.
    assert written == [False]
    assert snapshot(graph) == before


def test_a_file_that_cannot_be_written_is_one_error_and_the_others_are_put_back(
    graph: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == "new.ttl":
            raise PermissionError(13, "Permission denied", str(target))
        return real(self, target)

    before = snapshot(graph)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UsageError, match=r"new\.ttl: the files cannot be written — Permission denied"):
        add_claim(graph, replace(CLAIM, topic="new"), ARCHIVE)
    assert snapshot(graph) == before


def test_permissions_and_links_are_kept(graph: Project) -> None:
    path, real = graph.root / HALL, graph.root / "hall-elsewhere"
    path.rename(real)
    path.symlink_to(real)
    real.chmod(0o640)
    add_claim(graph, CLAIM, ARCHIVE)
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "claim:hall-operated-by" in real.read_text()


def test_a_graph_with_a_new_source_and_claims_is_sound_and_builds(
    with_protege: Project, letter: Path, tmp_path: Path
) -> None:
    organ = NewSource(letter, "actor:builder", "organ", issued="2024", url="http://example.org/", kind="news")
    add_source(with_protege, organ)
    from_letter = replace(CLAIM, source="organ", finds=("𝟙 e\u0301", "the town"))
    operated = add_claim(with_protege, from_letter, letter.parent)
    add_claim(with_protege, replace(CLAIM, predicate="atlas:partOf", objects=(), modality="stated-unknown"), ARCHIVE)
    graph = require_sound(with_protege)
    assert evidence_findings(graph, read_archive(ARCHIVE) | read_archive(letter.parent)) == []
    assert Lookup(graph).label(operated.iri, "sv") == "Hall: drivs av Byggare"
    release = build(with_protege, tmp_path / "releases")
    engine = load(release)[1]
    query = f"ASK {{ <{expand('infra:hall')}> <{ATLAS}operatedBy> <{expand('actor:builder')}> }}"
    assert engine.table(Query(query)).rows[0][0].value == "true"


def test_every_claim_of_the_project_could_have_been_added(parsed: ParsedGraph) -> None:
    """What the project's own curators wrote is not refused, and its values come out as they stand."""
    known = Lookup(parsed)
    claims: dict[str, dict[str, list[Any]]] = {}
    for file in parsed.files["claims"]:
        for triple in file.triples:
            parts = claims.setdefault(triple.subject.value, {})
            parts.setdefault(triple.predicate.value.removeprefix(ATLAS), []).append(triple.object)
    claims = {name: parts for name, parts in claims.items() if "subject" in parts}
    assert len(claims) > 200
    resolver = Resolver(known, option)
    source = shorten(min(known.members(ATLAS + "Source")))
    for parts in claims.values():

        def names(key: str, parts: dict[str, list[Any]] = parts) -> tuple[str, ...]:
            return tuple(shorten(term.value) for term in parts.get(key, ()))

        values = parts.get("value", [])
        faults = Faults()
        terms = resolver.resolve(
            NewClaim(
                source=source,
                subject=names("subject")[0],
                predicate=names("predicate")[0],
                modality=names("modality")[0],
                objects=names("object"),
                values=tuple(value.value + (f"@{value.language}" if value.language else "") for value in values),
                rank=names("rank")[0],
                reason=parts["rankReason"][0].value if "rankReason" in parts else None,
                stated_by=names("statedBy"),
            ),
            faults,
        )
        assert not faults
        assert terms is not None
        assert list(terms.values) == values
