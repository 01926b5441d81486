"""The plotting surface: what it paints by itself, and that its kept pictures are never stale."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication

from playground.core.experiment import Experiment
from playground.exchange.drawing.scales import Linear, Log, Plane
from playground.gui import theme
from playground.gui.theme import DARK, LIGHT
from playground.gui.views.boundary_view import BoundaryView
from playground.gui.views.plot import Plot
from playground.gui.views.polygons import path_of_pairs, polygon_of
from playground.runtime.snapshot import Photographer
from playground.training.trainer import Trainer


@pytest.fixture
def plot(qtbot):
    plot = Plot("Epoch", "Loss")
    qtbot.addWidget(plot)
    plot.resize(420, 300)
    plot.set_scales(Linear(10.0), Linear(1.0))
    plot.show()
    return plot


def painted(widget, ratio=1):
    """Its pixels as 0xffrrggbb (height, width), so many for each of Qt's."""
    pixmap = QPixmap(widget.size() * ratio)
    pixmap.setDevicePixelRatio(ratio)
    widget.render(pixmap)
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).view(np.uint32).reshape(image.height(), image.width())


def has_ink(pixels, place: QRectF, ground: str):
    rows = slice(round(place.top()), round(place.bottom()))
    columns = slice(round(place.left()), round(place.right()))
    return bool((pixels[rows, columns] != QColor(ground).rgb()).any())


def test_words_stand_at_the_ticks_and_names_at_the_axes(plot):
    pixels, frame = painted(plot), plot.frame
    assert len(plot.x_ticks) > 3
    assert len(plot.y_ticks) > 3
    for x, _ in plot.x_ticks:
        at = plot.to_pixels(x, 0).x()
        assert has_ink(pixels, QRectF(at - 4, frame.bottom() + 4, 8, 12), LIGHT.panel)
    for y, _ in plot.y_ticks:
        at = plot.to_pixels(0, y).y()
        assert has_ink(pixels, QRectF(frame.left() - 16, at - 4, 12, 8), LIGHT.panel)
    below = QRectF(frame.center().x() - 10, plot.height() - 14, 20, 12)
    beside = QRectF(0, frame.center().y() - 10, 14, 20)
    assert has_ink(pixels, below, LIGHT.panel)
    assert has_ink(pixels, beside, LIGHT.panel)
    plot.x_name = plot.y_name = ""
    plot.set_palette_colours(LIGHT)
    pixels = painted(plot)
    assert not has_ink(pixels, below, LIGHT.panel)
    assert not has_ink(pixels, beside, LIGHT.panel)


def test_what_is_kept_follows_theme_scales_and_size(plot):
    first = painted(plot)
    assert (painted(plot) == first).all()
    plot.set_scales(Linear(10.0), Log())
    other = painted(plot)
    assert (other != first).any()
    plot.set_palette_colours(DARK)
    dark = painted(plot)
    assert dark[1, 1] == QColor(DARK.panel).rgb()
    assert not (dark == QColor(LIGHT.panel).rgb()).any()
    plot.resize(500, 200)
    QApplication.processEvents()
    wide = painted(plot)
    assert wide.shape == (200, 500)
    assert plot.frame.right() > 480
    for x, _ in plot.x_ticks:
        at = plot.to_pixels(x, 0).x()
        assert has_ink(wide, QRectF(at - 4, plot.frame.bottom() + 4, 8, 12), DARK.panel)


def test_a_picture_of_double_sharpness_has_more_to_see(plot):
    once, twice = painted(plot), painted(plot, ratio=2)
    assert twice.shape == (2 * once.shape[0], 2 * once.shape[1])
    enlarged = once.repeat(2, axis=0).repeat(2, axis=1)
    assert (twice != enlarged).mean() > 0.005
    assert (painted(plot) == once).all()


def test_the_mouse_is_told_in_the_axes_coordinates(plot, qtbot):
    heard, left = [], []
    plot.hovered.connect(lambda x, y: heard.append((x, y)))
    plot.left.connect(lambda: left.append(True))
    at = plot.to_pixels(4.0, 0.5).toPoint()
    qtbot.mouseMove(plot, at)
    qtbot.waitUntil(lambda: bool(heard))
    x, y = heard[-1]
    assert plot.to_pixels(x, y).toPoint() == at
    assert (x, y) == pytest.approx((4.0, 0.5), abs=0.05)
    qtbot.mouseMove(plot, QPoint(2, plot.height() - 2))
    qtbot.waitUntil(lambda: bool(left))


def test_polygons_and_paths_have_the_points_they_were_made_of():
    x, y = np.linspace(-3, 3, 6), np.array([0, 1e-9, -2, 1e9, 5, 6], dtype=np.float32)
    assert list(polygon_of(x, y)) == [QPointF(*pair) for pair in zip(x, y, strict=True)]
    path = path_of_pairs(x, y)
    elements = [path.elementAt(index) for index in range(path.elementCount())]
    assert [(part.x, part.y) for part in elements] == list(zip(x, y.astype(float), strict=True))
    assert [part.isMoveTo() for part in elements] == [True, False] * 3
    assert polygon_of(x[:0], y[:0]).isEmpty()
    assert path_of_pairs(x[:0], y[:0]).isEmpty()


# --- the plane's points ------------------------------------------------------------------------


@pytest.fixture
def plane(qtbot):
    trainer = Trainer(Experiment())
    view = BoundaryView()
    qtbot.addWidget(view)
    view.resize(420, 520)
    view.show()
    view.render(Photographer(trainer, 1).take(False, 0.0))
    view.field.segments = (np.empty(0), np.empty(0))
    QApplication.processEvents()
    return view


def share_seen(view, part, hollow):
    """Of how many points the middle has the colour that it should have."""
    pixels, seen = painted(view.plot), 0
    for (x1, x2), target in zip(part.points, part.targets, strict=True):
        at = view.plot.to_pixels(x1, x2).toPoint()
        own = view._colours.panel if hollow else theme.class_colours(2, view._colours)[int(target)]
        near = pixels[at.y() - 1 : at.y() + 2, at.x() - 1 : at.x() + 2]
        seen += bool((near == QColor(own).rgb()).any())
    return seen / len(part)


def test_points_are_painted_where_they_are_at_any_size_and_scale(plane):
    dataset = plane._snapshot.dataset
    for size in ((420, 520), (300, 330), (700, 800)):
        plane.resize(*size)
        QApplication.processEvents()
        assert share_seen(plane, dataset.train, hollow=False) > 0.6, "most are not covered"
        assert share_seen(plane, dataset.test, hollow=True) > 0.6
    plane.plot.set_scales(Plane(-20.0, 20.0), Plane(-9.0, 30.0))
    assert share_seen(plane, dataset.test, hollow=True) > 0.4


def test_test_points_go_and_come_and_all_follow_the_theme(plane):
    dataset = plane._snapshot.dataset
    with_test = painted(plane.plot)
    plane.options.test.setChecked(False)
    assert (painted(plane.plot) != with_test).any()
    assert share_seen(plane, dataset.train, hollow=False) > 0.9
    plane.options.test.setChecked(True)
    assert (painted(plane.plot) == with_test).all()
    plane.set_palette_colours(DARK)
    plane.field.segments = (np.empty(0), np.empty(0))
    assert share_seen(plane, dataset.train, hollow=False) > 0.6
    assert share_seen(plane, dataset.test, hollow=True) > 0.8
