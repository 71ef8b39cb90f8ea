"""An HTTP request as a SPARQL query: SPARQL 1.1 Protocol, section 2.1 (https://www.w3.org/TR/sparql11-protocol/).

Pure: it sees method, content type, parameters and body, not Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header

from computeatlas.engine.embedded import Query
from computeatlas.web.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def parameters(raw: bytes, what: str) -> list[tuple[str, str]]:
    """Return the decoded pairs of a query string or form body; raises RequestError where it is not UTF-8."""
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise RequestError(400, "encoding", "Not UTF-8", f"The {what} is not percent-encoded UTF-8: {error}") from None


def read_query(method: str, content_type: str | None, query_string: bytes, body: bytes) -> Query | None:
    """Return the query of a request, or None for a GET that has none.

    Raises RequestError: 400 for no query, two queries or a bad encoding, 415 for another content type.
    """
    url = parameters(query_string, "query string")
    if method != "POST":
        return _query(url, required=False)
    media_type = parse_options_header(content_type or "")[0].lower()
    if media_type == FORM:
        return _query(parameters(body, "form"), required=True)
    if media_type == DIRECT:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RequestError(400, "encoding", "Not UTF-8", f"The body is not UTF-8: {error}") from None
        return _query([("query", text), *(pair for pair in url if pair[0] != "query")], required=True)
    raise RequestError(
        415,
        "content-type",
        "Unsupported media type",
        f"A query is posted as {FORM} or {DIRECT}, not as {media_type or 'nothing'}.",
        {"Accept-Post": f"{FORM}, {DIRECT}"},
    )


def format_parameter(query_string: bytes, body: bytes, content_type: str | None) -> str | None:
    """Return the `format` parameter of the URL or of a form body, or None."""
    pairs = parameters(query_string, "query string")
    if parse_options_header(content_type or "")[0].lower() == FORM:
        pairs += parameters(body, "form")
    return next((value for name, value in pairs if name == "format" and value), None)


def _query(pairs: Sequence[tuple[str, str]], *, required: bool) -> Query | None:
    texts = [value for name, value in pairs if name == "query"]
    if len(texts) > 1:
        raise RequestError(400, "two-queries", "More than one query", "Send the parameter `query` exactly once.")
    if not texts:
        if required:
            raise RequestError(400, "no-query", "No query", "Send a SPARQL query in the parameter `query`.")
        return None
    return Query(
        texts[0],
        default_graphs=tuple(value for name, value in pairs if name == "default-graph-uri"),
        named_graphs=tuple(value for name, value in pairs if name == "named-graph-uri"),
    )
