"""Numbers as people type and read them."""

from __future__ import annotations

import math

DIGITS = 6


def format_number(value: float) -> str:
    """Write a number in at most six digits (0.01, 3e-05, 1e9), but whole numbers in full."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.{DIGITS}g}".replace("e+0", "e").replace("e+", "e")


def parse_number(text: str, *, whole: bool = False) -> float:
    """Read a number: a decimal comma and 3e-4 are understood, and 1e3 as a whole number.

    Raises:
        ValueError: It is none; the text of the error is a sentence for the user.
    """
    plain = "".join(text.split()).replace("−", "-")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        raise ValueError(f"“{_short(text)}” is not a number.") from None
    if not math.isfinite(value):
        raise ValueError(f"“{_short(text)}” is not a finite number.")
    if not whole:
        return value
    if value != int(value):
        raise ValueError(f"“{_short(text)}” is not a whole number.")
    try:
        return int(plain)  # exact, however long
    except ValueError:
        return int(value)


def out_of_bounds(value: float, minimum: float | None, maximum: float | None) -> str:
    """The sentence for a number outside the bounds; empty inside."""
    if minimum is not None and value < minimum:
        return f"{format_number(value)} is too small: at least {format_number(minimum)}."
    if maximum is not None and value > maximum:
        return f"{format_number(value)} is too large: at most {format_number(maximum)}."
    return ""


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 24 else text[:23] + "…"
