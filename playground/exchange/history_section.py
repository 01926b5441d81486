"""The part ``trained.history`` of a file: losses and accuracies over the epochs.

::

    "history": {"every": 4, "columns": ["epoch", "step", "train_loss", …], "rows": "…"}

``rows`` packs a table with these columns, row by row, as Base64 text of float64 numbers; NaN is
where there is no value. ``every`` is the spacing, a power of 2: a history that became long holds
every second, fourth, … epoch only. The section may be missing: the charts then begin anew.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from playground.core.choice import Model
from playground.core.errors import Path
from playground.core.experiment import Experiment
from playground.core.limits import MAX_HISTORY_VALUES
from playground.engine.calls import Array
from playground.exchange.history_columns import COUNTS, flattened, header, unflattened
from playground.exchange.numbers_reading import Packed, unpack_rows
from playground.exchange.sections import LARGEST_COUNT, refuse, validated
from playground.training.history import Rows
from playground.training.trainer import HISTORY_COLUMNS

PATH: Path = ("trained", "history")
REMEDY = 'remove the section "history" to begin the charts anew'


class _History(Model):
    every: Annotated[int, Field(strict=True, ge=1, le=LARGEST_COUNT)] = 1
    columns: Any = None
    rows: Any = None


def most_rows(replicas: int) -> int:
    """How many rows a history may have in a file."""
    return MAX_HISTORY_VALUES // len(header(HISTORY_COLUMNS, replicas))


def write(history: Rows) -> dict[str, Any]:
    """The section as plain dicts and lists; the rows are packed."""
    return {
        "every": history.every,
        "columns": header(HISTORY_COLUMNS, history.cells.shape[2]),
        "rows": Packed(flattened(HISTORY_COLUMNS, history.cells)),
    }


def read(given: Any, experiment: Experiment, epoch: int, step: int) -> Rows:
    """The section of a file, checked against its experiment and how far that has been trained.

    Raises:
        ExperimentError: It is not valid, or belongs to another run.
    """
    section, replicas = validated(_History, given, PATH), experiment.training.replicas
    every = section.every
    if every & (every - 1):
        refuse((*PATH, "every"), f"must be a power of 2 (1, 2, 4, …), but is {every:,}; {REMEDY}")
    columns = header(HISTORY_COLUMNS, replicas)
    if section.columns != columns:
        wanted = ", ".join(columns if replicas == 1 else [*columns[:4], "…", columns[-1]])
        refuse(
            (*PATH, "columns"),
            f"must be those of a run of {replicas} replica(s), in this order: {wanted}; {REMEDY}",
        )
    path = (*PATH, "rows")
    table = unpack_rows(section.rows, len(columns), np.dtype(np.float64), path, REMEDY)
    if not 1 <= len(table) <= most_rows(replicas):
        refuse(
            path,
            f"must hold from 1 to {most_rows(replicas):,} rows, but holds {len(table):,}; {REMEDY}",
        )
    for index, (name, last) in enumerate(zip(COUNTS, (epoch, step), strict=True)):
        _check_counts(table[:, index], name, last, path)
    _check_spacing(table[:, 0], every, path)
    for index, name in enumerate(columns[len(COUNTS) :], len(COUNTS)):
        _check_scores(table[:, index], name, path)
    return Rows(every, unflattened(HISTORY_COLUMNS, replicas, table))


def _check_counts(column: Array, name: str, last: int, path: Path) -> None:
    """Whole numbers that rise, epochs at every row, up to how far the network is trained."""
    whole = np.isfinite(column) & (column == np.floor(column)) & (column >= 0)
    if not whole.all():
        row = int(np.argmin(whole))
        refuse(path, f"row {row}: the {name} must be a whole number from 0; {REMEDY}")
    rises = np.diff(column) > 0 if name == "epoch" else np.diff(column) >= 0
    if not rises.all():
        row = int(np.argmin(rises)) + 1
        least = "more than" if name == "epoch" else "at least"
        refuse(
            path,
            f"row {row}: the {name} must be {least} the {column[row - 1]:,.0f} of the row before, "
            f"but is {column[row]:,.0f}; {REMEDY}",
        )
    if column[-1] > last:
        refuse(
            path,
            f"goes to {name} {column[-1]:,.0f}, but the network is trained to {name} {last:,}; "
            f"{REMEDY}",
        )


def _check_spacing(epochs: Array, every: int, path: Path) -> None:
    fits = (epochs - epochs[0]) % every == 0
    if not fits.all():
        row = int(np.argmin(fits))
        refuse(
            path,
            f"row {row}: epoch {epochs[row]:,.0f} is not a multiple of {every} epochs after the "
            f'first row\'s {epochs[0]:,.0f}, as "every" says; {REMEDY}',
        )


def _check_scores(column: Array, name: str, path: Path) -> None:
    """Finite or NaN; accuracies are shares."""
    share = "accuracy" in name
    there = column[~np.isnan(column)]
    if np.isfinite(there).all() and not (share and ((there < 0) | (there > 1)).any()):
        return
    row = next(i for i, v in enumerate(column) if np.isinf(v) or (share and (v < 0 or v > 1)))
    wanted = "from 0 to 1" if share else "a finite number"
    refuse(path, f"row {row}: {name} must be {wanted} or NaN, but is {column[row]:g}; {REMEDY}")
