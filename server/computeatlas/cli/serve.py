"""The command that serves: its options, which are environment variables and keys of a file too."""

from __future__ import annotations

import logging
import os
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from computeatlas.cli.options import root_option
from computeatlas.cli.releases import find_release, release_option, releases_directory, releases_option
from computeatlas.cli.terminal import PrintableFormatter, say
from computeatlas.engine.load import DataFile, digest_files
from computeatlas.engine.pool.fork_server import Start
from computeatlas.model.archive import TextArchive
from computeatlas.model.errors import UsageError
from computeatlas.model.limits import MIB, Limits
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query
from computeatlas.release.load import locate
from computeatlas.web.http.settings import Renewal, Served, Settings, parse_networks
from computeatlas.web.serve.rate_limit import is_private, parse_rate
from computeatlas.web.serve.server import Serving, parse_bind, serve

if TYPE_CHECKING:
    from collections.abc import Callable


_DEFAULTS = Limits()
#: The token itself, where no file is named.
_TOKEN = "COMPUTEATLAS_WRITE_TOKEN"  # noqa: S105 - the name of a variable
#: Shorter tokens can be guessed.
_SHORTEST_TOKEN = 16


def _read_config(context: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
    """Take the options of a TOML file as defaults; the command line and the environment win over them."""
    if path is None:
        return None
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot be read", where=str(path), why=str(error), hint="name a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError("is not TOML", where=str(path), why=str(error), hint="see https://toml.io/") from error
    known = {parameter.opts[-1].removeprefix("--"): parameter.name for parameter in context.command.params}
    defaults: dict[str, Any] = {}
    for key, value in data.items():
        name = known.get(key.replace("_", "-"))
        if name is None or key == "config":
            raise UsageError(
                f"there is no option {key}", where=str(path), hint="one of " + " ".join(sorted(set(known) - {"config"}))
            )
        defaults[str(name)] = value
    context.default_map = defaults
    return path


def _option(name: str, **more: Any) -> Callable[[Any], Any]:
    """Return an option that is an environment variable of the same name too."""
    variable = "COMPUTEATLAS_" + name.removeprefix("--").upper().replace("-", "_")
    return click.option(name, envvar=variable, **more)


def _number(
    name: str, default: float | None, text: str, kind: type, metavar: str, least: int = 1
) -> Callable[[Any], Any]:
    bounds = click.IntRange(min=least) if kind is int else click.FloatRange(min=0.01)
    return _option(name, default=default, show_default=default is not None, type=bounds, metavar=metavar, help=text)


@click.command("serve")
@root_option
@releases_option
@release_option
@click.option(
    "--config",
    envvar="COMPUTEATLAS_CONFIG",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_read_config,
    metavar="FILE",
    help="TOML file of these options by their names.",
)
@_option(
    "--data",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Serve this RDF file (nq trig ttl nt rdf jsonld; gz bz2 xz zst) instead of the graph; may be repeated.",
)
@_option("--union-default-graph", is_flag=True, help="With --data: the default graph is the union of all graphs.")
@_option(
    "--engine", default="memory", show_default=True, metavar="memory|disk:DIR", help="Where the data are while served."
)
@_option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@_number("--timeout", _DEFAULTS.timeout, "How long a query may take.", float, "SECONDS")
@_number("--write-timeout", _DEFAULTS.write_timeout, "How long a write may take.", float, "SECONDS")
@_number("--workers", _DEFAULTS.workers, "How many queries run at once.", int, "N")
@_number("--memory", _DEFAULTS.memory // MIB, "Memory of one query beyond the data.", int, "MIB")
@_number("--max-query", _DEFAULTS.max_query, "Length of a query, in characters.", int, "N")
@_number("--max-body", _DEFAULTS.max_body, "Size of an update or an upload.", int, "BYTES")
@_number("--max-result", _DEFAULTS.max_result, "Size of a result; a larger one is an error.", int, "BYTES")
@_number("--max-rows", None, "Cut results to N rows, and say so in a header; by default they are not cut.", int, "N")
@_number("--max-nesting", _DEFAULTS.max_nesting, "How deep brackets may be nested.", int, "N")
@_number("--queue", _DEFAULTS.queue, "How many queries may wait.", int, "N")
@_number("--queue-timeout", _DEFAULTS.queue_timeout, "How long a query may wait.", float, "SECONDS")
@_number("--per-client", _DEFAULTS.per_client, "Workers of one client at once; 0: all but two.", int, "N", 0)
@_number("--connections", _DEFAULTS.connections, "How many connections may be open.", int, "N")
@_number("--cache", _DEFAULTS.cache // MIB, "Memory for answers kept; 0 keeps none.", int, "MIB", 0)
@_option(
    "--rate",
    metavar="N/minute|off",
    help=f"Requests of one client.  [default: {_DEFAULTS.rate}; off on a loopback address without --trusted-proxy]",
)
@_option(
    "--write-token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Turn writes on, for those who send the token in this file (or in ${_TOKEN}).",
)
@_option("--allow-service", is_flag=True, help="Let queries send requests to other hosts (SERVICE, LOAD): a risk.")
# No environment variable: what is shown to all who can ask is said where the server is started.
@click.option(
    "--archive",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Show archived passages in their context, from the texts in this directory, to all who can ask this server.",
)
@_option("--trusted-proxy", multiple=True, metavar="CIDR", help="Believe X-Forwarded-For and -Proto from here.")
@_option(
    "--log",
    type=click.Choice(["text", "json", "off"]),
    default=None,
    help="How requests are logged on standard error; by default as text on a terminal, else as JSON.",
)
def serve_command(root: str | None, releases: Path | None, release: Path | None, **options: Any) -> None:
    """Serve the graph over HTTP, building it first when its files have changed; or any RDF files.

    SIGHUP loads the newest release, or the files again, without a pause.
    """
    if sys.platform != "linux":
        raise UsageError("serving needs Linux", why="its limits are those of the kernel", hint="use a Linux machine")
    host, port = parse_bind(options["bind"])
    proxies = parse_networks(options["trusted_proxy"])
    # Where nobody else can ask, the rate would only meet the owner's own scripts.
    unlimited = options["rate"] is None and not proxies and is_private(host)
    if options["rate"] is None:
        options["rate"] = "off" if unlimited else _DEFAULTS.rate
    limits = _limits(options)
    directory = _directory(options["engine"])
    common = Start(directory=directory, memory=limits.memory, offline=not options["allow_service"])
    files: tuple[Path, ...] = options["data"]
    if files:
        if release is not None:
            raise UsageError("--data and --release exclude each other", hint="name one")

        project = Project.find()

        def find() -> tuple[Start, Renewal]:
            found, origin = digest_files(files, hint="name a file of RDF with --data")
            return replace(common, files=found, origin=origin), _read_queries(project, Served(), [])

    else:
        project = Project.find(root)
        where = releases_directory(project, releases)

        def find() -> tuple[Start, Renewal]:
            manifest, path = locate(find_release(project, where, release))
            data = DataFile(str(path), str(manifest.files[path.name]["sha256"]))
            found = _read_queries(project, Served(manifest, path.parent), project.questions())
            return replace(common, files=(data,), origin=manifest.digest), found

    start, found = find()
    settings = Settings(
        limits=limits,
        union=not files or options["union_default_graph"],
        served=found.served,
        questions=found.questions,
        views=found.views,
        rules=found.rules,
        allow_service=options["allow_service"],
        token=_token(options["write_token_file"]),
        proxies=proxies,
        archive=TextArchive(options["archive"]) if options["archive"] is not None else None,
    )
    log = options["log"] or ("text" if sys.stderr.isatty() else "json")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PrintableFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])

    def announce(url: str, quads: int) -> None:
        manifest = settings.served.manifest
        name = f"Compute Atlas {manifest.version}" if manifest else ", ".join(path.name for path in files)
        lines = [f"{name}, {quads} quads: {url}"]
        if unlimited:
            lines.append("No limit on the rate of requests, since only this machine can send them (see --rate).")
        if settings.archive is not None:
            lines.append("Archived texts are shown on the pages of passages, to everybody who can ask this server.")
        say("\n".join(lines))

    serve(Serving(start, settings, host, port, log, find), announce)


def _read_queries(project: Project, served: Served, questions: list[Path]) -> Renewal:
    """Return what is served with the queries of `project` as they are now; raises UsageError for a malformed one."""
    return Renewal(
        served,
        tuple(read_query(path, require=("summary", "title")) for path in questions),
        {path.stem: read_query(path) for path in project.views()},
        tuple(read_query(path) for path in project.rules()),
    )


def _limits(options: dict[str, Any]) -> Limits:
    rate = options["rate"]
    if rate in ("off", ""):
        rate = None
    else:
        parse_rate(rate)
    return Limits(
        timeout=options["timeout"],
        write_timeout=options["write_timeout"],
        workers=options["workers"],
        memory=options["memory"] * MIB,
        max_query=options["max_query"],
        max_body=options["max_body"],
        max_result=options["max_result"],
        max_rows=options["max_rows"],
        max_nesting=options["max_nesting"],
        queue=options["queue"],
        queue_timeout=options["queue_timeout"],
        per_client=options["per_client"],
        rate=rate,
        cache=options["cache"] * MIB,
        connections=options["connections"],
    )


def _directory(engine: str) -> str | None:
    kind, _, directory = engine.partition(":")
    if kind == "memory" and not directory:
        return None
    if kind == "disk" and directory:
        return str(Path(directory).absolute())
    raise UsageError("is not an engine", where=engine, hint="write memory or disk:DIR")


def _token(path: Path | None) -> str | None:
    """Return the token that lets write, None where writes stay off."""
    if path is None:
        token, where = os.environ.get(_TOKEN, ""), f"${_TOKEN}"
        if not token:
            return None
    else:
        where = str(path)
        try:
            token = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("cannot be read", where=where, why=str(error), hint="name a file with a token") from error
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            "is no good token",
            where=where,
            why=f"a token has at least {_SHORTEST_TOKEN} ASCII characters and no blank",
            hint="make one with: openssl rand -hex 32",
        )
    return token
