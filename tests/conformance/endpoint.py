"""The three addresses of a running server, and what the suites send there."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    """A status, the media type without parameters, and the body."""

    status: int
    media_type: str
    body: bytes

    @property
    def text(self) -> str:
        """Status and body for the message of a failing test."""
        return f"{self.status} {self.media_type}\n{self.body.decode(errors='replace')}"

    @property
    def problem(self) -> str | None:
        """The kind of a problem (RFC 9457): the fragment of its type, None where the answer is no problem+json."""
        if self.media_type != "application/problem+json":
            return None
        return str(json.loads(self.body)["type"]).rpartition("#")[2]


class ServerFaultError(Exception):
    """The server failed where no case of the suites may make it fail: never a known gap, so no AssertionError."""


@dataclass
class Endpoint:
    """A server by its addresses for queries, updates and graphs.

    `kinds` says that its errors are problem+json and tell syntax from evaluation. Those of a peer need not: there 400
    is taken for a syntax error, 500 for one in evaluation. Every method raises ServerFaultError where the server
    cannot do its work: a status of 500 and more, data that it does not take or give.
    """

    query: str
    update: str
    store: str
    token: str | None = None
    kinds: bool = True
    _held: bytes | None = field(default=None, repr=False)

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes | None = None) -> Reply:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(url, body, headers, method=method)
        try:
            response = urllib.request.urlopen(request, timeout=120)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            media_type = response.headers.get_content_type() if "Content-Type" in response.headers else ""
            reply = Reply(response.status, media_type, response.read())
        if self.kinds and reply.status >= 500:
            raise ServerFaultError(reply.text)
        return reply

    def hold(self, nquads: bytes) -> None:
        """Make this the whole data set of the server, unless it is known to be."""
        if nquads != self._held:
            self._held = None
            reply = self._send("PUT", self.store, {"Content-Type": "application/n-quads"}, nquads)
            if reply.status not in (200, 201, 204):
                raise ServerFaultError(reply.text)
            self._held = nquads

    def ask(self, query: bytes, accept: str = "*/*") -> Reply:
        """Send a query: https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct"""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self._send("POST", self.query, headers, query)

    def change(self, update: bytes) -> Reply:
        """Send an update: https://www.w3.org/TR/sparql11-protocol/#update-via-post-direct"""
        self._held = None
        return self._send("POST", self.update, {"Content-Type": "application/sparql-update"}, update)

    def everything(self) -> bytes:
        """Return the whole data set as N-Quads."""
        reply = self._send("GET", self.store, {"Accept": "application/n-quads"})
        if (reply.status, reply.media_type) != (200, "application/n-quads"):
            raise ServerFaultError(reply.text)
        return reply.body

    def accepts_syntax(self, reply: Reply) -> bool:
        """Tell whether the reply is an answer, or an error that only a text of correct syntax can come to."""
        if reply.status in (200, 204):
            return True
        return reply.problem == "query-evaluation" if self.kinds else reply.status == 500

    def refuses_syntax(self, reply: Reply) -> bool:
        """Tell whether the reply is the one for a syntax error."""
        return reply.status == 400 and (reply.problem == "query-syntax" or not self.kinds)
