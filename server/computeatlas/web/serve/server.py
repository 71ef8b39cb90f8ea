"""The server: one process, one event loop, uvicorn's HTTP, our gateway."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import logging
import os
import resource
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from computeatlas.engine.pool.engine import PoolEngine
from computeatlas.engine.pool.fork_server_client import ForkServerTerminatedError
from computeatlas.engine.pool.pool import Pool
from computeatlas.model.errors import AtlasError, UsageError
from computeatlas.web.pages.app import create_app
from computeatlas.web.serve.access_log import RequestLog
from computeatlas.web.serve.connection import connection_class, sweep
from computeatlas.web.serve.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from computeatlas.engine.pool.fork_server import Start
    from computeatlas.web.http.settings import Renewal, Settings

_LOG = logging.getLogger(__name__)

#: Connections that may wait to be taken.
_BACKLOG = 2048
#: Seconds in which answers under way may end when the server is told to stop.
_GRACE = 5
_KEEP_ALIVE = 30


def parse_bind(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT` or `[IPV6]:PORT`; raises UsageError for anything else."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    bare_v6 = ":" in host and not text.startswith("[")
    if not host or bare_v6 or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError("is not an address to listen on", where=text, hint="write HOST:PORT, such as 127.0.0.1:8000")
    return host, int(port)


def url_of(host: str, port: int) -> str:
    """Return the URL of the server as a user would type it."""
    try:
        shown = f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        shown = host
    return f"http://{shown}:{port}/"


def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen on every address of `host`, on `port` (0: any free one, the same for all).

    Raises UsageError where the address cannot be had.
    """
    sockets: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, proto, _name, address in dict.fromkeys(found):
            sock = socket.socket(family, kind, proto)
            sockets.append(sock)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            taken = sockets[0].getsockname()[1] if len(sockets) > 1 else address[1]
            sock.bind((address[0], taken, *address[2:]))
            sock.listen(_BACKLOG)
    except OSError as error:
        for sock in sockets:
            sock.close()
        raise UsageError(
            "cannot listen there",
            where=f"{host}:{port}",
            why=os.strerror(error.errno) if error.errno and error.errno > 0 else str(error),
            hint="stop what uses it, or name another address with --bind",
        ) from error
    return sockets


@dataclass(frozen=True)
class Serving:
    """What `serve` needs: the data to start with and, for a reload, where to find newer ones."""

    start: Start
    settings: Settings
    host: str
    port: int
    log: str = "off"
    #: Returns the data to serve from now on, when the process gets SIGHUP.
    renew: Callable[[], tuple[Start, Renewal]] | None = None


def serve(serving: Serving, announce: Callable[[str, int], None]) -> None:
    """Serve until SIGINT or SIGTERM; calls `announce` with the URL and the number of quads once requests are taken.

    Raises UsageError for an address that cannot be had, DataError for data that cannot be loaded.
    """
    sockets = listen(serving.host, serving.port)
    _raise_descriptor_limit()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(serving, sockets, announce))


async def _serve(serving: Serving, sockets: list[socket.socket], announce: Callable[[str, int], None]) -> None:
    loop = asyncio.get_running_loop()
    settings = serving.settings
    engine = PoolEngine(Pool(serving.start, settings.limits))
    try:
        await engine.open()
    except AtlasError:
        for sock in sockets:
            sock.close()
        raise
    log = RequestLog(serving.log, loop)
    gateway = Gateway(engine, settings, create_app(engine, settings, loop), log)
    config = uvicorn.Config(
        gateway,
        http=connection_class(settings.limits),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
    server = uvicorn.Server(config)
    server.config.load()
    # What is there now stays: a collection that walks through it in the middle of a request would be a pause.
    gc.collect()
    gc.freeze()
    watch = loop.create_task(sweep(server.server_state))
    if serving.renew is not None:
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(_renew(serving, engine)))

    # uvicorn stops at these signals and then raises them again; but to stop is no fault, and the log is to be written.
    # One that comes before uvicorn listens to them counts too.
    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # Not before: whoever reads this may send a signal at once.
    announce(url_of(serving.host, sockets[0].getsockname()[1]), engine.quads)
    try:
        await server.serve(sockets)
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        engine.close()
        log.flush()


async def _renew(serving: Serving, engine: PoolEngine) -> None:
    """Serve newer data; what is served stays where they cannot be had."""
    if serving.renew is None:
        return
    try:
        start, found = await asyncio.get_running_loop().run_in_executor(None, serving.renew)
        await engine.replace(start)
        serving.settings.renew(found)
        _LOG.warning("serving %s quads", engine.quads)
    except ForkServerTerminatedError:
        # The server is being stopped while it loads; that is no fault.
        _LOG.warning("what is served stays: the server was told to end")
    except AtlasError as error:
        _LOG.error("what is served stays: %s", error)


def _raise_descriptor_limit() -> None:
    """Take as many file descriptors as the system gives: each connection needs one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
