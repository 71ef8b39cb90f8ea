"""A client that sends exactly the bytes it is told to, and the servers that it talks to.

`COMPUTEATLAS_SERVER` names another program that takes the same arguments, to compare servers.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
from contextlib import closing
from dataclasses import dataclass, replace
from email.message import Message
from http.client import HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

TOKEN = "a-token-of-the-tests-0123456789"

#: A default graph, two named graphs, and every kind of character that a serialisation may spoil.
DATA = r"""
@prefix e: <http://e.example/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

e:ada e:name "Ada" ; e:in "default" ; a e:Person .
e:odd e:lines "one\rtwo\nthree\r\nfour\tfive" ;
  e:quotes "say \"yes\", or 'no'; \\ back" ;
  e:markup "<b>&amp;</b> ]]>" ;
  e:beyond "Å 日本 😀"@sv ;
  e:empty "" ;
  e:spaces "  two  " ;
  e:whole 42 ;
  e:exact 1.5 ;
  e:typed "x"^^e:type ;
  e:blank [ e:name "nobody" ] .

<http://e.example/one> { e:one e:in "one" ; e:name "One" . e:shared e:in "one" . }
<http://e.example/two> { e:two e:in "two" ; e:name "Två" ; a e:Person . e:shared e:in "two" . }
"""


@dataclass(frozen=True)
class Answer:
    """A response: status, header fields as they came, content."""

    status: int
    fields: tuple[tuple[str, str], ...]
    content: bytes

    def all(self, name: str) -> list[str]:
        """Return the values of every field of that name."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """Return the field's value, several joined by commas (RFC 9110, section 5.3), or None."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def items(self, name: str) -> set[str]:
        """Return the members of a comma-separated field, in lower case."""
        return {item.strip().lower() for item in (self.get(name) or "").split(",") if item.strip()}

    @property
    def media_type(self) -> str | None:
        """The media type in lower case, without parameters."""
        value = self.get("Content-Type")
        return None if value is None else value.partition(";")[0].strip().lower()

    def parameter(self, name: str) -> str | None:
        """Return a parameter of the content type in lower case, or None."""
        message = Message()
        message["Content-Type"] = self.get("Content-Type") or ""
        value = message.get_param(name)
        return value.lower() if isinstance(value, str) else None

    @property
    def text(self) -> str:
        """The content as UTF-8."""
        return self.content.decode("utf-8")

    @property
    def json(self) -> object:
        """The content as JSON."""
        return json.loads(self.content)


@dataclass(frozen=True)
class Client:
    """Sends requests to one server, each on a connection of its own."""

    url: str
    token: str | None = None

    def anonymous(self) -> Client:
        """Return a client without a token."""
        return replace(self, token=None)

    def send(
        self,
        method: str,
        target: str | bytes,
        fields: Iterable[tuple[str, str | bytes]] = (),
        body: bytes | None = None,
    ) -> Answer:
        """Send one request; `target` is the path below the server's URL, byte for byte.

        Host, Connection, Content-Length and the token are added where `fields` does not name them.
        """
        address = urlsplit(self.url)
        given = [(name, value if isinstance(value, bytes) else value.encode("utf-8")) for name, value in fields]
        named = {name.lower() for name, _ in given}
        added = {"Host": address.netloc, "Connection": "close"}
        if body is not None and "transfer-encoding" not in named:
            added["Content-Length"] = str(len(body))
        if self.token is not None:
            added["Authorization"] = f"Bearer {self.token}"
        given += [(name, value.encode()) for name, value in added.items() if name.lower() not in named]
        path = target if isinstance(target, bytes) else target.encode("utf-8")
        head = b"%s /%s HTTP/1.1\r\n" % (method.encode(), path)
        head += b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in given)
        with socket.create_connection((str(address.hostname), int(address.port or 80)), timeout=120) as connection:
            connection.sendall(head + b"\r\n" + (body or b""))
            with closing(HTTPResponse(connection, method=method)) as response:
                response.begin()
                return Answer(response.status, tuple(response.getheaders()), response.read())

    def get(self, target: str | bytes, *fields: tuple[str, str | bytes]) -> Answer:
        """Send a GET."""
        return self.send("GET", target, fields)

    def post(self, target: str, content_type: str | None, body: bytes | str, *fields: tuple[str, str]) -> Answer:
        """Send a POST; without a Content-Type field if that is None."""
        kind = [] if content_type is None else [("Content-Type", content_type)]
        return self.send("POST", target, [*kind, *fields], body.encode() if isinstance(body, str) else body)

    def put(self, target: str, content_type: str | None, body: bytes | str, *fields: tuple[str, str]) -> Answer:
        """Send a PUT; without a Content-Type field if that is None."""
        kind = [] if content_type is None else [("Content-Type", content_type)]
        return self.send("PUT", target, [*kind, *fields], body.encode() if isinstance(body, str) else body)

    def query(self, text: str, *fields: tuple[str, str | bytes], **parameters: str) -> Answer:
        """Ask a query by GET; `parameters` go into the URL beside it."""
        pairs = urlencode({"query": text, **parameters}, quote_via=quote)
        return self.get(f"sparql?{pairs}", *fields)

    def ask(self, pattern: str) -> bool:
        """Say whether the pattern matches in the data set that the server serves."""
        answer = self.query(f"PREFIX e: <http://e.example/> ASK {{ {pattern} }}", ("Accept", "application/json"))
        assert answer.status == 200, answer
        return bool(answer.json["boolean"])

    def column(self, query: str) -> list[str]:
        """Return the lexical forms of the query's first variable, in order of the answer."""
        text = "PREFIX e: <http://e.example/> " + query
        answer = self.query(text, ("Accept", "application/sparql-results+json"))
        assert answer.status == 200, answer
        results = answer.json
        name = results["head"]["vars"][0]
        return [row[name]["value"] for row in results["results"]["bindings"]]

    def update(self, text: str) -> None:
        """Carry out an update, which must succeed."""
        answer = self.post("update", "application/sparql-update", "PREFIX e: <http://e.example/> " + text)
        assert 200 <= answer.status < 300, answer


@pytest.fixture(scope="session")
def start(serving) -> Callable[..., AbstractContextManager[str]]:
    """Run a server with arguments: the project's own, or the one that `COMPUTEATLAS_SERVER` names."""
    program = tuple(shlex.split(os.environ.get("COMPUTEATLAS_SERVER", "")))

    def run(*arguments: str) -> AbstractContextManager[str]:
        return serving(*arguments, program=program)

    return run


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data that the servers start with, as a TriG file."""
    path = tmp_path_factory.mktemp("protocol") / "data.trig"
    path.write_text(DATA, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def token_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the write token."""
    path = tmp_path_factory.mktemp("token") / "token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def writable(start, data: Path, token_file: Path) -> Iterator[Client]:
    """A server that takes writes, and a client that may write. Tests leave the first data as they found them."""
    with start("--data", str(data), "--write-token-file", str(token_file), "--rate", "off") as url:
        yield Client(url, TOKEN)


@pytest.fixture(scope="session")
def readonly(start, data: Path) -> Iterator[Client]:
    """A server without a token, so that nothing can be written."""
    with start("--data", str(data), "--rate", "off") as url:
        yield Client(url)


@pytest.fixture(scope="session")
def union(start, data: Path) -> Iterator[Client]:
    """A server whose default graph is the union of the named graphs."""
    with start("--data", str(data), "--rate", "off", "--union-default-graph") as url:
        yield Client(url)


@pytest.fixture(scope="session")
def anonymous(writable: Client) -> Client:
    """A client without a token, at the server that takes writes."""
    return writable.anonymous()


@pytest.fixture(scope="session")
def narrow(start, data: Path, token_file: Path) -> Iterator[Client]:
    """A server with narrow limits and one worker, and a client that may write."""
    limits = {
        "--timeout": "1",
        "--workers": "1",
        "--queue": "1",
        "--per-client": "50",
        "--memory": "100",
        "--max-query": "4000",
        "--max-body": "50000",
        "--max-result": "20000",
        "--rate": "off",
    }
    arguments = [part for pair in limits.items() for part in pair]
    with start("--data", str(data), "--write-token-file", str(token_file), *arguments) as url:
        yield Client(url, TOKEN)


@pytest.fixture(scope="session")
def cramped(start, data: Path) -> Iterator[Client]:
    """A server with little memory and short results, and time enough for a query to meet those limits first."""
    with start(
        "--data", str(data), "--timeout", "300", "--memory", "100", "--max-result", "20000", "--rate", "off"
    ) as url:
        yield Client(url)


@pytest.fixture
def rated(start, data: Path) -> Iterator[Client]:
    """A server that answers a client three times in a minute."""
    with start("--data", str(data), "--rate", "3/minute") as url:
        yield Client(url)
