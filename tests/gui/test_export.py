"""The window of exports: what it shows is what goes out, and what lies there is not lost."""

import errno
import os
from dataclasses import replace as with_
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDrag, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox

from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.exchange import experiment_file
from playground.exchange.exporting.registry import Export, Subject, exporters
from playground.gui.exports import dialog as module
from playground.gui.exports.offers import Offer
from playground.gui.exports.preview import MOST_CHARACTERS, MOST_COLUMNS, shortened
from playground.gui.saving import ALL_FILES

LONG = 60_000


def small(**training):
    return Experiment(
        data={"source": "gauss", "samples": 60},
        network={"hidden": [{"units": 4}, {"units": 3}]},
        training={"max_epochs": 20, "stop": [], **training},
    )


@pytest.fixture(autouse=True)
def empty_clipboard(qapp):
    yield
    QGuiApplication.clipboard().clear()  # what Python has put there must not outlive it


@pytest.fixture
def trained(open_window, qtbot):
    def opened(**training):
        window = open_window(small(**training), full_speed=True)
        window.session.run()
        qtbot.waitUntil(lambda: window.frames[-1].stop is not None, timeout=LONG)
        return window

    return opened


def shown(window, qtbot, label="Experiment file"):
    """The window of exports with what is called so."""
    window.on_export()
    dialog = window.export_dialog
    dialog.offers.choose(label)
    wait(dialog, qtbot)
    return dialog


def wait(dialog, qtbot):
    qtbot.waitUntil(lambda: dialog.made is not None or bool(dialog.message.text()), timeout=LONG)
    assert dialog.made is not None, dialog.message.text()


def choose_file(monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def test_the_key_opens_it_on_what_a_saved_file_would_hold(trained, qtbot):
    window = trained()
    assert "export_dialog" not in vars(window), "it is made when it is first wanted"
    window.actions_["export"].trigger()
    assert window.actions_["export"].shortcut().toString() == "Ctrl+E"
    dialog = window.export_dialog
    wait(dialog, qtbot)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.offers.hasFocus() or not dialog.isActiveWindow()
    text = experiment_file.dumps(window.session.document())
    assert dialog.made.export.text == text
    assert dialog.preview.text.toPlainText() == shortened(text)
    assert dialog.moment.text() == "As of epoch 20."
    listed = [dialog.offers.item(row).text() for row in range(dialog.offers.count())]
    assert [each.label for each in exporters.values()] == listed[1 : 1 + len(exporters)]


def test_each_format_is_shown_as_it_goes_out(trained, qtbot):
    window = trained()
    subject = Subject(window.session.document())
    for exporter in exporters.values():
        dialog = shown(window, qtbot, exporter.label)
        export = exporter.make(subject)
        made = dialog.made.export
        assert (list(made.files), made.text, made.notes) == (
            list(export.files),
            export.text,
            export.notes,
        )
        assert dialog.help.text().endswith(".")
        if exporter.name == "html":
            page = dialog.preview.page
            assert page.isVisible()
            assert "Configuration" in page.toPlainText()
            charts = page.toHtml().count("<img")
            assert charts == export.text.count("<svg") == 4
        else:
            described = export.text.encode() != export.main
            wrapped = described or exporter.name == "tf-link"
            columns = MOST_CHARACTERS if wrapped else MOST_COLUMNS
            assert dialog.preview.text.toPlainText() == shortened(export.text, columns)
        for note in export.notes:
            assert note.rstrip(".")[1:] in dialog.notes.text()
        if len(export.files) > 1:
            assert all(name in dialog.notes.text() for name in export.files)


def test_a_long_text_is_cut_and_says_so(trained, qtbot, monkeypatch):
    window = trained()
    text = "x" * (MOST_COLUMNS + 50) + "\n" + "y\n" * MOST_CHARACTERS
    export = Export({"a.txt": text.encode()})
    fake = with_(exporters["csv"], make=lambda subject: export)
    dialog = shown(window, qtbot)
    dialog.made = None
    monkeypatch.setattr(type(dialog.offers), "offer", Offer("long", "It is long.", exporter=fake))
    dialog.make()
    wait(dialog, qtbot)
    seen = dialog.preview.text.toPlainText()
    assert len(seen) < MOST_CHARACTERS + MOST_COLUMNS
    assert max(map(len, seen.split("\n"))) <= MOST_COLUMNS + 2
    assert f"{len(text):,} characters" in dialog.preview.cut.text()
    dialog.copy()
    assert QGuiApplication.clipboard().text() == text, "all of it is copied"


@pytest.mark.parametrize("title", ["Network", "Output", "Neurons"])
def test_a_picture_is_taken_of_any_view_and_leaves_all_in_place(trained, qtbot, title):
    window = trained()
    seen = [each for each in window.docks.titles if window.docks.is_seen(each)]
    dialog = shown(window, qtbot, title)
    made = dialog.made
    assert made.name == f"{title.lower()}.png"
    assert QImage.fromData(made.export.main).size() == made.image.size()
    assert len(colours_in(made.image)) > 10
    QApplication.processEvents()
    assert [each for each in window.docks.titles if window.docks.is_seen(each)] == seen
    dialog.kind_box.setCurrentIndex(1)
    assert dialog.made.name == f"{title.lower()}.svg"
    assert dialog.made.export.main.startswith(b"<?xml")
    if title == "Network":
        assert dialog.made.export.main.count(b"<image") == 2 + 4 + 3 + 1, "a map each"
    else:
        assert b"<text" in dialog.made.export.main


def test_a_closed_view_is_closed_again(trained, qtbot):
    window = trained()
    window.docks["Updates"].close()
    QApplication.processEvents()
    dialog = shown(window, qtbot, "Updates")
    assert len(colours_in(dialog.made.image)) > 10
    assert window.docks["Updates"].isHidden()


def test_a_picture_follows_the_theme(trained, qtbot):
    window = trained()
    dialog = shown(window, qtbot, "Loss")
    ground = QImage.fromData(dialog.made.export.main).pixelColor(2, 2)
    window.on_toggle_theme()
    wait(dialog, qtbot)
    other = QImage.fromData(dialog.made.export.main).pixelColor(2, 2)
    assert abs(ground.lightness() - other.lightness()) > 100


def colours_in(image):
    return {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(image.height())}


def test_it_is_saved_with_what_belongs_beside_it(trained, qtbot, tmp_path, monkeypatch):
    window = trained()
    dialog = shown(window, qtbot, "PyTorch module")
    choose_file(monkeypatch, tmp_path / "net")
    dialog.save()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.py", "net.safetensors"]
    assert "net.py and net.safetensors" in dialog.message.text()
    dialog.close()
    window.on_export()
    assert not dialog.message.text(), "that was another time"


def answer(monkeypatch, text):
    asked = []

    def press(box):
        asked.append(f"{box.text()} {box.informativeText()}")
        for button in box.buttons():  # a message has none before it is shown
            if button.text().replace("&", "") == text:
                button.click()

    monkeypatch.setattr(QMessageBox, "exec", press)
    return asked


@pytest.mark.parametrize("button", ["Cancel", "Replace"])
def test_nothing_beside_it_is_replaced_unasked(trained, qtbot, tmp_path, monkeypatch, button):
    window = trained()
    dialog = shown(window, qtbot, "PyTorch module")
    neighbour = tmp_path / "net.safetensors"
    neighbour.write_text("mine")
    choose_file(monkeypatch, tmp_path / "net.py")
    asked = answer(monkeypatch, button)
    dialog.save()
    assert "net.safetensors is there already." in asked[0]
    replaced = button == "Replace"
    assert (neighbour.read_bytes() != b"mine") == replaced
    assert (tmp_path / "net.py").exists() == replaced


def test_a_name_without_a_suffix_replaces_nothing_unasked(trained, qtbot, tmp_path, monkeypatch):
    window = trained()
    dialog = shown(window, qtbot, "History (CSV)")
    (tmp_path / "run.csv").write_text("mine")
    choose_file(monkeypatch, tmp_path / "run")
    asked = answer(monkeypatch, "Cancel")
    dialog.save()
    assert len(asked) == 1
    assert (tmp_path / "run.csv").read_text() == "mine"


@pytest.mark.parametrize(("listing", "written"), [("", "run.0.3.csv"), (ALL_FILES, "run.0.3")])
def test_a_name_ends_as_the_format_does_unless_all_files_are_listed(
    trained, qtbot, tmp_path, monkeypatch, listing, written
):
    window = trained()
    dialog = shown(window, qtbot, "History (CSV)")
    chosen = (str(tmp_path / "run.0.3"), listing)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    dialog.save()
    assert [path.name for path in tmp_path.iterdir()] == [written]


@pytest.mark.parametrize("save", ["on_save_as", "on_export_points"])
def test_other_files_are_not_replaced_unasked_either(trained, tmp_path, monkeypatch, save):
    window = trained()
    for name in ("run.json", "run.csv"):
        (tmp_path / name).write_text("mine")
    choose_file(monkeypatch, tmp_path / "run")
    asked = answer(monkeypatch, "Cancel")
    getattr(window, save)()
    assert len(asked) == 1
    assert {path.read_text() for path in tmp_path.iterdir()} == {"mine"}


def test_the_keys_of_the_list_pass_over_headings(trained, qtbot):
    window = trained()
    offers = shown(window, qtbot, "Doctor").offers
    for key, row in ((Qt.Key.Key_Home, 1), (Qt.Key.Key_End, offers.count() - 1)):
        QTest.keyClick(offers, key)
        assert offers.currentRow() == row


def test_what_cannot_be_written_is_said_and_the_old_file_stays(
    trained, qtbot, tmp_path, monkeypatch
):
    window = trained()
    dialog = shown(window, qtbot, "NumPy module")
    choose_file(monkeypatch, tmp_path / "nowhere" / "net.py")
    asked = answer(monkeypatch, "OK")
    dialog.save()
    assert "could not be saved" in asked[0]
    assert "does not exist" in asked[0]
    old = tmp_path / "net.py"
    old.write_text("old")
    choose_file(monkeypatch, old)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    dialog.save()
    assert "no space is left" in asked[1]
    assert old.read_text() == "old"


def test_copies_are_text_or_pictures_or_files(trained, qtbot):
    window = trained()
    clipboard = QGuiApplication.clipboard()
    dialog = shown(window, qtbot, "NumPy module")
    dialog.copy()
    assert clipboard.text() == dialog.made.export.text
    assert not clipboard.mimeData().hasUrls()
    dialog = shown(window, qtbot, "Weights (safetensors)")
    dialog.copy()
    (url,) = clipboard.mimeData().urls()
    assert Path(url.toLocalFile()).read_bytes() == dialog.made.export.main
    assert "paste it in a folder" in dialog.message.text()
    dialog._take_back()
    assert clipboard.text() == dialog.made.export.text
    assert not clipboard.mimeData().hasUrls(), "the files go when the program ends"
    dialog = shown(window, qtbot, "Loss")
    dialog.copy()
    assert clipboard.image().size() == dialog.made.image.size()
    dialog.kind_box.setCurrentIndex(1)
    dialog.copy()
    assert bytes(clipboard.mimeData().data("image/svg+xml").data()) == dialog.made.export.main


def test_the_list_and_the_handle_drag_files_out(trained, qtbot, monkeypatch):
    window = trained()
    dialog = shown(window, qtbot, "PyTorch module")
    dragged = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, actions: dragged.append(drag.mimeData()))
    handle = dialog.drag_handle
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle * 3)
    dialog.offers.startDrag(Qt.DropAction.CopyAction)
    assert len(dragged) == 2
    names = [url.fileName() for url in dragged[0].urls()]
    assert names == list(dialog.made.export.files)
    assert dragged[0].text() == dialog.made.export.text


def test_the_replica_that_is_looked_at_goes_out(trained, qtbot):
    window = trained(replicas=3)
    window.session.show(1)
    qtbot.waitUntil(lambda: window.frames[-1].shown == 1)
    dialog = shown(window, qtbot, "NumPy module")
    document = window.session.document()

    def expected(replica):
        return exporters["numpy"].make(Subject(document, replica)).text

    assert dialog.replica_box.isVisible()
    dialog.offers.choose("Points (CSV)")
    assert not dialog.replica_box.isVisible(), "all networks have the same"
    dialog.offers.choose("NumPy module")
    wait(dialog, qtbot)
    assert dialog.made.export.text == expected(1)
    dialog.replica_box.setCurrentIndex(2)
    wait(dialog, qtbot)
    assert dialog.made.export.text == expected(2)
    window.session.show(None)
    qtbot.waitUntil(lambda: window.frames[-1].shown is None)
    window.on_export()
    wait(dialog, qtbot)
    assert dialog.made.export.text == expected(0)


def test_the_moment_that_is_looked_back_at_goes_out(trained, qtbot):
    window = trained()
    window.session.look_back(7)
    qtbot.waitUntil(lambda: window.frames[-1].moment is not None)
    moment = window.frames[-1].moment
    dialog = shown(window, qtbot)
    assert dialog.moment.text() == f"As of epoch {moment:,}."
    assert f'"epoch": {moment}' in dialog.made.export.text


def test_a_run_goes_on_beside_it_until_it_is_refreshed(open_window, qtbot):
    window = open_window(small(max_epochs=1_000_000_000))
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch > 2, timeout=LONG)
    dialog = shown(window, qtbot)
    first, epoch = dialog.made, window.frames[-1].epoch
    qtbot.waitUntil(lambda: window.frames[-1].epoch > epoch + 5, timeout=LONG)
    assert dialog.made is first
    assert dialog.moment.text().endswith("the run goes on.")
    QTest.mouseClick(dialog.refresh_button, Qt.MouseButton.LeftButton)
    wait(dialog, qtbot)
    assert dialog.made.export.text != first.export.text
    assert window.session.running


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PlaygroundError("ONNX has no such thing"), "This cannot be made: ONNX has no such thing."),
        (RuntimeError("library broke"), "This cannot be made: Library broke."),
    ],
)
def test_what_cannot_be_made_is_said(trained, qtbot, monkeypatch, error, said):
    window = trained()
    dialog = shown(window, qtbot)

    def fail(*_):
        raise error

    monkeypatch.setattr(module, "_make", fail)
    dialog.make()
    qtbot.waitUntil(lambda: bool(dialog.message.text()), timeout=LONG)
    assert dialog.message.text() == said
    assert dialog.made is None
    assert not dialog.save_button.isEnabled()


def test_all_of_it_is_reached_by_keyboard(trained, qtbot):
    window = trained(replicas=2)
    dialog = shown(window, qtbot, "NumPy module")
    reached, widget = [], dialog.offers
    for _ in range(80):
        widget = widget.nextInFocusChain()
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.append(widget)
    wanted = [dialog.replica_box, dialog.preview.text, *dialog.findChildren(QAbstractButton)]
    for part in wanted:
        if part.isVisible() and part.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert part in reached
    assert dialog.save_button.isDefault()
