"""What is read of the answers to single points and of all errors, and that it changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import activations
from playground.training.evaluation import Evaluator
from playground.training.instruments import instruments
from playground.training.instruments.answers import MOST_POINTS, some_rows
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, state_of


def trained(
    source: str = "circle", activation: str = "tanh", replicas: int = 1, **data: Any
) -> Trainer:
    layer = {"units": 5, "activation": activation, "batch_norm": "before", "dropout": 0.2}
    trainer = Trainer(
        experiment(
            [layer, {**layer, "batch_norm": "after"}],
            data={"source": source, **data},
            training={"replicas": replicas},
        )
    )
    for _ in range(3):
        trainer.run_epoch()
    return trainer


def read(name: str, trainer: Trainer, replica: int = 0) -> Any:
    return instruments[name](trainer).read(replica)


@pytest.mark.parametrize("activation", list(activations))
@pytest.mark.parametrize("replicas", [1, 3])
def test_accuracies_and_answers_are_those_of_the_evaluation(activation: str, replicas: int) -> None:
    trainer = trained("pinwheel", activation, replicas)
    scores = Evaluator(trainer.network, trainer.dataset).scores()
    for replica in range(replicas):
        errors, answers = read("errors", trainer, replica), read("answers", trainer, replica)
        assert errors.replica == answers.replica == replica
        for part, own, answered, accuracy in (
            (trainer.dataset.train, errors.train, answers.train, scores.train_accuracy),
            (trainer.dataset.test, errors.test, answers.test, scores.test_accuracy),
        ):
            assert own.accuracy == pytest.approx(accuracy[replica])
            assert own.confusion.sum() == len(part)
            classes = [int((part.targets == index).sum()) for index in range(3)]
            assert own.confusion.sum(axis=1).tolist() == classes
            assert 1 - answered.wrong.mean() == pytest.approx(accuracy[replica])
            outputs = trainer.network.outputs(part.inputs)[replica]
            np.testing.assert_allclose(answered.outputs, outputs, rtol=1e-5, atol=1e-6)
            np.testing.assert_array_equal(answered.predicted, answered.outputs.argmax(axis=0))
            np.testing.assert_array_equal(answered.wrong, answered.predicted != part.targets)


def test_a_cell_counts_the_points_of_a_class_that_get_an_answer() -> None:
    trainer = trained("pinwheel")
    answers, errors = read("answers", trainer), read("errors", trainer)
    targets, said = trainer.dataset.train.targets, answers.train.predicted
    for row in range(3):
        for column in range(3):
            count = int(((targets == row) & (said == column)).sum())
            assert errors.train.confusion[row, column] == count


@pytest.mark.parametrize("replicas", [1, 3])
def test_the_measures_of_values_are_those_of_the_residuals(replicas: int) -> None:
    trainer = trained("reg_gauss", replicas=replicas)
    replica = replicas - 1
    errors, answers = read("errors", trainer, replica), read("answers", trainer, replica)
    for part, own, answered in (
        (trainer.dataset.train, errors.train, answers.train),
        (trainer.dataset.test, errors.test, answers.test),
    ):
        residuals = part.targets - answered.predicted
        assert own.confusion is None
        assert own.rmse == pytest.approx(np.sqrt((residuals**2).mean()), rel=1e-5)
        assert own.mae == pytest.approx(np.abs(residuals).mean(), rel=1e-5)
        right = 1 - (residuals**2).mean() / part.targets.var()
        assert own.r2 == pytest.approx(right, rel=1e-5)
        assert not answered.wrong.any()


def test_without_test_points_nothing_is_said_of_them() -> None:
    for source in ("circle", "plane"):
        trainer = trained(source, test_share=0)
        errors, answers = read("errors", trainer), read("answers", trainer)
        assert errors.test.count == 0
        assert np.isnan([errors.test.accuracy, errors.test.rmse, errors.test.r2]).all()
        assert answers.test.outputs.shape[1] == len(answers.test.rows) == 0


def test_what_is_not_a_number_is_no_answer() -> None:
    trainer = trained()
    trainer.network.theta[:] = np.nan
    trainer.outcome.weights_of = lambda replica: (  # type: ignore[method-assign]  # as of a run
        trainer.network.theta[replica],  # that has had no finite weights
        trainer.network.running[replica],
    )
    errors, answers = read("errors", trainer), read("answers", trainer)
    assert errors.train.confusion.sum() == 0
    assert errors.train.accuracy == 0
    assert answers.train.wrong.all()


def test_of_very_many_points_some_are_asked_and_all_are_counted() -> None:
    trainer = Trainer(experiment(data={"samples": 20_000, "test_share": 0.3}))
    answers, errors = read("answers", trainer), read("errors", trainer)
    asked = len(answers.train.rows) + len(answers.test.rows)
    assert asked == MOST_POINTS
    assert len(answers.test.rows) == pytest.approx(0.3 * MOST_POINTS, abs=1)
    assert errors.train.count + errors.test.count == 20_000
    for rows, part in zip(some_rows(trainer.dataset), (answers.train, answers.test), strict=True):
        np.testing.assert_array_equal(rows, part.rows)
        assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("name", ["answers", "errors"])
@pytest.mark.parametrize("source", ["pinwheel", "reg_gauss"])
@pytest.mark.parametrize("replicas", [1, 3])
def test_reading_changes_nothing(name: str, source: str, replicas: int) -> None:
    alone, read_of = (trained(source, replicas=replicas) for _ in range(2))
    instrument = instruments[name](read_of)
    for _ in range(3):
        for trainer in (alone, read_of):
            trainer.single_step()
        instrument.read(replicas - 1)
    for trainer in (alone, read_of):
        trainer.run_epoch()
    assert state_of(alone) == state_of(read_of)


@pytest.mark.parametrize("source", ["circle", "reg_gauss"])
def test_readings_cannot_be_written_to(source: str) -> None:
    trainer = trained(source)
    answers, errors = read("answers", trainer), read("errors", trainer)
    for part in (answers.train, answers.test):
        for array in (part.outputs, part.predicted, part.wrong):
            assert not array.flags.writeable
    if errors.train.confusion is not None:
        assert not errors.train.confusion.flags.writeable
