"""The numbers of a text, in digits or words, Swedish or English.

A text is cut into tokens; tokens combine to amounts (*12,8* and *miljarder*), amounts to ranges (*three to five
billion*), and each amount gives one or more numbers: 50 % is 50 per cent and the share 0.5.
Ordinals are not read: *the third hall* says neither that there are three halls nor that it is a third of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from computeatlas.curate.amounts.locale_words import spelling
from computeatlas.curate.amounts.qualifiers import Bound, words_before, words_behind
from computeatlas.curate.check.number_tokens import tokenise
from computeatlas.curate.check.number_words import LANGUAGES, Kind, Language, fold
from computeatlas.curate.check.unit_words import DURATION, LONGEST_NAME, spell, unit_words
from computeatlas.model.units import shipped_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.curate.check.number_tokens import Token
    from computeatlas.model.units import Unit

#: Units of numbers, as the register of units has them: a share is a number of dimension one.
PLAIN, PERCENT, SHARE, MEGAWATT = "", "%", "1", "MW"

#: Enough digits for any number of `LONGEST` digits times any scale; nothing signals, so nothing raises.
_ARITHMETIC = Context(prec=60, traps=[])
#: How far from a number a word may stand that bounds it, and what may stand between: a currency.
_REACH = 40
_CURRENCY = re.compile(r"(?:\b[A-Z]{2,3}|\beuros?|[$€£])\s*$")


@dataclass(frozen=True)
class Number:
    """A number that stands in a text from `start` to `end`.

    `unit` is empty, `%`, `1` for a share, or the notation of a unit of the register; `further` is true where the text
    adds the number to others that it may not count (*two further halls*); `bound` is what a word beside it says.
    """

    value: Decimal
    start: int
    end: int
    unit: str = PLAIN
    further: bool = False
    bound: Bound = Bound.EXACT


@dataclass(frozen=True)
class _Amount:
    """Tokens `first` to `after` (exclusive): a base, what *hundred* and scale words multiply it with, and its unit."""

    base: Decimal
    first: int
    after: int
    hundred: Decimal = Decimal(1)
    factor: Decimal = Decimal(1)
    unit: str = PLAIN

    @property
    def value(self) -> Decimal:
        return _ARITHMETIC.multiply(self.base, self.hundred * self.factor)


def numbers_in(text: str, language: str) -> set[Decimal]:
    """Return the numbers of `text` in every reading: 50 % as 50 and 0.5, 1 GW as 1 and 1000.

    Nothing is raised, whatever the text or the language.
    """
    return {number.value for number in read_numbers(text, language)}


def read_numbers(text: str, language: str) -> list[Number]:
    """Return the numbers of `text` in the order in which they stand, several at one place where it has readings.

    `language` is a tag such as `sv` or `en-GB`; a text in any other language is read as Swedish and as English.
    Nothing is raised, whatever the text or the language.
    """
    known = LANGUAGES.get(language.partition("-")[0].lower())
    found = {number for rules in ([known] if known else LANGUAGES.values()) for number in _Reader(text, rules).read()}
    return sorted(found, key=lambda number: (number.start, number.end, number.unit, number.value))


class _Reader:
    """Reads the numbers of a text in one pass over its tokens; each method reads the form that it is named after."""

    def __init__(self, text: str, language: Language):
        self._text = text
        self._language = language
        self._tokens = list(tokenise(text, language))
        self._and_joins = False  # whether *between* stands before, so that *and* is the middle of a range

    def read(self) -> Iterator[Number]:
        i = 0
        between = -1
        while i < len(self._tokens):
            if self._kind(i) is Kind.BETWEEN:
                between = i
            self._and_joins = between >= 0 and i - between <= 2
            amounts = self._split(i) or self._range(i)
            for amount in amounts:
                yield from self._numbers(amount)
            i = amounts[-1].after if amounts else i + 1

    def _kind(self, i: int) -> Kind | None:
        return self._tokens[i].kind if 0 <= i < len(self._tokens) else None

    def _past_hyphen(self, i: int) -> int:
        """Return the token after `i` where `i` is a dash between two words written in one, else `i`."""
        return i + 1 if self._kind(i) is Kind.DASH and _touch(self._tokens, i, i + 1) else i

    def _split(self, i: int) -> list[_Amount]:
        """Return the shares of `50/50` or `1/3` at token `i`, and the bare numbers; no amounts where there are none."""
        kinds = [self._kind(i + n) for n in range(3)]
        if kinds != [Kind.DIGITS, Kind.SLASH, Kind.DIGITS] or not _touch(self._tokens, i + 1, i + 2):
            return []
        left, right = self._tokens[i].value, self._tokens[i + 2].value
        found = [_Amount(left, i, i + 1), _Amount(right, i + 2, i + 3)]
        if left + right == 100:
            shares = [_Amount(part.base / 100, part.first, part.after, unit=SHARE) for part in found]
        elif 0 < left < right:
            shares = [_Amount(_ARITHMETIC.divide(left, right), i, i + 3, unit=SHARE)]
        else:
            shares = []
        return [*shares, *found]

    def _range(self, i: int) -> list[_Amount]:
        """Return the amount at token `i`, and the one at the other end where a range begins there.

        Scale and unit of the upper end are those of the lower one too, unless it has its own or is the greater number.
        """
        low = self._amount(i)
        bare_article = low is None and self._kind(i) is Kind.ARTICLE
        if bare_article:
            low = _Amount(Decimal(1), i, i + 1)
        if low is None:
            return []
        joined = self._joins(low.after)
        self._and_joins = False  # a second *and* belongs to the upper end
        high = self._amount(low.after + 1) if joined else None
        if high is None:
            return [] if bare_article else [low]
        if self._is_year(low):
            return [low, high]
        if low.hundred == low.factor == 1 and low.base < high.base:
            low = replace(low, hundred=high.hundred, factor=high.factor)
        elif low.factor == 1 and low.base * low.hundred < high.base * high.hundred:
            low = replace(low, factor=high.factor)
        if low.unit == PLAIN and high.unit != SHARE:
            low = replace(low, unit=high.unit)
        return [low, high]

    def _joins(self, i: int) -> bool:
        kind = self._kind(i)
        return kind in (Kind.TO, Kind.DASH) or (self._and_joins and kind is Kind.AND)

    def _is_year(self, amount: _Amount) -> bool:
        """Return whether `amount` may be a year: a dash after it is then more often one of the sentence."""
        return 1900 <= amount.value <= 2100 and len(self._tokens[amount.first].text) == 4

    def _amount(self, i: int) -> _Amount | None:
        """Return the amount that begins at token `i`, with its scale and unit, or None."""
        amount = self._half(i) or self._group(i)
        if amount is None:
            return None
        amount = self._with_half(amount)
        scaled = self._scaled(amount)
        if scaled.factor != amount.factor and self._kind(i) is Kind.WORD:
            scaled = self._with_rest(scaled)
        return self._with_unit(scaled)

    def _half(self, i: int) -> _Amount | None:
        """Return 0.5 times the scale of *half a billion*, else the share one half."""
        at = i + 1 if self._kind(i) is Kind.ARTICLE else i
        if self._kind(at) is not Kind.HALF:
            return None
        scale = at + 2 if self._kind(at + 1) is Kind.ARTICLE else at + 1
        if self._kind(scale) is Kind.SCALE or self._unit(scale):
            return _Amount(Decimal("0.5"), i, scale)
        return _Amount(Decimal("0.5"), i, at + 1, unit=SHARE)

    def _group(self, i: int) -> _Amount | None:
        """Return the number that begins at token `i`, up to its first scale word other than *hundred*."""
        kind = self._kind(i)
        if kind is Kind.ARTICLE:
            after = self._kind(i + 1)
            unit = self._unit(i + 1)
            if after in (Kind.HUNDRED, Kind.SCALE, Kind.PART, Kind.TIME) or (unit and unit[0].kind != DURATION):
                return self._hundreds(_Amount(Decimal(1), i, i + 1))
            and_half = after is Kind.AND and self._half(i + 2)
            return _Amount(Decimal(1), i, i + 1) if and_half else None
        if kind in (Kind.DIGITS, Kind.WORD):
            return self._hundreds(self._tens(_Amount(self._tokens[i].value, i, i + 1)))
        if kind is Kind.HUNDRED or (kind is Kind.SCALE and self._tokens[i].value == 1000):
            # *Hundra* and *tusen* stand for one of theirs; of the greater scales there is always a number.
            return self._below_hundred(_Amount(self._tokens[i].value, i, i + 1))
        return None

    def _tens(self, amount: _Amount) -> _Amount:
        """Return `amount` with the units of *twenty-one* or *twenty one*."""
        unit = self._past_hyphen(amount.after)
        if self._kind(unit) is Kind.WORD and self._kind(amount.first) is Kind.WORD:
            tens, units = amount.base, self._tokens[unit].value
            if 20 <= tens < 100 and tens % 10 == 0 and 0 < units < 10:
                return replace(amount, base=tens + units, after=unit + 1)
        return amount

    def _hundreds(self, amount: _Amount) -> _Amount:
        at = self._past_hyphen(amount.after)
        if self._kind(at) is not Kind.HUNDRED or amount.base >= 100:
            return amount
        whole = replace(amount, base=amount.base * 100, after=at + 1)
        filled = self._below_hundred(whole)
        # A bare hundred is a scale as any other: *two to three hundred* begins at 200.
        return filled if filled.base != whole.base else replace(whole, base=amount.base, hundred=Decimal(100))

    def _below_hundred(self, amount: _Amount) -> _Amount:
        """Return `amount`, a number of hundreds, with what *and fifty-one* adds to it."""
        at = amount.after
        if self._kind(at) is Kind.AND and not self._and_joins:
            at += 1
        if self._kind(at) is Kind.WORD and self._tokens[at].value < 100:
            rest = self._tens(_Amount(self._tokens[at].value, at, at + 1))
            if self._kind(rest.after) is not Kind.HUNDRED:
                return replace(amount, base=amount.base + rest.base, after=rest.after)
        return amount

    def _with_half(self, amount: _Amount) -> _Amount:
        """Return `amount` with the half of *two and a half*."""
        if self._kind(amount.after) is Kind.AND and amount.unit == PLAIN:
            at = amount.after + 1
            if self._kind(at) is Kind.ARTICLE:
                at += 1
            if self._kind(at) is Kind.HALF:
                value = _ARITHMETIC.add(amount.value, Decimal("0.5"))
                return replace(amount, base=value, hundred=Decimal(1), after=at + 1)
        return amount

    def _scaled(self, amount: _Amount) -> _Amount:
        """Return `amount` times the scale words that follow it: *tusen miljarder* has two."""
        if (scale := self._joined_scale(amount)) is not None:
            return replace(amount, factor=scale, after=amount.after + 1)
        for _ in range(3):
            at = self._past_hyphen(amount.after)
            if self._kind(at) is not Kind.SCALE:
                break
            amount = replace(amount, factor=amount.factor * self._tokens[at].value, after=at + 1)
        return amount

    def _joined_scale(self, amount: _Amount) -> Decimal | None:
        """Return the scale of *5m* or *$5 m*, which would be metres otherwise."""
        if self._kind(amount.first) is not Kind.DIGITS or amount.after >= len(self._tokens):
            return None
        money = amount.first > 0 and self._tokens[amount.first - 1].text in "$€£"
        if money or _touch(self._tokens, amount.after):
            return self._language.joined.get(fold(self._tokens[amount.after].text))
        return None

    def _with_rest(self, amount: _Amount) -> _Amount:
        """Return `amount` with what follows its scale in words: *two thousand and five*, *one million two thousand*."""
        at, factor = amount.after, self._tokens[amount.after - 1].value
        while True:
            joined = self._kind(at) is Kind.AND and not self._and_joins
            rest = self._group(at + joined) if self._kind(at + joined) is Kind.WORD else None
            if rest is None:
                break
            scaled = self._scaled(rest)
            if joined and scaled.value >= 100:
                break
            if scaled.value >= factor or (scaled.factor < 1000 < factor):
                break
            value = _ARITHMETIC.add(amount.value, scaled.value)
            amount = _Amount(value, amount.first, scaled.after)
            at, factor = scaled.after, self._tokens[scaled.after - 1].value
        return amount

    def _unit(self, i: int) -> tuple[Unit, int] | None:
        """Return the unit whose name begins at token `i`, the longest that fits, and the token after it."""
        for after in range(min(i + LONGEST_NAME, len(self._tokens)), i, -1):
            name = self._text[self._tokens[i].start : self._tokens[after - 1].end]
            if unit := unit_words().get(spell(name)):
                return unit, after
        return None

    def _with_unit(self, amount: _Amount) -> _Amount:
        """Return `amount` with the per cent sign, unit or fraction that follows it."""
        at = self._past_hyphen(amount.after)
        kind = self._kind(at)
        if kind is Kind.PERCENT:
            return replace(amount, unit=PERCENT, after=at + 1)
        if unit := self._unit(at):
            return replace(amount, unit=unit[0].notation, after=unit[1])
        if kind is Kind.PART and amount.unit == PLAIN:
            part = self._tokens[at].meaning
            if part.plural in (None, amount.value > 1) and amount.value < part.value:
                share = _ARITHMETIC.divide(amount.value, part.value)
                return _Amount(share, amount.first, at + 1, unit=SHARE)
        return amount

    def _numbers(self, amount: _Amount) -> Iterator[Number]:
        """Yield the readings of `amount`: as it stands, and as a share or in megawatts."""
        start, end = self._tokens[amount.first].start, self._tokens[amount.after - 1].end
        further = self._is_further(amount)
        readings = [(amount.value, amount.unit)]
        if amount.unit == PERCENT:
            readings.append((_ARITHMETIC.divide(amount.value, Decimal(100)), SHARE))
        elif (megawatts := shipped_units().convert(amount.value, amount.unit, MEGAWATT)) is not None:
            readings.append((megawatts, MEGAWATT))
        for value, unit in dict.fromkeys(readings):
            yield Number(value, start, end, unit, further, self._bound(start, end))

    def _bound(self, start: int, end: int) -> Bound:
        """Return what the words before the amount from `start` to `end`, or behind it, say of it: *more than*."""
        before = self._text[max(start - _REACH, 0) : start]
        before = spelling(_CURRENCY.sub("", before))
        for word, bound in words_before(self._language.tag).items():
            if before.endswith(word) and not _goes_on(before[-len(word) - 1 : -len(word)], word[0]):
                return bound
        behind = spelling(self._text[end : end + _REACH])
        for word, bound in words_behind(self._language.tag).items():
            if behind.startswith(word) and not _goes_on(behind[len(word) : len(word) + 1], word[-1]):
                return bound
        return Bound.EXACT

    def _is_further(self, amount: _Amount) -> bool:
        before = self._tokens[amount.first - 1].text if amount.first else ""
        after = self._tokens[amount.after].text if amount.after < len(self._tokens) else ""
        # *Till* with a number behind it is the middle of a range.
        ends = self._kind(amount.after) is not Kind.TO or self._amount(amount.after + 1) is None
        return fold(before) in self._language.further_before or (ends and fold(after) in self._language.further_after)


def _goes_on(beyond: str, edge: str) -> bool:
    """Return whether a word goes on beyond its `edge`: *under* is no word of *thunder*."""
    return beyond.isalnum() and edge.isalnum()


def _touch(tokens: list[Token], *places: int) -> bool:
    """Return whether nothing stands between each of the tokens at `places` and the one before it."""
    return all(0 < i < len(tokens) and tokens[i - 1].end == tokens[i].start for i in places)
