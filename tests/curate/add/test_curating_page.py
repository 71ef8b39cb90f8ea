"""The example of docs/curating.md is carried out as it stands there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from computeatlas.cli.add import add_command
from computeatlas.curate.add.claim_table import COLUMNS

from .examples import said

pytestmark = pytest.mark.slow

PAGE = "docs/curating.md"


def test_the_example_is_written_as_the_page_says(
    repository: Path, tmp_path: Path, runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (repository / PAGE).read_text(encoding="utf-8")
    root = tmp_path / "root"
    for name in ("graph_data", "ontology", "queries"):
        shutil.copytree(repository / name, root / name)
    (tmp_path / "borlange.tsv").write_text(re.findall(r"```tsv\n(.*?)```", text, re.DOTALL)[0], encoding="utf-8")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    commands += re.findall(r"`(computeatlas add claims borlange\.tsv[^`]*)`", text)
    assert len(commands) == 3
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPUTEATLAS_ROOT", str(root))
    for command in commands:
        done = runner.invoke(add_command, shlex.split(command)[2:])
        assert done.exit_code == 0, (command, done.output, done.exception)
    path = root / "graph_data/claims/borlange.ttl"
    assert said(path, "claim:borlange-cost-estimate")["atlas:object"] == ["qty:eur-1200000000"]
    assert said(path, "claim:borlange-permanent-jobs")["atlas:object"] == ["qty:person-200-to-300"]


def test_every_column_is_described(repository: Path) -> None:
    text = (repository / PAGE).read_text(encoding="utf-8").partition("## Columns")[2].partition("##")[0]
    described = [
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert sorted(described) == sorted(COLUMNS)
