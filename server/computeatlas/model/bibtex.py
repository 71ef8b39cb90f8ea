"""BibTeX: https://ctan.org/pkg/bibtex. Entries are in UTF-8."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters that mean something to TeX. Braces become commands, because BibTeX counts even those behind a backslash.
_COMMANDS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
_SPECIAL = re.compile(r"[\\{}~^&%$#_]")
#: What an address may hold besides letters and figures without upsetting BibTeX; the rest is percent-encoded.
_ADDRESS = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")


def escape(text: str) -> str:
    """Return `text` on one line, with commands of LaTeX for the characters that TeX takes for something else."""
    return _SPECIAL.sub(lambda match: _COMMANDS[match[0]], " ".join(text.split()))


def verbatim(text: str) -> str:
    """Return `text` in braces of its own, escaped: a style leaves its capitals, and a name is not taken apart."""
    return f"{{{escape(text)}}}"


def address(url: str) -> str:
    """Return `url` with what could end its field, and what no URL holds, percent-encoded."""
    return _ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), url)


def entry(key: str, fields: Mapping[str, str]) -> str:
    """Return the `@misc` entry `key`; `fields` are as they are to stand in braces, empty ones are left out."""
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join((f"@misc{{{key},", *lines, "}"))
