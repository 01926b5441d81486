"""Small experiments and trainers for the tests of this floor."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.core.errors import ExperimentError
from playground.core.experiment import Data, Experiment, Layer, Network, Training
from playground.core.families import activations, optimizers, stop_rules
from playground.exchange.experiment_file import dumps, loads
from playground.exchange.trained import capture
from playground.training.trainer import Trainer


def experiment(
    *, batch_norm: str = "none", dropout: float = 0.0, optimizer: str = "adam", **training: Any
) -> Experiment:
    """Two hidden layers of 4 and 3 units on 40 points, 20 of them for the test."""
    hidden = (
        Layer(units=4, activation=activations["tanh"](), dropout=dropout),
        Layer(units=3, batch_norm=batch_norm),
    )
    settings: dict[str, Any] = {"batch_size": 7, "max_epochs": 12, "stop": ()} | training
    return Experiment(
        name="Small",
        data=Data(samples=40),
        network=Network(hidden=hidden),
        training=Training(optimizer=optimizers[optimizer](), **settings),
    )


def all_rules() -> tuple[Any, ...]:
    """Every stop rule, set so that only the plateau can stop a run."""
    return (
        stop_rules["test_loss_plateau"](patience=3, start_epoch=2),
        stop_rules["gradient_norm"](epsilon=0),
        stop_rules["weight_change"](epsilon=0),
        stop_rules["target_loss"](target=0),
    )


def advance(trainer: Trainer, steps: int) -> Trainer:
    """Make so many steps, or fewer if the run ends."""
    end = trainer.step + steps
    made = trainer.step

    def enough() -> bool:
        nonlocal made
        made += 1
        return made >= end

    if steps:
        trainer.run(enough)
    return trainer


def trained_tree(experiment: Experiment, steps: int = 5) -> dict[str, Any]:
    """A file with a trained section, as plain dicts and lists."""
    tree: dict[str, Any] = json.loads(dumps(capture(advance(Trainer(experiment), steps))))
    return tree


ONE = trained_tree(experiment(batch_norm="before", stop=all_rules()), 8)
THREE = trained_tree(experiment(replicas=3), 5)


def message(text: str) -> str:
    with pytest.raises(ExperimentError) as caught:
        loads(text, "file.json")
    return str(caught.value)


def at(tree: Any, path: str) -> tuple[Any, Any]:
    """The container and the key of a place such as ``trained.layers.0.weights``."""
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in parents:
        tree = tree[key]
    return tree, last


def with_value(path: str, value: Any, base: dict[str, Any] = ONE) -> str:
    tree = copy.deepcopy(base)
    parent, key = at(tree, path)
    parent[key] = value
    return json.dumps(tree)


def without(path: str, base: dict[str, Any] = ONE) -> str:
    tree = copy.deepcopy(base)
    parent, key = at(tree, path)
    del parent[key]
    return json.dumps(tree)


ALLOWED_MB = 200
"""What looking at a file that is refused may take of memory."""
PROBE = """
import resource, sys
from pathlib import Path
import orjson
from playground.core.errors import PlaygroundError
from playground.exchange import experiment_file, incoming, resume_section, sifting

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

before = peak()
try:
    experiment_file.load(Path(sys.argv[1]))
except PlaygroundError as error:
    print(peak() - before, error)
"""


def refused_apart(path: Path) -> tuple[str, int]:
    """What another process says of a file that it refuses, and the MB that it takes to do so."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE, path], capture_output=True, text=True, check=True
    )
    more, message = run.stdout.split(" ", 1)
    return message, int(more)
