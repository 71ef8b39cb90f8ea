"""Why a part of an answer has no source that could be shown: each reason once, for texts in any language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """A code, and in `text` what it means, in English."""

    ABSENCE = "absence"
    BLANK = "blank"
    CUT = "cut"
    EXISTS = "exists"
    EXTENSION = "extension"
    FALSE = "false"
    FEDERATED = "federated"
    FORM = "form"
    LOST = "lost"
    NEGATED_PATH = "negated-path"
    REPEATED_PATH = "repeated-path"
    STEPS = "steps"
    TOO_LONG = "too-long"
    UNREAD = "unread"

    @property
    def text(self) -> str:
        """What the code means, as a sentence."""
        return _TEXTS[self]


_TEXTS = {
    Reason.ABSENCE: "MINUS and NOT EXISTS ask for what is not in the graph; an absence has no source.",
    Reason.BLANK: "Parts of the answer are nameless nodes that belong to no statement with claims.",
    Reason.CUT: "There are more triples behind the answer than are looked up; the rest is left out.",
    Reason.EXISTS: "What is only tested by EXISTS makes no row, and is not looked up.",
    Reason.EXTENSION: "The query uses an extension of SPARQL 1.1 that cannot be taken apart.",
    Reason.FALSE: "The answer is no, or empty: nothing was found, and an absence has no source.",
    Reason.FEDERATED: "What comes from another host by SERVICE cannot be traced here.",
    Reason.FORM: "Only SELECT and ASK have an answer that can be traced; a graph is its own evidence.",
    Reason.LOST: "A triple behind the answer was not found in any graph of the release.",
    Reason.NEGATED_PATH: "A path that excludes properties (!) does not say which triples it went along.",
    Reason.REPEATED_PATH: "A path of any length (*, +, ?) does not say which triples it went along.",
    Reason.STEPS: "A triple was inferred, and the steps to it could not be found again.",
    Reason.TOO_LONG: "The query is too long or nested too deep to be taken apart.",
    Reason.UNREAD: "The query could not be taken apart.",
}


@dataclass(frozen=True)
class Gap:
    """A part of an answer that is not traced: why, and the piece of the query or the triple, where there is one."""

    reason: Reason
    what: str = ""
