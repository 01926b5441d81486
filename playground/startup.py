"""Making what lasts as long as the program, such as its modules, its window and its streams."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lasting() -> Iterator[None]:
    """Make something that lasts: the garbage collector neither looks at it meanwhile nor later.

    There is next to no garbage in it, and looking for some took a fifteenth of the start; later,
    each full collection would hold the window up for as long as it takes to look at all of it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def open_streams() -> None:
    """Where standard output or error is closed, as by ``>&-``, let what goes there be dropped.

    Python then has None in its place, and the next file to be opened would take its number.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
