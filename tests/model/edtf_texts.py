"""Texts in EDTF, of every form that is read, for tests on dates that vary."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from computeatlas.model.dates import parse_edtf, read_edtf

YEARS = st.integers(1, 9999).map("{:04}".format)
MONTHS = st.builds("{}-{:02}".format, YEARS, st.integers(1, 12))
DAYS = st.dates().map(date.isoformat)
#: A year with a part of a year in place of the month.
PARTS = st.builds("{}-{}".format, YEARS, st.integers(21, 41))
PLAIN = st.one_of(YEARS, MONTHS, DAYS)
QUALIFIED = st.builds("{}{}".format, st.one_of(PLAIN, PARTS), st.sampled_from(["", "?", "~", "%"]))
UNSPECIFIED = st.builds(
    "{}{}".format,
    st.one_of(
        st.integers(1, 999).map("{:03}X".format),
        st.integers(1, 99).map("{:02}XX".format),
        YEARS.map("{}-XX".format),
        YEARS.map("{}-XX-XX".format),
        MONTHS.map("{}-XX".format),
    ),
    st.sampled_from(["", "?", "~", "%"]),
)
PARTIAL = st.builds("{}{}{}".format, YEARS, st.sampled_from("?~%"), st.dates().map(lambda day: f"-{day:%m}-{day:%d}"))
POINTS = st.one_of(QUALIFIED, UNSPECIFIED)


def in_order(points: st.SearchStrategy[str], join: str) -> st.SearchStrategy[str]:
    """Return two of `points` with `join` between them, the earlier first."""
    return st.lists(points, min_size=2, max_size=2).map(lambda two: join.join(sorted(two, key=parse_edtf)))


INTERVALS = st.one_of(
    in_order(POINTS, "/").filter(lambda text: read_edtf(text) is not None),
    st.builds("{}/{}".format, POINTS, st.sampled_from(["", ".."])),
    st.builds("{}/{}".format, st.sampled_from(["", ".."]), POINTS),
)
SETS = st.builds(
    lambda members, brackets: brackets[0] + ",".join(members) + brackets[1],
    st.lists(QUALIFIED, min_size=1, max_size=4),
    st.sampled_from(["[]", "{}"]),
)
EDTF = st.one_of(POINTS, PARTIAL.filter(lambda text: "02-29" not in text), INTERVALS, SETS)
