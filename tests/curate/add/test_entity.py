"""New entities: what is written, where, and which are there already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from computeatlas.curate.add.entity import NewEntity, add_entities, add_entity
from computeatlas.curate.check.run import require_sound
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.project import Project

from .examples import snapshot

pytestmark = pytest.mark.slow

THINGS = "graph_data/entities/things.ttl"
SHED = NewEntity("infra", "shed", ("DataCentre",), "Great shed", "Stort skjul", ("Shed 1@en",))


def test_an_entity_stands_in_the_file_of_its_kind_in_the_order_of_names(graph: Project) -> None:
    added = add_entity(graph, SHED)
    assert added.files == (THINGS,)
    text = (graph.root / THINGS).read_text(encoding="utf-8")
    assert (
        "infra:shed a atlas:DataCentre ;\n"
        '    rdfs:label "Great shed"@en , "Stort skjul"@sv ;\n'
        '    skos:altLabel "Shed 1"@en .\n\nplace:town a'
    ) in text
    require_sound(graph)


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"kind": "infre"}, "infre is no kind of entity"),
        ({"kind": "claim"}, "claim is no kind of entity"),
        ({"name": "hall"}, "infra:hall is taken"),
        ({"name": "Shed"}, "'Shed' is not a name"),
        ({"types": ("DataCenter",)}, "did you mean atlas:DataCentre"),
        ({"alt_labels": ("Shed",)}, "the language of “Shed” is not given"),
        ({"label_en": "HÁLL"}, "the graph has infra:hall (Hall)"),
        ({"label_en": "The Hall Ltd"}, "nearly there already — the graph has infra:hall (Hall)"),
        ({"label_sv": "Halll"}, "nearly there already — the graph has infra:hall (Hall)"),
    ],
)
def test_an_entity_with_a_fault_is_refused_and_nothing_written(
    graph: Project, changes: dict[str, Any], says: str
) -> None:
    before = snapshot(graph)
    with pytest.raises(UsageError) as caught:
        add_entity(graph, replace(SHED, **changes))
    assert says in str(caught.value)
    assert snapshot(graph) == before


def test_a_table_of_entities_is_written_as_a_whole_or_not_at_all(graph: Project, tmp_path: Path) -> None:
    head = "kind\tname\ttype\tlabel_en\tlabel_sv\n"
    good = "infra\tshed\tDataCentre\tGreat shed\tStort skjul\nactor\tfirm\tCompany\tFirm\tFirma\n"
    path = tmp_path / "entities.tsv"
    path.write_text(head + good + "infra\tx\tDataCentre\tHalll\tX\ninfra\ty\tDataCentre\t\tY\n", encoding="utf-8")
    before = snapshot(graph)
    with pytest.raises(FindingsError) as caught:
        add_entities(graph, path)
    assert [(one.line, one.code) for one in caught.value.findings] == [(4, "similar-entity"), (5, "table-value")]
    assert snapshot(graph) == before
    path.write_text(head + good, encoding="utf-8")
    names, files, findings = add_entities(graph, path)
    assert [name.rpartition("/")[2] for name in names] == ["shed", "firm"]
    assert (files, findings) == ((THINGS,), [])
    require_sound(graph)
