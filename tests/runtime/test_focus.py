"""A part of the plane that is looked at closely, and a point that is followed over the run."""

from __future__ import annotations

import numpy as np
import pytest

from playground.core.experiment import Experiment
from playground.data.features import compute
from playground.runtime import past, trace
from playground.runtime.focus import Focus
from playground.runtime.session import Session
from playground.runtime.snapshot import Photographer
from playground.training.trainer import Trainer

PART = (-1.0, 2.0, 0.5, 3.5)
POINT = (0.75, -2.0)


def trainer_of(source: str = "pinwheel", **training: object) -> Trainer:
    layer = {"units": 5, "activation": "tanh", "batch_norm": "before", "dropout": 0.2}
    return Trainer(
        Experiment.model_validate(
            {
                "data": {"source": source, "samples": 60, "features": ["x1", "x2", "sin_x1"]},
                "network": {"hidden": [layer]},
                "training": {"stop": [], "max_epochs": 10**6, **training},
            }
        )
    )


def answers_of(trainer: Trainer, replica: int = 0) -> np.ndarray:
    inputs = compute(trainer.experiment.data.features, np.array([POINT]))
    return trainer.network.outputs(inputs)[replica, :, 0]


@pytest.mark.parametrize("replicas", [1, 3])
def test_the_field_is_that_of_the_part_in_sight(replicas: int) -> None:
    trainer = trainer_of(replicas=replicas)
    camera = Photographer(trainer, 1, wish=0, focus=Focus(PART))
    picture = camera.take(False, 0.0)
    assert picture.extent == PART
    size = picture.field.shape[-1]
    low1, high1, low2, high2 = PART
    for row, column in ((0, 0), (13, 71), (size - 1, size - 1)):
        x1 = low1 + (column + 0.5) / size * (high1 - low1)
        x2 = low2 + (row + 0.5) / size * (high2 - low2)
        inputs = compute(trainer.experiment.data.features, np.array([[x1, x2]]))
        expected = trainer.network.outputs(inputs)[0, :, 0]
        np.testing.assert_allclose(picture.field[:, row, column], expected, rtol=1e-4, atol=1e-5)
    camera.focus = Focus()
    assert camera.take(True, 0.0).extent == (-6, 6, -6, 6), "at once, whatever the ration says"
    camera.wish, camera.focus = None, Focus(PART)
    assert camera.take(False, 0.0).extent == PART


@pytest.mark.parametrize("replicas", [1, 3])
def test_a_point_is_followed_from_the_start_of_the_run(replicas: int) -> None:
    trainer = trainer_of(replicas=replicas)
    camera, shown = Photographer(trainer, 1, wish=replicas - 1), replicas - 1
    expected = [answers_of(trainer, shown)]
    for _ in range(6):
        trainer.run_epoch()
        expected.append(answers_of(trainer, shown))
    assert camera.take(False, 0.0).trace is None
    camera.focus = Focus(point=POINT)
    trainer.single_step()
    expected.append(answers_of(trainer, shown))
    found = camera.take(False, 0.0).trace
    assert found is not None
    assert (found.point, found.replica) == (POINT, shown)
    part = 1 / trainer.steps_per_epoch
    np.testing.assert_allclose(found.epochs, [*range(7), 6 + part])
    np.testing.assert_allclose(found.outputs, np.stack(expected, axis=1), rtol=1e-4, atol=1e-6)
    assert not found.outputs.flags.writeable


def test_each_moment_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = trainer_of()
    camera = Photographer(trainer, 1, focus=Focus(point=POINT))
    asked = []
    stand_in = camera._tracer._stand_in
    plain = stand_in.with_weights
    monkeypatch.setattr(
        stand_in, "with_weights", lambda *given: asked.append(1) or plain(*given)
    )  # fmt: skip
    for _ in range(5):
        trainer.run_epoch()
    camera.take(False, 0.0)
    first = len(asked)
    assert first == 6 + 1, "the moments at epochs 0 to 5, and now"
    camera.take(False, 0.0)
    trainer.run_epoch()
    camera.take(False, 0.0)
    assert len(asked) == first + 1 + 2


def test_a_trace_is_bounded_as_the_past_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "MOST_MOMENTS", 8)
    trainer = trainer_of()
    camera = Photographer(trainer, 1, focus=Focus(point=POINT))
    for _ in range(40):
        trainer.run_epoch()
        found = camera.take(False, 0.0).trace
        assert found is not None
        assert len(found.epochs) <= 9
        assert (np.diff(found.epochs) > 0).all()
        assert found.epochs[0] == 0
        assert found.epochs[-1] == trainer.epoch


def test_where_no_moments_are_kept_it_is_followed_from_now_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(past, "MOST_BYTES", 10)
    monkeypatch.setattr(trace, "MOST_ROWS", 8)
    trainer = trainer_of()
    camera = Photographer(trainer, 1)
    trainer.run_epoch()
    camera.focus = Focus(point=POINT)
    for _ in range(30):
        found = camera.take(False, 0.0).trace
        assert found is not None
        assert found.epochs[0] == 1
        assert len(found.epochs) <= 9
        np.testing.assert_allclose(found.outputs[:, -1], answers_of(trainer), rtol=1e-4, atol=1e-6)
        trainer.run_epoch()


def test_following_a_point_changes_nothing() -> None:
    alone, followed = trainer_of(), trainer_of()
    camera = Photographer(followed, 1, focus=Focus(PART, POINT))
    for _ in range(4):
        for trainer in (alone, followed):
            trainer.single_step()
        camera.take(True, 0.0)
    assert alone.network.theta.tobytes() == followed.network.theta.tobytes()
    assert alone.network.running.tobytes() == followed.network.running.tobytes()


def test_a_branch_is_followed_through_what_it_has_in_common() -> None:
    trainer = trainer_of()
    camera = Photographer(trainer, 1, focus=Focus(point=POINT))
    for _ in range(6):
        trainer.run_epoch()
    whole = camera.take(False, 0.0).trace
    camera.look_back(3)
    back = camera.take(False, 0.0)
    assert whole is not None
    assert back.trace is not None
    np.testing.assert_array_equal(back.trace.epochs, whole.epochs)
    branch = camera.branch(2)
    assert branch.focus == camera.focus
    found = branch.take(False, 0.0).trace
    assert found is not None
    np.testing.assert_array_equal(found.epochs, whole.epochs[:4])
    np.testing.assert_allclose(found.outputs, whole.outputs[:, :4], rtol=1e-5, atol=1e-7)


def test_a_focus_holds_for_later_runs_too(qapp, qtbot) -> None:  # type: ignore[no-untyped-def]
    session = Session(Experiment())
    frames: list = []
    session.frame.connect(frames.append)
    try:
        session.focus_on(Focus(PART, POINT))
        qtbot.waitUntil(lambda: bool(frames) and frames[-1].extent == PART)
        assert frames[-1].trace.point == POINT
        run = frames[-1].run
        session.new_seed()
        qtbot.waitUntil(lambda: frames[-1].run != run)
        assert frames[-1].extent == PART
        session.undo()
        qtbot.waitUntil(lambda: frames[-1].run == run)
        session.focus_on(Focus())
        qtbot.waitUntil(lambda: frames[-1].extent != PART)
        assert frames[-1].trace is None
    finally:
        session.shut_down()
