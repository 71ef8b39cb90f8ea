"""What is said beside a number: more than, almost, up to, at least, about. Locale data has no such words."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from computeatlas.curate.amounts.locale_words import FALLBACK, spelling


class Bound(StrEnum):
    """How a number bounds the amount, as the name of a quantity says it."""

    EXACT = ""
    ABOUT = "about"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    MORE_THAN = "more-than"
    LESS_THAN = "less-than"
    ALMOST = "almost"


_A, _L, _M, _O, _U, _N = (
    Bound.ABOUT,
    Bound.AT_LEAST,
    Bound.AT_MOST,
    Bound.MORE_THAN,
    Bound.LESS_THAN,
    Bound.ALMOST,
)
#: Language → bound → words before the number, by commas.
_BEFORE: dict[str, dict[Bound, str]] = {
    "en": {
        _A: "about,around,approximately,approx,circa,ca,c,roughly,some,an estimated,in the order of,on the order of",
        _L: "at least,no less than,not less than,no fewer than,a minimum of,minimum,min",
        _M: "up to,at most,no more than,not more than,a maximum of,maximum,max",
        _O: "more than,over,above,exceeding,upwards of,just over,greater than",
        _U: "less than,under,below,fewer than",
        _N: "almost,nearly,close to,just under,just below,approaching",
    },
    "sv": {
        _A: "omkring,ungefär,cirka,ca,runt,kring,uppskattningsvis",
        _L: "minst,åtminstone,lägst",
        _M: "upp till,upp emot,högst,som mest,max,maximalt",
        _O: "mer än,fler än,över,drygt,mera än",
        _U: "mindre än,färre än,under",
        _N: "nästan,närmare,knappt,nära,strax under",
    },
    "de": {
        _A: "rund,etwa,circa,zirka,ca,ungefähr,um die",
        _L: "mindestens,wenigstens,zumindest,nicht weniger als",
        _M: "bis zu,höchstens,maximal,max,nicht mehr als",
        _O: "mehr als,über,gut",
        _U: "weniger als,unter",
        _N: "fast,knapp,nahezu,beinahe,annähernd",
    },
    "fr": {
        _A: "environ,quelque,autour de,à peu près,approximativement",
        _L: "au moins,au minimum,pas moins de",
        _M: "jusqu'à,jusqu’à,au plus,au maximum,pas plus de,maximum",
        _O: "plus de,plus d',plus d’,supérieur à",
        _U: "moins de,moins d',moins d’",
        _N: "presque,près de,près d',près d’,à peine moins de",
    },
    "es": {
        _A: "alrededor de,unos,unas,aproximadamente,en torno a,cerca de",
        _L: "al menos,por lo menos,como mínimo,un mínimo de",
        _M: "hasta,como máximo,a lo sumo,un máximo de",
        _O: "más de,por encima de",
        _U: "menos de,por debajo de",
        _N: "casi,prácticamente",
    },
    "it": {
        _A: "circa,intorno a,approssimativamente,all'incirca,attorno a",
        _L: "almeno,come minimo,non meno di",
        _M: "fino a,al massimo,massimo,non più di",
        _O: "più di,oltre,oltre i,oltre gli,superiore a",
        _U: "meno di,sotto i,inferiore a",
        _N: "quasi,poco meno di",
    },
    "nl": {
        _A: "ongeveer,circa,ca,zo'n,zo’n,rond,rond de,om en nabij",
        _L: "minstens,ten minste,minimaal,op zijn minst",
        _M: "tot,maximaal,hoogstens,ten hoogste,tot wel",
        _O: "meer dan,ruim,boven",
        _U: "minder dan,onder",
        _N: "bijna,krap,net geen",
    },
    "nb": {
        _A: "omtrent,cirka,ca,rundt,om lag,omkring,anslagsvis",
        _L: "minst,i det minste,minimum",
        _M: "opptil,inntil,høyst,maksimalt,opp til",
        _O: "mer enn,flere enn,over,drøyt,vel",
        _U: "mindre enn,færre enn,under",
        _N: "nesten,nærmere,knapt,i underkant av",
    },
    "da": {
        _A: "omkring,cirka,ca,omtrent,rundt regnet",
        _L: "mindst,som minimum",
        _M: "op til,højst,maksimalt,indtil",
        _O: "mere end,flere end,over,godt",
        _U: "mindre end,færre end,under",
        _N: "næsten,knap,tæt på,op imod",
    },
    "fi": {
        _A: "noin,suunnilleen,n,arviolta",
        _L: "vähintään,ainakin",
        _M: "enintään,korkeintaan,jopa",
        _O: "yli,enemmän kuin,reilut",
        _U: "alle,vähemmän kuin",
        _N: "lähes,melkein,vajaa,vajaat",
    },
    "pl": {
        _A: "około,ok,w przybliżeniu,mniej więcej",
        _L: "co najmniej,przynajmniej,minimum",
        _M: "do,maksymalnie,co najwyżej,nie więcej niż",
        _O: "ponad,więcej niż,powyżej",
        _U: "mniej niż,poniżej",
        _N: "prawie,niemal,blisko",
    },
    "pt": {
        _A: "cerca de,aproximadamente,por volta de,em torno de",
        _L: "pelo menos,no mínimo,ao menos",
        _M: "até,no máximo",
        _O: "mais de,acima de",
        _U: "menos de,abaixo de",
        _N: "quase,perto de",
    },
}
_BEHIND: dict[str, dict[Bound, str]] = {
    "en": {_L: "or more,and more,minimum", _M: "or less,or fewer,maximum"},
    "sv": {_L: "eller mer,eller fler", _M: "eller mindre,eller färre"},
    "de": {_L: "oder mehr", _M: "oder weniger"},
    "fr": {_L: "ou plus", _M: "ou moins", _A: "environ"},
    "es": {_L: "o más", _M: "o menos", _A: "aproximadamente"},
    "it": {_L: "o più", _M: "o meno", _A: "circa"},
    "nl": {_L: "of meer", _M: "of minder"},
    "nb": {_L: "eller mer,eller flere", _M: "eller mindre,eller færre"},
    "da": {_L: "eller mere,eller flere", _M: "eller mindre,eller færre"},
    "fi": {_L: "tai enemmän", _M: "tai vähemmän"},
    "pl": {_L: "lub więcej", _M: "lub mniej"},
    "pt": {_L: "ou mais", _M: "ou menos"},
}
_SIGNS = {"~": _A, "≈": _A, "±": _A, ">=": _L, "≥": _L, "<=": _M, "≤": _M, ">": _O, "<": _U}
#: Words of a range: before its lower end, and between its ends.
_BETWEEN = {
    "en": "between,from;to,and",
    "sv": "mellan,från;till,och",
    "de": "zwischen,von;bis,und",
    "fr": "entre,de;à,et",
    "es": "entre,de;a,y",
    "it": "tra,fra,da;a,e",
    "nl": "tussen,van;tot,en",
    "nb": "mellom,fra;til,og",
    "da": "mellem,fra;til,og",
    "fi": "",
    "pl": "między,od;do,a",
    "pt": "entre,de;a,e",
}
#: What joins a scale to its unit, as in *millions d'euros*.
_OF = {"en": "of", "fr": "de,d',d’", "es": "de", "it": "di", "pt": "de"}
_DASHES = ("-", "–", "—", "‑")


def language_of_words(language: str) -> str:
    """Return the language whose words are used for `language`: one for Norwegian, English for an unknown one."""
    short = language.partition("-")[0].lower()
    short = "nb" if short in ("no", "nn") else short
    return short if short in _BEFORE else FALLBACK


@cache
def words_before(language: str) -> dict[str, Bound]:
    """Return what may stand before a number in `language`, folded, the longest first."""
    return _by_length(_BEFORE[language]) | _SIGNS


@cache
def words_behind(language: str) -> dict[str, Bound]:
    """Return what may stand behind an amount in `language`, folded, the longest first; `+` is *or more*."""
    return _by_length(_BEHIND.get(language, {})) | {"+": _L}


def _by_length(table: dict[Bound, str]) -> dict[str, Bound]:
    words = {spelling(word): bound for bound, listed in table.items() for word in listed.split(",")}
    return dict(sorted(words.items(), key=lambda item: -len(item[0])))


@cache
def range_openers(language: str) -> tuple[str, ...]:
    """Return the words before the lower end of a range."""
    return _split(_BETWEEN[language].partition(";")[0])


@cache
def range_joiners(language: str) -> tuple[str, ...]:
    """Return the words and dashes between the ends of a range."""
    return (*_split(_BETWEEN[language].partition(";")[2]), *_DASHES)


@cache
def connectors(language: str) -> tuple[str, ...]:
    """Return the words between a scale and its unit."""
    return _split(_OF.get(language, ""))


def _split(words: str) -> tuple[str, ...]:
    return tuple(spelling(word) for word in words.split(",") if word)
