r"""The characters of names in Turtle and SPARQL, which share them, as parts of regular expressions.

Terminals of https://www.w3.org/TR/turtle/#sec-grammar-grammar and https://www.w3.org/TR/sparql11-query/#sparqlGrammar.
`PN_CHARS_BASE` and `PN_CHARS` are for use between `[` and `]`; `PLX` is an alternative, to stand in a group.
"""

from __future__ import annotations

PN_CHARS_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
PN_CHARS = PN_CHARS_BASE + r"_0-9\-" + "\u00b7\u0300-\u036f\u203f-\u2040"
#: A percent-encoded byte, or an escaped character of a local name.
PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
