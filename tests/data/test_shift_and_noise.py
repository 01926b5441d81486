"""Test points from elsewhere, and training labels that are wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.experiment import Data
from playground.core.families import Draw, shifts, sources
from playground.data.dataset import Dataset, prepare
from tests.strategies import built

OWN = tuple((0.1 * index, 1.0 - index % 7, float(index % 3)) for index in range(60))
RULED = [name for name, source in sources.items() if source.rule is not None]
MOVING = [name for name, entry in shifts.items() if entry.moves]
MOVE = {"x1": 1.5, "x2": -2.0, "rotation": 30.0, "scale": 0.5}
each_source = pytest.mark.parametrize("name", list(sources))


def drawn(name: str, **more: Any) -> Dataset:
    given = {"source": name, "samples": 60, "noise": 0.2, **more}
    return prepare(Data(points=OWN if name == "points" else (), **given))


def train_bytes(dataset: Dataset) -> tuple[bytes, ...]:
    part = dataset.train
    return part.points.tobytes(), part.targets.tobytes(), part.inputs.tobytes()


def moved(points: np.ndarray) -> np.ndarray:
    places = 0.5 * np.exp(1j * np.pi / 6) * (points[:, 0] + 1j * points[:, 1]) + (1.5 - 2j)
    return np.column_stack((places.real, places.imag))


# --- shift ---------------------------------------------------------------------------------------


@each_source
@pytest.mark.parametrize("shift", MOVING)
def test_only_the_test_points_move(name: str, shift: str) -> None:
    plain, shifted = drawn(name), drawn(name, shift={"name": shift, **MOVE})
    assert train_bytes(plain) == train_bytes(shifted)
    assert np.allclose(shifted.test.points, moved(plain.test.points), rtol=1e-12, atol=1e-12)
    assert np.array_equal(shifted.test.inputs, shifted.test.points.T)


@each_source
@pytest.mark.parametrize("shift", list(shifts))
def test_a_shift_by_nothing_changes_nothing(name: str, shift: str) -> None:
    plain, same = drawn(name), drawn(name, shift=shift)
    assert train_bytes(plain) == train_bytes(same)
    assert plain.test.points.tobytes() == same.test.points.tobytes()
    assert plain.test.targets.tobytes() == same.test.targets.tobytes()


@pytest.mark.parametrize("name", RULED)
def test_under_covariate_shift_the_rule_stays(name: str) -> None:
    far = drawn(name, samples=600, noise=0.0, shift={"name": "covariate", **MOVE})
    rule = sources[name].rule
    assert rule is not None
    settings = Draw(300, 0.0, 3, None)
    expected = rule(far.test.points, settings, np.random.default_rng(0))
    assert np.array_equal(far.test.targets, expected)
    near = drawn(name, samples=600, noise=0.0)
    assert not np.array_equal(far.test.targets, near.test.targets)


@each_source
def test_with_labels_the_labels_stay(name: str) -> None:
    plain, shifted = drawn(name), drawn(name, shift={"name": "with_labels", **MOVE})
    assert np.array_equal(plain.test.targets, shifted.test.targets)
    if sources[name].rule is None:  # nothing else can be done
        other = drawn(name, shift={"name": "covariate", **MOVE})
        assert other.test.points.tobytes() == shifted.test.points.tobytes()
        assert other.test.targets.tobytes() == shifted.test.targets.tobytes()


def test_under_covariate_shift_noise_stays_as_it_was() -> None:
    """As many labels disagree with the clean rule where noise reaches the border."""
    far = drawn("sine", samples=4000, shift={"name": "covariate", "x2": 5.0})
    near = drawn("sine", samples=4000)
    off = [(part.targets - np.sin(part.points[:, 0])).std() for part in (far.test, near.test)]
    assert off[0] == pytest.approx(off[1], rel=1e-12)  # a wave along x1 does not see x2
    assert off[0] > 0.1


# --- label noise ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [n for n, s in sources.items() if s.task is None or s.task.classes]
)
@pytest.mark.parametrize("share", [0.1, 0.35, 1.0])
def test_the_share_of_training_labels_is_exchanged_for_other_classes(
    name: str, share: float
) -> None:
    clean, noisy = drawn(name), drawn(name, label_noise=share)
    assert clean.train.points.tobytes() == noisy.train.points.tobytes()
    wrong = clean.train.targets != noisy.train.targets
    assert wrong.sum() == round(share * len(clean.train))
    assert set(noisy.train.targets) <= set(range(clean.task.classes))
    assert clean.test.targets.tobytes() == noisy.test.targets.tobytes()
    assert clean.test.points.tobytes() == noisy.test.points.tobytes()


def test_labels_are_exchanged_for_all_other_classes_alike() -> None:
    noisy = drawn("blobs", samples=8000, classes=4, label_noise=1.0, test_share=0)
    clean = drawn("blobs", samples=8000, classes=4, test_share=0)
    for label in range(4):
        given = noisy.train.targets[clean.train.targets == label].astype(int)
        counts = np.bincount(given, minlength=4)
        assert counts[label] == 0
        assert np.delete(counts, label).min() > 580  # four standard errors below 2000 / 3


def test_more_label_noise_keeps_the_wrong_labels_of_less() -> None:
    some = drawn("blobs", classes=5, label_noise=0.2).train.targets
    more = drawn("blobs", classes=5, label_noise=0.5).train.targets
    clean = drawn("blobs", classes=5).train.targets
    assert np.array_equal(more[some != clean], some[some != clean])


@pytest.mark.parametrize("name", [n for n, s in sources.items() if s.task and not s.task.classes])
def test_noise_on_targets_is_measured_in_their_own_spread(name: str) -> None:
    clean = drawn(name, samples=20_000)
    noisy = drawn(name, samples=20_000, label_noise=0.5)
    added = noisy.train.targets - clean.train.targets
    spread = 0.5 * clean.train.targets.std()
    assert abs(added.std() / spread - 1) < 4 / 20_000**0.5
    assert abs(added.mean()) < 4 * spread / 100
    assert clean.test.targets.tobytes() == noisy.test.targets.tobytes()


@given(shift=built(shifts["covariate"]) | built(shifts["with_labels"]), noise=st.floats(0, 1))
def test_training_never_sees_a_shift(shift: Any, noise: float) -> None:
    plain = drawn("rings", label_noise=noise, balance=0.3, classes=5)
    shifted = drawn("rings", label_noise=noise, balance=0.3, classes=5, shift=shift)
    assert train_bytes(plain) == train_bytes(shifted)
    assert np.isfinite(shifted.test.points).all()
    assert set(shifted.test.targets) <= set(range(5))
