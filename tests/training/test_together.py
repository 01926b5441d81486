"""What several replicas say together."""

from __future__ import annotations

import numpy as np
import pytest

from playground.core.families import Task
from playground.training.together import middle, votes

TWO, THREE = Task("classification", 2), Task("classification", 3)
nan, inf = np.nan, np.inf


def test_of_two_classes_the_share_that_votes_for_class_1() -> None:
    outputs = [np.array([[1.0, -1.0, 0.1]]), np.array([[2.0, 3.0, -4.0]]), np.array([[9.0, -5, 0]])]
    assert votes(TWO, outputs)[0] == pytest.approx([1, 1 / 3, 1 / 3])
    both = [np.concatenate((np.zeros_like(one), one)) for one in outputs]  # an output for each
    assert np.array_equal(votes(TWO, both), votes(TWO, outputs))


def test_of_more_classes_the_share_of_each() -> None:
    rng = np.random.default_rng(0)
    outputs = rng.normal(size=(7, 3, 50))
    shares = votes(THREE, outputs)
    assert shares.shape == (3, 50)
    assert shares.sum(axis=0) == pytest.approx(1)
    for point in range(50):
        counts = np.bincount(outputs[:, :, point].argmax(axis=1), minlength=3)
        assert shares[:, point] == pytest.approx(counts / 7)


def test_who_has_no_answer_does_not_vote() -> None:
    outputs = [np.array([[nan, inf, nan, -inf]]), np.array([[1.0, 1.0, nan, -1.0]])]
    assert votes(TWO, outputs)[0].tolist() == [1, 1, 0.5, 0]
    three = [np.array([[1.0, nan], [2.0, 5.0], [0.0, 6.0]]), np.array([[3.0, nan], [1, 2], [2, 1]])]
    assert pytest.approx(np.array([[1 / 2, 1 / 2, 0], [1 / 3] * 3])) == votes(THREE, three).T


def test_the_middle_is_the_median_of_the_outputs() -> None:
    outputs = [np.array([[1.0, 5.0, nan]]), np.array([[2.0, inf, 4.0]]), np.array([[9.0, 7, 2.0]])]
    assert middle(outputs).tolist() == [[2, 6, 3]]
    assert middle(outputs[:1]).tolist()[0][:2] == [1, 5]
