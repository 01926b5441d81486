"""What is written comes back: the experiment as a whole, the weights bit for bit."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import __version__
from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.core.families import activations, initializers, optimizers, sources
from playground.core.fields import control_of
from playground.exchange.document import Document
from playground.exchange.experiment_file import dumps, load, loads, save
from playground.exchange.json_writing import text_of
from playground.exchange.trained import capture, restore, since
from playground.training.trainer import Trainer
from tests.exchange.samples import advance, experiment, trained_tree
from tests.strategies import experiments

EXAMPLE = """
{"format": "gradient-playground/experiment", "version": 1, "name": "Example",
 "data": {"source": "circle", "samples": 500, "noise": 0.1, "test_share": 0.5, "seed": 7,
          "features": ["x1", "x2"]},
 "network": {"hidden": [{"units": 8, "activation": {"name": "leaky_relu", "negative_slope": 0.01},
                         "initializer": {"name": "he_normal"}, "batch_norm": "none",
                         "dropout": 0.0}],
             "output": {"initializer": {"name": "xavier_uniform"}}},
 "training": {"loss": "auto", "optimizer": {"name": "adam", "learning_rate": 0.01},
              "regularizer": {"name": "none"}, "batch_size": 10, "max_epochs": 1000,
              "stop": [{"name": "test_loss_plateau", "patience": 20, "min_delta": 0.001,
                        "start_epoch": 10, "restore_best": true}],
              "seed": 0, "replicas": 1, "precision": "float32"}}
"""


def outputs(trainer: Trainer) -> bytes:
    inputs = np.random.default_rng(0).normal(size=(trainer.network.sizes[0], 50)) * 4
    return trainer.network.outputs(inputs).tobytes()


def assert_comes_back(trainer: Trainer) -> None:
    text = dumps(capture(trainer))
    opened = restore(loads(text))
    # Of a replica that has ended, what it ended with is written.
    settled = trainer.outcome.present()[0].tobytes()
    assert opened.network.theta.tobytes() == settled
    if not trainer.outcome.ended.any() or trainer.stop is not None:
        assert outputs(opened) == outputs(trainer)
    assert (opened.epoch, opened.step, opened.stop) == (trainer.epoch, trainer.step, trainer.stop)
    assert opened.history.rows().cells.tobytes() == trainer.history.rows().cells.tobytes()
    assert dumps(capture(opened)) == text


@given(experiments())
def test_an_untrained_experiment_comes_back(drawn: Experiment) -> None:
    text = dumps(Document(drawn))
    opened = loads(text)
    assert opened.experiment == drawn
    assert opened.trained is None
    assert dumps(opened) == text


@given(experiments(small=True), st.integers(0, 12))
def test_any_trained_experiment_comes_back(drawn: Experiment, steps: int) -> None:
    assert_comes_back(advance(Trainer(drawn), steps))


@pytest.mark.parametrize("name", activations)
def test_every_activation_comes_back(name: str) -> None:
    path = ("network", "hidden", 0, "activation")
    assert_comes_back(advance(Trainer(replace(experiment(), path, name)), 5))


@pytest.mark.parametrize("name", initializers)
def test_every_initializer_comes_back(name: str) -> None:
    path = ("network", "hidden", 1, "initializer")
    assert_comes_back(advance(Trainer(replace(experiment(), path, name)), 5))


@pytest.mark.parametrize("name", optimizers)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_every_optimizer_comes_back(name: str, precision: str) -> None:
    assert_comes_back(advance(Trainer(experiment(optimizer=name, precision=precision)), 5))


@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("source", [name for name in sources if name != "points"])
def test_every_data_set_and_batch_norm_come_back(source: str, batch_norm: str) -> None:
    changed = replace(experiment(batch_norm=batch_norm), ("data", "source"), source)
    assert_comes_back(advance(Trainer(changed), 5))


def test_replicas_come_back() -> None:
    assert_comes_back(advance(Trainer(experiment(replicas=3, batch_norm="after")), 5))


def test_a_network_without_hidden_layers_comes_back() -> None:
    assert_comes_back(advance(Trainer(replace(experiment(), ("network", "hidden"), ())), 5))


def test_the_example_of_the_format_opens_with_defaults() -> None:
    opened = loads(EXAMPLE)
    assert opened.experiment == Experiment(
        name="Example", network={"hidden": [{"units": 8, "activation": "leaky_relu"}]}
    )


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_single_precision_is_written_short_and_exact(values: list[float]) -> None:
    written = text_of(np.array(values, np.float32))
    assert np.array(json.loads(written), np.float64).astype(np.float32).tobytes() == (
        np.array(values, np.float32).tobytes()
    )
    for text in written[1:-1].split(", "):
        digits = text.lstrip("-").split("e")[0].replace(".", "").strip("0")
        assert len(digits) <= 9


def test_a_number_that_is_not_finite_is_never_written() -> None:
    for value in (np.array([1, np.nan]), np.array([[np.inf]]), float("nan")):
        with pytest.raises(ValueError, match=r"not finite|not JSON compliant"):
            text_of(value)


def test_the_text_is_ordered_complete_and_readable() -> None:
    changed = experiment(batch_norm="before")
    text = dumps(capture(advance(Trainer(changed), 5)))
    tree = json.loads(text)
    assert list(tree) == ["format", "version", "name", "data", "network", "training", "trained"]
    assert list(tree["training"]) == [
        "loss", "optimizer", "schedule", "clipping", "regularizer", "batch_size", "max_epochs",
        "stop", "seed", "replicas", "precision",
    ]  # fmt: skip
    fields = type(changed.data).model_fields
    assert set(tree["data"]) == {n for n, info in fields.items() if not control_of(info).quiet}
    layers = tree["trained"]["layers"]
    assert list(layers[1]) == [
        "weights", "biases", "gamma", "beta", "running_mean", "running_variance",
    ]  # fmt: skip
    assert list(layers[0]) == list(layers[2]) == ["weights", "biases"]
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip() == '"weights": [')
    assert [len(json.loads(line.strip().rstrip(","))) for line in lines[start + 1 : start + 3]] == [
        4,
        4,
    ]
    assert lines[start + 3].strip() == "],"
    head = text[: text.index('"trained"')]
    assert max(map(len, head.splitlines())) <= 120


def test_what_is_quiet_is_written_where_it_is_used() -> None:
    data = {
        "source": "rings", "classes": 4, "balance": 0.1, "label_noise": 0.2,
        "shift": {"name": "covariate", "x1": 2},
    }  # fmt: skip
    plain = Experiment.model_validate({"data": {"source": "rings"}})
    quiet = [name for name in data if name != "source"]
    assert not set(quiet) & set(json.loads(dumps(Document(plain)))["data"])
    used = Experiment.model_validate({"data": data})
    written = json.loads(dumps(Document(used)))["data"]
    assert {name: written[name] for name in quiet[:3]} == {n: data[n] for n in quiet[:3]}
    assert written["shift"] == {
        "name": "covariate", "x1": 2, "x2": 0, "rotation": 0, "scale": 1,
    }  # fmt: skip
    assert loads(dumps(Document(used))).experiment == used


def test_losses_and_versions_are_written() -> None:
    trainer = advance(Trainer(experiment()), 6)
    trained = json.loads(dumps(capture(trainer)))["trained"]
    assert trained["epoch"] == 2
    assert trained["step"] == 6
    assert trained["stopped"] is None
    assert trained["train_loss"] == trainer.scores.train_loss[0]
    assert trained["test_accuracy"] == trainer.scores.test_accuracy[0]
    assert list(trained["versions"]) == ["playground", "numpy", "python"]


def test_within_an_epoch_the_losses_are_those_of_the_weights_that_are_written() -> None:
    trainer = advance(Trainer(experiment()), 5)
    trained = json.loads(dumps(capture(trainer)))["trained"]
    trainer.rescore()
    assert trained["test_loss"] == trainer.scores.test_loss[0]


def test_what_there_is_not_is_null() -> None:
    plane = replace(experiment(), ("data", "source"), "plane")
    without_test = replace(plane, ("data", "test_share"), 0.0)
    trained = trained_tree(without_test)["trained"]
    assert trained["train_loss"] is not None
    assert trained["test_loss"] is trained["train_accuracy"] is trained["test_accuracy"] is None


def test_why_it_stopped_is_written_and_comes_back() -> None:
    trainer = advance(Trainer(experiment()), 1000)
    text = dumps(capture(trainer))
    stopped = json.loads(text)["trained"]["stopped"]
    assert stopped["name"] == "max_epochs"
    assert stopped["epoch"] == 12
    assert restore(loads(text)).stop == trainer.stop


def test_saved_and_loaded_with_a_byte_order_mark_or_without(tmp_path) -> None:
    path = tmp_path / "Спираль.json"
    document = Document(replace(experiment(), ("name",), "Спираль — 螺旋"))
    save(document, path)
    assert load(path).experiment == document.experiment
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(path).experiment == document.experiment


def test_weights_alone_are_enough() -> None:
    trainer = advance(Trainer(experiment(batch_norm="after")), 5)
    tree = json.loads(dumps(capture(trainer)))
    tree["trained"] = {"layers": tree["trained"]["layers"]}
    opened = restore(loads(json.dumps(tree)))
    assert outputs(opened) == outputs(trainer)
    assert opened.epoch == opened.step == 0
    assert opened.stop is None
    opened.run()
    assert opened.stop is not None
    assert opened.epoch == 12


@pytest.mark.parametrize(
    ("version", "is_older"),
    [
        ("0.0.9", True),
        (__version__, False),
        ("0.1", False),
        ("0.10.0", False),
        ("1.0", False),
        ("99999.1", False),
        ("", False),
        ("<b>", False),
    ],
)
def test_that_an_older_program_wrote_it_is_said(version, is_older):
    document = capture(Trainer(experiment()))
    older = dataclasses.replace(document.trained, versions={"playground": version})
    said = since(Document(document.experiment, older))
    assert bool(said) == is_older
    assert not is_older or "Gradient Playground 0.0:" in said
    assert since(Document(document.experiment)) == ""
