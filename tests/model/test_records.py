"""Records of claims: what is said of their dates."""

from __future__ import annotations

import pytest

from computeatlas.model.dates import EdtfDate, parse_edtf
from computeatlas.model.records import Claim, Passage, Source

SURE = Source("http://e/sure", issued=parse_edtf("2025-02"))
INFERRED = Source("http://e/inferred", issued=parse_edtf("2025-01"), date_inferred=True)
UNDATED = Source("http://e/undated", date_inferred=True)


@pytest.mark.parametrize(
    "as_of, of_claim, sources, inferred",
    [
        (None, False, (), False),
        (None, True, (), False),
        (None, False, (UNDATED,), False),
        (None, False, (SURE,), False),
        (None, False, (INFERRED,), True),
        (None, False, (SURE, INFERRED), True),
        (parse_edtf("2024"), False, (INFERRED,), False),
        (parse_edtf("2024"), True, (SURE,), True),
    ],
)
def test_the_date_of_a_claim_is_inferred_where_what_gives_it_is(
    as_of: EdtfDate | None, of_claim: bool, sources: tuple[Source, ...], inferred: bool
) -> None:
    passages = tuple(Passage(f"http://e/{number}", source) for number, source in enumerate(sources))
    claim = Claim("http://e/c", as_of=as_of, date_inferred=of_claim, passages=passages)
    assert claim.said_inferred is inferred
