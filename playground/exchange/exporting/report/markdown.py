"""A report as Markdown (CommonMark with GitHub's tables), with its charts as SVG beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from playground.exchange.drawing.colours import LIGHT
from playground.exchange.exporting.registry import Export, Subject, exporters
from playground.exchange.exporting.report.charts import Picture, pictures_of, roles_of
from playground.exchange.exporting.report.contents import Contents, contents_of
from playground.exchange.exporting.report.html import ERRORS_HEADER, SPREAD_HEADER
from playground.exchange.exporting.report.settings import (
    LAYER_HEADER,
    groups_of,
    layer_rows,
    network_line,
)
from playground.exchange.exporting.report.svg import standalone
from playground.training.doctor.base import NONE, WORDS

MEANT = re.compile(r"([\\`*_\[\]<>#|~$&])")
"""What Markdown would take for something else."""


def export(subject: Subject) -> Export:
    """The text of a run, and its charts."""
    contents, exporter = contents_of(subject), exporters["markdown"]
    pictures, roles = pictures_of(contents, "light"), roles_of(contents, LIGHT)
    names = {picture.name: f"{exporter.stem}-{picture.name}.svg" for picture in pictures}
    lines = "\n".join(_lines(contents, pictures, names)) + "\n"
    files = {exporter.file_name: lines.encode()}
    files |= {names[picture.name]: standalone(picture.root, roles) for picture in pictures}
    return Export(files, links=True)


def _lines(contents: Contents, pictures: Sequence[Picture], names: dict[str, str]) -> Iterator[str]:
    experiment = contents.experiment
    yield f"# {_text(experiment.name)}\n"
    yield f"{_text(network_line(experiment))}\n"
    yield f"{_text(contents.ending)}\n"
    if contents.whose:
        yield f"Figures of {_text(contents.whose)}.\n"
    yield from _table(("Figure", "Value"), contents.figures)
    yield "## Charts\n"
    for picture in pictures:
        yield f"![{_text(picture.title)}]({names[picture.name]})\n"
        if picture.caption:
            yield f"{_text(picture.caption)}\n"
    yield "## What the doctor says\n"
    if not contents.verdicts:
        yield f"{NONE}\n"
    for verdict in contents.verdicts:
        finding = verdict.finding
        yield f"**{WORDS[finding.severity]}: {_text(finding.sentence)}**\n"
        yield f"{_text(verdict.why)}\n"
        if verdict.remedies:
            yield f"Worth a try: {_text('; '.join(verdict.remedies))}.\n"
        yield f"{_text(verdict.formula)}\n"
    if contents.spread:
        yield "## How far the replicas differ\n"
        yield from _table(SPREAD_HEADER, contents.spread)
    if contents.residuals:
        yield "## How far off the values are\n"
        yield from _table(ERRORS_HEADER, contents.residuals)
    if contents.confusions:
        yield "## What is taken for what\n"
    for confusion in contents.confusions:
        yield f"{confusion.title}\n"
        rows = enumerate(confusion.counts)
        yield from _table(
            confusion.header, [(str(index), *(f"{n:,}" for n in row)) for index, row in rows]
        )
    yield "## Configuration\n"
    yield "### Network\n"
    yield from _table(LAYER_HEADER, layer_rows(experiment))
    for group in groups_of(experiment):
        yield f"### {group.title}\n"
        yield from _table(("Setting", "Value"), group.rows)
    versions = ", ".join(f"{name} {version}" for name, version in contents.versions)
    yield f"Computed with {_text(versions)}."


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(map(_text, row))} |"
    yield ""


def _text(words: str) -> str:
    """Words that mean nothing but themselves, in one line."""
    return MEANT.sub(r"\\\1", " ".join(words.split()))
