"""A link of TensorFlow Playground as an export."""

from __future__ import annotations

from playground.exchange import tf_link
from playground.exchange.exporting.registry import Export, Subject, exporters, one_text


def export(subject: Subject) -> Export:
    """The link that comes nearest; the notes are what it cannot carry."""
    link, notes = tf_link.link_of(subject.document.experiment)
    return one_text(exporters["tf-link"].file_name, link, notes)
