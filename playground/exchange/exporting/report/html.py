"""A report as one HTML page that needs nothing beside it, on a screen or on paper.

It is built as a tree, so that names and formulas of users are text wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from playground.exchange.drawing.colours import DARK, LIGHT
from playground.exchange.exporting.registry import Export, Subject, exporters, one_text
from playground.exchange.exporting.report.charts import pictures_of, roles_of
from playground.exchange.exporting.report.contents import (
    Confusion,
    Contents,
    Verdict,
    contents_of,
)
from playground.exchange.exporting.report.settings import (
    LAYER_HEADER,
    groups_of,
    layer_rows,
    network_line,
)
from playground.exchange.exporting.report.style import style_of
from playground.training.doctor.base import NONE, WORDS

Child = ET.Element | str
ERRORS_HEADER = ("", "Training points", "Test points")
SPREAD_HEADER = ("Of the replicas", "Median", "Least", "Greatest")


def export(subject: Subject) -> Export:
    """The page of a run."""
    return one_text(exporters["html"].file_name, page(contents_of(subject)))


def page(contents: Contents) -> str:
    """The text of the page."""
    head = _tag(
        "head",
        _tag("meta", charset="utf-8"),
        _tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _tag("title", contents.experiment.name),
        _tag("style", style_of(roles_of(contents, LIGHT), roles_of(contents, DARK))),
    )
    main = _tag("main", *_charts(contents), *_verdicts(contents), *_tables(contents))
    body = _tag("body", _header(contents), main, _footer(contents))
    tree = _tag("html", head, body, lang="en")
    return "<!DOCTYPE html>\n" + ET.tostring(tree, encoding="unicode", method="html") + "\n"


def _header(contents: Contents) -> ET.Element:
    whose = [_tag("p", f"Figures of {contents.whose}.", kind="muted")] if contents.whose else []
    figures = _tag(
        "dl",
        *(_tag("div", _tag("dt", name), _tag("dd", value)) for name, value in contents.figures),
        kind="figures",
    )
    return _tag(
        "header",
        _tag("h1", contents.experiment.name),
        _tag("p", network_line(contents.experiment), kind="line"),
        _tag("p", contents.ending),
        *whose,
        figures,
    )


def _charts(contents: Contents) -> list[ET.Element]:
    figures: list[ET.Element] = []
    for picture in pictures_of(contents, "light", "dark"):
        caption = [_tag("figcaption", picture.caption)] if picture.caption else []
        title = _tag("h3", picture.title)
        figures.append(_tag("figure", title, picture.root, *caption, kind=picture.name))
    kind = "charts three" if len(figures) == 3 else "charts"
    return [_tag("h2", "Charts"), _tag("div", *figures, kind=kind)]


def _verdicts(contents: Contents) -> list[ET.Element]:
    cards = [_verdict(verdict) for verdict in contents.verdicts]
    if not cards:
        cards = [_tag("div", _tag("p", NONE, kind="what"), kind="card verdict well")]
    return [_tag("h2", "What the doctor says"), *cards]


def _verdict(verdict: Verdict) -> ET.Element:
    severity = verdict.finding.severity
    parts = [
        _tag("p", f"{WORDS[severity]}: {verdict.label}", kind="muted"),
        _tag("p", verdict.finding.sentence, kind="what"),
        _tag("p", verdict.why),
    ]
    if verdict.remedies:
        parts.append(_tag("p", f"Worth a try: {'; '.join(verdict.remedies)}."))
    return _tag("div", *parts, _tag("code", verdict.formula), kind=f"card verdict {severity}")


def _tables(contents: Contents) -> Iterable[ET.Element]:
    experiment = contents.experiment
    if contents.spread:
        yield _tag("h2", "How far the replicas differ")
        yield _tag("div", _table([SPREAD_HEADER, *contents.spread], "numbers"), kind="card")
    if contents.residuals:
        yield _tag("h2", "How far off the values are")
        yield _tag("div", _table([ERRORS_HEADER, *contents.residuals], "numbers"), kind="card")
    matrices = [_confusion(confusion) for confusion in contents.confusions]
    if matrices:
        yield _tag("h2", "What is taken for what")
        yield _tag("div", *matrices, kind="tables")
    yield _tag("h2", "Configuration")
    layers = _table([LAYER_HEADER, *layer_rows(experiment)], "layers")
    yield _tag("div", _tag("h3", "Network"), layers, kind="card")
    groups = [
        _tag("div", _tag("h3", group.title), _settings(group.rows), kind="card")
        for group in groups_of(experiment)
    ]
    yield _tag("div", *groups, kind="tables", style="margin-top: 14px")


def _settings(rows: Iterable[tuple[str, str]]) -> ET.Element:
    lines = (_tag("tr", _tag("th", label, scope="row"), _tag("td", value)) for label, value in rows)
    return _tag("table", *lines, kind="settings")


def _table(rows: Sequence[Sequence[str]], kind: str) -> ET.Element:
    header, *others = rows
    lines = [_tag("tr", *(_tag("th", cell, scope="col") for cell in header))]
    for first, *cells in others:
        row = [_tag("th", first, scope="row"), *(_tag("td", cell) for cell in cells)]
        lines.append(_tag("tr", *row))
    return _tag("table", *lines, kind=kind)


def _confusion(confusion: Confusion) -> ET.Element:
    lines = [_tag("tr", *(_tag("th", name, scope="col") for name in confusion.header))]
    for index, row in enumerate(confusion.counts):
        cells = [
            _tag("td", f"{count:,}", kind="right" if index == column else "wrong" if count else "")
            for column, count in enumerate(row)
        ]
        lines.append(_tag("tr", _tag("th", str(index), scope="row"), *cells))
    table = _tag("table", *lines, kind="numbers")
    return _tag("div", _tag("h3", confusion.title), table, kind="card")


def _footer(contents: Contents) -> ET.Element:
    versions = ", ".join(f"{name} {version}" for name, version in contents.versions)
    return _tag("footer", f"Computed with {versions}.")


def _tag(tag: str, /, *children: Child, kind: str = "", **attributes: str) -> ET.Element:
    """An element; ``kind`` is its class."""
    element = ET.Element(tag, {"class": kind, **attributes} if kind else attributes)
    last: ET.Element | None = None
    for child in children:
        if isinstance(child, ET.Element):
            element.append(child)
            last = child
        elif last is None:
            element.text = (element.text or "") + child
        else:
            last.tail = (last.tail or "") + child
    return element
