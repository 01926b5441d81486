"""A view as a picture: as shapes (SVG), or as pixels; in the present theme, as it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar
from xml.sax.saxutils import quoteattr

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QFontInfo, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from playground.gui.views.plot import Plot

SHARPNESS = 2
"""Pixels of the picture for each of the screen's, along a side."""
DOTS_PER_INCH = 96
"""At which a pixel is what SVG calls one."""
CLIP = re.compile(r'<clipPath id="(\w+)">\s*<path [^>]*?\bd="([^"]*)"')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
SIMILAR = "'DejaVu Sans', Verdana, sans-serif"

P = TypeVar("P", bytes, QImage)


def image_of(view: QWidget, size: QSize | None = None) -> QImage:
    """A view as pixels, twice as many as on the screen.

    Args:
        view: Which one.
        size: As large as it is painted; as it is, if that is not given.
    """
    ratio = SHARPNESS * view.devicePixelRatioF()

    def paint() -> QImage:
        image = QImage(view.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(view.palette().window().color())
        QWidget.render(view, image, QPoint())  # a view's own render is another one
        return image

    return _at_size(view, size, paint)


def svg_of(view: QWidget, title: str, size: QSize | None = None) -> bytes:
    """A view as SVG 1.1: lines, areas and words as such; what is a map or a field as an image.

    Args:
        view: Which one.
        title: What the picture is called.
        size: As in :func:`image_of`.
    """

    def paint() -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the earlier one does not clip
        generator.setOutputDevice(buffer)
        generator.setResolution(DOTS_PER_INCH)
        generator.setSize(view.size())
        generator.setViewBox(QRect(QPoint(), view.size()))
        generator.setTitle(title)
        generator.setDescription("Gradient Playground")
        painter = QPainter(generator)
        painter.fillRect(view.rect(), view.palette().window())
        QWidget.render(view, painter, QPoint())
        painter.end()
        text = bytes(buffer.data().data()).decode()
        return _with_true_clips(_with_real_fonts(text, view), view).encode()

    return _at_size(view, size, paint)


def encoded(image: QImage, suffix: str = ".png") -> bytes:
    """An image as a file of this kind."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(suffix.removeprefix(".").encode())).write(image)
    return bytes(buffer.data().data())


def _at_size(view: QWidget, size: QSize | None, paint: Callable[[], P]) -> P:
    """Paint a view that is as large as asked for meanwhile; the screen is painted later."""
    there = view.geometry()
    if size is None or size == there.size():
        return paint()
    view.resize(size)
    try:
        return paint()
    finally:
        view.setGeometry(there)


def _with_true_clips(text: str, view: QWidget) -> str:
    """Keep the clips of plots' frames alone.

    Those of Qt's own widgets are where these would be in a window of their own.
    """
    plots = [view, *view.findChildren(QWidget)]
    frames = [
        plot.frame.translated(QPointF(plot.mapTo(view, QPoint())))
        for plot in plots
        if isinstance(plot, Plot)
    ]
    for name, path in CLIP.findall(text):
        numbers = [float(number) for number in NUMBER.findall(path)]
        x, y = numbers[::2], numbers[1::2]
        box = QRectF(QPointF(min(x), min(y)), QPointF(max(x), max(y)))
        if not any(_alike(box, frame) for frame in frames):
            text = text.replace(f' clip-path="url(#{name})"', "")
    return text


def _alike(one: QRectF, other: QRectF) -> bool:
    pairs = zip(one.getCoords(), other.getCoords(), strict=True)  # type: ignore[call-overload]
    return all(abs(mine - its) <= 1 for mine, its in pairs)


def _with_real_fonts(text: str, view: QWidget) -> str:
    """Name the font that was measured: the window's own may be an alias, such as Sans Serif."""
    alias, real = view.font().family(), QFontInfo(view.font()).family()
    named = quoteattr(f"'{real}', {SIMILAR}")
    return text.replace(f'font-family="{alias}"', f"font-family={named}")
