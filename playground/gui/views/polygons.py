"""Arrays of points as Qt's polygons and paths, without a call for each point."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPainterPath, QPolygonF
from shiboken6 import VoidPtr

from playground.exchange.drawing.scales import Array

ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
"""A path's element as QDataStream has it: 0 moves, 1 draws a line."""


def polygon_of(x: Array, y: Array) -> QPolygonF:
    """The polygon with these corners; both of shape (points,)."""
    polygon = QPolygonF()
    if len(x):  # an empty one has no memory that could be written to
        polygon.resize(len(x))
        pointer: Any = VoidPtr  # its stub knows neither of a size nor of what is pointed at
        memory = pointer(polygon.data(), 16 * len(x), True)
        corners = np.frombuffer(memory, dtype=np.float64).reshape(-1, 2)
        corners[:, 0], corners[:, 1] = x, y
    return polygon


def path_of_pairs(x: Array, y: Array) -> QPainterPath:
    """Separate lines, each from an even point to the odd one that follows; (2·lines,) each."""
    path = QPainterPath()
    if not len(x):
        return path
    elements = np.empty(len(x), dtype=ELEMENT)
    elements["kind"] = np.arange(len(x)) % 2
    elements["x"], elements["y"] = x, y
    # Their number before them, after them where the last part starts and how it is filled.
    data = struct.pack(">i", len(x)) + elements.tobytes() + struct.pack(">ii", 0, 0)
    stream = QDataStream(QByteArray(data))
    stream >> path
    return path
