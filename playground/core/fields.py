"""How a parameter is declared: its default, bounds and the control that shows it, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

Scale = Literal["linear", "log"]


@dataclass(frozen=True, slots=True)
class Control:
    """What a widget, a table or a message needs to know of a field.

    Attributes:
        label: Its name for people.
        help: One or two sentences: what it does, and the range in which it makes sense.
        minimum: The smallest value allowed (numbers only).
        maximum: The largest value allowed (numbers only).
        low: Where its slider starts; typing reaches all of minimum..maximum.
        high: Where its slider ends.
        scale: Whether the slider runs through values or through their magnitudes.
        unit: What it is counted in, or empty.
        decimals: Digits after the point that an editor shows.
        options: Value to label, for a field that is one of a few.
        none_label: What an empty value (``None``) means, where that is allowed.
        live: Whether a change acts on the running network, which otherwise is built anew.
        quiet: Whether files leave it out while it has its default.
    """

    label: str
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    low: float | None = None
    high: float | None = None
    scale: Scale = "linear"
    unit: str = ""
    decimals: int = 3
    options: Mapping[str, str] = field(default_factory=dict)
    none_label: str = ""
    live: bool = False
    quiet: bool = False


def number(
    default: float | None,
    label: str,
    help: str,
    *,
    minimum: float,
    maximum: float,
    slider: tuple[float, float] | None = None,
    scale: Scale = "linear",
    above_minimum: bool = False,
    below_maximum: bool = False,
    unit: str = "",
    decimals: int = 3,
    none_label: str = "",
    live: bool = False,
    quiet: bool = False,
) -> Any:
    """Declare a real-valued field.

    Args:
        minimum: The smallest value; not itself allowed when ``above_minimum``.
        maximum: The largest value; not itself allowed when ``below_maximum``.
        slider: The range of the slider where it is narrower than the bounds.
    """
    low, high = slider or (minimum, maximum)
    control = Control(
        label, help, minimum, maximum, low, high, scale, unit, decimals,
        none_label=none_label, live=live, quiet=quiet,
    )  # fmt: skip
    bounds: dict[str, float] = {
        "gt" if above_minimum else "ge": minimum,
        "lt" if below_maximum else "le": maximum,
    }
    return _field(default, control, strict=True, allow_inf_nan=False, **bounds)


def integer(
    default: int,
    label: str,
    help: str,
    *,
    minimum: int,
    maximum: int,
    slider: tuple[int, int] | None = None,
    scale: Scale = "linear",
    unit: str = "",
    live: bool = False,
    quiet: bool = False,
) -> Any:
    """Declare a whole-numbered field."""
    low, high = slider or (minimum, maximum)
    control = Control(
        label, help, minimum, maximum, low, high, scale, unit, 0, live=live, quiet=quiet
    )
    return _field(default, control, strict=True, ge=minimum, le=maximum)


def other(
    default: Any,
    label: str,
    help: str,
    *,
    options: Mapping[str, str] | None = None,
    live: bool = False,
    quiet: bool = False,
    **constraints: Any,
) -> Any:
    """Declare a field that is not a plain number: a flag, a text, one of a few, a list."""
    control = Control(label, help, options=options or {}, live=live, quiet=quiet)
    return _field(default, control, **constraints)


def control_of(info: FieldInfo) -> Control:
    """The control declared on a field of a model."""
    return next(entry for entry in info.metadata if isinstance(entry, Control))


def _field(default: Any, control: Control, **constraints: Any) -> Any:
    if callable(default):
        info = Field(default_factory=default, **constraints)
    else:
        info = Field(default, **constraints)
    info.metadata.append(control)
    return info
