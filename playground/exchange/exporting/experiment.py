"""The experiment file as an export."""

from __future__ import annotations

from playground.exchange import experiment_file
from playground.exchange.exporting.registry import Export, Subject, exporters


def export(subject: Subject) -> Export:
    """The whole document, all replicas included."""
    return Export({exporters["json"].file_name: experiment_file.content_of(subject.document)})
