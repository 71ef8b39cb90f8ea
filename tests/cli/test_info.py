"""`computeatlas info`: what is in a release, and how good it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from computeatlas.cli.main import cli
from computeatlas.engine.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from click.testing import CliRunner


def test_text_tells_the_figures_of_the_tiny_graph(runner: CliRunner, tiny: Path, tmp_path: Path) -> None:
    result = runner.invoke(cli, ["info", "--root", str(tiny), "--releases", str(tmp_path)])
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert ["Claims", "3"] in lines
    assert ["Facilities", "without", "a", "stage", "1", "(100.0%)"] in lines
    assert ["Land", "3", "(100.0%)", "1"] in lines
    assert "Newest claim" not in result.output


def test_json_tells_the_same(runner: CliRunner, tiny: Path, tmp_path: Path) -> None:
    result = runner.invoke(cli, ["info", "--root", str(tiny), "--releases", str(tmp_path), "--format", "json"])
    found = json.loads(result.stdout)
    assert found["totals"]["claims"] == {"label": "Claims", "value": 3}
    assert found["totals"]["facilities-without-money"] == {
        "label": "Facilities without a sum of money",
        "value": 1,
        "share": 1.0,
    }
    assert [(row["label"], row["claims-by-country"]) for row in found["tables"]["countries"]] == [
        ("Land", {"value": 3, "share": 1.0})
    ]
    assert found["tables"]["languages"] == [{"language": "en", "claims-by-language": {"value": 3, "share": 1.0}}]
    assert set(found["totals"]) <= set(found["definitions"])
    assert found["newest_claim"] is found["newest_claim_age_days"] is None


def test_a_release_of_before_says_that_it_says_nothing(
    runner: CliRunner, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbeddedEngine, "load_nquads", lambda engine, data: None)
    result = runner.invoke(cli, ["info", "--root", str(tiny), "--releases", str(tmp_path)])
    assert result.exit_code == 0
    assert "build it again" in result.output
