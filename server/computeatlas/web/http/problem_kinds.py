"""The types of problem that a client may be told of: status, title and explanation, each said once.

The page `/problems` shows them, and `type` in problem details (RFC 9457) points there.
"""

from __future__ import annotations

from typing import NamedTuple


class ProblemKind(NamedTuple):
    """The status of the answer, the title of the problem and what it means; `code` stands between backquotes."""

    status: int
    title: str
    meaning: str


#: Name → kind of problem.
KINDS = {
    "bad-default": ProblemKind(400, "?default has a value", "The parameter `default` takes no value."),
    "bad-host": ProblemKind(400, "Not a host", "The header `Host` names no host."),
    "bad-iri": ProblemKind(
        400, "Not an IRI", "A parameter that names a graph is no IRI, or is relative where it must be absolute."
    ),
    "bad-parameter": ProblemKind(400, "Not a value of a parameter", "A parameter of the address has no such value."),
    "bad-timeout": ProblemKind(400, "Not a number of seconds", "`timeout` is not a number of seconds."),
    "body-too-large": ProblemKind(413, "The body is too large", "The body has more bytes than this server takes."),
    "content-coding": ProblemKind(
        400,
        "The compressed body cannot be decoded",
        "The body is corrupt, ends too early, or is not in the coding that `Content-Encoding` names.",
    ),
    "content-type": ProblemKind(
        415,
        "Unsupported media type",
        "The body is of a media type, charset or coding that is not taken here; the detail lists those that are.",
    ),
    "data": ProblemKind(
        400, "The data cannot be loaded", "RDF that was sent is malformed. `line` and `column` say where."
    ),
    "dataset-conflict": ProblemKind(
        400, "The data set is named twice", "The update names its data set itself, and the request names one too."
    ),
    "encoding": ProblemKind(400, "Not UTF-8", "Parameters or body are not UTF-8, or not percent-encoded."),
    "engine-fault": ProblemKind(
        500,
        "The engine failed at this query",
        "Which it should not; the `id` is in the server’s log. `repair` may name a way round.",
    ),
    "federation": ProblemKind(
        403, "This server asks no other", "The query would send requests to other hosts (`SERVICE`, `LOAD`)."
    ),
    "http": ProblemKind(400, "An error of HTTP", "Any error of HTTP that has no type of its own."),
    "internal": ProblemKind(500, "Internal error", "A fault of the server; its `id` is in the server’s log."),
    "method-not-allowed": ProblemKind(405, "Method not allowed", "The header `Allow` lists the methods that are."),
    "multipart": ProblemKind(400, "Malformed form", "A form of files cannot be read, or has a part that is no file."),
    "nesting": ProblemKind(
        400,
        "The query is nested too deep",
        "Brackets are nested deeper than the server allows or the engine can follow.",
    ),
    "no-graph": ProblemKind(404, "No such graph", "There is no named graph of that name."),
    "no-query": ProblemKind(400, "No query", "The request has no parameter `query`, and no query as its body."),
    "no-token": ProblemKind(401, "A token is needed", "Writing needs a token, sent as `Authorization: Bearer`."),
    "no-update": ProblemKind(400, "No update", "The request has no parameter `update`, and no update as its body."),
    "not-acceptable": ProblemKind(
        406,
        "No such format",
        "The result cannot be had in a format that the request accepts; the detail lists the formats.",
    ),
    "gone": ProblemKind(
        410, "No longer spoken of", "The thing is deprecated; the detail names what has taken its place."
    ),
    "not-found": ProblemKind(404, "Not found", "There is no page of that address."),
    "overloaded": ProblemKind(
        503,
        "The server is busy",
        "As many queries run and wait as the server allows. Try again after the seconds in `Retry-After`.",
    ),
    "precondition": ProblemKind(
        412, "The graph is another by now", "`If-Match` or `If-None-Match` does not hold; nothing was changed."
    ),
    "query-evaluation": ProblemKind(
        400, "The query cannot be evaluated", "It is SPARQL but calls a function or a service that is not to be had."
    ),
    "query-memory": ProblemKind(503, "The query needs too much memory", "More than one query may use: ask for less."),
    "query-syntax": ProblemKind(
        400, "The query is not SPARQL", "`line`, `column` and `token` say where, `repair` what may fix it."
    ),
    "query-timeout": ProblemKind(504, "The query took too long", "Longer than one query may: ask for less."),
    "query-too-long": ProblemKind(413, "The query is too long", "It has more characters than this server reads."),
    "rate": ProblemKind(
        429, "Too many requests", "The client sends more than it may. Wait the seconds in `Retry-After`."
    ),
    "read-only": ProblemKind(403, "This server is read-only", "Nobody may write to it."),
    "result-too-large": ProblemKind(
        400, "The result is too large", "It has more bytes than this server sends: add `LIMIT`."
    ),
    "too-many-parameters": ProblemKind(400, "Too many parameters", "There are more parameters than this server reads."),
    "two-graphs": ProblemKind(400, "Two graphs", "The request names more than one graph."),
    "two-queries": ProblemKind(400, "More than one query", "There is more than one query, or a query and an update."),
    "two-updates": ProblemKind(400, "More than one update", "There is more than one update, or an update and a query."),
    "wrong-token": ProblemKind(401, "The token is wrong", "The token that was sent is not that of this server."),
}
