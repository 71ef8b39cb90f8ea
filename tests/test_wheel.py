"""A wheel in an empty environment serves the graph from any directory."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(repository)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_ontology_data_and_queries(wheel: Path, repository: Path) -> None:
    inside = {name.removeprefix("computeatlas/root/") for name in zipfile.ZipFile(wheel).namelist()}
    for folder in ("ontology", "graph_data", "queries"):
        for path in (repository / folder).rglob("*"):
            if path.is_file():
                assert path.relative_to(repository).as_posix() in inside
    assert not any(name.startswith("tests/") for name in inside)


def test_an_installed_wheel_serves_from_any_directory(wheel: Path, tmp_path: Path, serving, ask, monkeypatch) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    install = [str(environment / "bin/python"), "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # What is asked is the wheel, wherever the tests have the program from.
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with serving(cwd=elsewhere, program=(str(environment / "bin/computeatlas"),)) as url:
        answer = ask(url, (Path(__file__).parents[1] / "queries/gigafactories_for_the_money.rq").read_text())
    assert answer.split()[-1].endswith("estimate,4,6")
    assert list(elsewhere.iterdir()) == []
    assert (tmp_path / "cache/computeatlas/releases/current/manifest.json").is_file()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["computeatlas"]
