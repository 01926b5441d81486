"""Where to save: the dialog for it, which lets nothing be replaced unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.core.words import listed
from playground.gui.message_box import box_of

ALL_FILES = "All files (*)"


def _nothing(path: Path) -> Iterable[Path]:
    return ()


def ask_where(
    parent: QWidget,
    title: str,
    start: Path,
    kind: str,
    beside: Callable[[Path], Iterable[Path]] = _nothing,
) -> Path | None:
    """Ask for the file to write; None if the user does not want to.

    A name without the suffix of ``start`` is given it, unless all files are being listed. The
    system's dialog asks about the name that was typed; here is asked about all others.

    Args:
        parent: What the dialog stands over.
        title: Of the dialog.
        start: The file that is proposed.
        kind: What files with its suffix are called.
        beside: Which files would be written beside a file.
    """
    suffix = start.suffix
    own = f"{kind} (*{suffix})"
    chosen, listing = QFileDialog.getSaveFileName(parent, title, str(start), f"{own};;{ALL_FILES}")
    if not chosen:
        return None
    path, unasked = Path(chosen), []
    if listing != ALL_FILES and path.suffix.lower() != suffix:
        path = path.with_name(path.name + suffix)
        unasked = [path]
    there = [other for other in (*unasked, *beside(path)) if other.exists()]
    return path if not there or may_replace(parent, there) else None


def may_replace(parent: QWidget, there: list[Path]) -> bool:
    """Ask whether these files, which exist, may be replaced."""
    names = listed([path.name for path in there])
    is_are, it_them = ("is", "It") if len(there) == 1 else ("are", "They")
    headline = f"{names} {is_are} there already."
    lines = [f"{it_them} would be replaced in {there[0].parent}."]
    box = box_of(parent, QMessageBox.Icon.Question, headline, lines, "Save")
    replace = box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is replace
