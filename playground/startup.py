"""Making what lasts as long as the program, such as its modules and its window."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
