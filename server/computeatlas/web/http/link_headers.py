"""The Link header of a page or a description: RFC 8288 (https://www.rfc-editor.org/rfc/rfc8288)."""

from __future__ import annotations

from urllib.parse import quote

from computeatlas.web.http.urls import FORMATS, HTML_SUFFIX, iri_of


def link_header(site: str, path: str, query: str = "") -> str:
    """Return the value of Link for the document at `path` on `site`, whose URL ends in a slash.

    `path` is as sent, without a suffix.

    It names the document itself (canonical), what it describes (RFC 6892), the same in every format (alternate), and
    the description of the data set (describedby). `query` is the query string of an address that has one.
    """
    here = quote(path, safe="/:@!$&'()*+,;=~-._%")
    tail = f"?{query}" if query else ""
    canonical = f'<{site}{here[1:]}{tail}>; rel="canonical"'
    iri = iri_of(path)
    about = [f'<{quote(iri, safe="/:@!$&()*+,;=~-._#?%")}>; rel="describes"'] if iri else []
    alternates = [f'<{here}{HTML_SUFFIX}{tail}>; rel="alternate"; type="text/html"'] + [
        f'<{here}.{form.name}{tail}>; rel="alternate"; type="{form.media_type}"' for form in FORMATS
    ]
    return ", ".join([canonical, *about, *alternates, '</.well-known/void>; rel="describedby"'])
