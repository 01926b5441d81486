"""A text of which parts stand elsewhere, and where what remains stood in its file."""

from __future__ import annotations

import codecs
import secrets
from bisect import bisect_right
from typing import Any, BinaryIO

from playground.exchange.utf8 import characters_in

PIECE = 4_000_000
"""Bytes that are read together."""


class Sifted:
    """What remains of a file, with a mark in the place of each part.

    Attributes:
        parts: What stands elsewhere; a mark is an object whose only field is called ``key``, which
            nothing else in the text is, and holds an index of this list.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.key = secrets.token_hex(8)
        self.parts: list[Any] = []
        self._file = file
        self._texts: list[str] = []
        self._length = 0
        self._starts: list[int] = []  # characters of the text, and bytes of the file
        self._places: list[int] = []
        self._end = -1

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def add_text(self, text: str, place: int) -> None:
        """Go on with what stands at a byte of the file."""
        if place != self._end:
            self._begin(place)
        self._append(text)
        self._end = place + len(text.encode())

    def add_part(self, part: Any, place: int) -> None:
        """Go on with a mark for what stands there."""
        self._begin(place)
        self._append(f'{{"{self.key}": {len(self.parts)}}}')
        self._end = -1
        self.parts.append(part)

    def place(self, at: int) -> tuple[int, int]:
        """Line and column in the file, from 1, of a character of the text."""
        found = bisect_right(self._starts, at) - 1
        before = self.text[self._starts[found] : at]
        return line_and_column(self._file, self._places[found] + len(before.encode()))

    def _begin(self, place: int) -> None:
        self._starts.append(self._length)
        self._places.append(place)

    def _append(self, text: str) -> None:
        self._texts.append(text)
        self._length += len(text)


def line_and_column(file: BinaryIO, place: int) -> tuple[int, int]:
    """Where a byte of a file stands, both from 1, the column in characters."""
    file.seek(0)
    line, column = 1, 0
    while place > 0 and (piece := file.read(min(PIECE, place))):
        place -= len(piece)
        if line == 1 and not column:
            piece = piece.removeprefix(codecs.BOM_UTF8)
        lines = piece.count(b"\n")
        last = characters_in(piece[piece.rfind(b"\n") + 1 :])
        line, column = line + lines, last + (0 if lines else column)
    return line, column + 1
