"""The Link header of a page or a description: RFC 8288 (https://www.rfc-editor.org/rfc/rfc8288)."""

from __future__ import annotations

from urllib.parse import quote

from computeatlas.model.mediatypes import Format, ResultKind, formats_for
from computeatlas.web.http.urls import iri_of

#: What a description is to be had in, and the ending of its address.
FORMATS = formats_for(ResultKind.GRAPH)
HTML_SUFFIX = ".html"


def split_suffix(path: str) -> tuple[str, Format | None, bool]:
    """Return `path` without the ending that names a format, the format, and whether it is the page that is meant."""
    if path.endswith(HTML_SUFFIX):
        return path.removesuffix(HTML_SUFFIX), None, True
    for form in FORMATS:
        if path.endswith(f".{form.name}"):
            return path.removesuffix(f".{form.name}"), form, False
    return path, None, False


def link_header(site: str, path: str, query: str = "") -> str:
    """Return the value of Link for the document at `path`, without suffix, on `site`, whose URL ends in a slash.

    It names the document itself (canonical), what it describes (RFC 6892), the same in every format (alternate), and
    the description of the data set (describedby). `query` is the query string of an address that has one.
    """
    here = quote(path, safe="/:@!$&'()*+,;=~-._")
    tail = f"?{query}" if query else ""
    canonical = f'<{site}{here[1:]}{tail}>; rel="canonical"'
    iri = iri_of(path)
    about = [f'<{quote(iri, safe="/:@!$&()*+,;=~-._#?%")}>; rel="describes"'] if iri else []
    alternates = [f'<{here}{HTML_SUFFIX}{tail}>; rel="alternate"; type="text/html"'] + [
        f'<{here}.{form.name}{tail}>; rel="alternate"; type="{form.media_type}"' for form in FORMATS
    ]
    return ", ".join([canonical, *about, *alternates, '</.well-known/void>; rel="describedby"'])
