"""The words that numbers are written with in Swedish and English."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto


class Kind(Enum):
    """What a token of a text can be to the number around it."""

    DIGITS = auto()
    WORD = auto()  # a number word below a thousand other than hundred, or a Swedish compound
    ARTICLE = auto()  # is the number one only in front of some words
    HUNDRED = auto()
    SCALE = auto()
    HALF = auto()
    PART = auto()  # third, fifth: divides what stands before it
    PERCENT = auto()
    TIME = auto()  # after it an article is the number one, as in *ett år*
    TO = auto()
    DASH = auto()
    AND = auto()
    BETWEEN = auto()
    SLASH = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Meaning:
    """What a word is: its kind, and its value where it has one.

    `plural` is true of a PART that wants more than one before it.
    """

    kind: Kind
    value: Decimal = Decimal(0)
    plural: bool | None = None


@dataclass(frozen=True)
class Language:
    """How a language writes numbers: its separators, its words, and words that make a number one of *further* things.

    `joined` holds abbreviations that are scales only when they follow a number with no space, or a sum of money. `tag`
    is its tag of BCP 47.
    """

    tag: str
    thousands: str
    decimal: str
    words: dict[str, Meaning]
    joined: dict[str, Decimal]
    further_before: frozenset[str]
    further_after: frozenset[str]
    compounds: dict[str, int]

    def meaning(self, word: str) -> Meaning:
        """Return what `word` is, of kind OTHER where it has nothing to do with numbers."""
        folded = fold(word)
        if found := self.words.get(folded):
            return found
        if (value := self._compound(folded)) is not None:
            return Meaning(Kind.WORD, Decimal(value))
        return self._inflected(folded)

    def _inflected(self, folded: str) -> Meaning:
        """Return the meaning of the head of a compound such as *miljardersprojekt* or *procentig*, or OTHER."""
        if self is SWEDISH:
            for head in ("miljarders", "miljoners", "biljoners", "procentig"):
                if folded.startswith(head):
                    return self.words[head.removesuffix("s").removesuffix("ig")]
        return Meaning(Kind.OTHER)

    def _compound(self, folded: str) -> int | None:
        """Return the value of a number word written in one (*tvåhundratrettiofem*), or None.

        The longest part that fits is taken first and never given back, so time is linear in the length of the word.
        """
        # Swedish writes no letter three times: ett and tusen give ettusen.
        folded = folded.replace("ettusen", "etttusen")
        total = current = rest = 0
        last: int | None = None
        while rest < len(folded):
            part = next((p for p in self.compounds if folded.startswith(p, rest)), None)
            if part is None:
                return None
            value = self.compounds[part]
            if value == 100 and (last is None or last < 100):
                current = (current or 1) * 100
            elif value == 1000 and total == 0:
                total, current = (current or 1) * 1000, 0
            elif value < 100 and (last is None or last >= 100 or (20 <= last < 100 and value < 10)):
                current += value
            else:
                return None
            last = value
            rest += len(part)
        return total + current if last is not None else None


def fold(word: str) -> str:
    """Return `word` in small letters, composed, as the tables have it."""
    return unicodedata.normalize("NFC", word).casefold()


def _table(kind: Kind, entries: dict[str, int | str], *, plural: bool | None = None) -> dict[str, Meaning]:
    return {
        word: Meaning(kind, Decimal(value), plural=plural) for words, value in entries.items() for word in words.split()
    }


def _kinds(**words: str) -> dict[str, Meaning]:
    return {word: Meaning(Kind[kind.upper()]) for kind, listed in words.items() for word in listed.split()}


_MONEY = {"msek meur musd mnok mdkk": 10**6}
_ENGLISH_WORDS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SWEDISH_WORDS = {
    "noll": 0,
    "två": 2,
    "tre": 3,
    "fyra": 4,
    "fem": 5,
    "sex": 6,
    "sju": 7,
    "åtta": 8,
    "nio": 9,
    "tio": 10,
    "elva": 11,
    "tolv": 12,
    "tretton": 13,
    "fjorton": 14,
    "femton": 15,
    "sexton": 16,
    "sjutton": 17,
    "arton": 18,
    "aderton": 18,
    "nitton": 19,
    "tjugo": 20,
    "trettio": 30,
    "fyrtio": 40,
    "femtio": 50,
    "sextio": 60,
    "sjuttio": 70,
    "åttio": 80,
    "nittio": 90,
}
#: The longest first.
_SWEDISH_PARTS = dict(
    sorted(
        {**_SWEDISH_WORDS, "en": 1, "ett": 1, "hundra": 100, "tusen": 1000}.items(),
        key=lambda item: -len(item[0]),
    )
)

ENGLISH = Language(
    tag="en",
    thousands=",",
    decimal=".",
    words={
        **_table(Kind.WORD, {**_ENGLISH_WORDS}),
        **_table(Kind.HUNDRED, {"hundred": 100}),
        **_table(
            Kind.SCALE,
            {
                "dozen": 12,
                "thousand": 10**3,
                "million millions mn mln": 10**6,
                "billion billions bn bln": 10**9,
                "trillion trillions tn trn": 10**12,
                **_MONEY,
            },
        ),
        **_table(
            Kind.PART,
            {"third": 3, "quarter fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10, "hundredth": 100},
            plural=False,
        ),
        **_table(
            Kind.PART,
            {"thirds": 3, "quarters fourths": 4, "fifths": 5, "sixths": 6, "eighths": 8, "tenths": 10},
            plural=True,
        ),
        **_kinds(
            article="a an",
            half="half",
            percent="percent pct",
            to="to or",
            **{"and": "and"},
            between="between",
        ),
    },
    joined={"k": Decimal(10**3), "m": Decimal(10**6), "b": Decimal(10**9), "t": Decimal(10**12)},
    further_before=frozenset({"further", "additional", "another", "other"}),
    further_after=frozenset({"more", "further", "additional", "other", "others"}),
    compounds={},
)

SWEDISH = Language(
    tag="sv",
    thousands=".",
    decimal=",",
    words={
        **_table(Kind.WORD, {**_SWEDISH_WORDS}),
        **_table(Kind.HUNDRED, {"hundra": 100}),
        **_table(
            Kind.SCALE,
            {
                "dussin": 12,
                "tusen tkr": 10**3,
                "miljon miljoner mn mnkr mkr milj": 10**6,
                "miljard miljarder md mdr mdkr mrd": 10**9,
                "biljon biljoner": 10**12,
                "biljard biljarder": 10**15,
                **_MONEY,
            },
        ),
        **_table(
            Kind.PART,
            {
                "tredjedel tredjedelar tredjedelen": 3,
                "fjärdedel fjärdedelar fjärdedelen": 4,
                "femtedel femtedelar femtedelen": 5,
                "sjättedel sjättedelar": 6,
                "sjundedel sjundedelar": 7,
                "åttondel åttondelar": 8,
                "niondel niondelar": 9,
                "tiondel tiondelar tiondelen": 10,
                "hundradel hundradelar": 100,
            },
        ),
        **_kinds(
            article="en ett",
            half="halv halvt halva hälften",
            percent="procent procents",
            time="år",
            to="till eller à",
            **{"and": "och"},
            between="mellan",
        ),
    },
    joined={},
    further_before=frozenset({"ytterligare", "andra", "övriga"}),
    further_after=frozenset({"till", "ytterligare", "fler", "andra", "övriga"}),
    compounds=_SWEDISH_PARTS,
)

#: By the primary subtag of a language tag.
LANGUAGES = {language.tag: language for language in (ENGLISH, SWEDISH)}
