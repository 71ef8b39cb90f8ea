"""The rivals: installed by pip into an environment of their own, in ranges of versions."""

from __future__ import annotations

import json
import subprocess
import venv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = (
    "flask>=3.1,<4",
    "granian>=2.7,<3",
    "oxigraph>=0.5.13,<0.6",
    "pyoxigraph>=0.5.13,<0.6",
    "rdflib-endpoint[cli]>=0.6,<0.7",
    "rdflib>=7.1,<8",
)


def install(folder: Path) -> Path:
    """Return the Python of the rivals' environment in `folder`, made and filled first if need be."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    subprocess.run(pip, check=True)  # noqa: S603 (our own list)
    return python


def versions(python: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return the installed version of each named package in the environment of `python`; "-" for one not there."""
    code = (
        "import importlib.metadata as m, json, sys\n"
        "def version(name):\n"
        "    try: return m.version(name)\n"
        "    except m.PackageNotFoundError: return '-'\n"
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    done = subprocess.run([str(python), "-c", code, *names], check=True, capture_output=True)  # noqa: S603
    found: dict[str, str] = json.loads(done.stdout)
    return found


def wrk_version() -> str:
    """Return the version of wrk, "-" if it does not say."""
    done = subprocess.run(["wrk", "-v"], check=False, capture_output=True, text=True)  # noqa: S607 (of the system)
    words = done.stdout.split()
    return words[1] if words[:1] == ["wrk"] else "-"
