"""Tags of languages, BCP 47 (https://www.rfc-editor.org/info/bcp47): whether one is right, and the nearest to it."""

from __future__ import annotations

import difflib
from functools import lru_cache

import langcodes
from babel import Locale, UnknownLocaleError
from langcodes.tag_parser import LanguageTagError

#: Languages in whose words a curator may have named a language.
_NAMED_IN = ("en", "sv")


def canonical_tag(text: str) -> str | None:
    """Return the tag that `text` is, in the one form that BCP 47 recommends, or None where it is no tag.

    Subtags are those of IANA's register, as `langcodes` has it.
    """
    try:
        if "_" in text or text != text.strip() or not langcodes.tag_is_valid(text):
            return None
        return langcodes.standardize_tag(text)
    except LanguageTagError:
        return None


def nearest_tag(text: str) -> str | None:
    """Return the tag that whoever wrote `text` probably meant, None where nothing comes near.

    It may be a tag in another form (`se_SE`), the name of a language in English, Swedish or itself, the code of a
    country, or a name with a slip of the pen.
    """
    plain = text.strip().replace("_", "-")
    if tag := canonical_tag(plain):
        return tag
    names = _names()
    if tag := names.get(plain.casefold()):
        return tag
    if len(plain) == 2 and (tag := _of_country(plain)):
        return tag
    head = plain.partition("-")[0]
    near = difflib.get_close_matches(plain.casefold(), names, n=1, cutoff=0.75)
    return names[near[0]] if near else canonical_tag(head) if head != plain else None


def language_fault(text: str) -> tuple[str, str] | None:
    """Return what is wrong with the tag `text` and how to fix it, or None where it is right."""
    tag = canonical_tag(text)
    if tag == text:
        return None
    if tag is not None:
        return f"“{text}”, which is not the form that BCP 47 recommends", f"write “{tag}”"
    near = nearest_tag(text)
    hint = f"did you mean “{near}”?" if near else "write a tag such as “en”, “de” or “pt-BR”"
    return f"“{text}”, which is no tag of BCP 47", hint


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return the tags by the names of their languages, in small letters."""
    names: dict[str, str] = {}
    for language in _NAMED_IN:
        for tag, name in sorted(Locale(language).languages.items()):
            if (canonical := canonical_tag(tag.replace("_", "-"))) is not None:
                names.setdefault(str(name).casefold(), canonical)
    return names


def _of_country(code: str) -> str | None:
    """Return the language that most people of a country speak."""
    try:
        return Locale.parse(f"und_{code.upper()}", resolve_likely_subtags=True).language
    except (UnknownLocaleError, ValueError):
        return None
