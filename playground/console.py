"""What the commands say on standard error, and put out on standard output."""

from __future__ import annotations

import os
import sys

from playground.core.errors import printable


def say(text: str) -> None:
    """Say something on standard error, without what a file may hold for a terminal to obey."""
    print("\n".join(map(printable, text.split("\n"))), file=sys.stderr, flush=True)


def put_out(content: str | bytes) -> bool:
    """Write to standard output; if that is not possible, say why.

    Returns:
        Whether it has been written.
    """
    try:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content)
        sys.stdout.flush()
    except OSError as error:  # whoever read it has gone, or the disk behind it is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
        say(f"error: the result could not be printed: {error.strerror}")
        return False
    return True
