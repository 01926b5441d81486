"""Numbers and lists as people write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

NOTHING = "—"
"""For a number that there is not."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_words(value: float, digits: int = 3, least_plain: int = -4) -> str:
    """A number for people: ``0.0123``, ``−4.5``, ``3·10⁻⁶``, ``—`` if it is none.

    Args:
        value: Any number.
        digits: How many of them count.
        least_plain: The lowest power of ten that is not written as one.
    """
    if math.isnan(value):
        return NOTHING
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


def loss_text(loss: float) -> str:
    """A loss with as many digits as keep its width: ``0.0123``, ``12.35``, ``1.2·10⁻⁶``."""
    if math.isnan(loss):
        return NOTHING
    if loss == 0:
        return "0.0000"
    if 1e-3 <= abs(loss) < 1e4:
        before_point = len(str(int(abs(loss))))
        return f"{loss:.{max(5 - before_point, 0)}f}".replace("-", "−")
    return in_words(loss, 2, least_plain=-3)


def accuracy_text(share: float) -> str:
    """A share of 1 as a percentage; never rounded up to all."""
    if math.isnan(share):
        return NOTHING
    percent = 100 * share
    if 99.95 <= percent < 100:
        percent = 99.9
    return f"{percent:.1f} %"


def power(exponent: int) -> str:
    """A power of ten, such as 10⁻⁶."""
    return "10" + str(exponent).translate(_RAISED)


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, the last of which shows that there was more."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def sentence(text: str) -> str:
    """With a capital letter, and a full stop if nothing else ends it."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def listed(items: Sequence[object]) -> str:
    """Such as "1, 2 and 5"."""
    words = [str(item) for item in items]
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)
