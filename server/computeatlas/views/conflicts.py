"""Questions to which sources give different answers, and what became of each answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from computeatlas.model.records import Modality, Rank
from computeatlas.model.terms import iri, iri_of, text_of, whole_of
from computeatlas.views.records import read_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.model.records import Claim
    from computeatlas.views.reader import Reader


#: The grades of reliability from the least on, as the last letters of their IRIs.
_GRADES = "dcba"


class Kind(IntEnum):
    """How it is known that sources disagree, the surest first; the numbers are those of `conflicts_groups`."""

    CONTRADICTION = 1
    VALUES = 2
    TEXTS = 3


class Outcome(StrEnum):
    """What the rules of the current view made of a claim; see `queries/derive/current_view.rq`."""

    ENTERED = "entered"
    DEPRECATED = "deprecated"
    KEPT_OUT = "kept-out"
    OUTRANKED = "outranked"
    YIELDED = "yielded"
    SUPERSEDED = "superseded"
    EARLIER = "earlier"
    LESS_RELIABLE = "less-reliable"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Question:
    """A property of a subject on which there are `claims` claims that disagree."""

    kind: Kind
    subject: str
    property: str
    claims: int


@dataclass(frozen=True)
class Answer:
    """A claim, and what became of it."""

    claim: Claim
    outcome: Outcome


@dataclass(frozen=True)
class Conflict:
    """A question with all its answers, those of the current view first."""

    question: Question
    answers: tuple[Answer, ...]

    @property
    def entered(self) -> tuple[Answer, ...]:
        """The answers that the current view holds."""
        return tuple(answer for answer in self.answers if answer.outcome is Outcome.ENTERED)


def read_questions(reader: Reader) -> tuple[Question, ...]:
    """Return the questions on which sources disagree, contradictions first."""
    found = []
    for row in reader.records("conflicts_groups"):
        subject, name = iri_of(row["subject"]), iri_of(row["property"])
        if subject and name:
            kind, claims = Kind(whole_of(row["kind"]) or Kind.TEXTS), whole_of(row["claims"]) or 0
            found.append(Question(kind, subject, name, claims))
    return tuple(found)


def split_pages(questions: Iterable[Question], rows: int) -> list[list[Question]]:
    """Return `questions` in pages of at most `rows` claims, or of one question with more; at least one page."""
    pages: list[list[Question]] = [[]]
    used = 0
    for question in questions:
        if pages[-1] and used + question.claims > rows:
            pages.append([])
            used = 0
        pages[-1].append(question)
        used += question.claims
    return pages


def read_conflicts(reader: Reader, questions: Sequence[Question]) -> tuple[Conflict, ...]:
    """Return each of `questions` with its answers, which are the claims that the rows of `conflicts_claims` name."""
    subjects = [node for subject in dict.fromkeys(q.subject for q in questions) if (node := iri(subject))]
    if not subjects:
        return ()
    wanted: dict[tuple[str, str], dict[str, None]] = {(q.subject, q.property): {} for q in questions}
    for row in reader.records("conflicts_answers", subject=subjects):
        key, name = (text_of(row["subject"]), text_of(row["property"])), iri_of(row["claim"])
        if key in wanted and name:
            wanted[key][name] = None
    claims = read_claims(reader, (claim for several in wanted.values() for claim in several)).claims
    return tuple(_conflict(q, [claims[name] for name in wanted[q.subject, q.property]]) for q in questions)


def outcome(claim: Claim, others: Iterable[Claim]) -> Outcome:
    """Return what became of `claim`, as far as the claims that did enter explain it.

    Only those of `others` count that answer the same question.
    """
    if claim.in_view:
        return Outcome.ENTERED
    if claim.rank == Rank.DEPRECATED:
        return Outcome.DEPRECATED
    if not claim.could_enter:
        return Outcome.KEPT_OUT
    if claim.superseded_by:
        return Outcome.SUPERSEDED
    entered = [other for other in others if other.in_view and other.question == claim.question]
    if claim.rank != Rank.PREFERRED and any(other.rank == Rank.PREFERRED for other in entered):
        return Outcome.OUTRANKED
    if claim.modality == Modality.ESTIMATE and any(other.modality != Modality.ESTIMATE for other in entered):
        return Outcome.YIELDED
    day = _day(claim)
    if any(_day(other) > day for other in entered):
        return Outcome.EARLIER
    if entered and all(_trust(other) > _trust(claim) for other in entered):
        return Outcome.LESS_RELIABLE
    return Outcome.UNSETTLED


def _day(claim: Claim) -> date:
    """Return the day by which a claim counts: its own, else that of its latest document, else the first of all days."""
    if claim.as_of and claim.as_of.earliest:
        return claim.as_of.earliest
    return max((s.issued.earliest for s in claim.sources if s.issued and s.issued.earliest), default=date.min)


def _trust(claim: Claim) -> int:
    """Return the grade of the most reliable document of a claim, the better the greater; 0 where none has one."""
    return max((_GRADES.find(source.reliability[-1:]) + 1 for source in claim.sources if source.reliability), default=0)


def _conflict(question: Question, claims: Sequence[Claim]) -> Conflict:
    order = list(Outcome)
    by_outcome: dict[Outcome, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_outcome[outcome(claim, claims)].append(claim)
    answers = (Answer(claim, what) for what in order for claim in by_outcome[what])
    return Conflict(question, tuple(answers))
