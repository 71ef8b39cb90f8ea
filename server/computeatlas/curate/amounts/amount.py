"""An amount as a person types it: `EUR 64.1 million`, `über 8.000 GPUs`, `500–800 MW`.

The language is that of the document. People who note amounts down also write English, so English words are read in
every language; where the two readings differ, in a scale or in a separator beside one, the amount is ambiguous and
refused.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from computeatlas.curate.amounts.locale_words import FALLBACK, LocaleWords, locale_words, plain, spelling
from computeatlas.curate.amounts.qualifiers import (
    Bound,
    connectors,
    language_of_words,
    range_joiners,
    range_openers,
    words_before,
    words_behind,
)
from computeatlas.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: A number stands alone or before a word (`95bn`), and not within one (`FP8`, `H100`).
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?[eE]\d{1,2}(?!\w)|(?<![\w.,])\d+(?:[ '’.,](?=\d)\d+)*")
#: A sign or code that touches the number.
_TOUCHING = re.compile(r"^([^\W\d_]{2,4}|\W)(?=\d)")
_FORM = "write it as EUR 64.1 million, 1.2 GW, more than 8000 GPUs or 500-800 MW"
_ONE = Decimal(1)


@dataclass(frozen=True)
class Amount:
    """A number or a range of a unit; `unit` is its slug in names of quantities, such as `mw` or `eur`."""

    unit: str
    low: Decimal
    high: Decimal | None = None
    bound: Bound = Bound.EXACT

    @property
    def name(self) -> str:
        """The name of the quantity, such as `gpu-more-than-8000` or `mw-500-to-800`."""
        parts = [self.unit, self.bound.value, digits(self.low)]
        if self.high is not None:
            parts += ["to", digits(self.high)]
        return "-".join(part for part in parts if part)


class AmountError(UsageError):
    """A text that is no amount, or one with several readings, which the message shows."""


def digits(value: Decimal) -> str:
    """Return `value` in digits, without an exponent and without zeros behind the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class UnitWords:
    """What units are called, each with its slug: `symbols` as they are written, `names` folded, in any language.

    `formats` are the names of number formats, folded, with their slugs: `exaflops FP8` is measured in `eflops-fp8`.
    """

    symbols: Mapping[str, str]
    names: Mapping[str, str]
    formats: Mapping[str, str] = field(default_factory=dict)


def read_amount(text: str, language: str, units: UnitWords) -> Amount:
    """Return the amount that `text` is in a document in `language`, a BCP 47 tag.

    Raises AmountError where the text is no amount, or is ambiguous.
    """
    own = _Grammar(language, units)
    english = _Grammar(FALLBACK, units)
    by_own, by_english = own.read(text), english.read(text)
    if isinstance(by_own, _Refusal) and isinstance(by_english, _Refusal):
        refusal = max(by_own, by_english, key=lambda refusal: refusal.progress)
        raise AmountError(refusal.what, why=refusal.why, hint=refusal.hint)
    if isinstance(by_own, _Refusal):
        # English words, and perhaps the separators of the language.
        mixed = _Grammar(FALLBACK, units, own.words.number).read(text)
        readings = [*_found(by_english), *_found(mixed)]
    elif isinstance(by_english, _Refusal) or not _differ(by_own, by_english):
        readings = by_own
    else:
        readings = [*by_own, *by_english]
    amounts = {reading.amount for reading in readings}
    if len(amounts) > 1:
        raise _ambiguous(text, amounts)
    return amounts.pop()


def _ambiguous(text: str, amounts: set[Amount]) -> AmountError:
    units = sorted({amount.unit for amount in amounts})
    hint = "write the number in digits, without separators between thousands"
    if len(units) > 1:
        hint = f"write the code of the currency, such as EUR; here {' or '.join(unit.upper() for unit in units)}"
    names = " or ".join(sorted(amount.name for amount in amounts))
    return AmountError(f"“{text}” can be read in several ways", why=f"it may mean {names}", hint=hint)


@dataclass(frozen=True)
class _Reading:
    """One way to read a text: the amount, and the powers of ten that its words stand for."""

    amount: Amount
    scales: tuple[Decimal, ...]

    @property
    def is_scaled(self) -> bool:
        return any(scale != _ONE for scale in self.scales)


def _differ(own: list[_Reading], english: list[_Reading]) -> bool:
    """Return whether English reads a scale otherwise, or a separator beside one; others go by the language."""
    if {reading.scales for reading in own} != {reading.scales for reading in english}:
        return True
    return any(one.is_scaled for one in own) and {one.amount for one in own} != {one.amount for one in english}


def _found(readings: list[_Reading] | _Refusal) -> list[_Reading]:
    return readings if isinstance(readings, list) else []


@dataclass(frozen=True)
class _Refusal:
    """Why a text is no amount in one language; the greater `progress`, the more of it was understood."""

    what: str
    why: str = ""
    hint: str = _FORM
    progress: int = 0


class _Grammar:
    """The amounts of one language."""

    def __init__(self, language: str, units: UnitWords, number: Callable[[str], Decimal | None] | None = None):
        self.words: LocaleWords = locale_words(language)
        self._language = language_of_words(language)
        self._units = units
        self._read_number = number or self.words.number

    def read(self, text: str) -> list[_Reading] | _Refusal:
        """Return the readings of `text`, at least one, or why there is none."""
        bound, rest = self._bound(plain(text))
        rest = self._apart(self._without(range_openers(self._language), rest))
        found = list(_NUMBER.finditer(rest))
        if not found:
            return _Refusal(f"“{text}” has no number")
        if len(found) > 2:
            return _Refusal(f"“{text}” has more than two numbers")
        numbers = [self._number(match[0]) for match in found]
        if None in numbers:
            wrong = next(match[0] for match, number in zip(found, numbers, strict=True) if number is None)
            return _Refusal(
                f"“{wrong}” is no number", "digits are grouped by threes", "write it as 1224, 1.5 or 64100000", 1
            )
        before, after = rest[: found[0].start()].strip(), rest[found[-1].end() :].strip()
        values = [number for number in numbers if number is not None]
        if len(found) == 1:
            return self._single(text, bound, before, values[0], after)
        if bound not in (Bound.EXACT, Bound.ABOUT):
            return _Refusal(f"“{text}” is a range and has “{bound.value}” as well", hint=_FORM, progress=1)
        middle = rest[found[0].end() : found[1].start()].strip()
        return self._range(text, bound, before, values, middle, after)

    def _number(self, text: str) -> Decimal | None:
        """Return the number by the rules of the language, or by those of others where only they make it one."""
        own = self._read_number(text)
        if own is not None:
            return own
        others = {locale_words(language).number(text) for language in ("en", "de")} - {None}
        return others.pop() if len(others) == 1 else None

    def _bound(self, text: str) -> tuple[Bound, str]:
        for word, bound in words_before(self._language).items():
            if (rest := _after(text, word)) is not None:
                return bound, rest
        for word, bound in words_behind(self._language).items():
            if (before := _before(text, word)) is not None:
                return bound, before
        # An adverb may stand between number and unit: `8000+ GPUs`.
        if (plus := re.search(r"(?<=\d)\+(?=\s*\w)", text)) is not None:
            return Bound.AT_LEAST, f"{text[: plus.start()]} {text[plus.end() :]}"
        return Bound.EXACT, text

    def _without(self, words: tuple[str, ...], text: str) -> str:
        return next((rest for word in words if (rest := _after(text, word)) is not None), text)

    def _apart(self, text: str) -> str:
        """Return `text` with a blank between a currency and the number that it touches."""
        match = _TOUCHING.match(text)
        return f"{match[1]} {text[match.end() :]}" if match and spelling(match[1]) in self.words.money else text

    def _single(self, text: str, bound: Bound, before: str, value: Decimal, after: str) -> list[_Reading] | _Refusal:
        readings = [
            _Reading(Amount(unit, value * scale, None, bound), (scale,)) for scale, unit in self._tails(before, after)
        ]
        return _unique(readings) or self._unknown_unit(text, before, after)

    def _range(
        self, text: str, bound: Bound, before: str, values: list[Decimal], middle: str, after: str
    ) -> list[_Reading] | _Refusal:
        parts = self._joined(middle)
        if parts is None:
            hint = "write both ends, with to or a dash between them"
            return _Refusal(f"“{text}” has two numbers with “{middle}” between them", hint=hint, progress=2)
        lower, upper = parts
        readings = []
        low_units: set[str] = set()
        for scale, unit in self._tails(upper or before, after):
            for low_scale, low_unit in self._low_tails(before, lower, scale, unit):
                low_units.add(low_unit)
                if low_unit == unit:
                    amount = Amount(unit, values[0] * low_scale, values[1] * scale, bound)
                    readings.append(_Reading(amount, (low_scale, scale)))
        if low_units and not readings:
            hint = "write both ends in one unit"
            return _Refusal(f"the ends of “{text}” are in different units", hint=hint, progress=4)
        unordered = [one for one in readings if one.amount.high is not None and one.amount.low >= one.amount.high]
        if readings and len(unordered) == len(readings):
            why = f"{digits(unordered[0].amount.low)} is not below {digits(unordered[0].amount.high or _ONE)}"
            return _Refusal(f"“{text}” is no range", why, "write the lower end first, both ends in one unit", 4)
        return _unique([one for one in readings if one not in unordered]) or self._unknown_unit(text, before, after)

    def _joined(self, middle: str) -> tuple[str, str] | None:
        """Return what stands on either side of the word or dash between two numbers, None where there is none."""
        for word in range_joiners(self._language):
            joiner = rf"(?<!\w){re.escape(word)}(?!\w)" if word[-1].isalnum() else re.escape(word)
            if match := re.search(joiner, middle, re.IGNORECASE):
                return middle[: match.start()].strip(), middle[match.end() :].strip()
        return None

    def _low_tails(self, before: str, lower: str, scale: Decimal, unit: str) -> Iterator[tuple[Decimal, str]]:
        """Yield scale and unit of a lower end: those of the upper one, unless it has its own."""
        if not lower:
            yield scale, unit
            return
        yield from self._tails(before, lower)
        for word_scale in self.words.scales.get(spelling(lower), ()):
            yield word_scale, unit

    def _tails(self, before: str, after: str) -> Iterator[tuple[Decimal, str]]:
        """Yield each scale and unit that the words around a number may mean."""
        for scale, rest in self._scales(after):
            if before and not rest:
                for unit in self._money_of(before):
                    yield scale, unit
            elif before:
                yield from ((scale, unit) for unit in self._money_of(before) & self._money_of(rest))
            elif rest:
                yield from ((scale, unit) for unit in self._units_of(rest))

    def _scales(self, after: str) -> Iterator[tuple[Decimal, str]]:
        """Yield each scale with which `after` may begin, none first, and what stands behind it."""
        yield _ONE, after
        words = after.split(" ")
        for count in range(min(3, len(words)), 0, -1):
            scales = self.words.scales.get(spelling(" ".join(words[:count])), ())
            rest = " ".join(words[count:])
            for word in connectors(self._language):
                rest = next((found for found in (_after(rest, word),) if found is not None), rest)
            yield from ((scale, rest) for scale in scales)

    def _units_of(self, text: str) -> set[str]:
        if found := self._plain_units_of(text):
            return found
        first, _, others = text.partition(" ")
        rest, _, last = text.rpartition(" ")
        for number_format, unit in ((last.strip("()"), rest), (first, others)):
            if (slug := self._units.formats.get(spelling(number_format))) and unit:
                return {f"{found}-{slug}" for found in self._plain_units_of(unit)}
        return set()

    def _plain_units_of(self, text: str) -> set[str]:
        # A symbol is told from others by its capitals: MW and mW.
        if text in self._units.symbols:
            return {self._units.symbols[text]}
        word = spelling(text)
        if found := self._money_of(text) or {self._units.names[name] for name in {word} & self._units.names.keys()}:
            return found
        return {self._units.names[name] for name in self.words.units.get(word, ()) if name in self._units.names}

    def _money_of(self, text: str) -> set[str]:
        return {code.lower() for code in self.words.money.get(spelling(text), ())}

    def _unknown_unit(self, text: str, before: str, after: str) -> _Refusal:
        rests = [rest for _scale, rest in self._scales(after)]
        if not before and "" in rests:
            return _Refusal(f"“{text}” has no unit", hint=_FORM, progress=2)
        unit = f"{before} {rests[-1]}".strip()
        known = [*self._units.symbols, *self._units.names]
        near = difflib.get_close_matches(unit, known, n=3, cutoff=0.6) or [
            symbol for symbol in self._units.symbols if symbol.casefold() == unit.casefold()
        ]
        hint = (
            f"did you mean {' or '.join(dict.fromkeys(near))}?"
            if near
            else "use a unit of ontology/codes/unit.ttl, or a currency"
        )
        return _Refusal(f"“{unit}” is no unit or currency", f"it is what “{text}” is measured in", hint, 3)


def _unique(readings: list[_Reading]) -> list[_Reading]:
    return list(dict.fromkeys(readings))


def _after(text: str, word: str) -> str | None:
    """Return what stands in `text` behind the folded `word` at its start, None where it does not begin with it."""
    for end in range(len(word), min(len(text), len(word) + 8) + 1):
        if spelling(text[:end]) == word and (end == len(text) or not (word[-1].isalnum() and text[end].isalnum())):
            return text[end:].lstrip(". ") if word[-1].isalnum() else text[end:].lstrip()
    return None


def _before(text: str, word: str) -> str | None:
    """Return what stands in `text` before the folded `word` at its end, None where it does not end with it."""
    for start in range(max(0, len(text) - len(word) - 4), len(text)):
        if spelling(text[start:]) == word and (not word[0].isalnum() or text[start - 1 : start] == " "):
            return text[:start].rstrip()
    return None
