"""Tables of text, as CSV and TSV: what encoding, separator, decimal sign and header they have.

Read are UTF-8 and UTF-16 with their marks, UTF-8 without one, and whatever is not UTF-8 as Latin-1;
cells that are separated by tabs, semicolons, commas or blanks, perhaps in double quotes; numbers
with a decimal point or comma. Empty lines, and lines that begin with ``#``, are passed over.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NoReturn

from playground.core.errors import PlaygroundError, printable
from playground.core.limits import (
    MAX_CELL,
    MAX_SAMPLES,
    MAX_TABLE_BYTES,
    MAX_TABLE_CELLS,
    MAX_TABLE_COLUMNS,
    MAX_TABLE_LINES,
)
from playground.exchange import files
from playground.exchange.foreign import LOOKED_AT, kind_of

Decimal = Literal[".", ","]

SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", " ": "blanks"}
"""Where several are as likely, the first is taken."""
SAMPLE_ROWS = 200
"""From which the separator, the decimal sign and the header are told."""
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "?", "-", "--", "."})
"""Cells, in small letters, that hold nothing."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_WITH_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?", re.ASCII)


class TableError(PlaygroundError):
    """A table cannot be used; the sentence says why and what would help."""

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))  # it may quote cells


@dataclass(frozen=True, slots=True)
class Table:
    """What a text holds, cell by cell.

    Attributes:
        names: Of the columns: those of the header, or "column 1" and so on; no two are alike.
        rows: The cells of each row below the header, stripped; a row may have more or fewer than
            there are columns.
        lines: The line of the text in which each row begins, from 1.
        separator: A key of ``SEPARATORS``.
        decimal: How decimals are written.
        encoding: "UTF-8", "UTF-16", "UTF-32" or "Latin-1".
        has_header: Whether the names come from the table.
        notes: What is worth a word to the user, as sentences.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str
    decimal: Decimal
    encoding: str
    has_header: bool
    notes: tuple[str, ...]

    def sentence(self) -> str:
        """How the table was understood, in a sentence."""
        header = "with a header" if self.has_header else "without a header"
        sign = "comma" if self.decimal == "," else "point"
        rows = "1 row" if len(self.rows) == 1 else f"{len(self.rows):,} rows"
        return (
            f"{rows} of {len(self.names)} columns {header}, separated by "
            f"{SEPARATORS[self.separator]}, decimals with a {sign}, {self.encoding}."
        )


def read(path: Path) -> Table:
    """The table in a file.

    Raises:
        PlaygroundError: There is no such file, or it cannot be read, or holds no table.
    """
    return table_of(files.read(path, MAX_TABLE_BYTES), path.name)


def table_of(
    content: bytes | str,
    name: str = "The text",
    *,
    separator: str | None = None,
    has_header: bool | None = None,
) -> Table:
    """The table that a text holds.

    Args:
        content: A file's bytes, or a text such as one that was pasted.
        name: What messages call it.
        separator: A key of ``SEPARATORS``, where it is not to be found out.
        has_header: Whether the first row names the columns, where that is not to be found out.

    Raises:
        TableError: It holds none.
    """
    if len(content) > MAX_TABLE_BYTES:
        _refuse(name, f"is larger than the {MAX_TABLE_BYTES // 1_000_000} MB that are allowed")
    text, encoding = _decoded(content, name) if isinstance(content, bytes) else (content, "UTF-8")
    if "\0" in text:
        _refuse(name, "holds NUL characters and so is no text; save the table as CSV in UTF-8")
    if not text.strip():
        _refuse(name, "is empty")
    if max(text.count("\n"), text.count("\r")) > MAX_TABLE_LINES:
        _refuse(
            name,
            f"has more than the {MAX_TABLE_LINES:,} lines that are allowed; "
            f"{MAX_SAMPLES:,} rows can be used",
        )
    separator = separator or _separator(text, name)
    if separator != " " and text.count(separator) > MAX_TABLE_CELLS:
        _refuse(
            name,
            f"has more than the {MAX_TABLE_CELLS:,} cells that are allowed; keep the three columns "
            "that are needed",
        )
    rows, lines = _all_rows(text, separator, name)
    width = _width(rows)
    if width < 2:
        _refuse(
            name,
            "has one column only; a table of points needs three, for x1, x2 and the target, "
            "separated by commas, semicolons, tabs or blanks",
        )
    if width > MAX_TABLE_COLUMNS:
        _refuse(name, f"has {width:,} columns; at most {MAX_TABLE_COLUMNS} are allowed")
    decimal = _decimal(rows)
    if has_header is None:
        has_header = _begins_with_header(rows, width, decimal)
    names = _names(rows[0] if has_header else (), width)
    if has_header:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        _refuse(name, "holds a header, but no rows below it")
    if len(rows) > MAX_SAMPLES:
        _too_many(name)
    notes = []
    if encoding == "Latin-1":
        notes.append(
            f"{name} is not in UTF-8 and was read as Latin-1: numbers are right, but letters with "
            "accents and other alphabets may not be; save it as UTF-8 if names look wrong."
        )
    return Table(
        names, tuple(rows), tuple(lines), separator, decimal, encoding, has_header, tuple(notes)
    )


def number(cell: str, decimal: Decimal) -> float | None:
    """The number in a cell; None if there is none. It may be infinite where it is too large."""
    if decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    plain = cell.replace("−", "-")
    return float(plain) if _NUMBER.fullmatch(plain) else None


def is_missing(cell: str) -> bool:
    """Whether a cell holds nothing."""
    return cell.lower() in MISSING


# --- from bytes to rows --------------------------------------------------------------------------


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    kind = kind_of(content[:LOOKED_AT])
    if kind is not None:
        _refuse(name, f"is not a table of text but {kind}; export the table as CSV")
    marks = (
        (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
        (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # it begins as UTF-16 does
        (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    )
    for mark, codec, label in marks:
        if content.startswith(mark):
            try:
                return content.decode(codec), label
            except UnicodeDecodeError as error:
                _refuse(name, f"begins as {label}, but byte {error.start + 1:,} does not belong")
    if b"\0" in content:
        _refuse(name, "holds NUL bytes and so is no text; save the table as CSV in UTF-8")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def _rows(text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The line in which a row begins, and its cells; rows without content are passed over.

    Raises:
        csv.Error: Quotation marks do not match, or a cell is too long.
    """
    lines = (found[0] for found in _LINE.finditer(text))
    if separator == " ":
        lines = (line.strip(" ") for line in lines)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    begin = 1
    for row in reader:
        line, begin = begin, reader.line_num + 1
        cells = tuple([cell.strip() for cell in row])
        if any(cells) and not cells[0].startswith("#"):
            if max(map(len, cells)) > MAX_CELL:
                raise csv.Error(f"line {line}: a cell has more than {MAX_CELL:,} characters")
            yield line, cells


def _all_rows(text: str, separator: str, name: str) -> tuple[list[tuple[str, ...]], list[int]]:
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    try:
        for line, cells in _rows(text, separator):
            rows.append(cells)
            lines.append(line)
            if len(rows) > MAX_SAMPLES + 1:
                break
    except csv.Error as error:
        last = lines[-1] if lines else 0
        _refuse(name, f"cannot be read after line {last:,}: {_in_words(error)}")
    if not rows:
        _refuse(name, "holds nothing but empty lines and comments")
    if len(rows) > MAX_SAMPLES + 1:
        _too_many(name)
    return rows, lines


def _too_many(name: str) -> NoReturn:
    _refuse(
        name,
        f"has more than the {MAX_SAMPLES:,} rows that are allowed; keep a random part of them: in "
        "the plane more points tell little more",
    )


def _in_words(error: csv.Error) -> str:
    said = str(error)
    if said.startswith("line "):
        return said
    if "field larger" in said:
        return "a cell is far too long; a quotation mark may not be closed"
    return "quotation marks do not match"


# --- what the cells tell -------------------------------------------------------------------------


def _separator(text: str, name: str) -> str:
    """The separator with which most rows have equally many cells, and most cells are numbers."""
    best, found = (0.0, 0.0), ""
    fault: csv.Error | None = None
    sample = text[: SAMPLE_ROWS * MAX_CELL]
    for separator in SEPARATORS:
        try:
            rows = [cells for _, cells in islice(_rows(sample, separator), SAMPLE_ROWS)]
        except csv.Error as error:
            fault = error
            continue
        width = _width(rows)
        if width < 2:
            continue
        alike = sum(len(row) == width for row in rows) / len(rows)
        decimal = _decimal(rows)
        cells = [cell for row in rows for cell in row]
        numbers = sum(number(cell, decimal) is not None for cell in cells) / len(cells)
        score = (round(alike * numbers, 3), alike)
        if score > best:
            best, found = score, separator
    if found:
        return found
    if fault is not None:
        _refuse(name, f"cannot be read: {_in_words(fault)}")
    return ","


def _width(rows: Sequence[tuple[str, ...]]) -> int:
    """How many cells most rows have."""
    counts = Counter(map(len, rows))
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _decimal(rows: Sequence[tuple[str, ...]]) -> Decimal:
    """How most decimals are written; between commas, quoted cells may still have decimal ones."""
    cells = [cell for row in rows[:SAMPLE_ROWS] for cell in row]
    commas = sum(_WITH_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum(_WITH_POINT.fullmatch(cell) is not None for cell in cells)
    return "," if commas > points else "."


def _begins_with_header(rows: Sequence[tuple[str, ...]], width: int, decimal: Decimal) -> bool:
    """Whether the first row has words where the rows below have numbers, or only words."""
    first, below = rows[0], rows[1:SAMPLE_ROWS]
    words = [not is_missing(cell) and number(cell, decimal) is None for cell in first]
    for column in range(min(width, len(first))):
        cells = [row[column] for row in below if column < len(row)]
        numbers = sum(number(cell, decimal) is not None for cell in cells)
        if words[column] and cells and 2 * numbers > len(cells):
            return True
    return len(first) > 1 and all(words)


def _names(header: Sequence[str], width: int) -> tuple[str, ...]:
    names: list[str] = []
    for index in range(width):
        name = (header[index] if index < len(header) else "") or f"column {index + 1}"
        same = sum(name == other or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return tuple(names)


def _refuse(name: str, what: str) -> NoReturn:
    raise TableError(f"{name} {what}")
