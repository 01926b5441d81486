"""Texts that hold what others have written, such as names of files, shown as they are."""

from __future__ import annotations

import html


def plain(text: str) -> str:
    """A text for a tooltip, which would take one with tags for HTML."""
    return f"<span>{html.escape(text)}</span>" if "<" in text else text
