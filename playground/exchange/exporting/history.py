"""The history of a run as an export."""

from __future__ import annotations

from playground.exchange import history_csv
from playground.exchange.exporting.registry import Export, Subject, exporters, one_text
from playground.exchange.trained import restore
from playground.training.trainer import HISTORY_COLUMNS


def export(subject: Subject) -> Export:
    """All rows that the document has, of all replicas; where it has none, the present scores."""
    trained = subject.document.trained
    rows = trained.history if trained is not None else None
    if rows is None:
        rows = restore(subject.document).history.rows()
    return one_text(exporters["csv"].file_name, history_csv.dumps(HISTORY_COLUMNS, rows.cells))
