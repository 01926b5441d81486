"""Tables of text: encoding, separator, decimals, header, and what cannot be read."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.errors import PlaygroundError
from playground.core.limits import (
    MAX_SAMPLES,
    MAX_TABLE_BYTES,
    MAX_TABLE_CELLS,
    MAX_TABLE_COLUMNS,
    MAX_TABLE_LINES,
)
from playground.exchange.table import SEPARATORS, Table, TableError, number, read, table_of

ROWS = (("1.5", "-2", "a"), ("0.25", "3e-1", "b"), ("7", "0", "a"))


def written(separator: str, header: bool = True, comma: bool = False) -> str:
    lines = ["x1", "x2", "kind"] if header else []
    rows = [separator.join(lines)] if lines else []
    rows += [separator.join(row) for row in ROWS]
    text = "\n".join(rows) + "\n"
    return text.replace(".", ",") if comma else text


def refused(content: bytes | str, **more: str | bool) -> str:
    with pytest.raises(TableError) as caught:
        table_of(content, "t.csv", **more)  # type: ignore[arg-type]  # of either kind
    message = str(caught.value)
    assert message.startswith("t.csv ")
    assert len(message) < 300
    return message


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("comma", [False, True])
def test_separator_decimals_and_header_are_found(separator: str, header: bool, comma: bool) -> None:
    if comma and separator == ",":
        return
    table = table_of(written(separator, header, comma))
    assert (table.separator, table.decimal) == (separator, "," if comma else ".")
    assert table.has_header == header
    assert table.names == (("x1", "x2", "kind") if header else ("column 1", "column 2", "column 3"))
    found = [[number(cell, table.decimal) for cell in row[:2]] for row in table.rows]
    assert found == [[1.5, -2], [0.25, 0.3], [7, 0]]
    assert [row[2] for row in table.rows] == ["a", "b", "a"]
    first = 2 if header else 1
    assert table.lines == (first, first + 1, first + 2)
    assert SEPARATORS[separator] in table.sentence()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (written(";").encode(), "UTF-8"),
        (codecs.BOM_UTF8 + written(",").encode(), "UTF-8"),
        (written("\t").encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + written(",").encode("utf-16-be"), "UTF-16"),
        (written(",").encode("utf-32"), "UTF-32"),
        (written(",").replace("a", "é").encode("latin-1"), "Latin-1"),
    ],
)
def test_encodings(content: bytes, encoding: str) -> None:
    table = table_of(content, "t.csv")
    assert table.encoding == encoding
    assert table.names == ("x1", "x2", "kind")
    assert len(table.rows) == 3
    assert bool(table.notes) == (encoding == "Latin-1")
    if table.notes:
        assert table.rows[0][2] == "é"
        assert "was read as Latin-1" in table.notes[0]


def test_quoted_cells() -> None:
    text = 'x1,x2,"the, kind"\r\n"1,5","2,5","say ""a"""\r\n"0,5","1","two\r\nlines"\r\n3,4,b\r\n'
    table = table_of(text)
    assert table.names[2] == "the, kind"
    assert table.decimal == ","
    assert table.rows[0] == ("1,5", "2,5", 'say "a"')
    assert table.rows[1][2] == "two\r\nlines"
    assert table.lines == (2, 3, 5)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines_and_what_is_passed_over(end: str) -> None:
    lines = ["# made by hand", "", "x1;x2;y", "1;2;0", ";;", "  ", "# more", "3;4;1", ""]
    table = table_of(end.join(lines))
    assert table.rows == (("1", "2", "0"), ("3", "4", "1"))
    assert table.lines == (4, 8)


def test_blanks_between_cells_may_be_many() -> None:
    table = table_of("  1.0   2.0    0\n 10.0  -2.5    1\n")
    assert table.rows == (("1.0", "2.0", "0"), ("10.0", "-2.5", "1"))


def test_blanks_after_commas_are_no_cells() -> None:
    assert table_of("1.0, 2.0, red\n3.0, 4.0, blue\n").rows[0] == ("1.0", "2.0", "red")


def test_names_that_are_missing_or_stand_twice() -> None:
    assert table_of("x,x,,x\n1,2,3,4\n").names == ("x", "x (2)", "column 3", "x (3)")


def test_what_is_found_out_can_be_said_instead() -> None:
    assert table_of("1,2,3\n4,5,6\n", has_header=True).names == ("1", "2", "3")
    assert len(table_of("a,b,c\nd,e,f\n", has_header=False).rows) == 2
    assert table_of("1;2;3,4\n5;6;7,8\n", separator=",", has_header=False).rows[0] == ("1;2;3", "4")


def test_rows_of_other_lengths_are_kept_for_what_comes_later() -> None:
    table = table_of("x1,x2,y\n1,2,0\n3,4\n5,6,1,9\n7,8,0\n")
    assert [len(row) for row in table.rows] == [3, 2, 4, 3]
    assert len(table.names) == 3


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1.5", ".", 1.5), ("-3", ".", -3), ("+.5", ".", 0.5), ("2.", ".", 2), ("1e3", ".", 1000),
        ("−2", ".", -2), ("1,5", ",", 1.5), ("1,5", ".", None), ("1.5", ",", None),
        ("1_000", ".", None), ("inf", ".", None), ("nan", ".", None), ("0x10", ".", None),
        ("", ".", None), ("1 000", ".", None), ("٣", ".", None), ("1.2.3", ".", None),
        ("1.234,5", ",", None),
    ],
)  # fmt: skip
def test_numbers(cell: str, decimal: str, value: float | None) -> None:
    assert number(cell, decimal) == value  # type: ignore[arg-type]  # a literal


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \r\n\t\n", "is empty"),
        (b"# only a comment\n", "nothing but empty lines and comments"),
        (b"x1,x2,y\n", "a header, but no rows"),
        (b"1\n2\n3\n", "has one column only; a table of points needs three"),
        (b"1,2,0\n3,\0004,1\n", "holds NUL bytes"),
        ("1,2,0\n3,\0004,1\n".encode("utf-16"), "holds NUL characters"),
        (b"PK\x03\x04rest of a spreadsheet", "an archive (ZIP), such as a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture (PNG); export the table as CSV"),
        (b"#\n" * (MAX_TABLE_LINES + 1), "more than the 1,000,000 lines"),
        (b"1," * (MAX_TABLE_CELLS + 1), "more than the 3,000,000 cells"),
        (codecs.BOM_UTF16_LE + b"1,2", "begins as UTF-16, but byte"),
        (b'1,2,"a\n3,4,b\n', "quotation marks do not match"),
        (b'1,2,"a"b\n3,4,b\n', "quotation marks do not match"),
        (b"1,2," + b"a" * 2000 + b"\n3,4,b\n", "more than 1,000 characters"),
        (b'1,2,"' + b"a" * 200_000, "cannot be read"),
        (b",".join([b"1"] * (MAX_TABLE_COLUMNS + 1)), "201 columns; at most 200"),
    ],
)
def test_hostile_tables_are_refused_in_words(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_a_quotation_mark_that_is_never_closed_says_where_it_began_to_go_wrong() -> None:
    lines = ["x1,x2,y"] + [f"{index},1,0" for index in range(1000)] + ['5,1,"0'] + ["6,1,0"] * 9
    assert "after line 1,001: quotation marks do not match" in refused("\n".join(lines))


def test_too_many_rows_and_too_many_bytes(tmp_path: Path) -> None:
    rows = "1,2,0\n" * (MAX_SAMPLES + 1)
    assert "more than the 100,000 rows that are allowed; keep a random part" in refused(rows)
    assert len(table_of("x1,x2,y\n" + rows[6:]).rows) == MAX_SAMPLES
    assert "larger than the 50 MB" in refused(b" " * (MAX_TABLE_BYTES + 1))
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)  # a hole: it takes no room
    with pytest.raises(PlaygroundError, match=r"huge\.csv is larger than the 50 MB"):
        read(path)


def test_a_file_is_read_and_named_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "таблица.csv"
    path.write_text(written(";"), "utf-8")
    assert isinstance(read(path), Table)
    path.write_text("x", "utf-8")
    with pytest.raises(TableError, match=r"таблица\.csv has one column only"):
        read(path)
    with pytest.raises(PlaygroundError, match="does not exist"):
        read(tmp_path / "missing.csv")


@given(st.binary(max_size=200) | st.text(alphabet="1,;\t\"'\n\r x.#ab-\0", max_size=100))
def test_any_content_is_a_table_or_is_refused_in_words(content: bytes | str) -> None:
    try:
        table = table_of(content, "t.csv")
    except TableError as error:
        message = str(error)
    else:
        message = table.sentence()
        assert len(table.rows) == len(table.lines)
        assert len(set(table.names)) == len(table.names)
    assert message
