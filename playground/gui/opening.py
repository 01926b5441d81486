"""What the window opens on: a file that was asked for, the last session, or the first experiment.

Whatever the folder of sessions holds, something opens.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.exchange import session_file
from playground.exchange.document import Document
from playground.exchange.presets import welcome
from playground.exchange.session_file import Kept
from playground.exchange.trained import restore, since
from playground.gui.look import PLACE
from playground.runtime.slots import Slot, Slots
from playground.training.trainer import Trainer

LARGE_BYTES = 2_000_000
"""A session of more is read when the window is there already."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Opening:
    """What a window begins with.

    Attributes:
        begin: What it shows at once: an experiment, or a run that has been restored.
        file: Where that is saved to when asked.
        look: How the window looked.
        slot: Where the session is kept from now on; None where it cannot be.
        unsaved: Whether there is work in the last session that is in no file.
        is_later: Whether it is still to be read from the slot.
        is_first: Whether it is the first experiment, and no session or file.
        words: What the user should know, or empty.
    """

    begin: Experiment | Trainer
    file: Path | None = None
    look: Mapping[str, Any] = field(default_factory=dict)
    slot: Slot | None = None
    unsaved: bool = False
    is_later: bool = False
    is_first: bool = False
    words: str = ""


def opening(slots: Slots | None, asked: Document | None, file: Path | None) -> Opening:
    """What a window opens on.

    Args:
        slots: Where sessions are kept; None if they are not.
        asked: A document that is wanted in place of the last session, which stays for later.
        file: Where that came from.
    """
    if slots is None:
        return Opening(_begin(asked), file, words=since(asked) if asked else "")
    slot = slots.take() if asked is None else None
    return _begun(slots, asked, file) if slot is None else _taken_over(slot)


def _begin(asked: Document | None) -> Experiment | Trainer:
    document = asked or welcome()
    return document.experiment if document.trained is None else restore(document)


def _begun(slots: Slots, asked: Document | None, file: Path | None) -> Opening:
    """A session of its own, in a window that looks as the last one did."""
    found = Opening(_begin(asked), file, is_first=asked is None)
    found.words = since(asked) if asked else ""
    newest = slots.newest()
    if newest is not None:
        kept, _ = _read(newest, with_arrays=False)
        if kept is not None:
            found.look = {key: value for key, value in kept.window.items() if key not in PLACE}
    try:
        found.slot = slots.new()
    except PlaygroundError as error:
        found.words = f"This session is not kept for the next start. {error}"
    return found


def _taken_over(slot: Slot) -> Opening:
    """The session in a slot; if it is of no use, it is set aside."""
    is_later, problem = slot.size > LARGE_BYTES, "the last starts with it did not go well"
    kept, begin = None, None
    if not slot.brings_down:
        slot.note_start()
        kept, problem = _read(slot.path, with_arrays=not is_later)
    if kept is not None:
        try:
            begin = _begin(kept.document)
        except Exception as error:  # whatever it is, the program is to start
            log.exception("the last session cannot be restored")
            problem = str(error)
    if kept is None or begin is None:
        return Opening(_begin(None), slot=slot, words=set_aside(slot, problem))
    return Opening(begin, kept.file, kept.window, slot, kept.unsaved, is_later)


def set_aside(slot: Slot, problem: str) -> str:
    """Have a session out of the way; what to tell the user."""
    aside = slot.set_aside()
    return f"The last session did not come back: {problem.rstrip('.')}. It was set aside: {aside}"


def _read(path: Path, with_arrays: bool) -> tuple[Kept | None, str]:
    """A session, or why there is none."""
    try:
        return session_file.load(path, with_arrays), ""
    except PlaygroundError as error:
        return None, str(error).splitlines()[0]
    except Exception as error:  # whatever it is, the program is to start
        log.exception("the last session cannot be read")
        return None, str(error)
