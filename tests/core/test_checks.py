"""The rules between the parts of an experiment, and the warnings."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from playground.core.checks import warnings_in
from playground.core.editing import replace
from playground.core.errors import ExperimentError, problems_of
from playground.core.experiment import Experiment, Layer
from playground.core.families import Task, loss_for, losses, optimizers, sources
from playground.core.limits import MAX_CLASSES, MAX_COORDINATE, MAX_PARAMETERS

TWO, THREE = Task("classification", 2), Task("classification", 3)
NUMBERS = Task("regression", 0)


def refusals(given: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(given)
    return {problem.place: problem.message for problem in problems_of(caught.value)}


def points(targets: list[float], **more: Any) -> dict[str, Any]:
    rows = [[0.1 * index, 1.0, target] for index, target in enumerate(targets)]
    return {"data": {"source": "points", "points": rows, **more}, "training": {"stop": []}}


# --- loss and task -------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [name for name in sources if name != "points"])
@pytest.mark.parametrize("loss", losses)
def test_a_loss_is_taken_only_for_a_task_that_it_fits(source: str, loss: str) -> None:
    given = {"data": {"source": source}, "training": {"loss": loss}}
    task = sources[source].task
    assert task is not None
    if losses[loss].fits(task):
        assert Experiment.model_validate(given).sizes[-1] == losses[loss].outputs(task)
        return
    message = refusals(given)["training.loss"]
    assert f"{loss} does not fit {task}" in message
    fitting = [name for name, entry in losses.items() if entry.fits(task)]
    assert message.endswith("what fits: " + ", ".join(["auto", *fitting]))


@pytest.mark.parametrize(
    ("task", "name"), [(TWO, "binary_cross_entropy"), (THREE, "cross_entropy"), (NUMBERS, "mse")]
)
def test_the_automatic_loss_is_the_usual_one(task: Task, name: str) -> None:
    assert loss_for("auto", task) is losses[name]
    assert losses[name].fits(task)


def test_sizes_run_from_the_features_to_what_the_loss_needs() -> None:
    given: dict[str, Any] = {
        "data": {"source": "pinwheel", "features": ["x1", "x2", "x1_x2", "sin_x1"]},
        "network": {"hidden": [{"units": 5}, {"units": 2}]},
    }
    assert Experiment.model_validate(given).sizes == (4, 5, 2, 3)


# --- the points of one's own ---------------------------------------------------------------------


def test_the_source_points_needs_points_and_points_need_the_source() -> None:
    assert "at least one point" in refusals({"data": {"source": "points"}})["data.points"]
    given = {"data": {"points": [[0, 0, 1]]}}
    assert 'only used by the source "points", not by "circle"' in refusals(given)["data.points"]


@pytest.mark.parametrize("target", [-1, 0.5, MAX_CLASSES])
def test_a_target_that_is_no_class_is_refused_with_the_remedy(target: float) -> None:
    message = refusals(points([0, 1, target]))["data.points[2][2]"]
    assert f"but is {target:g}" in message
    assert '"problem": "regression"' in message
    assert Experiment.model_validate(points([0, 1, target], problem="regression")).data.task == (
        NUMBERS
    )


@pytest.mark.parametrize(
    ("targets", "task"), [([0, 0], TWO), ([0, 1], TWO), ([2, 0], THREE), ([1.0, 2.0], THREE)]
)
def test_classes_of_own_points_are_counted(targets: list[float], task: Task) -> None:
    data = Experiment.model_validate(points(targets)).data
    assert data.task == task
    assert data.count == 2  # whatever `samples` says


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ([0, 1], "data.points[0][2]"),
        ([0, 1, 0, 0], "data.points[0]"),
        (["0", 1, 0], "data.points[0][0]"),
        ([0, True, 0], "data.points[0][1]"),
        ([0, None, 0], "data.points[0][1]"),
        ([2 * MAX_COORDINATE, 1, 0], "data.points[0][0]"),
        ([0, float("nan"), 0], "data.points[0][1]"),
        ("012", "data.points[0]"),
    ],
)
def test_a_malformed_point_is_refused_at_its_place(row: Any, place: str) -> None:
    given = points([])
    given["data"]["points"] = [row]
    assert list(refusals(given)) == [place]


# --- BatchNorm, test set, stop rules, size -------------------------------------------------------


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize(
    ("samples", "share", "batch"), [(500, 0.5, 1), (2, 0.5, 10), (1, 0, "full")]
)
def test_batch_norm_is_refused_where_a_batch_has_one_point(
    place: str, samples: int, share: float, batch: int | str
) -> None:
    given: dict[str, Any] = {
        "data": {"samples": samples, "test_share": share},
        "network": {"hidden": [{}, {"batch_norm": place}]},
        "training": {"batch_size": batch, "stop": []},
    }
    message = refusals(given)["training.batch_size"]
    assert "BatchNorm needs at least 2 points in a batch" in message
    assert "larger batch or no BatchNorm" in message
    given["network"]["hidden"][1]["batch_norm"] = "none"
    Experiment.model_validate(given)


def test_batch_norm_takes_a_batch_of_two() -> None:
    Experiment.model_validate(
        {"network": {"hidden": [{"batch_norm": "before"}]}, "training": {"batch_size": 2}}
    )


def test_a_rule_that_needs_a_test_set_is_refused_without_one() -> None:
    given: dict[str, Any] = {
        "data": {"test_share": 0},
        "training": {"stop": [{"name": "target_loss"}, {"name": "test_loss_plateau"}]},
    }
    message = refusals(given)["training.stop[1]"]
    assert "no test points" in message
    assert "raise the test share or take another rule" in message
    given["data"] = {"samples": 1}  # of which no share is a point
    assert "take more points or another rule" in refusals(given)["training.stop[1]"]


def test_a_rule_is_listed_once() -> None:
    rules = [{"name": "target_loss"}, {"name": "gradient_norm"}, {"name": "target_loss"}]
    assert refusals({"training": {"stop": rules}}) == {
        "training.stop[2].name": "'target_loss' is listed twice"
    }


@pytest.mark.parametrize(
    ("samples", "share", "test"),
    [(500, 0.5, 250), (1, 0.5, 0), (2, 0.9, 1), (3, 0.1, 1), (10, 0.9, 9), (10, 0, 0)],
)
def test_a_test_set_leaves_a_point_to_train(samples: int, share: float, test: int) -> None:
    stop: list[Any] = []
    given = {"data": {"samples": samples, "test_share": share}, "training": {"stop": stop}}
    assert Experiment.model_validate(given).data.test_count == test


def test_too_many_parameters_are_refused_with_the_count() -> None:
    layers = [{"units": 512}] * 8
    message = refusals({"network": {"hidden": layers}, "training": {"replicas": 2}})[
        "network.hidden"
    ]
    count = 2 * (3 * 512 + 7 * 513 * 512 + 513)
    assert count > MAX_PARAMETERS
    assert f"{count:,} parameters in 2 network(s)" in message
    assert "fewer units, layers or replicas" in message
    Experiment.model_validate({"network": {"hidden": layers}})


# --- warnings ------------------------------------------------------------------------------------


def warned(given: Any) -> dict[str, str]:
    return {
        problem.place: problem.message for problem in warnings_in(Experiment.model_validate(given))
    }


def test_the_default_experiment_deserves_no_warning() -> None:
    assert warned({}) == {}


def test_a_slope_of_one_is_warned_against() -> None:
    def given(slope: float) -> Any:
        activation = {"name": "leaky_relu", "negative_slope": slope}
        return {"network": {"hidden": [{}, {"activation": activation}]}}

    found = warned(given(1))
    assert list(found) == ["network.hidden[1].activation.negative_slope"]
    assert "identity" in found["network.hidden[1].activation.negative_slope"]
    assert warned(given(0.999)) == {}


def test_fewer_than_100_test_points_that_pick_the_epoch_are_warned_against() -> None:
    found = warned({"data": {"samples": 198}})
    assert found["data.test_share"].startswith("99 test points pick the best epoch")
    found = warned({"data": {"samples": 2}, "training": {"batch_size": 1}})
    assert found["data.test_share"].startswith("1 test point picks the best epoch")
    assert warned({"data": {"samples": 200}}) == {}
    assert warned({"data": {"samples": 198}, "training": {"stop": []}}) == {}


@pytest.mark.parametrize("source", [name for name in sources if name != "points"])
def test_covariate_shift_without_a_rule_is_warned_against(source: str) -> None:
    given = {"data": {"source": source, "shift": {"name": "covariate", "x1": 1}}}
    found = warned(given)
    assert ("data.shift" in found) == (sources[source].rule is None)
    assert all("P(y|x) changes as well" in message for message in found.values())
    given["data"]["shift"] = "with_labels"
    assert warned(given) == {}


def test_more_wrong_labels_than_right_ones_are_warned_against() -> None:
    assert "stay below 0.5" in warned({"data": {"label_noise": 0.6}})["data.label_noise"]
    assert warned({"data": {"label_noise": 0.5}}) == {}
    assert warned({"data": {"source": "blobs", "classes": 4, "label_noise": 0.7}}) == {}
    assert warned({"data": {"source": "plane", "label_noise": 1.0}}) == {}


@pytest.mark.parametrize(
    ("batch_size", "words"),
    [
        (251, "a batch of 251 is more than the 250 training points: each step takes all there are"),
        (100_000, "a batch of 100,000 is more than the 250 training points"),
        (250, ""),
        ("full", ""),
    ],
)
def test_a_batch_larger_than_the_data_is_warned_against(batch_size: Any, words: str) -> None:
    found = warned({"training": {"batch_size": batch_size}})
    assert found.get("training.batch_size", "").startswith(words)
    assert bool(found) == bool(words)


@pytest.mark.parametrize("name", list(optimizers))
def test_a_learning_rate_of_which_nothing_good_can_come_is_warned_against(name: str) -> None:
    def given(rate: float) -> Any:
        return {"training": {"optimizer": {"name": name, "learning_rate": rate}}}

    place = "training.optimizer.learning_rate"
    assert "with a learning rate of 1e+06 the loss most likely" in warned(given(1e6))[place]
    assert "with a learning rate of 0 nothing is learned" in warned(given(0))[place]
    assert warned(given(1e-5)) == warned(given(10)) == {}


def test_a_batch_that_would_fill_the_memory_is_refused() -> None:
    large = replace(Experiment(), ("data", "samples"), 100_000)
    large = replace(large, ("network", "hidden"), (replace(Layer(), ("units",), 400),) * 6)
    with pytest.raises(ExperimentError, match=r"training\.batch_size: .* take a smaller batch"):
        replace(large, ("training", "batch_size"), "full")
