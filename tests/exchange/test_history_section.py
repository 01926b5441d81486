"""The history of a run in its file: it comes back whole, goes on, and broken ones are refused."""

import base64
import copy
import json
from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.limits import HISTORY_ROWS, MAX_HISTORY_VALUES
from playground.exchange.experiment_file import dumps, loads
from playground.exchange.history_columns import flattened, header, unflattened
from playground.exchange.history_section import most_rows
from playground.exchange.numbers_reading import pack
from playground.exchange.presets import welcome
from playground.exchange.trained import capture, restore
from playground.training.trainer import HISTORY_COLUMNS, Trainer
from tests.exchange.samples import advance, experiment, message, trained_tree, with_value

RUN = trained_tree(experiment(), 20)
"""Six epochs of three steps, and two steps more."""
REPLICAS = trained_tree(experiment(replicas=3), 20)
REMEDY = '; remove the section "history" to begin the charts anew'
AT = "trained.history.rows: "


def through_a_file(trainer: Trainer, limit: int = HISTORY_ROWS) -> Trainer:
    return restore(loads(dumps(capture(trainer))), limit)


def bytes_of(trainer: Trainer) -> bytes:
    return trainer.history.rows().cells.tobytes()


def table_of(tree: dict[str, Any]) -> np.ndarray:
    section = tree["trained"]["history"]
    values = np.frombuffer(base64.b64decode(section["rows"]), "<f8")
    return values.reshape(-1, len(section["columns"])).copy()


def with_table(table: np.ndarray, base: dict[str, Any] = RUN, **fields: Any) -> str:
    tree = copy.deepcopy(base)
    tree["trained"]["history"] |= {"rows": pack(table), **fields}
    return json.dumps(tree)


# --- what comes back ---------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", [1, 3])
def test_the_file_says_columns_spacing_and_rows(replicas: int) -> None:
    trainer = Trainer(experiment(replicas=replicas))
    trainer.run()
    section = json.loads(dumps(capture(trainer)))["trained"]["history"]
    assert list(section) == ["every", "columns", "rows"]
    assert section["every"] == 1
    names = header(HISTORY_COLUMNS, replicas)
    assert section["columns"] == names
    table = table_of({"trained": {"history": section}})
    assert table[:, 0].tolist() == list(range(13))
    last = "train_loss" if replicas == 1 else "train_loss_2"
    own = trainer.history.table()["train_loss"][:, -1]
    assert table[:, names.index(last)].tolist() == own.tolist()


@pytest.mark.parametrize("replicas", [1, 2, 5])
def test_a_flat_table_is_unflattened_as_it_was(replicas: int) -> None:
    cells = np.random.default_rng(0).normal(size=(7, len(HISTORY_COLUMNS), replicas))
    cells[:, :2] = cells[:, :2, :1]
    flat = flattened(HISTORY_COLUMNS, cells)
    assert flat.shape == (7, len(header(HISTORY_COLUMNS, replicas)))
    assert unflattened(HISTORY_COLUMNS, replicas, flat).tobytes() == cells.tobytes()


@pytest.mark.parametrize("source", ["circle", "plane"])
@pytest.mark.parametrize("limit", [4, 6, HISTORY_ROWS])
def test_interrupted_and_resumed_it_equals_that_of_one_run(limit: int, source: str) -> None:
    changed = replace(experiment(replicas=2, max_epochs=40), ("data", "source"), source)
    whole, parts = Trainer(changed, limit), Trainer(changed, limit)
    whole.run()
    for steps in (0, 1, 2, 17, 33, 3):
        parts = through_a_file(advance(parts, steps), limit)
    parts.run()
    assert bytes_of(parts) == bytes_of(whole)
    assert parts.history.every == whole.history.every
    assert dumps(capture(parts)) == dumps(capture(whole))


def test_a_run_that_diverges_leaves_the_same_history_after_a_resume() -> None:
    changed = experiment(replicas=3, loss="mse", optimizer="sgd")
    for place in (0, 1):
        changed = replace(changed, ("network", "hidden", place, "activation"), "linear")
    changed = replace(changed, ("training", "optimizer", "learning_rate"), 0.1)
    whole = Trainer(changed)
    whole.run()
    losses = whole.history.table()["train_loss"]
    assert np.isnan(losses).any()
    assert np.isfinite(losses[-1]).any()
    parts = Trainer(changed)
    for _ in range(9):
        parts = through_a_file(advance(parts, 5))
    parts.run()
    assert bytes_of(parts) == bytes_of(whole)


def test_a_file_without_a_history_opens_and_begins_with_the_present_scores() -> None:
    tree = copy.deepcopy(RUN)
    del tree["trained"]["history"]
    opened = restore(loads(json.dumps(tree)))
    table = opened.history.table()
    assert table["epoch"].tolist() == [[6.0]]
    assert table["test_loss"].tolist() == [[tree["trained"]["test_loss"]]]
    opened.run()
    again = through_a_file(opened)
    assert again.history.table()["epoch"][:, 0].tolist() == list(range(6, 13))
    assert dumps(capture(again)) == dumps(capture(opened))


def test_a_longer_one_is_thinned_to_the_limit_that_it_is_opened_with() -> None:
    changed = experiment(max_epochs=40)
    long, short = Trainer(changed), Trainer(changed, history_limit=8)
    for trainer in (long, short):
        advance(trainer, 3 * 25)
    opened = through_a_file(long, 8)
    for trainer in (short, opened):
        trainer.run()
    assert bytes_of(opened) == bytes_of(short)
    assert opened.history.every == 8


def test_thinned_rows_are_kept_and_closer_ones_follow_where_there_is_room() -> None:
    trainer = advance(Trainer(experiment(max_epochs=40), history_limit=8), 3 * 21)
    assert trainer.history.every == 4
    opened = through_a_file(trainer, 100)
    advance(opened, 3 * 5)
    epochs = [0, 4, 8, 12, 16, 20, 22, 23, 24, 25, 26]
    assert opened.history.table()["epoch"][:, 0].tolist() == epochs
    again = through_a_file(opened, 100)
    assert bytes_of(again) == bytes_of(opened)
    assert through_a_file(opened, 8).history.table()["epoch"][:, 0].tolist() == [*epochs[:6], 24]


def test_a_usual_run_adds_little_to_its_file() -> None:
    trainer = Trainer(welcome().experiment)
    trainer.run()
    text = dumps(capture(trainer))
    tree = json.loads(text)
    del tree["trained"]["history"]
    assert len(text) - len(dumps(loads(json.dumps(tree)))) < 20_000
    assert most_rows(1) * len(header(HISTORY_COLUMNS, 1)) <= MAX_HISTORY_VALUES
    assert most_rows(64) > HISTORY_ROWS  # whatever the window has trained can be opened again


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("", [], ": must be an object with named fields"),
        ("", "rows", ": must be an object with named fields"),
        ("row", "", ".row: unknown field; did you mean 'rows'?"),
        ("every", 0, ".every: must be at least 1"),
        ("every", 1.5, ".every: must be a whole number"),
        ("every", 3, ".every: must be a power of 2 (1, 2, 4, …), but is 3" + REMEDY),
        ("every", 10**40, ".every: must be at most"),
        ("every", 4, ".rows: row 1: epoch 1 is not a multiple of 4 epochs after the first row's 0"),
        (
            "columns",
            ["epoch", "loss"],
            ".columns: must be those of a run of 1 replica(s), in this order: epoch, step, "
            "train_loss, test_loss, train_accuracy, test_accuracy" + REMEDY,
        ),
        ("columns", None, ".columns: must be those of a run"),
        ("columns", {"epoch": 1}, ".columns: must be those of a run"),
        ("rows", None, ".rows: must be a text in Base64, but is None"),
        ("rows", [[0, 0, 1, 1, 1, 1]], ".rows: must be a text in Base64, but is a list of 1"),
        ("rows", "é", ".rows: must be a text in Base64, but is not"),
        ("rows", "AAAA", ".rows: must hold whole rows of 6 numbers of float64, 48 bytes each, but"),
        ("rows", "", ".rows: must hold from 1 to 333,333 rows, but holds 0" + REMEDY),
    ],
)
def test_a_wrong_section(path: str, value: Any, words: str) -> None:
    found = message(with_value(f"trained.history.{path}".rstrip("."), value, RUN))
    assert found.startswith("trained.history" + words)
    if "rows" in words or "columns" in words:
        assert found.endswith(REMEDY) or "unknown field" in found


def test_columns_of_other_replicas() -> None:
    columns = RUN["trained"]["history"]["columns"]
    assert message(with_value("trained.history.columns", columns, REPLICAS)) == (
        "trained.history.columns: must be those of a run of 3 replica(s), in this order: epoch, "
        "step, train_loss_0, train_loss_1, …, test_accuracy_2" + REMEDY
    )


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (2, 0, 1.0, "row 2: the epoch must be more than the 1 of the row before, but is 1"),
        (2, 0, 0.0, "row 2: the epoch must be more than the 1 of the row before, but is 0"),
        (2, 0, 2.5, "row 2: the epoch must be a whole number from 0"),
        (0, 0, -1.0, "row 0: the epoch must be a whole number from 0"),
        (2, 0, np.nan, "row 2: the epoch must be a whole number from 0"),
        (2, 1, np.inf, "row 2: the step must be a whole number from 0"),
        (3, 1, 5.0, "row 3: the step must be at least the 6 of the row before, but is 5"),
        (6, 0, 7.0, "goes to epoch 7, but the network is trained to epoch 6"),
        (6, 0, 1e300, "goes to epoch 1,000,"),
        (6, 1, 21.0, "goes to step 21, but the network is trained to step 20"),
        (4, 2, np.inf, "row 4: train_loss must be a finite number or NaN, but is inf"),
        (4, 3, -np.inf, "row 4: test_loss must be a finite number or NaN, but is -inf"),
        (4, 5, 1.5, "row 4: test_accuracy must be from 0 to 1 or NaN, but is 1.5"),
        (4, 4, -0.5, "row 4: train_accuracy must be from 0 to 1 or NaN, but is -0.5"),
    ],
)
def test_wrong_rows(row: int, column: int, value: float, words: str) -> None:
    table = table_of(RUN)
    table[row, column] = value
    found = message(with_table(table))
    assert found.startswith(AT + words)
    assert found.endswith(REMEDY)


def test_scores_may_be_missing() -> None:
    table = table_of(RUN)
    table[3, 2:] = np.nan
    opened = restore(loads(with_table(table)))
    assert np.isnan(opened.history.table()["test_loss"][3])


def test_too_many_rows() -> None:
    table = np.zeros((most_rows(1) + 1, 6))
    table[:, 0] = np.arange(len(table))
    tree = copy.deepcopy(RUN)
    tree["trained"] |= {"epoch": len(table), "step": len(table)}
    words = f"must hold from 1 to 333,333 rows, but holds 333,334{REMEDY}"
    assert message(with_table(table, tree)) == AT + words
    restore(loads(with_table(table[:-1], tree)))


def test_rows_of_a_table_that_is_further_than_the_network() -> None:
    assert message(with_value("trained.epoch", 3, RUN)).startswith(
        AT + "goes to epoch 6, but the network is trained to epoch 3"
    )
