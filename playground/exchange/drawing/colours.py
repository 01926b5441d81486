"""The colours, light and dark, and what they mean: the same everywhere. No Qt here.

Orange is negative and class 0, blue is positive and class 1; layers have one hue each, ordered from
the input to the output; amber and red are for trouble alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SHADES = 512
"""Colours in the table of :func:`diverging`."""


@dataclass(frozen=True, slots=True)
class Colours:
    """A theme; every colour is written #rrggbb.

    Attributes:
        background: Behind everything.
        panel: Of plots and cards.
        field: Of what is typed or ticked, and of lists.
        raised: Of buttons.
        text: Also of curves that need no hue.
        muted: Of text that stands back: axes, hints, what is off.
        grid: Of a plot's lines.
        border: Around plots and cards.
        positive, negative: Of numbers by their sign, and of two classes.
        neutral: Between the two.
        amber, red: Trouble, and serious trouble.
        accent: What is selected or goes on.
        train, test: Of the two curves.
        chroma: How vivid the hues of layers and further classes are.
        lightness: From the first layer's to the output's, in OKLab.
        further_classes: After negative and positive; told apart also by those who see fewer hues.
    """

    background: str
    panel: str
    field: str
    raised: str
    text: str
    muted: str
    grid: str
    border: str
    positive: str
    negative: str
    neutral: str
    amber: str
    red: str
    accent: str
    train: str
    test: str
    chroma: float
    lightness: tuple[float, float]
    further_classes: tuple[str, ...]


LIGHT = Colours(
    background="#eff1f5",
    panel="#ffffff",
    field="#ffffff",
    raised="#f7f8fa",
    text="#1b1f27",
    muted="#626b7b",
    grid="#e6e9ee",
    border="#c9cfd9",
    positive="#1668b8",
    negative="#e2730b",
    neutral="#f3f4f7",
    amber="#b98500",
    red="#d1242f",
    accent="#0f7b6c",
    train="#0f8f7c",
    test="#1b1f27",
    chroma=0.15,
    lightness=(0.40, 0.66),
    further_classes=("#17b897", "#7c1d5a", "#66b5f2", "#dcb62f", "#7d4a26", "#858a94"),
)

DARK = Colours(
    background="#22262f",
    panel="#181b21",
    field="#363d4a",
    raised="#323844",
    text="#e9ecf1",
    muted="#9aa3b2",
    grid="#272c35",
    border="#434b5a",
    positive="#5aa7f0",
    negative="#f5953d",
    neutral="#252a33",
    amber="#f0c43c",
    red="#ff6b6b",
    accent="#3fc1a9",
    train="#3fc1a9",
    test="#f2f4f7",
    chroma=0.13,
    lightness=(0.62, 0.90),
    further_classes=("#2b8f5a", "#a04fb0", "#b5e6fa", "#ffe45c", "#f4b7a6", "#8d95a8"),
)

FIRST_HUE, LAST_HUE = 318.0, 118.0
"""Of layers, in OKLab's degrees: violet over blue, teal and green to lime; no orange, no red."""


@lru_cache(maxsize=256)
def layer_colour(index: int, count: int, colours: Colours) -> str:
    """The hue of a layer; ``index`` 0 is the first hidden one, ``count - 1`` the output."""
    share = index / (count - 1) if count > 1 else 0.5
    low, high = colours.lightness
    lightness = low + share * (high - low)
    return _oklch(lightness, colours.chroma, FIRST_HUE + share * (LAST_HUE - FIRST_HUE))


def class_colours(count: int, colours: Colours) -> tuple[str, ...]:
    """A colour for each class; two are the negative and the positive."""
    known = (colours.negative, colours.positive, *colours.further_classes)
    more = (
        # The golden angle spreads hues evenly however many there are.
        _oklch((0.5, 0.65, 0.8)[index % 3], 0.12, 137.5 * index)
        for index in range(max(count - len(known), 0))
    )
    return (*known[:count], *more)


@lru_cache(maxsize=16)
def diverging(colours: Colours, strength: float = 1.0) -> NDArray[np.uint32]:
    """The colours from -1 (negative) over 0 (neutral) to 1 (positive), as Qt's 0xffrrggbb.

    Args:
        colours: The theme.
        strength: How far the ends go from neutral to the full colour, up to 1.

    Returns:
        Shape (SHADES,); entry ``i`` is for ``2·i/(SHADES - 1) - 1``.
    """
    share = np.linspace(-1, 1, SHADES)[:, None]
    ends = np.where(share < 0, rgb(colours.negative), rgb(colours.positive))
    mixed = rgb(colours.neutral) + strength * np.abs(share) * (ends - rgb(colours.neutral))
    table = packed(mixed)
    table.setflags(write=False)
    return table


def rgb(colour: str) -> NDArray[np.float32]:
    """Red, green and blue, 0 to 255, of #rrggbb."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float32)


def packed(channels: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Red, green and blue (..., 3), 0 to 255, as Qt's 0xffrrggbb (...)."""
    red, green, blue = np.moveaxis(np.rint(channels).astype(np.uint32), -1, 0)
    return np.uint32(0xFF000000) | red << 16 | green << 8 | blue


def blend(one: str, other: str, share: float) -> str:
    """``share`` of the other colour mixed into the one."""
    mixed = rgb(one) + share * (rgb(other) - rgb(one))
    return "#" + "".join(f"{round(float(channel)):02x}" for channel in mixed)


def _oklch(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour (Ottosson 2020, "A perceptual color space for image processing")."""
    while True:
        angle = math.radians(hue)
        a, b = chroma * math.cos(angle), chroma * math.sin(angle)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        linear = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
        if chroma < 1e-3 or all(-1e-4 <= channel <= 1.0001 for channel in linear):
            return "#" + "".join(f"{_encoded(channel):02x}" for channel in linear)
        chroma *= 0.97  # a screen has no such colour: the nearest paler one


def _encoded(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    curved = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(255 * curved)
