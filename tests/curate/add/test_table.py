"""The form of a table: its head, its cells, its encoding, and what is said of each fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.add.table import Table, read_table
from computeatlas.model.errors import FindingsError, UsageError

COLUMNS = ("name", "subject", "value", "label_en")
REQUIRED = ("subject", "value")


def table_of(path: Path, data: str | bytes) -> Table:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_table(path, COLUMNS, REQUIRED)


def faults(table: Table) -> list[tuple[int, str, str]]:
    return [(one.line, one.code, one.what) for one in table.findings]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_is_read_with_either_line_end_and_with_a_byte_order_mark(
    tmp_path: Path, line_end: str, mark: str
) -> None:
    lines = ["Subject\tvalue\tlabel_en", "", "# of two halls", "a\t1\tone", "b\t2 | 3", ""]
    table = table_of(tmp_path / "t.tsv", mark + line_end.join(lines))
    assert table.findings == []
    assert [(row.line, row.cells) for row in table.rows] == [
        (4, {"subject": "a", "value": "1", "label_en": "one"}),
        (5, {"subject": "b", "value": "2 | 3"}),
    ]
    assert table.rows[1].several("value") == ("2", "3")
    assert table.rows[1].several("label_en") == ()


def test_a_quoted_cell_may_hold_quotes_tabs_and_lines(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.tsv", 'subject\tvalue\n"a ""big""\n\thall"\t1\nb\t5" wide\n')
    assert table.findings == []
    assert [(row.line, row.cells["subject"], row.cells["value"]) for row in table.rows] == [
        (2, 'a "big" hall', "1"),
        (4, "b", '5" wide'),
    ]


@pytest.mark.parametrize(
    "head, says",
    [
        ("subject", "the column value is missing"),
        ("name", "the columns subject, value are missing"),
        ("subject\tvalue\tsubjekt", "there is no column subjekt"),
        ("subject\tvalue\t", "a column has no name"),
        ("subject\tvalue\tvalue", "the column value stands twice"),
    ],
)
def test_a_head_with_a_fault_ends_the_reading(tmp_path: Path, head: str, says: str) -> None:
    with pytest.raises(FindingsError) as caught:
        table_of(tmp_path / "t.tsv", f"\n{head}\na\t1\n")
    assert [(one.line, one.code, one.what) for one in caught.value.findings] == [(2, "table-column", says)]
    assert caught.value.findings[0].hint
    assert str(caught.value) == f"1 error in {tmp_path / 't.tsv'}"


def test_an_unknown_column_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as caught:
        table_of(tmp_path / "t.tsv", "subject\tvalue\tlabel_eng\n")
    assert caught.value.findings[0].hint == "did you mean label_en?"


def test_rows_in_another_encoding_are_named(tmp_path: Path) -> None:
    data = "subject\tvalue\nBorlänge\t1\nFalun\t2\nÅre\t3\n".encode("latin-1")
    with pytest.raises(FindingsError) as caught:
        table_of(tmp_path / "t.tsv", data)
    assert [(one.line, one.what) for one in caught.value.findings] == [
        (2, "byte 0xe4 after “Borl” is not UTF-8"),
        (4, "byte 0xc5 after “” is not UTF-8"),
    ]
    with pytest.raises(FindingsError, match="1 error"):
        table_of(tmp_path / "t.tsv", "subject\tvalue\n".encode("utf-16"))


def test_faults_of_rows_are_all_found_and_the_other_rows_are_read(tmp_path: Path) -> None:
    text = 'subject\tvalue\na\t1\na\t1\nb\t2\t3\nc\t4\t\n"d"x\t5\ne\t6\na\t1\t\n'
    table = table_of(tmp_path / "t.tsv", text)
    assert [row.cells["subject"] for row in table.rows] == ["a", "c", "e"]
    assert [(line, code) for line, code, _what in faults(table)] == [
        (3, "table-duplicate"),
        (4, "table-cells"),
        (6, "table-quotes"),
        (8, "table-duplicate"),
    ]
    assert faults(table)[0][2] == "the row is that of line 2 again"
    assert faults(table)[1][2] == "the row has 3 cells, and the table 2 columns"


def test_a_table_that_is_empty_or_missing_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the table is empty — begin it with the columns subject, value"):
        table_of(tmp_path / "t.tsv", "\n# nothing\n")
    with pytest.raises(UsageError, match=r"none\.tsv: cannot be read"):
        read_table(tmp_path / "none.tsv", COLUMNS, REQUIRED)


@given(data=st.binary(max_size=80))
def test_any_bytes_are_a_table_or_refused(tmp_path: Path, data: bytes) -> None:
    try:
        table_of(tmp_path / "t.tsv", b"subject\tvalue\n" + data)
    except FindingsError as error:
        assert all(finding.line for finding in error.findings)


CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1, max_size=8)


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6, unique=True))
def test_cells_that_are_quoted_as_spreadsheets_do_come_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    quoted = ['"' + cell.replace('"', '""') + '"' for row in rows for cell in row]
    lines = ["\t".join(pair) for pair in zip(quoted[::2], quoted[1::2], strict=True)]
    table = table_of(tmp_path / "t.tsv", "\n".join(["subject\tvalue", *lines]))
    assert [(row.cells["subject"], row.cells["value"]) for row in table.rows] == rows
