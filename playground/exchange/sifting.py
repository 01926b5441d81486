"""The text of a large file with its long parts taken out, while it is read a piece at a time.

Parsed JSON takes up to thirty times the room of its text, and the standard library needs 0.3 µs for
a number. But what makes a file large are weights, lists of numbers under a few names, and states of
a run, texts in Base64. So each long list becomes an array at once, by a faster parser; each long
text is checked and stays in the file; marks take their places; and what remains is small and parsed
as any other file. A list that is not as it should be remains as well, so that what reads small
files finds its fault and says the place. Only where there is no more room for such lists, the next
is refused by its line.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, NoReturn

import numpy as np
import orjson

from playground.core.limits import MAX_EXPERIMENT_BYTES
from playground.engine.calls import Array
from playground.exchange.json_reading import not_json, not_utf8
from playground.exchange.numbers_reading import Stretch
from playground.exchange.sections import refuse
from playground.exchange.sifted import PIECE, Sifted, line_and_column

LONG_LIST = 200
"""Bytes from which on a list of numbers is taken out."""
LONG_TEXT = 20_000
"""Bytes from which on a text is; those that are none of Base64 have half of that at most."""
LISTS = frozenset((b"weights", b"biases", b"gamma", b"beta", b"running_mean", b"running_variance"))
"""What long lists of numbers are called."""
BYTES_OF_A_NUMBER = 120
"""In a long list at most, however it is indented."""
NO_BASE64 = (
    'a long text that is no Base64; remove the section that it belongs to, "resume" or "history", '
    "to train on with a fresh memory"
)
DAMAGED = "; the file is damaged there, take it anew from where it came from"

_WORDS = (b"u", b"l", b"N", b"{")
"""What stands in true, false, null, NaN and objects, but in no number."""
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CLOSED = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_COLON = re.compile(rb"[ \t\r\n]*:")
_MARK = codecs.BOM_UTF8


class Sifter:
    """Reads one file; what of it is read but not yet used is a window into it.

    Args:
        file: Is read from its beginning to its end, and later again where texts have stayed.
        name: What messages call it.
        dtype: What numbers become.
        values: How many numbers there may be in all lists that are taken out.
        largest: How many in one of them.
        texts: How many texts there may be, names of fields among them.
    """

    def __init__(
        self, file: BinaryIO, name: str, dtype: np.dtype, values: int, largest: int, texts: int
    ) -> None:
        self._file, self._name, self._dtype = file, name, dtype
        self._values_left = self._most = values
        self._texts_left = texts
        self._longest = max(PIECE, largest * BYTES_OF_A_NUMBER)
        self._window = b""
        self._at = 0
        self._before = 0  # bytes of the file that the window has left behind
        self._room = MAX_EXPERIMENT_BYTES
        self._sifted = Sifted(file)

    def sift(self, start: int) -> Sifted:
        """Take out what is long.

        Args:
            start: Bytes that remain as they are, and do not end within a text.

        Raises:
            ExperimentError: The file is no text, or holds more than it can.
        """
        self._file.seek(0)
        self._window = self._file.read(start)
        self._room += start
        if self._window.startswith(_MARK):
            self._at = len(_MARK)
        self._keep(start)
        called, end = b"", 0
        while end >= 0:
            end = self._quote()
            self._between(len(self._window) if end < 0 else end, called)
            called = self._text() if end >= 0 else b""
            if self._at > PIECE:
                self._before += self._at
                self._window, self._at = self._window[self._at :], 0
        return self._sifted

    def _more(self) -> bool:
        piece = self._file.read(PIECE)
        self._window += piece
        return bool(piece)

    def _quote(self) -> int:
        """Where in the window the next quotation mark is; -1 if there is none in the file."""
        start = self._at
        while (found := self._window.find(b'"', start)) < 0:
            start = len(self._window)
            if start - self._at > self._longest:
                self._refuse(f"a list longer than any that this network has{DAMAGED}")
            if not self._more():
                return -1
        return found

    def _between(self, end: int, called: bytes) -> None:
        """Go on to the next text, or to the end of the file, past what the last one is called."""
        if called not in LISTS or end - self._at < LONG_LIST:
            self._keep(end)
            return
        first = self._window.find(b"[", self._at, end)
        brace = self._window.find(b"}", self._at, end)
        last = self._window.rfind(b"]", self._at, end if brace < 0 else brace) + 1
        array = None
        if self._at < first < last and not self._window[self._at : first].strip(b": \t\r\n"):
            array = self._array(self._window[first:last])
        if array is not None:
            self._keep(first)
            self._sifted.add_part(array, self._before + first)
            self._at = last
        self._keep(end)

    def _array(self, text: bytes) -> Array | None:
        """Numbers as an array; None if they are anything but finite ones or rows of those."""
        self._values_left -= text.count(b",") + 1
        if self._values_left < 0:
            refuse((), f"{self._name} holds more than the {self._most:,} values that it can have")
        if any(word in text for word in _WORDS):
            return None
        try:
            with np.errstate(over="ignore"):
                found = np.array(orjson.loads(text), np.float64).astype(self._dtype)
        except (ValueError, TypeError):
            return None
        return found if found.ndim <= 2 and np.isfinite(found).all() else None

    def _text(self) -> bytes:
        """Go past a text; what it is, if it is short."""
        self._texts_left -= 1
        if self._texts_left < 0:
            self._refuse(f"a text more than the file can have{DAMAGED}")
        start = self._at + 1
        while len(self._window) - start < LONG_TEXT and self._more():
            pass
        closed = _CLOSED.match(self._window, start, start + LONG_TEXT)
        if closed is not None:
            self._keep(closed.end())
            return self._window[start : closed.end() - 1]
        if len(self._window) - start < LONG_TEXT:
            self._keep(len(self._window))  # the file is cut off; what parses it will say so
        else:
            self._long_text()
        return b""

    def _long_text(self) -> None:
        """Go past a text that must be Base64, and is read when its numbers are wanted."""
        opening, at, length, padding = self._before + self._at, self._at + 1, 0, 0
        end = -1
        while end < 0:
            end = self._window.find(b'"', at)
            chunk = self._window[at : None if end < 0 else end]
            others = chunk.translate(None, _BASE64)
            if others.strip(b"=") or not chunk.endswith(others) or (padding and others != chunk):
                self._refuse(NO_BASE64, opening)
            length, padding = length + len(chunk), padding + len(others)
            if end < 0:
                self._before, self._window, at = self._before + len(self._window), b"", 0
                if not self._more():
                    place = line_and_column(self._file, opening)
                    refuse((), not_json(self._name, place, "unterminated string", cut=True))
        self._at = end + 1
        if padding > 2 or length % 4 or _COLON.match(self._window, self._at):
            self._refuse(NO_BASE64, opening)
        stretch = Stretch(self._file, opening + 1, length, length // 4 * 3 - padding)
        self._sifted.add_part(stretch, opening)

    def _keep(self, end: int) -> None:
        """Leave what stands in the window up to there as it is, and go on."""
        text, place = self._window[self._at : end], self._before + self._at
        self._room -= len(text)
        if self._room < 0:
            self._refuse(f"more than the file can hold besides its numbers{DAMAGED}")
        try:
            self._sifted.add_text(text.decode(), place)
        except UnicodeDecodeError as error:
            refuse((), not_utf8(self._name, place + error.start))
        self._at = end

    def _refuse(self, what: str, place: int | None = None) -> NoReturn:
        line, column = line_and_column(
            self._file, self._before + self._at if place is None else place
        )
        refuse((), f"{self._name}: line {line:,}, column {column:,}: here begins {what}")
