"""Runs that undo may want again, in a file: there may be more of them than memory has room for."""

from __future__ import annotations

import io
import tempfile
from typing import IO, NamedTuple

from playground.core.errors import PlaygroundError
from playground.training.trainer import Trainer

MOST_BYTES = 2_000_000_000
"""Of all that is put away; a run of a small network takes some 150 kB."""


class Place(NamedTuple):
    """Where a run is."""

    start: int
    length: int


class Attic:
    """A file without a name, which is gone with the program, however that ends.

    Used by one thread.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0

    def put(self, trainer: Trainer) -> Place:
        """Write all of a run that is needed to go on with it exactly, and its losses so far.

        Raises:
            PlaygroundError: It is too large.
            OSError: There is no room on the disk.
        """
        from playground.exchange import session_file
        from playground.exchange.trained import capture

        content = io.BytesIO()
        session_file.write(session_file.Kept(capture(trainer)), content)
        place = Place(self._end, len(content.getbuffer()))
        if self._end + place.length > MOST_BYTES:
            raise PlaygroundError("there are too many runs to keep")
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # closed by close()  # noqa: SIM115
        self._file.seek(place.start)
        self._file.write(content.getbuffer())
        self._file.flush()
        self._end += place.length
        return place

    def get(self, place: Place) -> Trainer:
        """The run that was put there.

        Raises:
            OSError: It cannot be read.
            PlaygroundError: It is damaged.
        """
        from playground.exchange import session_file
        from playground.exchange.trained import restore

        assert self._file is not None
        self._file.seek(place.start)
        content = io.BytesIO(self._file.read(place.length))
        return restore(session_file.read(content, "the run that was left").document)

    def close(self) -> None:
        """Let go of all of them."""
        if self._file is not None:
            self._file.close()
            self._file = None
