"""Work that is done beside training, in pieces, without holding up the window or the training."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

from playground.training.trainer import Trainer

T = TypeVar("T")

log = logging.getLogger(__name__)


class Task(Generic[T]):
    """Work for the worker's thread: a generator that gives the share done after each piece.

    Made and looked at by the GUI thread, advanced by the worker's. What it returns in the end is
    the result.

    Attributes:
        share: How much is done, 0 to 1.
        result: What came of it; None until then.
        error: What it has failed by; None if it has not.
        is_over: Whether it is done, has failed or was cancelled.
    """

    def __init__(self, begin: Callable[[Trainer], Generator[float, None, T]]) -> None:
        """``begin`` is given the trainer between two steps, and looks at it in its first piece."""
        self.share = 0.0
        self.result: T | None = None
        self.error: Exception | None = None
        self.is_over = False
        self._begin = begin
        self._pieces: Generator[float, None, T] | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Leave the rest undone."""
        self._cancelled = True

    def advance(self, trainer: Trainer) -> None:
        """Do the next piece; called in the worker's thread."""
        if self._cancelled:
            self.is_over = True
            return
        try:
            if self._pieces is None:
                self._pieces = self._begin(trainer)
            self.share = next(self._pieces)
        except StopIteration as end:
            self.result = end.value
            self.is_over = True
        except Exception as error:  # it belongs to the one who asked; training goes on
            log.exception("a task has failed")
            self.error = error
            self.is_over = True
