"""Numbers and lists as people write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_words(value: float, digits: int = 3, least_plain: int = -4) -> str:
    """A number for people: ``0.0123``, ``−4.5``, ``3·10⁻⁶``, ``—`` if it is none.

    Args:
        value: Any number.
        digits: How many of them count.
        least_plain: The lowest power of ten that is not written as one.
    """
    if math.isnan(value):
        return "—"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return f"{sign}∞"
    if size == 0:
        return "0"
    mantissa, exponent_text = f"{size:.{digits - 1}e}".split("e")
    exponent = int(exponent_text)
    if least_plain <= exponent < 6:
        text = f"{size:.{max(digits - 1 - exponent, 0)}f}"
        return sign + (text.rstrip("0").rstrip(".") if "." in text else text)
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return sign + (power(exponent) if mantissa == "1" else f"{mantissa}·{power(exponent)}")


def power(exponent: int) -> str:
    """A power of ten, such as 10⁻⁶."""
    return "10" + str(exponent).translate(_RAISED)


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, the last of which shows that there was more."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def listed(items: Sequence[object]) -> str:
    """Such as "1, 2 and 5"."""
    words = [str(item) for item in items]
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)
