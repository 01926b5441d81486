"""Numbers in JSON: the same bits when read, in the same layout, in whichever way they are made."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from playground.core.points import Points
from playground.exchange import json_writing
from playground.exchange.json_writing import MISREAD, decimals, pieces_of, text_of
from playground.exchange.numbers_reading import Packed

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
EDGES = [0.0, -0.0, 1.0, 1e-45, 1e-38, 1e-5, 9.9e-5, 1e-4, 0.1, 16777216.0, 1e15, 1e16, 1e17, 1e22]
EDGES += [-value for value in EDGES] + [3.4028234663852886e38, 1.1754943508222875e-38]


def written(value: Any, many: int, piece: int = json_writing.PIECE) -> str:
    """The text, made in C from so many numbers on, and in pieces of so many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_writing, "MANY", many)
        patch.setattr(json_writing, "PIECE", piece)
        return text_of(value)


def digits(word: str) -> str:
    """Those that count."""
    return word.lstrip("-").split("e")[0].replace(".", "").strip("0")


def bits(numbers: Any, dtype: Any) -> bytes:
    """As readers do: float64, then rounded."""
    return np.array(numbers, np.float64).astype(dtype).tobytes()


@given(
    st.sampled_from([np.float32, np.float64]).flatmap(
        lambda dtype: hnp.arrays(
            dtype,
            hnp.array_shapes(min_dims=1, max_dims=2, max_side=40),
            elements=hnp.from_dtype(np.dtype(dtype), allow_nan=False, allow_infinity=False),
        )
    )
)
def test_both_ways_give_the_same_bits_in_the_same_layout(array: np.ndarray) -> None:
    texts = [written({"a": array, "b": [array]}, many, piece=9) for many in (0, array.size * 9)]
    for text in texts:
        assert bits(json.loads(text)["a"], array.dtype) == array.tobytes()
        assert bits(json.loads(text)["b"], array.dtype) == array[np.newaxis].tobytes()
    if array.ndim == 2:  # of one row it depends on its length whether the line is broken
        assert NUMBER.sub("0", texts[0]) == NUMBER.sub("0", texts[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("many", [0, 10**9])
def test_the_ends_of_the_range(dtype: type, many: int) -> None:
    info = np.finfo(dtype)
    ends = [info.max, info.min, info.tiny, info.smallest_subnormal, -info.smallest_subnormal]
    array = np.array([[*EDGES, *ends]], dtype)
    text = written(array, many)
    assert bits(json.loads(text), dtype) == array.tobytes()
    words, shortest = NUMBER.findall(text), decimals(array[0])
    assert list(map(digits, words)) == list(map(digits, shortest)), "no digit more than it takes"


@pytest.mark.parametrize("many", [0, 10**9])
def test_the_one_number_whose_shortest_decimals_are_misread(many: int) -> None:
    array = np.array([[1.5, MISREAD, -MISREAD]], np.float32)
    assert bits(np.float64("7.038531e-26"), np.float32) != MISREAD.tobytes()
    assert bits(json.loads(written(array, many)), np.float32) == array.tobytes()
    assert bits([float(word) for word in decimals(array[0])], np.float32) == array.tobytes()


@pytest.mark.parametrize("many", [0, 10**9])
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_before_anything_is_written(many: int, wrong: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_writing, "MANY", many)
        with pytest.raises(ValueError, match="not finite"):
            pieces_of({"a": [np.ones((200, 200))], "b": np.array([wrong])})


def test_the_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    value = {
        "short": [1, {"a": None}],
        "weights": np.array([[1.0, -2.5], [0.0, 1e-7], [3.0, 4.0]], np.float32),
        "biases": np.array([1.0, 2.0]),
        "points": Points([(1.0, 2.0, 0.0)] * 2),
    }
    shown = [
        "{",
        '  "short": [1, {"a": null}],',
        '  "weights": [',
        "    [1.0, -2.5],",
        "    [0.0, 1e-7],",
        "    [3.0, 4.0]",
        "  ],",
        '  "biases": [1.0, 2.0],',
        '  "points": [[1.0, 2.0, 0.0], [1.0, 2.0, 0.0]]',
        "}",
    ]
    assert written(value, 0, piece=3).split("\n") == shown
    assert written(value, 10**9).replace("1e-07", "1e-7").split("\n") == shown


@pytest.mark.parametrize("many", [0, 10**9])
def test_large_parts_are_as_small_ones(many: int) -> None:
    points = Points([(0.5, i / 7, float(i % 2)) for i in range(150)])
    packed = Packed(np.arange(1000, dtype=np.float32))
    long = np.linspace(0, 1, 300)
    text = written({"points": points, "packed": packed, "long": long}, many, piece=99)
    lines = text.split("\n")
    assert lines[1] == '  "points": ['
    assert lines[2] == "    [0.5, 0.0, 0.0],"
    assert lines[151].startswith("    [0.5, ")
    assert lines[151].endswith("]")
    assert lines[153] == f'  "packed": {text_of(packed)},'
    assert Points(json.loads(text)["points"]) == points
    assert bits(json.loads(text)["long"], np.float64) == long.tobytes()


def test_a_small_text_loads_no_library_for_it() -> None:
    code = (
        "import sys, numpy as np\n"
        "from playground.exchange.json_writing import MANY, text_of\n"
        "text_of(np.ones((9, 9))); assert 'orjson' not in sys.modules\n"
        "text_of(np.ones(MANY)); assert 'orjson' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
