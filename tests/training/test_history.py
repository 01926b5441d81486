from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.training.history import History


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
