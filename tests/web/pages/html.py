"""Pages as a browser reads them: what is malformed in their HTML, and what they show."""

from __future__ import annotations

from collections import Counter

import html5rdf


def faults_of(text: str) -> list[str]:
    """Return what a browser has to mend in a page, as the HTML standard's parser finds it, and ids given twice.

    https://html.spec.whatwg.org/multipage/parsing.html#parse-errors
    """
    parser = html5rdf.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    faults = [f"{name} {more} at {place}" for place, name, more in parser.errors]
    ids = Counter(value for element in tree.iter() if (value := element.get("id")) is not None)
    return faults + [f"id {name!r} is given {number} times" for name, number in ids.items() if number > 1]
