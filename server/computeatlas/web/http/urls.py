"""Where on this host a thing of the graph is found: from IRI to path, and back.

The identifiers begin with `https://w3id.org/compute-atlas/`. What follows is the path here, so the graph can be
followed on whatever host serves it. Paths are those of the request as sent: `a%2Fb` and `a/b` name two things, and only
escapes of unreserved characters, and of those beyond ASCII, stand for the characters themselves
(https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2, https://www.rfc-editor.org/rfc/rfc3987#section-3.2). An IRI to
which its path would not lead back has the address `/describe?iri=…`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes, urlencode

from computeatlas.model.mediatypes import Format, ResultKind, formats_for
from computeatlas.model.namespaces import ATLAS, BASE, ID, ONTOLOGY_IRI

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Request as WsgiRequest

#: What a path may hold unquoted: RFC 3986, pchar, and the slash; escapes stay as they are.
_PATH = "/:@!$&'()*+,;=~-._%"
#: What a description is to be had in, and the ending of its address.
FORMATS = formats_for(ResultKind.GRAPH)
HTML_SUFFIX = ".html"
#: First segments of paths that name documents of the graph, besides `id` and `ontology`.
DOCUMENTS = ("all", "data", "dataset", "graph")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_QUOTED = re.compile(rb"[A-Za-z0-9" + re.escape(_PATH.encode()) + rb"]*")
_UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
#: Segments that clients take out of a path before they send it.
_MOVING = re.compile(r"//|/\.{1,2}(?:/|\Z)")


def raw_path(scope: Mapping[str, Any]) -> str:
    """Return the path of an ASGI request as it was sent, without the query string, in ASCII."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"], safe=_PATH.rstrip("%")).encode()
    # Nearly every path is as it should be, and every request comes by here.
    return raw.decode("ascii") if _QUOTED.fullmatch(raw) else quote(raw, safe=_PATH)


def sent_path(request: WsgiRequest) -> str:
    """Return the path of a page's request as it was sent; where the server does not say, as it would be sent."""
    return str(request.environ.get("computeatlas.raw_path") or raw_path({"path": request.path}))


def path_of(iri: str) -> str:
    """Return the path under which this host describes `iri`, whatever it is."""
    if iri.startswith(ATLAS):
        return "/ontology#" + quote(iri[len(ATLAS) :], safe=_PATH)
    if iri == ONTOLOGY_IRI:
        return "/ontology"
    path = ""
    if iri.startswith(ID):
        path = "/doc/" + quote(iri[len(ID) :], safe=_PATH)
    elif iri.startswith(BASE):
        path = "/" + quote(iri[len(BASE) :], safe=_PATH)
    if path and not _MOVING.search(path) and split_suffix(path)[0] == path and iri_of(path) == iri:
        return path
    return "/describe?" + urlencode({"iri": iri})


def is_ours(iri: str) -> bool:
    """Say whether `iri` is one of the identifiers that this host answers for."""
    return iri.startswith(BASE)


def iri_of(path: str) -> str | None:
    """Return the IRI that `path`, as sent and without an ending, describes, None where it is not the path of one."""
    decoded = _ESCAPES.sub(_decode, path)
    if decoded.startswith(("/doc/", "/id/")):
        name = decoded.split("/", 2)[2]
        return ID + name if name else None
    rest = decoded.removeprefix("/")
    return BASE + rest if rest.split("/")[0] in (*DOCUMENTS, "ontology") else None


def split_suffix(path: str) -> tuple[str, Format | None, bool]:
    """Return `path` without the ending that names a format, the format, and whether it is the page that is meant."""
    if path.endswith(HTML_SUFFIX):
        return path.removesuffix(HTML_SUFFIX), None, True
    for form in FORMATS:
        if path.endswith(f".{form.name}"):
            return path.removesuffix(f".{form.name}"), form, False
    return path, None, False


def _decode(escapes: re.Match[str]) -> str:
    """Return some escapes with those undone that stand for unreserved characters or characters beyond ASCII."""
    text = ""
    try:
        characters = unquote_to_bytes(escapes[0]).decode()
    except UnicodeDecodeError:
        return escapes[0]
    at = 0
    for character in characters:
        length = 3 * len(character.encode())
        kept = character.isascii() and not _UNRESERVED.fullmatch(character.encode())
        text += escapes[0][at : at + length] if kept else character
        at += length
    return text
