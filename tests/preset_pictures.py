"""`make preset-pictures`: the pictures of the presets, each drawn of what has come of it.

On the left what the network answers over the plane, with the training points. On the right the loss
over the epochs (test in grey, training in colour, thin: chance), and below it how large each
layer's gradient is before the first step, a bar a layer over five decades.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen, QPolygonF

from playground import resources
from playground.core.experiment import Experiment
from playground.exchange.document import Document
from playground.exchange.drawing.field import answer, boundary, meaning_of, scores
from playground.exchange.experiment_file import dumps
from playground.exchange.presets import FOLDER, Preset, presets
from playground.gui.theme import DARK, LIGHT, blend, class_colours, layer_colour
from playground.runtime.field import Field, FieldMaker
from playground.training.diagnostics import gradient_sizes
from playground.training.doctor.witness import chance_losses
from playground.training.spread import median
from playground.training.trainer import Trainer

SIDE, GAP, STRIP = 240, 14, 130
"""Pixels, of a picture that is shown at half of them."""
SOURCE = "Experiment"
"""The key of the text in a PNG that says of which experiment it is."""
MOST_EPOCHS = 200
"""For runs that do not end by themselves before."""
LEVELS = 10
"""Shades of a colour: few, that the files stay small, and seen as lines of equal height."""
STRENGTH = 0.62
DECADES = 5
MOST_POINTS = 160
COLOURS = 256
INDEXED = QImage.Format.Format_Indexed8
GREY = "#808894"


def digest(experiment: Experiment) -> str:
    """What tells one experiment from another, whatever its file looks like."""
    return hashlib.sha256(dumps(Document(experiment)).encode()).hexdigest()[:16]


def middle(one: str, other: str) -> str:
    """A colour for both themes."""
    return blend(one, other, 0.5)


def main() -> None:
    """Train each preset and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="presets; all if none is named")
    parser.add_argument("--out", type=Path, default=resources.path(FOLDER))
    options = parser.parse_args()
    app = QGuiApplication([*sys.argv[:1], "-platform", "offscreen"])
    for preset in presets():
        if not options.names or preset.name in options.names:
            path = options.out / f"{preset.name}.png"
            picture(preset).save(str(path), "PNG", 0)  # type: ignore[call-overload]  # 0: small
            print(f"Wrote {path}, {path.stat().st_size:,} bytes.")
    app.quit()


def picture(preset: Preset) -> QImage:
    """Train a preset and draw what comes of it."""
    experiment = preset.document().experiment
    trainer = Trainer(experiment)
    sizes = gradient_sizes(trainer.network, trainer.gradient_at_start()).weights[0]
    while trainer.stop is None and trainer.epoch < MOST_EPOCHS:
        trainer.run_epoch()
    shown = None if experiment.training.replicas > 1 else 0
    field = FieldMaker(trainer).make(shown, False, lambda: None)
    image = QImage(SIDE + GAP + STRIP, SIDE, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw_field(painter, trainer, field)
    left, height = SIDE + GAP, (SIDE - GAP) / 2
    _draw_losses(painter, trainer, QRectF(left + 1, 1, STRIP - 2, height - 2))
    _draw_sizes(painter, sizes, QRectF(left + 1, height + GAP, STRIP - 2, height - 1))
    painter.end()
    image = _of_few_colours(image)
    image.setText(SOURCE, digest(experiment))
    return image


def _of_few_colours(image: QImage) -> QImage:
    """The image with a palette, in which rare colours are replaced by the nearest frequent ones.

    It makes the file a third as large; Qt's own conversion would lose what is half transparent.
    """
    rows = image.height(), image.bytesPerLine() // 4
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(rows)[:, : image.width()]
    colours, place, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:COLOURS])
    channels = colours[:, None] >> np.uint32([0, 8, 16, 24]) & 0xFF
    channels = channels.astype(np.int32)
    channels[:, :3] = channels[:, :3] * channels[:, 3:] // 255  # what is transparent looks alike
    apart = np.square(channels[:, None] - channels[kept]).sum(axis=-1)
    indices = apart.argmin(axis=1).astype(np.uint8)[place].reshape(pixels.shape)
    few = QImage(indices.tobytes(), image.width(), image.height(), image.width(), INDEXED).copy()
    few.setColorTable(colours[kept].tolist())
    return few


def _draw_field(painter: QPainter, trainer: Trainer, field: Field) -> None:
    dataset, experiment = trainer.dataset, trainer.experiment
    meaning = meaning_of(
        experiment.training.loss, dataset.task, dataset, field.says, trainer.network.replicas
    )
    score = scores(field.values, field.says)
    said = answer(meaning, score)
    colours = _colours(max(meaning.classes, 2))
    if len(said) == 1:
        share = np.clip((said[0] - meaning.low) * 2 / (meaning.high - meaning.low) - 1, -1, 1)
        which, strength = (share > 0).astype(int), np.abs(share)
    else:
        which, strength = said.argmax(axis=0), said.max(axis=0)
        strength = (strength - 1 / len(said)) / (1 - 1 / len(said))
    level = np.rint(strength * LEVELS).astype(int)
    cells = which.shape[0]
    image = QImage(cells, cells, QImage.Format.Format_ARGB32)
    table = [
        [_faded(colour, STRENGTH * step / LEVELS).rgba() for step in range(LEVELS + 1)]
        for colour in colours
    ]
    for row, column in np.ndindex(which.shape):
        image.setPixel(column, cells - 1 - row, table[which[row, column]][level[row, column]])
    frame = QRectF(1, 1, SIDE - 2, SIDE - 2)
    painter.drawImage(frame, image)
    scale = SIDE / cells
    if meaning.classes:
        x, y = boundary(score)
        places = [
            QPointF((a + 0.5) * scale, SIDE - (b + 0.5) * scale) for a, b in zip(x, y, strict=True)
        ]
        painter.setPen(QPen(QColor(GREY), 3))
        painter.drawLines(QPolygonF(places))
    low1, high1, low2, high2 = field.extent
    part = dataset.train
    every = max(1, len(part) // MOST_POINTS)
    painter.setPen(Qt.PenStyle.NoPen)
    for (x1, x2), target in zip(part.points[::every], part.targets[::every], strict=True):
        colour = colours[int(target)] if meaning.classes else colours[int(target > 0)]
        painter.setBrush(QColor(colour))
        radius = 3.0 if meaning.classes else 1.0 + 2.5 * abs(float(target))
        place = QPointF(
            SIDE * (x1 - low1) / (high1 - low1), SIDE * (1 - (x2 - low2) / (high2 - low2))
        )
        painter.drawEllipse(place, radius, radius)
    _draw_frame(painter, frame)


def _draw_losses(painter: QPainter, trainer: Trainer, frame: QRectF) -> None:
    history = trainer.history.table()
    train_chance, test_chance = chance_losses(trainer.network, trainer.dataset)
    top = 1.4 * max(train_chance, test_chance)
    painter.save()
    painter.setClipRect(frame)
    lines: list[tuple[Iterable[float], str, float]] = [
        ([train_chance] * 2, GREY, 1.0),
        (median(history["test_loss"]), GREY, 3.5),
        (median(history["train_loss"]), middle(LIGHT.train, DARK.train), 3.5),
    ]
    for values, colour, width in lines:
        painter.setPen(QPen(QColor(colour), width))
        painter.drawPolyline(QPolygonF(list(_places(list(values), top, frame))))
    painter.restore()
    _draw_frame(painter, frame)


def _places(values: list[float], top: float, frame: QRectF) -> Iterator[QPointF]:
    for index, value in enumerate(values):
        across = index / max(len(values) - 1, 1)
        up = value / top if value < 2 * top else 2.0  # a loss that is no number is large
        yield QPointF(frame.left() + across * frame.width(), frame.bottom() - up * frame.height())


def _draw_sizes(painter: QPainter, sizes: np.ndarray, frame: QRectF) -> None:
    step, largest = frame.width() / len(sizes), max(float(sizes.max()), 1e-300)
    painter.setPen(Qt.PenStyle.NoPen)
    for index, size in enumerate(sizes.tolist()):
        decades = np.log10(size / largest) if size > 0 else -np.inf
        height = frame.height() * 0.94 * max(0.0, 1 + decades / DECADES)
        one, other = (layer_colour(index, len(sizes), theme) for theme in (LIGHT, DARK))
        painter.setBrush(QColor(middle(one, other)))
        left = frame.left() + (index + 0.14) * step
        painter.drawRect(QRectF(left, frame.bottom() - height, 0.72 * step, height))
    _draw_frame(painter, frame)


def _draw_frame(painter: QPainter, frame: QRectF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_faded(GREY, 0.5), 2))
    painter.drawRect(frame)


def _colours(classes: int) -> list[str]:
    pairs = zip(class_colours(classes, LIGHT), class_colours(classes, DARK), strict=True)
    return [middle(one, other) for one, other in pairs]


def _faded(colour: str, opacity: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(opacity)
    return faded


if __name__ == "__main__":
    main()
