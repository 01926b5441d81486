"""The history of a run as a flat table: what its columns are called, in files and in CSV.

``epoch`` and ``step`` are the same for all replicas and stand once. Of the others each replica has
a column of its own, as in ``train_loss_0, train_loss_1, …``; with one replica it is ``train_loss``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.engine.calls import Array

COUNTS = ("epoch", "step")
"""The first columns of every history."""


def header(columns: Sequence[str], replicas: int) -> list[str]:
    """The names of the flat columns."""
    found = []
    for name in columns:
        alone = name in COUNTS or replicas == 1
        found += [name] if alone else [f"{name}_{replica}" for replica in range(replicas)]
    return found


def flattened(columns: Sequence[str], cells: Array) -> Array:
    """Rows (n, columns, replicas) as a flat table (n, flat columns)."""
    counts = len([name for name in columns if name in COUNTS])
    return np.concatenate((cells[:, :counts, 0], cells[:, counts:].reshape(len(cells), -1)), axis=1)


def unflattened(columns: Sequence[str], replicas: int, table: Array) -> Array:
    """What :func:`flattened` has made flat."""
    counts = len([name for name in columns if name in COUNTS])
    cells = np.empty((len(table), len(columns), replicas))
    cells[:, :counts] = table[:, :counts, None]
    cells[:, counts:] = table[:, counts:].reshape(len(table), -1, replicas)
    return cells
