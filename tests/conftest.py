"""Fixtures: the project itself, a tiny graph to break, a release, the real server."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from computeatlas.model.project import Project
from computeatlas.release.build import build
from computeatlas.release.load import load
from computeatlas.turtle.lines import parse_project

from .small_graph import build_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.manifest import Manifest
    from computeatlas.turtle.lines import ParsedGraph

# No test may depend on how fast the machine is. In CI the examples are the same in every run, so that a change is
# judged by what it changes; everywhere else they are new each time.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("project")

REPOSITORY = Path(__file__).resolve().parents[1]
#: The archived texts lie beside the checkout where they may be read at all.
ARCHIVE = Path(os.environ.get("COMPUTEATLAS_ARCHIVE", REPOSITORY.parent / "shared" / "research" / "archive"))
TINY = Path(__file__).parent / "data" / "tiny"
#: Limits of a server of which no test asks how long a query may take: on a machine that is busy with other things the
#: longest queries of the pages take longer than those that a server has by default.
PATIENT = ("--timeout", "300", "--queue-timeout", "300")
#: Fixtures that start what takes a second or more: tests with one of them are slow, whatever else they do.
HEAVY = frozenset({"serving", "site", "small_site", "java", "chromium"})
#: Modules that take more than ten seconds, longest first: their tests are slow without a mark, and with several
#: processes (pytest-xdist) they begin first, so that what is short fills up the end. A module stays in one process, for
#: the servers and browsers that its tests share, unless its tests share nothing (True).
LONG = {
    "web/pages/test_malformed.py": False,
    "faults/test_hostile_queries.py": False,
    "faults/test_connections.py": False,
    "web/pages/test_crawl.py": False,
    "browser/test_pages.py": False,
    "faults/test_browsers.py": False,
    "faults/test_pages.py": False,
    "faults/test_kills.py": True,
    "engine/pool/test_pool.py": True,
    "curate/check/test_consistency.py": True,
    "browser/test_editor.py": False,
    "conformance/test_w3c.py": False,
    "clients/test_recipes.py": False,
    "clients/test_file_clients.py": False,
    "views/tables/test_tables.py": True,
    "web/pages/test_tables.py": False,
    "clients/test_sparql_clients.py": False,
    "cli/test_commands.py": True,
    "protocol/test_sparql_protocol.py": False,
    "web/serve/test_early_answers.py": False,
    "curate/check/test_broken_examples.py": True,
    "faults/test_runaways.py": False,
    "test_wheel.py": False,
    "views/test_malformed.py": True,
    "faults/test_fuzz.py": True,
    "web/serve/test_server.py": True,
    "curate/add/test_write.py": True,
    "curate/check/test_robust.py": True,
    "web/endpoints/test_linked_data.py": False,
    "turtle/test_format.py": True,
    "cli/test_check_options.py": True,
    "protocol/test_graph_store_protocol.py": False,
    "protocol/test_errors.py": False,
    "cli/test_serve_options.py": True,
    "curate/add/test_claim.py": True,
    "curate/check/test_evidence.py": True,
    "release/test_release.py": True,
    "web/http/test_content_decoding.py": True,
    "release/test_compare.py": False,
    "cli/test_diff.py": False,
    "flask/test_servers.py": False,
    "flask/test_blueprint.py": False,
    "sparql/test_order.py": False,
}


def _require(present: object, what: str) -> None:
    """Skip, saying why, where a part of the machine is missing; in CI its absence is a failure."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} must be there in CI")
    pytest.skip(f"{what} is not there")


def pytest_configure() -> None:
    """Let the processes that the tests start, hundreds of them, find modules compiled where Python writes none."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(REPOSITORY / ".pytest_cache" / "bytecode"))
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]
        sys.dont_write_bytecode = False


def _module_of(name: str) -> str:
    """Return the path below tests/ of the module of a test."""
    return name.partition("::")[0].removeprefix("tests/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a server, Java or Chromium and long modules as slow; the longest begin first in processes."""
    for item in items:
        if not HEAVY.isdisjoint(getattr(item, "fixturenames", ())) or _module_of(item.nodeid) in LONG:
            item.add_marker("slow")
    if hasattr(config, "workerinput"):
        places = {module: place for place, module in enumerate(LONG)}
        items.sort(key=lambda item: places.get(_module_of(item.nodeid), len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Return what gives tests to processes in the order above, a module at a time or test by test."""
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = _module_of(nodeid)
            return nodeid if LONG.get(module) else module

    config.option.loadscopereorder = False
    return ByModule(config, log) if config.getoption("dist") == "load" else None


@contextmanager
def _serving(*arguments: str, cwd: Path | None = None, program: tuple[str, ...] = ()) -> Iterator[str]:
    """Run `computeatlas serve` on a free port and yield its URL; stop it by its process id."""
    command = [*(program or (sys.executable, "-m", "computeatlas")), "serve", "--bind", "127.0.0.1:0", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    # A pipe that nobody reads would stop a server that logs.
    with (
        tempfile.TemporaryFile("w+") as words,
        # In a session of its own it has a share of the processor of its own (sched(7), "autogroup"): beside tests that
        # compute, workers with long queries, which give way to all else of their session, would get next to nothing.
        subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            line = process.stdout.readline()
            if "http://" not in line:
                process.wait(120)
                words.seek(0)
                pytest.fail(f"the server did not start: {line}{words.read()}")
            url = line.rsplit(" ", 1)[1].strip()
            # A minute or more, on a machine that is busy with other things.
            for _ in range(2400):
                try:
                    urllib.request.urlopen(url + "healthz").close()
                    break
                except OSError:
                    time.sleep(0.05)
            else:
                pytest.fail("the server does not answer")
            yield url
        finally:
            process.terminate()


def _ask(url: str, query: str, accept: str = "text/csv") -> str:
    request = urllib.request.Request(url + "sparql", urlencode({"query": query}).encode(), {"Accept": accept})
    with urllib.request.urlopen(request) as response:
        return response.read().decode()


@pytest.fixture(scope="session")
def serving():
    """Run the real server: `with serving(*arguments) as url`."""
    return _serving


@pytest.fixture(scope="session")
def ask():
    """Ask the real server: `ask(url, query, accept)` returns the text of the answer."""
    return _ask


@pytest.fixture(scope="session")
def require():
    """Demand a part of the machine: `require(present, what)`."""
    return _require


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def archive() -> Path:
    if not ARCHIVE.is_dir():
        pytest.skip(f"no archived texts at {ARCHIVE}: passages are not checked against them")
    return ARCHIVE


@pytest.fixture(scope="session")
def java() -> str:
    found = shutil.which("java")
    _require(found, "a Java runtime (apt-get install default-jre-headless)")
    return str(found)


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.find(REPOSITORY)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder once for all processes of the run: `made_once(name, fill)` returns it as `fill(folder)` left it.

    The others wait meanwhile. What is in it is only read.
    """
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Each process has a folder of its own in that of the run.
        common = common.parent

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder = common / f"shared-{name}"
        with (common / f"shared-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                # Under its name it is whole: where `fill` fails, the next process tries and fails for itself.
                unfinished = Path(tempfile.mkdtemp(dir=common))
                fill(unfinished)
                unfinished.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def release(project: Project, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A release of the project, built once."""
    return (made_once("releases", lambda folder: build(project, folder)) / "current").resolve()


@pytest.fixture(scope="session")
def small_release(release: Path, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A release of a part of the project, for tests that go through all of a graph; see `small_graph`."""
    folder = made_once("small", lambda folder: build_small(release, REPOSITORY, folder))
    return (folder / "releases" / "current").resolve()


@pytest.fixture(scope="session")
def small_engine(small_release: Path) -> EmbeddedEngine:
    return load(small_release)[1]


@pytest.fixture(scope="session")
def small_site(small_release: Path) -> Iterator[str]:
    """The URL of a real server of the small release, shared by all tests that only read; its queries have time."""
    with _serving("--release", str(small_release), "--rate", "off", "--log", "off", *PATIENT) as url:
        yield url


@pytest.fixture(scope="session")
def tiny_release(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A release of the tiny graph, built once; it is only read."""

    def fill(folder: Path) -> None:
        build(Project.find(copy_tiny(folder / "root")), folder)

    return (made_once("tiny-releases", fill) / "current").resolve()


@pytest.fixture(scope="session")
def parsed(project: Project) -> ParsedGraph:
    """The files of the project, parsed once in each process; they are only read."""
    graph, findings = parse_project(project)
    assert findings == []
    return graph


@pytest.fixture(scope="session")
def loaded(release: Path) -> tuple[Manifest, EmbeddedEngine]:
    return load(release)


@pytest.fixture(scope="session")
def manifest(loaded: tuple[Manifest, EmbeddedEngine]) -> Manifest:
    return loaded[0]


@pytest.fixture(scope="session")
def engine(loaded: tuple[Manifest, EmbeddedEngine]) -> EmbeddedEngine:
    return loaded[1]


@pytest.fixture(scope="session")
def site(release: Path) -> Iterator[str]:
    """The URL of a real server of the release, shared by all tests that only read; its queries have time."""
    with _serving("--release", str(release), "--rate", "off", "--log", "off", *PATIENT) as url:
        yield url


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def copy_tiny(root: Path) -> Path:
    """Make `root` a project with this ontology and a graph of three claims, and return it."""
    shutil.copytree(TINY, root)
    shutil.copytree(REPOSITORY / "ontology", root / "ontology")
    # These name the project's own data files.
    (root / "ontology" / "compute-atlas-all.ttl").unlink()
    (root / "ontology" / "catalog-v001.xml").unlink()
    return root


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A root with the project's ontology and a graph of three claims, to be broken."""
    return copy_tiny(tmp_path / "tiny")
