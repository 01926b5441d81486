"""What a file is that is not the text it should be, told by its first bytes, as ``file`` does."""

from __future__ import annotations

import codecs
import re

LOOKED_AT = 4096
"""Bytes from the beginning that are enough to tell."""

ONNX = rb"\x08[\x01-\x20][\x12\x1a\x22\x28\x32\x3a\x42\x72]"
"""How one begins: a varint for ir_version, then the tag of another field of ModelProto."""
SAFETENSORS = rb"(?s)....\0\0\0\0\{"
"""The header's length in eight bytes, below 4 GB, and the header, which is JSON."""

_MODEL = "which holds weights"
_EXPORTED = "which holds weights (`import` takes the experiment out of one that was exported here)"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"PK(\x03\x04|\x05\x06)", "an archive (ZIP), such as a spreadsheet, NumPy's .npz or a .pt"),
    (rb"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (rb"\xff\xd8\xff", "a picture (JPEG)"),
    (rb"GIF8[79]a", "a picture (GIF)"),
    (rb"%PDF-", "a PDF document"),
    (rb"\x1f\x8b", "compressed (gzip); unpack it first"),
    (rb"BZh[1-9]1AY&SY", "compressed (bzip2); unpack it first"),
    (rb"\xfd7zXZ\0", "compressed (xz); unpack it first"),
    (rb"\x28\xb5\x2f\xfd", "compressed (zstd); unpack it first"),
    (rb"\x93NUMPY", "an array of NumPy (.npy)"),
    (rb"\x89HDF\r\n\x1a\n", f"an HDF5 file, such as a Keras model, {_MODEL}"),
    (rb"\x80[\x02-\x05]", "a Python pickle, which is never opened: it could run any program"),
    (ONNX, f"an ONNX model, {_EXPORTED}"),
    (SAFETENSORS, f"a safetensors file, {_EXPORTED}"),
    (rb"(?s)\x7fELF|MZ.{1,20}\0", "a program"),
    (rb"\s*<(!DOCTYPE|html|\?xml|svg)", "a page or picture in HTML, XML or SVG"),
)
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16, with whose mark it begins
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def kind_of(start: bytes) -> str | None:
    """What a file with another content than text is, as after "is"; None if that is not known."""
    for pattern, kind in _SIGNATURES:
        if re.match(pattern, start):
            return kind
    return None


def encoding_of(start: bytes) -> str | None:
    """The encoding, other than UTF-8, that a text's mark tells; None without one."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)
