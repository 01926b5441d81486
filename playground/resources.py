"""The one way to the files under ``resources/``: icons, presets, themes, translations."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = next(
    # A wheel carries the folder inside the package; in a checkout it stands beside it.
    folder
    for folder in (_PACKAGE / "_resources", _PACKAGE.parent / "resources")
    if folder.is_dir()
)


def path(*parts: str) -> Path:
    """The path of a file under ``resources/``, such as ``path("icons", "play.svg")``."""
    return _ROOT.joinpath(*parts)
