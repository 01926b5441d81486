"""The points of an experiment as an export."""

from __future__ import annotations

from playground.data.dataset import prepare
from playground.exchange import points_csv
from playground.exchange.exporting.registry import Export, Subject, exporters, one_text


def export(subject: Subject) -> Export:
    """The points that the network sees, drawn as the experiment says."""
    dataset = prepare(subject.document.experiment.data)
    return one_text(exporters["points"].file_name, points_csv.dumps(dataset))
