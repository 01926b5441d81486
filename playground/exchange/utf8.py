"""How many characters a text in UTF-8 has, which need not be decoded for that."""

from __future__ import annotations

_CONTINUED = bytes(range(0x80, 0xC0))
"""Bytes with which no character begins."""


def characters_in(text: bytes) -> int:
    """Its characters; of one that is cut off within, those that have begun in it."""
    return len(text) if text.isascii() else len(text.translate(None, _CONTINUED))
