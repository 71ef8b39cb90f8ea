"""What units are called in texts, Swedish or English, by the register of units.

Units that count things are not among them: a text may call GPUs accelerators, chips or *Blackwells*, and what is
counted may stand far from its number.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from computeatlas.curate.check.number_words import fold
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.units import COUNT, shipped_units

if TYPE_CHECKING:
    from computeatlas.model.units import Unit

DURATION = ATLAS + "Duration"
#: Per cent has a sign, and a ratio has no word.
_LEFT_OUT = (COUNT, ATLAS + "Ratio")
_JOINTS = re.compile(r"[\s\-\u2010\u2011]+")
#: Letters that stand for too much else.
_SHORTEST = 2
#: Tokens of the longest name: *exaflop per second*, *EFLOP/s*.
LONGEST_NAME = 3


def spell(text: str) -> str:
    """Return `text` as names of units are compared: folded, with one blank for each hyphen or gap."""
    return _JOINTS.sub(" ", fold(text))


@cache
def unit_words() -> dict[str, Unit]:
    """Return units by their names and signs as `spell` gives them."""
    found: dict[str, Unit] = {}
    for unit in shipped_units().by_slug.values():
        if unit.kind not in _LEFT_OUT:
            signs = () if unit.texts else (unit.notation, unit.slug)
            names = {spell(word) for word in (*unit.words, *signs) if len(word) >= _SHORTEST}
            found |= dict.fromkeys(names, unit)
    return found
