"""What another thread is going to answer, to be waited for."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
ANSWER_SECONDS = 30.0
"""After so long without an answer something is wrong with the worker."""


class WorkerError(RuntimeError):
    """The worker has ended by an error, or does not answer."""


class Answer(Generic[T]):
    """What the worker is going to answer; any thread but its own may wait for it."""

    def __init__(self, worker: threading.Thread) -> None:
        self._worker = worker
        self._answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = (
            queue.SimpleQueue()
        )

    def give(self, question: Callable[[], T]) -> None:
        """Called by the worker: find the answer, which may be an error."""
        try:
            self._answers.put((question(), None))
        except Exception as error:  # it belongs to the one who asked
            self._answers.put((None, error))

    def wait(self, seconds: float = ANSWER_SECONDS) -> T:
        """The answer, or the error that came of the question.

        Raises:
            WorkerError: The worker has ended, or has not answered for so long.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            is_alive = self._worker.is_alive()
            try:
                value, error = self._answers.get(timeout=0.1)
            except queue.Empty:
                if is_alive:
                    continue
                break
            if error is not None:
                raise error
            return value  # type: ignore[return-value]  # None only where T allows it
        raise WorkerError("the training thread does not answer")
