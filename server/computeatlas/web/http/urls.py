"""Where on this host a thing of the graph is found: from IRI to path, and back.

The identifiers begin with `https://w3id.org/compute-atlas/`. What follows is the path here, so the graph can be
followed on whatever host serves it.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from computeatlas.model.namespaces import ATLAS, BASE, ID, ONTOLOGY_IRI

#: What a path may hold unquoted: RFC 3986, pchar, and the slash.
_PATH = "/:@!$&'()*+,;=~-._"
#: First segments of paths that name documents of the graph, besides `id` and `ontology`.
DOCUMENTS = ("all", "data", "dataset", "graph")


def path_of(iri: str) -> str:
    """Return the path under which this host describes `iri`, whatever it is."""
    if iri.startswith(ID):
        return "/doc/" + quote(iri[len(ID) :], safe=_PATH)
    if iri.startswith(ATLAS):
        return "/ontology#" + quote(iri[len(ATLAS) :], safe=_PATH)
    if iri == ONTOLOGY_IRI:
        return "/ontology"
    rest = iri[len(BASE) :] if iri.startswith(BASE) else ""
    if rest.split("/")[0] in (*DOCUMENTS, "ontology") and "#" not in rest and "?" not in rest:
        return "/" + quote(rest, safe=_PATH)
    return "/describe?" + urlencode({"iri": iri})


def is_ours(iri: str) -> bool:
    """Say whether `iri` is one of the identifiers that this host answers for."""
    return iri.startswith(BASE)


def iri_of(path: str) -> str | None:
    """Return the IRI that `path`, as decoded, describes, None where it is not the path of one."""
    if path.startswith(("/doc/", "/id/")):
        name = path.split("/", 2)[2]
        return ID + name if name else None
    rest = path.removeprefix("/")
    return BASE + rest if rest.split("/")[0] in (*DOCUMENTS, "ontology") else None
