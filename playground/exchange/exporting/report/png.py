"""A small picture as PNG (W3C, "Portable Network Graphics", 2003), without an image library."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUE_COLOUR, BITS = 2, 8


def png(pixels: NDArray[np.uint32]) -> bytes:
    """0xffrrggbb (height, width), the first row at the top, as a file."""
    height, width = pixels.shape
    channels = np.stack([pixels >> 16 & 255, pixels >> 8 & 255, pixels & 255], axis=-1)
    rows = channels.astype(np.uint8).reshape(height, -1)
    unfiltered = np.concatenate((np.zeros((height, 1), np.uint8), rows), axis=1)
    head = struct.pack(">IIBBBBB", width, height, BITS, TRUE_COLOUR, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(unfiltered.tobytes(), 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
