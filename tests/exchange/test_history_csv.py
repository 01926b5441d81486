"""The history as a table."""

import csv
import io
import math

import numpy as np

from playground.core.editing import replace
from playground.exchange import history_csv
from playground.training.history import History
from playground.training.trainer import HISTORY_COLUMNS, Trainer
from tests.exchange.samples import experiment


def text_of(history: History) -> str:
    return history_csv.dumps(history.columns, history.rows().cells)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_row_an_epoch_with_all_digits() -> None:
    trainer = Trainer(experiment())
    trainer.run()
    text = text_of(trainer.history)
    assert text.splitlines()[0] == ",".join(HISTORY_COLUMNS)
    table, found = trainer.history.table(), rows(text)
    assert [row["epoch"] for row in found] == [str(epoch) for epoch in range(13)]
    assert found[-1]["step"] == str(trainer.step)
    for name in HISTORY_COLUMNS:
        assert [float(row[name]) for row in found] == table[name][:, 0].tolist()


def test_each_replica_has_its_columns() -> None:
    trainer = Trainer(experiment(replicas=2, max_epochs=3))
    trainer.run()
    found = rows(text_of(trainer.history))
    assert list(found[0]) == [
        "epoch", "step", "train_loss_0", "train_loss_1", "test_loss_0", "test_loss_1",
        "train_accuracy_0", "train_accuracy_1", "test_accuracy_0", "test_accuracy_1",
    ]  # fmt: skip
    column = [float(row["test_loss_1"]) for row in found]
    assert column == trainer.history.table()["test_loss"][:, 1].tolist()


def test_what_there_is_not_is_empty() -> None:
    changed = replace(experiment(), ("data", "source"), "plane")
    trainer = Trainer(replace(changed, ("data", "test_share"), 0.0))
    trainer.run()
    for row in rows(text_of(trainer.history)):
        assert row["test_loss"] == row["train_accuracy"] == row["test_accuracy"] == ""
        assert math.isfinite(float(row["train_loss"]))


def test_a_thinned_history_tells_its_epochs() -> None:
    history = History(("epoch", "step", "train_loss"), 1, limit=8)
    for epoch in range(30):
        history.append(epoch, 2 * epoch, np.array([1 / (epoch + 1)]))
    epochs = [int(row["epoch"]) for row in rows(text_of(history))]
    assert epochs == list(range(0, 30, history.every))
    assert history.every == 4
