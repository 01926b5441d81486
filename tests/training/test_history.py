from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.limits import HISTORY_ROWS
from playground.training.history import History
from playground.training.trainer import Trainer
from tests.training.helpers import experiment


@given(offers=st.integers(0, 700), limit=st.integers(0, 90))
def test_rows_stay_bounded_and_evenly_spread(offers: int, limit: int) -> None:
    history = History(("epoch", "value"), limit=limit)
    for epoch in range(offers):
        history.append(epoch, 10.0 * epoch)
    epochs = history.table()["epoch"][:, 0]
    most = max(limit, 4)
    assert len(history) == len(epochs) <= most
    # A power of two apart, from the first on, and the last one is the youngest that fits.
    assert history.every & (history.every - 1) == 0
    assert epochs.tolist() == list(range(0, offers, history.every))
    if history.every > 1:
        assert len(history) > most // 2
    else:
        assert len(history) == offers
    assert np.array_equal(history.table()["value"][:, 0], 10 * epochs)


@pytest.mark.parametrize("width", [1, 3])
def test_a_cell_is_a_number_for_all_or_one_for_each(width: int) -> None:
    history = History(("epoch", "loss"), width)
    history.append(0, np.arange(width))
    history.append(1, 5.0)
    table = history.table()
    assert table["epoch"].shape == table["loss"].shape == (2, width)
    assert table["epoch"].tolist() == [[0] * width, [1] * width]
    assert table["loss"].tolist() == [list(range(width)), [5] * width]


def test_a_table_is_a_copy_that_nobody_can_write_to() -> None:
    history = History(("epoch",))
    history.append(1)
    table = history.table()
    history.append(2)
    assert table["epoch"].tolist() == [[1]]
    with pytest.raises(ValueError, match="read-only"):
        table["epoch"][0] = 3


def test_clearing_starts_anew() -> None:
    history = History(("epoch",), limit=8)
    for epoch in range(100):
        history.append(epoch)
    history.clear()
    assert len(history) == 0
    assert history.every == 1
    history.append(7)
    assert history.table()["epoch"].tolist() == [[7]]


def test_a_turn_that_is_skipped_counts_like_a_row_that_is_not_kept() -> None:
    offered, skipped = History(("epoch",), limit=8), History(("epoch",), limit=8)
    for epoch in range(200):
        offered.append(epoch)
        if skipped.is_due:
            skipped.append(epoch)
        else:
            skipped.skip()
    assert offered.every == skipped.every > 1
    assert np.array_equal(offered.table()["epoch"], skipped.table()["epoch"])


def offered(count: int, limit: int, start: int = 0) -> History:
    history = History(("epoch", "value"), limit=limit)
    for epoch in range(start, count):
        history.append(epoch, 10.0 * epoch)
    return history


def taken_up(history: History, offers: int, limit: int) -> History:
    rows = history.rows()
    again = History(history.columns, limit=limit)
    again.take_up(rows.cells, rows.cells[:, 0, 0].astype(int), offers)
    return again


@given(before=st.integers(1, 400), after=st.integers(0, 400), limit=st.integers(4, 90))
def test_taken_up_it_goes_on_as_if_never_interrupted(before: int, after: int, limit: int) -> None:
    whole, parts = offered(before + after, limit), taken_up(offered(before, limit), before, limit)
    for epoch in range(before, before + after):
        parts.append(epoch, 10.0 * epoch)
    assert parts.every == whole.every
    assert parts.rows().cells.tobytes() == whole.rows().cells.tobytes()


@given(before=st.integers(1, 400), old=st.integers(4, 90), new=st.integers(4, 90))
def test_another_limit_thins_or_keeps_what_is_there(before: int, old: int, new: int) -> None:
    history, whole = offered(before, old), offered(before, new)
    again = taken_up(history, before, new)
    assert again.every == whole.every
    if history.every <= whole.every:
        assert again.rows().cells.tobytes() == whole.rows().cells.tobytes()
    else:  # what is gone is gone; from here on rows follow as closely as the new limit allows
        assert again.rows().cells.tobytes() == history.rows().cells.tobytes()
    for epoch in range(before, before + 300):
        again.append(epoch, 10.0 * epoch)
        assert len(again) <= new
    epochs = again.table()["epoch"][:, 0]
    late = epochs[epochs >= before]
    assert set(np.diff(late)) <= {again.every}
    assert (epochs % again.every == 0).all()


def test_what_is_not_finite_is_kept_as_one_kind_of_nan() -> None:
    history = History(("epoch", "loss"), 3)
    history.append(0, np.array([np.inf, -np.nan, 0.5]))
    nan = np.array([np.nan, np.nan, 0.5])
    assert history.table()["loss"].tobytes() == nan.tobytes()


def test_more_than_a_hundred_thousand_rows_take_no_more_room_than_the_limit() -> None:
    history = History(("epoch", "value"))
    for epoch in range(10_000):
        history.append(epoch, 0.5)
    tracemalloc.start()
    try:
        for epoch in range(10_000, 250_000):
            history.append(epoch, 0.5)
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert HISTORY_ROWS / 2 < len(history) <= HISTORY_ROWS
    assert history.every == 128
    assert left < 100_000  # bytes; every row kept would be 4 million


@pytest.mark.slow
def test_a_run_of_a_hundred_thousand_epochs_keeps_its_memory_flat() -> None:
    data = {"samples": 4, "test_share": 0.5}
    training = {"max_epochs": 100_000, "batch_size": "full"}
    trainer = Trainer(experiment([{"units": 2}], data=data, training=training))
    trainer.run(lambda: trainer.epoch >= 10_000)
    tracemalloc.start()
    try:
        trainer.run(lambda: trainer.epoch >= 20_000)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        trainer.run()
        left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert trainer.epoch == 100_000
    assert HISTORY_ROWS / 2 < len(trainer.history) <= HISTORY_ROWS
    assert left - before < 20_000  # bytes
    assert peak - before < 300_000  # thinning copies half of the rows
