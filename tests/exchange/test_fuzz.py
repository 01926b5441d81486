"""Whatever a file holds: it opens and trains, or is refused in words. `make test` tries some
hundred cases, `make test-all` more than 10,000; what hangs is ended by pytest's time limit."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from playground.core.errors import ExperimentError, PlaygroundError
from playground.core.experiment import Data, Experiment, Layer, Network, Training
from playground.core.families import activations, optimizers
from playground.core.points import Points
from playground.exchange import incoming, numbers_reading, sifted, sifting
from playground.exchange.document import Document
from playground.exchange.experiment_file import dumps, load, loads
from playground.exchange.json_reading import decode
from playground.exchange.table import table_of
from playground.exchange.table_guess import guess
from playground.exchange.table_points import take
from playground.exchange.trained import capture, restore
from playground.training.frozen import Place
from playground.training.trainer import Trainer
from tests.exchange.samples import ONE, THREE, advance, all_rules, experiment, trained_tree
from tests.strategies import FORMULAS

LONGEST_LINE = 1000
"""Characters of a sentence that people still read; the longest ones list the choices."""
LARGEST_TRAINED = 100_000
"""Numbers of a network that is trained to see whether it can be."""
SLOWEST = timedelta(seconds=20)
"""Of a case, even on a busy machine; what is meant is that none takes minutes."""


# --- what is damaged -------------------------------------------------------------------------


def _own_points() -> dict[str, Any]:
    rows = [(x / 4, x % 3 - 1.0, float(x % 3)) for x in range(-9, 10)]
    data = Data(
        source="points", points=Points(rows), features=("x1", "=sin(3*x1)"), test_share=0.25
    )
    network = Network(hidden=(Layer(units=3, batch_norm="after", dropout=0.25),))
    training = Training(optimizer=optimizers["momentum"](), batch_size="full", stop=all_rules())
    return trained_tree(Experiment(data=data, network=network, training=training), 3)


def _held() -> dict[str, Any]:
    trainer = Trainer(experiment(replicas=2, precision="float64", stop=all_rules()))
    trainer.hold_all([Place(0, 0, 0, 1), Place(1, 1, 4, 2)])
    tree: dict[str, Any] = json.loads(dumps(capture(advance(trainer, 6))))
    return tree


def _untrained() -> dict[str, Any]:
    data = Data(source="plane")
    layers = tuple(Layer(units=2, activation=activation()) for activation in activations.values())
    tree: dict[str, Any] = json.loads(
        dumps(Document(Experiment(data=data, network=Network(hidden=layers))))
    )
    return tree


BASES = [json.dumps(tree) for tree in (ONE, THREE, _own_points(), _held(), _untrained())]
TABLES = [
    "x1,x2,kind\n1.5,-2,a\n0.25,3e-1,b\n7,0,a\n",
    "1,5;2;0\n-1;2,5;1\n3;4;1\n",
    'a\tb\tc\td\n1\t2\t"x\ny"\t3\n4\t5\tz\t6\n7\t\tz\tNaN\n',
    "# points\n1 2 0\n3 4 1\n\n5 6 0\n",
]

# --- how -------------------------------------------------------------------------------------

NUMBERS = st.sampled_from(
    (0, -1, 1, 2, 3, 32, 33, 64, 65, 512, 513, 10**5, 10**5 + 1, 10**9, 2**32, 2**53 + 1, 10**30)
) | st.sampled_from((0.0, -0.0, 0.5, 1 - 1e-16, 1e-320, 3.5e38, 1e308, float("nan"), float("inf")))
RAW = ("1e999", "-1e999", "9" * 101, "0." + "9" * 500, "1E400", "NaN", "-Infinity", "[" * 40, "nul")
"""What stands in a text as it is, here in the place of a text that begins with an @."""
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ("", "none", "adam", "before", "full", "AAAA", "=x1", "a" * 300, "\ud800", "é")
    ),
    st.sampled_from(RAW).map("@".__add__),
    st.sampled_from(("[]", "{}", "[[]]", "[1]", "[[1, 2, 0]]", '{"name": "sgd"}', '{"": 0}')).map(
        json.loads  # anew each time, as it may be damaged further
    ),
)
KINDS = ("replace", "replace", "delete", "double", "insert", "swap", "rename")


def _damage(draw: st.DrawFn, tree: Any) -> None:
    """Change one place, any place; seldom at the top, without which the rest is not looked at."""
    parts = [key for key, part in tree.items() if isinstance(part, dict) and part]
    deep = parts and draw(st.sampled_from(range(16)))
    node = tree[draw(st.sampled_from(parts))] if deep else tree
    while True:
        key = draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
        child = node[key]
        if isinstance(child, (dict, list)) and child and draw(st.sampled_from(range(8))):
            node = child
            continue
        kind = draw(st.sampled_from(KINDS))
        if kind == "delete":
            del node[key]
        elif kind == "double" and isinstance(node, list):
            node.insert(key, child)
        elif kind == "double":
            node[f"@@{key}"] = child  # becomes the same key again in the text
        elif kind == "insert" and isinstance(node, list):
            node.insert(key, draw(VALUES))
        elif kind == "insert":
            node[draw(st.sampled_from(("name", "units", "layers", "x", "")))] = draw(VALUES)
        elif kind == "swap":
            other = draw(
                st.sampled_from(list(node) if isinstance(node, dict) else range(len(node)))
            )
            node[key], node[other] = node[other], child
        elif kind == "rename" and isinstance(node, dict):
            node[draw(st.text(max_size=5))] = node.pop(key)
        else:
            node[key] = draw(VALUES)
        return


@st.composite
def damaged_trees(draw: st.DrawFn) -> str:
    """The text of a valid file of which some values are others, are gone, or are there twice."""
    tree = json.loads(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 4)))):
        if tree:
            _damage(draw, tree)
    text = json.dumps(tree).replace('"@@', '"')
    for raw in RAW:
        text = text.replace(f'"@{raw}"', raw)
    return text


BYTE_KINDS = ("digit", "digit", "digit", "flip", "replace", "insert", "delete", "splice", "cut")
_DIGIT = re.compile(rb"\d")


@st.composite
def damaged_bytes(draw: st.DrawFn, bases: list[str]) -> bytes:
    """A valid file of which some bytes are others, are gone, new, or from elsewhere."""
    content = bytearray(draw(st.sampled_from(bases)).encode())
    for _ in range(draw(st.sampled_from((1, 1, 2, 5)))):
        place = draw(st.integers(0, len(content)))
        span = slice(place, place + draw(st.sampled_from((1, 1, 1, 2, 9, 100))))
        kind = draw(st.sampled_from(BYTE_KINDS))
        digit = _DIGIT.search(content, place)
        if kind == "digit" and digit:
            content[digit.start()] = draw(st.sampled_from(b"0123456789-.eE"))
        elif kind == "flip" and place < len(content):
            content[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "replace":
            content[span] = draw(st.binary(max_size=4))
        elif kind == "insert":
            content[place:place] = draw(
                st.sampled_from((b"\0", b",", b'"', b"[", b"}", b"\xff", b"9"))
            )
        elif kind == "delete":
            del content[span]
        elif kind == "splice":
            start = draw(st.integers(0, len(content)))
            content[span] = content[start : start + 60]
        elif kind == "cut" and draw(st.booleans()):
            del content[place:]
    return bytes(content)


FORMULA_PARTS = (
    "x1", "x2", "r", "pi", "e", "sin", "max", "log", "exp", "__", "(", ")", "+", "-", "*", "/", "^",
    ",", ".", "0", "1", "2.5", "1e9", "1e999", " ", "²", "₁", "·", "√", "=", "#", "\0",
)  # fmt: skip


@st.composite
def damaged_formulas(draw: st.DrawFn) -> str:
    """A file with a formula that is put together of parts, or damaged, or any text."""
    parts = st.lists(st.sampled_from(FORMULA_PARTS), max_size=30).map("".join)
    known = st.tuples(st.sampled_from(FORMULAS), st.integers(1, 20), parts)
    changed = known.map(lambda given: given[0][1 : given[1]] + given[2] + given[0][given[1] :])
    formula = draw(st.one_of(parts, changed, st.text(max_size=210)))
    tree = json.loads(BASES[0])
    del tree["trained"]
    tree["data"]["features"] = ["x1", "=" + formula]
    return json.dumps(tree)


# --- what must hold --------------------------------------------------------------------------


def opens_or_is_refused(read: Callable[[], Document]) -> None:
    error: PlaygroundError | None = None
    try:
        document = read()
    except PlaygroundError as refusal:
        error = refusal
    if error is not None:
        assert str(error).strip()
        for line in str(error).splitlines():
            assert len(line) < LONGEST_LINE
            assert line.isprintable(), line
        return
    made = document.experiment
    sizes, replicas = made.sizes, made.training.replicas
    numbers = replicas * sum(a * b for a, b in pairwise(sizes))
    if numbers > LARGEST_TRAINED or made.data.count > 1000:
        return
    with np.errstate(all="ignore"):  # what diverges does so in numbers that are no more
        trainer = advance(restore(document), 1)
        assert loads(dumps(capture(trainer))).experiment == made


def take_table(content: bytes) -> Document:
    table = table_of(content, "t.csv")
    taken = take(table, guess(table))
    return Document(Experiment(data=taken.data(Data(), leave_out_bad=True)))


ORDER = ("must be the last section", "is larger than the", "makes f.json")
"""Of what only a large file is refused: for the order of its sections, or its size."""
LIMITS = ("values that it can have", "here begins")
"""And for lists and texts that belong nowhere, which are not even looked at."""


def read_both_ways(text: str) -> Document:
    """As a small file and as a large one, in small pieces, which must come to the same."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "f.json"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        for module in (sifting, sifted, numbers_reading):
            patch.setattr(module, "PIECE", 64)
        patch.setattr(sifting, "LONG_LIST", 1)
        patch.setattr(sifting, "LONG_TEXT", 200)
        patch.setattr(incoming, "MAX_EXPERIMENT_BYTES", min(2500, path.stat().st_size - 1))
        large = outcome(lambda: load(path))
        small = outcome(lambda: loads(decode(path.read_bytes(), path.name), path.name))
    if isinstance(large, Document):
        assert isinstance(small, Document)
        assert dumps(large) == dumps(small)
    elif isinstance(small, Document):
        assert any(words in str(large) for words in (*ORDER, *LIMITS)), large
    if isinstance(large, PlaygroundError):
        raise large
    return large


def outcome(read: Callable[[], Document]) -> Document | PlaygroundError:
    try:
        return read()
    except PlaygroundError as error:
        return error


CASES: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], Document], int]] = {
    "values": (damaged_trees(), lambda text: loads(text, "f.json"), 8000),
    "bytes": (
        damaged_bytes(BASES),
        lambda content: loads(decode(content, "f.json"), "f.json"),
        5000,
    ),
    "large": (
        damaged_trees() | damaged_bytes(BASES).map(lambda content: content.decode(errors="ignore")),
        read_both_ways,
        4000,
    ),
    "formulas": (damaged_formulas(), lambda text: loads(text, "f.json"), 3000),
    "tables": (damaged_bytes(TABLES) | st.binary(max_size=60), take_table, 3000),
}
"""What is drawn, how it is read, and how often in `make test-all`."""


def _try(kind: str, share: float) -> None:
    strategy, read, count = CASES[kind]

    @settings(
        max_examples=round(count * share),
        deadline=SLOWEST,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def case(drawn: Any) -> None:
        opens_or_is_refused(lambda: read(drawn))

    case()


@pytest.mark.parametrize("kind", CASES)
def test_some_damage(kind: str) -> None:
    _try(kind, 0.02)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", CASES)
def test_much_damage(kind: str) -> None:
    _try(kind, 1)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("text", BASES, ids=["one", "three", "points", "held", "untrained"])
def test_truncated_at_every_byte(text: str) -> None:
    content = text.encode()
    for end in range(len(content)):
        with pytest.raises(ExperimentError, match=r"f\.json"):
            loads(decode(content[:end], "f.json"), "f.json")
