"""Importing tables in the real window: by dialog, by paste and by drop; and exporting points."""

import json
import random
import warnings
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from playground.core.experiment import Data, Experiment, Layer, Network, Training
from playground.data.dataset import prepare
from playground.exchange import points_csv
from playground.exchange.experiment_file import Document, dumps, save
from playground.gui import theme

MESSY = "breite;höhe;art\n" + "".join(
    f"{x},5;{-x},25;{'rund' if x % 2 else 'eckig'}\n" for x in range(-5, 6)
) + "1,5;kaputt;rund\n;2,5;eckig\n1,5;2,5\n"  # fmt: skip
"""Decimal commas, words as classes, and three bad rows."""


@pytest.fixture
def window(open_window):
    return open_window(Experiment(), size=(1280, 720))


def wait_for_reading(qtbot, window):
    dialog = window.bench.dialog
    qtbot.waitUntil(lambda: not dialog.progress.isVisible() and dialog.isVisible())
    return dialog


def dropped(window, mime):
    place = QPointF(300, 300)
    given = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    keys = Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():  # PySide 6.12 wants a QPointF here, which older ones refuse
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(place.toPoint(), *given, keys)
    QApplication.sendEvent(window, enter)
    event = QDropEvent(place, *given, keys)
    QApplication.sendEvent(window, event)
    return enter.isAccepted() and event.isAccepted()


def drop_file(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return dropped(window, mime)


def ask_for(monkeypatch, path):
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *args: (str(path), ""))


def by_dialog(window, tmp_path, monkeypatch):
    path = tmp_path / "messy.csv"
    path.write_text(MESSY, encoding="utf-8")
    ask_for(monkeypatch, path)
    QTest.mouseClick(window.data_panel.gallery.import_button, Qt.MouseButton.LeftButton)


def by_paste(window, tmp_path, monkeypatch):
    QGuiApplication.clipboard().setText(MESSY)
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def by_drop(window, tmp_path, monkeypatch):
    path = tmp_path / "messy.csv"
    path.write_text(MESSY, encoding="utf-8")
    assert drop_file(window, path)


@pytest.mark.parametrize("way", [by_dialog, by_paste, by_drop])
def test_a_messy_table_becomes_own_points(qtbot, window, tmp_path, monkeypatch, way):
    before = window.session.experiment
    way(window, tmp_path, monkeypatch)
    dialog = wait_for_reading(qtbot, window)
    assert "decimals with a comma" in dialog.headline.text()
    assert dialog.preview.rowCount() == 14
    assert dialog.preview.horizontalHeaderItem(2).text() == "target = art"
    assert dialog.preview.verticalHeaderItem(11).text() == "13"
    marked = dialog.preview.item(11, 1).background().color()
    assert marked != dialog.preview.item(0, 1).background().color()
    assert marked == dialog.preview.item(12, 0).background().color()
    assert "which is no number" in dialog.preview.item(11, 1).toolTip()
    assert "eckig → class 0" in dialog.classes.text()
    assert "rund → class 1" in dialog.classes.text()
    reasons = [dialog.bad_list.item(i).text() for i in range(dialog.bad_list.count())]
    assert len(reasons) == 3
    assert reasons[0] == "line 13: 'höhe' is 'kaputt', which is no number"
    assert dialog.leave_out.text() == "Leave the 3 faulty rows out"
    assert not dialog.ok.isEnabled()
    dialog.accept()
    assert dialog.isVisible(), "not without a word about the faulty rows"
    QTest.keyClick(dialog.leave_out, Qt.Key.Key_Space)
    assert dialog.ok.text() == "Import 11 points"
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    data = window.session.experiment.data
    assert (data.source, len(data.points), data.problem) == ("points", 11, "classification")
    assert data.points[0] == (-5.5, 5.25, 1.0)
    assert "11 points" in window.status.text
    assert window.data_panel.thumbnails["points"].isVisible()
    window.on_undo()
    assert window.session.experiment == before
    window.on_redo()
    assert window.session.experiment.data == data


def test_cancel_loses_nothing(qtbot, window):
    before = window.session.experiment
    QGuiApplication.clipboard().setText("1\t2\ta\n3\t1\tb\n2\t2\ta")
    window.on_paste()
    dialog = wait_for_reading(qtbot, window)
    assert dialog.ok.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert window.session.experiment is before
    assert not window.session.can_undo


def test_what_is_taken_can_be_said_otherwise(qtbot, window):
    lines = [f"{i},{i % 7},{i % 3},{i * 0.5}" for i in range(40)]
    QGuiApplication.clipboard().setText("a,b,c,y\n" + "\n".join(lines))
    window.on_paste()
    dialog = wait_for_reading(qtbot, window)
    boxes = dialog.options.boxes

    def choose(name, value):
        box = boxes[name]
        index = next(i for i in range(box.count()) if box.itemData(i) == value)
        box.setCurrentIndex(index)
        box.activated.emit(index)
        return wait_for_reading(qtbot, window)

    assert boxes["separator"].currentText() == "auto: commas"
    assert (boxes["target"].currentData(), boxes["problem"].currentData()) == (3, "regression")
    choose("target", 2)
    assert boxes["problem"].currentData() == "classification"
    assert dialog.classes.text().count("class") == 3
    choose("x2", 3)
    assert dialog.reading.choice.x2 == 3
    choose("scaling", "standardise")
    assert abs(dialog.reading.taken.values[:, 0].mean()) < 1e-9
    assert "x1 = (x1 in the table" in dialog.message.text()
    choose("x1", 3)
    assert "three different columns" in dialog.message.text()
    assert not dialog.ok.isEnabled()
    choose("x1", 0)
    choose("header", False)
    assert dialog.reading.table.has_header is False
    assert dialog.preview.rowCount() == 41
    choose("separator", ";")
    assert "one column only" in dialog.message.text()
    assert not dialog.ok.isEnabled()
    choose("separator", None)
    assert dialog.reading.taken is not None
    choose("target", 2)
    choose("problem", "regression")
    dialog.leave_out.setChecked(True)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert window.session.experiment.data.problem == "regression"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "an archive (ZIP), such as a spreadsheet"),
        (b"\x00\x01\x02\x03", "NUL"),
        (b"just words\nand more\n", "column"),
        (b'1,2,"3\n4,5,6\n', "quotation marks"),
        (b"a,b,c\n", "no rows below"),
        (b"1,2,0\n1,2,0\n", "nothing to learn"),
        (b"\xff\xfe\xd8", "UTF-16"),
        (b"<b>x</b>,2,three\n<i>,2,one\n", "two columns of numbers"),
    ],
)
def test_hostile_files_give_a_sentence(qtbot, window, tmp_path, content, sentence):
    path = tmp_path / "hostile.csv"
    path.write_bytes(content)
    assert drop_file(window, path)
    dialog = wait_for_reading(qtbot, window)
    assert sentence in dialog.message.text()
    assert not dialog.ok.isEnabled()
    dialog.reject()


def test_no_column_of_the_table_before_is_left(qtbot, window, tmp_path):
    for name, content, columns in (
        ("a.csv", "breite,hoehe,art\n1,2,0\n2,1,1\n", 3),
        ("b.csv", "", 0),
    ):
        (tmp_path / name).write_text(content)
        drop_file(window, tmp_path / name)
        dialog = wait_for_reading(qtbot, window)
        counts = [dialog.options.boxes[box].count() for box in ("x1", "x2", "target")]
        assert counts == [columns] * 3
        dialog.reject()


def test_what_cannot_be_read_gives_a_sentence(qtbot, window, tmp_path):
    for path, sentence in ((tmp_path, "is a folder"), (tmp_path / "gone.csv", "does not exist")):
        drop_file(window, path)
        dialog = wait_for_reading(qtbot, window)
        assert sentence in dialog.message.text()
        assert not dialog.options.boxes["x1"].isEnabled()
        dialog.reject()
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/points.csv")])
    assert dropped(window, mime)
    assert "files of this computer" in window.status.text
    QGuiApplication.clipboard().clear()
    window.on_paste()
    assert "holds no text" in window.status.text


def test_an_experiment_that_is_dropped_is_opened(window, tmp_path, monkeypatch):
    path = tmp_path / "other.json"
    save(Document(Experiment(name="Dropped")), path)
    assert drop_file(window, path, tmp_path / "second.csv")
    assert window.session.experiment.name == "Dropped"
    assert "one file at a time" in window.status.text
    said = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    path.write_text(json.dumps({"data": 3}))
    drop_file(window, path)
    assert said
    assert window.session.experiment.name == "Dropped"


def test_the_text_of_an_experiment_that_is_pasted_is_opened(window, qtbot, monkeypatch):
    said = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    text = dumps(Document(Experiment(name="Copied")))
    QGuiApplication.clipboard().setText(f"\n {text}")
    window.on_paste()
    assert window.session.experiment.name == "Copied"
    assert window.files.path is None, "it is in no file"
    assert window.status.text == "Opened Copied."
    QGuiApplication.clipboard().setText(text.replace('"seed"', '"sead"', 1))
    window.on_paste()
    assert "sead: unknown field" in said.pop()
    QGuiApplication.clipboard().setText("{" + " " * 13_000_000)
    window.on_paste()
    qtbot.waitUntil(lambda: bool(said))
    assert "12 MB that can be pasted" in said[0]
    assert window.session.experiment.name == "Copied"
    assert not window.bench.is_made


def test_a_file_that_is_dropped_on_a_field_is_meant_for_the_window(window):
    for field in (
        window.data_panel.form.editor("noise").field,
        window.data_panel.features.line.field,
    ):
        assert not field.acceptDrops()
    assert window.acceptDrops()


def test_ctrl_v_belongs_to_a_field_that_has_the_focus(window):
    QGuiApplication.clipboard().setText("0.25")
    field = window.data_panel.form.editor("noise").field
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "0.25"
    assert not window.bench.is_made


def paste_rows(qtbot, window, rows):
    QGuiApplication.clipboard().setText("\n".join(rows))
    window.on_paste()
    return wait_for_reading(qtbot, window)


def test_a_loss_that_does_not_fit_what_is_imported_becomes_automatic(qtbot, window):
    window.session.edit(("training", "loss"), "hinge")
    before = window.session.experiment
    dialog = paste_rows(qtbot, window, [f"{i} {i * i % 7} {i % 20}" for i in range(60)])
    dialog.accept()
    assert window.session.experiment.data.task.classes == 20
    assert window.session.experiment.training.loss == "auto"
    window.on_undo()
    assert window.session.experiment == before


def test_an_import_that_the_experiment_cannot_take_says_why(qtbot, window):
    network = Network(hidden=(Layer(units=512),))
    training = Training(replicas=64, batch_size="full", stop=())
    window.session.change(Experiment(network=network, training=training))
    before = window.session.experiment
    dialog = paste_rows(qtbot, window, [f"{i} {i * i % 7} {i % 2}" for i in range(3000)])
    dialog.accept()
    assert dialog.isVisible()
    assert "take a smaller batch" in dialog.message.text()
    assert window.session.experiment is before
    dialog.reject()


def test_a_large_table_is_read_beside_the_window(qtbot, window, tmp_path):
    rng = random.Random(1)
    path = tmp_path / "large.csv"
    rows = (f"{rng.gauss(0, 2):.6f},{rng.gauss(0, 2):.6f},{i % 3}" for i in range(100_000))
    path.write_text("x1,x2,class\n" + "\n".join(rows))
    drop_file(window, path)
    dialog = window.bench.dialog
    assert dialog.progress.isVisible()
    assert "Reading large.csv" in dialog.headline.text()
    dialog.accept()
    assert dialog.isVisible(), "there is nothing to take yet"
    qtbot.waitUntil(lambda: not dialog.progress.isVisible(), timeout=20_000)
    assert dialog.ok.text() == "Import 100,000 points"
    dialog.reject()


def test_a_reading_that_nobody_waits_for_is_forgotten(qtbot, window, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("1,2,0\n2,1,1\n2,3,0\n")
    drop_file(window, path)
    window.bench.dialog.reject()
    qtbot.wait(60)
    assert window.bench.dialog.reading is None
    drop_file(window, path)
    dialog = wait_for_reading(qtbot, window)
    assert dialog.ok.isEnabled()
    for _ in range(2):
        window.on_toggle_theme()
    assert dialog._colours is window.colours
    assert window.colours in (theme.LIGHT, theme.DARK)
    dialog.reject()


def test_points_are_exported_with_their_set(window, tmp_path, monkeypatch):
    path = tmp_path / "points.csv"
    ask_for(monkeypatch, path)
    window.on_export_points()
    text = path.read_text()
    assert text == points_csv.dumps(prepare(window.session.experiment.data))
    assert text.startswith("x1,x2,target,set\n")
    assert ",train\n" in text
    assert ",test\n" in text
    own = Data(source="points", points=((0.5, 1, 0), (1, 2.25, 1), (3, 1, 0), (2, 2, 1)))
    window.session.change(Experiment(data=own, training=Training(stop=())))
    ask_for(monkeypatch, path)
    window.on_export_points()
    assert Path(path).read_text().count("\n") == 5
