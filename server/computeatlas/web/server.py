"""The WSGI server: waitress, in this process."""

from __future__ import annotations

import ipaddress
import os
from typing import TYPE_CHECKING, Protocol

import waitress

from computeatlas.model.errors import UsageError

if TYPE_CHECKING:
    from flask import Flask


class Server(Protocol):
    """What a WSGI server does for us."""

    def run(self) -> None:
        """Take requests until the process ends."""


def parse_bind(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT` or `[IPV6]:PORT`; raises UsageError for anything else."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    bare_v6 = ":" in host and not text.startswith("[")
    if not host or bare_v6 or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError("is not an address to listen on", where=text, mend="write HOST:PORT, such as 127.0.0.1:8000")
    return host, int(port)


def url_of(host: str, port: int) -> str:
    """Return the URL of the server as a user would type it."""
    try:
        shown = f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        shown = host
    return f"http://{shown}:{port}/"


def create_server(app: Flask, host: str, port: int, threads: int = 4) -> tuple[Server, int]:
    """Return a server that listens on `host` and `port` (0: any free one), and its port.

    Raises UsageError where the address cannot be had. Requests are taken once `run()` of the server is called.
    """
    try:
        server = waitress.create_server(app, host=host, port=port, threads=threads, ident="compute-atlas")
    except OSError as error:
        raise UsageError(
            "cannot listen there",
            where=f"{host}:{port}",
            why=os.strerror(error.errno) if error.errno and error.errno > 0 else str(error),
            mend="stop what uses it, or name another address with --bind",
        ) from error
    # A name with several addresses, such as localhost, gives a server with several sockets.
    listens = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    return server, int(listens[0][1])
