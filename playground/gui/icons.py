"""The icons: monochrome SVG files that are drawn in a theme's colour."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from playground import resources

SIZES = (16, 20, 24, 32, 40, 48, 64)
"""Pixels, of icons of 16 to 32 at up to double resolution."""
DISABLED_OPACITY = 0.35


@lru_cache(maxsize=256)
def icon(name: str, colour: str) -> QIcon:
    """The icon ``resources/icons/<name>.svg`` in a colour, paler where it is disabled.

    Args:
        name: Of the file; what it draws with ``currentColor`` takes the colour.
        colour: As #rrggbb.

    Raises:
        OSError: There is no such file.
    """
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    drawn = QIcon()
    for size in SIZES:
        pixmap = _pixmap(renderer, size)
        drawn.addPixmap(pixmap, QIcon.Mode.Normal)
        drawn.addPixmap(_faded(pixmap), QIcon.Mode.Disabled)
    return drawn


@cache
def _source(name: str) -> str:
    return resources.path("icons", f"{name}.svg").read_text(encoding="utf-8")


def _pixmap(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def _faded(pixmap: QPixmap) -> QPixmap:
    paler = QPixmap(pixmap.size())
    paler.fill(Qt.GlobalColor.transparent)
    painter = QPainter(paler)
    painter.setOpacity(DISABLED_OPACITY)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return paler
