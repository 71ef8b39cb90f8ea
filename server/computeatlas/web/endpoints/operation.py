"""An HTTP request as a SPARQL operation: SPARQL 1.1 Protocol, section 2 (https://www.w3.org/TR/sparql11-protocol/).

Pure: it sees method, content type, query string and body, not a server or a framework.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from werkzeug.http import parse_options_header

from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

FORM = "application/x-www-form-urlencoded"
DIRECT_QUERY = "application/sparql-query"
DIRECT_UPDATE = "application/sparql-update"

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BYTE_ORDER_MARK = "\ufeff"
#: More parameters than anybody sends on purpose.
_PARAMETERS = 1000


@dataclass(slots=True)
class Operation:
    """A query or an update as it was sent: its text and its other parameters in order.

    `text` is None where there is none.
    """

    text: str | None
    pairs: tuple[tuple[str, str], ...]

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of the parameter `name` in their order."""
        return tuple([value for key, value in self.pairs if key == name])

    def value(self, name: str) -> str | None:
        """Return the first value of the parameter `name` that is not empty, or None."""
        for key, value in self.pairs:
            if key == name and value:
                return value
        return None

    def iris(self, name: str, base: str) -> tuple[str, ...]:
        """Return the values of `name` as absolute IRIs, relative ones resolved against `base`; empty ones are left out.

        Clients send the parameter empty where nothing was chosen. Raises RequestError for what is no IRI.
        """
        return tuple([absolute(value, base, name) for key, value in self.pairs if key == name and value])


def absolute(iri: str, base: str, what: str) -> str:
    """Return `iri` resolved against `base`; raises RequestError, naming the parameter `what`, for what is no IRI."""
    if not iri or any(ord(char) <= 0x20 or char in '<>"{}|\\^`' for char in iri):
        raise RequestError("bad-iri", f"The parameter {what} is no IRI: {iri!r}")
    try:
        return iri if _SCHEME.match(iri) else urljoin(base, iri)
    except ValueError as error:
        raise RequestError("bad-iri", f"The parameter {what} is no IRI: {iri!r}: {error}") from None


def require_absolute(iri: str, what: str) -> str:
    """Return `iri`; raises RequestError, naming the parameter `what`, for what is no IRI or a relative one.

    https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification
    """
    if not _SCHEME.match(absolute(iri, "", what)):
        raise RequestError("bad-iri", f"The parameter {what} must be an absolute IRI: {iri!r}")
    return iri


def parameters(raw: bytes, what: str) -> list[tuple[str, str]]:
    """Return the decoded pairs of a query string or form body.

    Raises RequestError where it is not percent-encoded UTF-8 or has too many pairs.
    """
    if not raw:
        return []
    if not raw.isascii() or _BAD_ESCAPE.search(raw):
        detail = f"The {what} is not percent-encoded; write a percent sign as %25, and other characters as UTF-8."
        raise RequestError("encoding", detail)
    pairs = raw.replace(b"+", b" ").split(b"&")
    if len(pairs) > _PARAMETERS:
        raise RequestError("too-many-parameters", f"The {what} has {len(pairs)} parameters.")
    try:
        split = [pair.partition(b"=") for pair in pairs if pair]
        return [(_decode(name), _decode(value)) for name, _, value in split]
    except UnicodeDecodeError as error:
        raise RequestError("encoding", f"The {what} is not percent-encoded UTF-8: {error}") from None


def _decode(text: bytes) -> str:
    """Return `text` without its percent-encoding, which is well-formed.

    `urllib.parse` does this in Python, a step for each escape, and a query in a URL has many. Quoted-printable is the
    same encoding with another sign, and its decoder is in C.
    """
    if b"%" in text:
        text = a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))
    return text.decode("utf-8")


def read_query(method: str, content_type: str | None, query_string: bytes, body: bytes) -> Operation:
    """Return the query of a request; its text is None for a GET or HEAD that has none.

    Raises RequestError: 400 for no query, two queries or a bad encoding, 415 for another content type.
    """
    return _read(method, content_type, query_string, body, "query", DIRECT_QUERY)


def read_update(content_type: str | None, query_string: bytes, body: bytes) -> Operation:
    """Return the update of a POST request.

    Raises RequestError: 400 for no update, two updates or a bad encoding, 415 for another content type.
    """
    return _read("POST", content_type, query_string, body, "update", DIRECT_UPDATE)


def media_type_of(content_type: str | None) -> str:
    """Return the media type of a Content-Type header in small letters, without its parameters."""
    return parse_options_header(content_type or "")[0].lower()


def require_utf8(content_type: str | None) -> None:
    """Raise RequestError (415) where a Content-Type header names another charset than UTF-8."""
    charset = parse_options_header(content_type or "")[1].get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise RequestError("content-type", f"The body is to be UTF-8, not {charset}; send it as UTF-8.")


def _read(method: str, content_type: str | None, query_string: bytes, body: bytes, name: str, direct: str) -> Operation:
    url = parameters(query_string, "query string")
    if method != "POST":
        return _operation(url, name, required=False)
    media_type = media_type_of(content_type)
    if media_type in (FORM, direct) and any(key in ("query", "update") for key, _ in url):
        raise RequestError(f"two-{_PLURAL[name]}", f"The {name} is in the body; leave it out of the URL.")
    if media_type == FORM:
        # The parameters of the protocol are in the body; those of the URL are the server's own, such as `format`.
        return _operation([*parameters(body, "form"), *((k, v) for k, v in url if k not in _OPERATIONAL)], name)
    if media_type == direct:
        require_utf8(content_type)
        return _operation([(name, _utf8(body)), *url], name)
    raise RequestError(
        "content-type",
        f"A {name} is posted as {FORM} or {direct}, not as {media_type or 'nothing'}.",
        {"Accept-Post": f"{FORM}, {direct}"},
    )


_PLURAL = {"query": "queries", "update": "updates"}
#: Parameters of the protocol, which a form carries in its body only.
_OPERATIONAL = frozenset(
    (
        "query",
        "update",
        "default-graph-uri",
        "named-graph-uri",
        "using-graph-uri",
        "using-named-graph-uri",
    )
)


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError("encoding", f"The body is not UTF-8: {error}") from None


def _operation(pairs: Sequence[tuple[str, str]], name: str, *, required: bool = True) -> Operation:
    texts = [value for key, value in pairs if key == name]
    others = tuple([pair for pair in pairs if pair[0] != name])
    if len(texts) > 1:
        raise RequestError(f"two-{_PLURAL[name]}", f"Send the parameter `{name}` exactly once.")
    if texts and others and any(key in ("query", "update") for key, _ in others):
        raise RequestError(f"two-{_PLURAL[name]}", "Send a query or an update, not both.")
    if not texts:
        # Parameters without a query are a slip, not a wish to see the service description; empty ones say nothing.
        if required or any(key in _OPERATIONAL and value for key, value in others):
            raise RequestError(f"no-{name}", f"Send a SPARQL {name} in the parameter `{name}`, or as the body.")
        return Operation(None, others)
    # A byte-order mark, which files and text areas begin with, is no part of the text.
    return Operation(texts[0].removeprefix(_BYTE_ORDER_MARK), others)
