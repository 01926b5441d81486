"""The window of exports: a list, what the chosen one looks like, and the ways out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDrag, QGuiApplication, QHideEvent, QPixmap
from PySide6.QtWidgets import QWidget

from playground.core.errors import PlaygroundError
from playground.core.words import listed, sentence
from playground.exchange.document import Document
from playground.exchange.exporting.registry import Export, Exporter, Subject, exporters
from playground.gui.exports.layout import PNG, SVG, ExportLayout
from playground.gui.exports.offers import Offer, offers_of
from playground.gui.exports.preview import MOST_CHARACTERS
from playground.gui.exports.studio import Studio, Taken
from playground.gui.exports.ways_out import Made, TemporaryFiles, as_mime, ask_for
from playground.gui.files import Files
from playground.gui.theme import LIGHT, Colours, colour_text
from playground.gui.views.rendering import encoded
from playground.runtime.answer import Answer, WorkerError
from playground.runtime.background import Background
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot

DRAGGED = QSize(160, 120)
PAGE = ".html"
OPENED = (PAGE, PNG, SVG)
"""Files that are worth a look in another program at once."""
LARGE = 5_000_000
"""Bytes of an export that is written beside the window; fewer take some hundredths of a second."""

log = logging.getLogger(__name__)


class ExportDialog(ExportLayout):
    """Makes an export of what is looked at, shows it, and hands it on; it blocks nothing.

    Signals:
        said: A sentence on what was written.

    Attributes:
        made: What is shown; None until there is something.
    """

    said = Signal(str)

    def __init__(self, session: Session, files: Files, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._files, self._studio = session, files, studio
        self._colours, self._level = LIGHT, "muted"
        self._folder: Path | None = None
        self._temporary = TemporaryFiles()
        self._lent: QMimeData | None = None
        app = QGuiApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self._take_back)
        self._taken: Taken | None = None
        self.made: Made | None = None
        self._background = Background(self)
        self._background.finished.connect(self._show)
        self._background.failed.connect(self._fail)
        studio.taken.connect(self._show_picture)
        self._connect()
        session.frame.connect(self._note_time)
        self._epoch = 0
        self.offers.show_offers(offers_of(exporters.values(), studio.titles))

    def _connect(self) -> None:
        self.offers.chosen.connect(self._choose)
        self.offers.drag_asked.connect(self.drag)
        self.drag_handle.drag_asked.connect(self.drag)
        self.replica_box.currentIndexChanged.connect(self.make)
        self.kind_box.currentIndexChanged.connect(self._encode)
        self.refresh_button.clicked.connect(self.make)
        self.open_button.clicked.connect(self.open_outside)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.save)
        self.close_button.clicked.connect(self.reject)

    def open_on(self, snapshot: Snapshot | None) -> None:
        """Come to the front with what is looked at now."""
        self._offer_replicas(snapshot)
        self._say("")
        self.show()
        self.raise_()
        self.activateWindow()
        self.offers.setFocus()
        self.make()

    # --- making ------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the chosen export anew, of this moment."""
        offer = self.offers.offer
        if offer is None or not self.isVisible():
            return
        self._clear(offer)
        self._studio.forget()
        self._background.forget()
        self.progress.show()
        if offer.exporter is None:
            self._studio.take(offer.title)
            return
        document, replica = self._session.document_later(), self.replica_box.currentIndex()
        self._background.do(partial(_make, offer.exporter, document, replica))

    def _choose(self, offer: Offer) -> None:
        self._say("")
        self.make()

    def _show(self, made: Made) -> None:
        self.made, self._epoch = made, made.epoch
        export = made.export
        sentences = [sentence(note) for note in export.notes]
        if len(export.files) > 1:
            sentences.append(f"Saved together: {listed(list(export.files))}.")
        self._show_notes(sentences)
        if made.page is not None:
            self.preview.show_page(made.page)
        else:
            described = export.description is not None
            self.preview.show_text(made.beginning, made.characters, described=described)
        self._finish()

    def _show_picture(self, taken: Taken) -> None:
        offer = self.offers.offer
        if not self.isVisible() or offer is None or offer.title != taken.title:
            return
        self._taken, self._epoch = taken, taken.snapshot.epoch
        self._encode()

    def _encode(self) -> None:
        """Make a file of the picture that was taken last."""
        taken, kind = self._taken, str(self.kind_box.currentData())
        if taken is None:
            return
        name = taken.title.lower().replace(" ", "-") + kind
        content = taken.shapes if kind == SVG else encoded(taken.image, kind)
        export = Export({name: content}, None if kind == SVG else "")
        self.made = Made(taken.title, export, taken.image)
        self._show_notes([])
        self.preview.show_image(taken.image)
        self._finish()

    def _finish(self) -> None:
        made = self.made
        assert made is not None
        self.progress.hide()
        self._enable(True)
        self.open_button.setVisible(Path(made.name).suffix in OPENED)
        self._note_time()

    def _fail(self, error: Exception) -> None:
        self.progress.hide()
        if not isinstance(error, PlaygroundError | WorkerError):
            log.error("an export could not be made", exc_info=error)
        self._say(f"This cannot be made: {sentence(str(error))}", "red")

    def _clear(self, offer: Offer) -> None:
        self.made = self._taken = None
        self.preview.clear()
        self._show_notes([])
        self._enable(False)
        self.open_button.hide()
        self.title.setText(f"Picture of: {offer.label}" if offer.title else offer.label)
        self.help.setText(offer.help)
        of_one = offer.exporter is not None and offer.exporter.of_one
        several = self.replica_box.count() > 1 and of_one
        for widget in (self.replica_label, self.replica_box):
            widget.setVisible(several)
        self.kind_box.setVisible(bool(offer.title))

    # --- ways out ----------------------------------------------------------------------------

    def copy(self) -> None:
        """Put it on the clipboard: text as text, a picture as such, and all else as files."""
        made = self.made
        if made is None:
            return
        clipboard, hint = QGuiApplication.clipboard(), ""
        try:
            if made.image is None and made.export.is_text:
                clipboard.setText(made.export.text)
            elif made.image is not None and not made.export.text:
                clipboard.setImage(made.image)
            elif made.image is not None:
                data = as_mime(made)
                data.setData("image/svg+xml", QByteArray(made.export.main))
                self._lend(data)
            else:
                self._lend(as_mime(made, self._temporary.paths_of(made)))
                hint = ": paste it in a folder"
        except PlaygroundError as error:
            self._say(f"It could not be copied: {error}.", "red")
            return
        self._say(f"Copied {made.name}{hint}.")

    def _lend(self, data: QMimeData) -> None:
        QGuiApplication.clipboard().setMimeData(data)
        self._lent = data

    def _take_back(self) -> None:
        """Leave on the clipboard what Qt holds by itself.

        What Python has made must not outlive it, and the files behind it go with the window.
        """
        clipboard = QGuiApplication.clipboard()
        lent, self._lent = self._lent, None
        if lent is not None and clipboard.mimeData() is lent:
            clipboard.setText(lent.text())

    def save(self) -> None:
        """Ask for a name and write it there."""
        made = self.made
        if made is None:
            return
        try:
            path = ask_for(self, made, self._folder or Path(self._files.folder))
            if path is not None and made.size <= LARGE:
                self._tell(made.export.write(path))
        except PlaygroundError as error:
            self._complain(error)
            return
        if path is not None and made.size > LARGE:
            from playground.runtime.writing import Job

            write = made.export.write
            self._say(f"{path.name} is being written…")
            self._files.writing.do(Job(path, lambda _: write(path), self._tell, self._complain))

    def _tell(self, written: list[Path]) -> None:
        self._folder = written[0].parent
        words = f"Wrote {listed([written[0], *(path.name for path in written[1:])])}."
        self._say(words)
        self.said.emit(words)

    def _complain(self, error: Exception) -> None:
        self._say("")
        over = self if self.isVisible() else None
        self._files.complain("The export could not be saved.", error, over=over)

    def drag(self) -> None:
        """Let it be dragged to another program."""
        made = self.made
        if made is None:
            return
        try:
            data = as_mime(made, self._temporary.paths_of(made))
        except PlaygroundError as error:
            self._say(f"It could not be dragged out: {error}.", "red")
            return
        drag = QDrag(self)
        drag.setMimeData(data)
        if made.image is not None:
            smooth = Qt.TransformationMode.SmoothTransformation
            small = made.image.scaled(DRAGGED, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            drag.setPixmap(QPixmap.fromImage(small))
        drag.exec(Qt.DropAction.CopyAction)

    def open_outside(self) -> None:
        """Show it in the system's program for such files."""
        if self.made is None:
            return
        try:
            path = self._temporary.paths_of(self.made)[0]
        except PlaygroundError as error:
            self._say(f"It could not be opened: {error}.", "red")
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._say("The system knows no program for it; save it, and open the file.", "amber")

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme; pictures are taken anew in it."""
        self._colours = colours
        self.colour_words(colours)
        colour_text(self.message, getattr(colours, self._level))
        offer = self.offers.offer
        if offer is not None and offer.title:
            self.make()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody waits for is not made, and what was made is not kept."""
        self._background.forget()
        self._studio.forget()
        self.made = self._taken = None
        super().hideEvent(event)

    def _offer_replicas(self, snapshot: Snapshot | None) -> None:
        box = self.replica_box
        with_signals = box.blockSignals(True)
        box.clear()
        if snapshot is not None:
            seed = snapshot.experiment.training.seed
            box.addItems(
                [f"Replica {each + 1} (seed {seed + each})" for each in range(snapshot.replicas)]
            )
            box.setCurrentIndex(snapshot.shown or 0)
        box.blockSignals(with_signals)

    def _note_time(self, snapshot: Snapshot | None = None) -> None:
        if self.made is None:
            return
        words = f"As of epoch {self._epoch:,}"
        if self._session.running:
            words += "; the run goes on"
        elif snapshot is not None and snapshot.epoch != self._epoch:
            words += f"; epoch {snapshot.epoch:,} is looked at now"
        if words + "." != self.moment.text():
            self.moment.setText(words + ".")

    def _show_notes(self, sentences: Iterable[str]) -> None:
        self.notes_area.show_text("\n".join(sentences))

    def _say(self, words: str, level: str = "muted") -> None:
        self._level = level
        self.message.setText(words)
        colour_text(self.message, getattr(self._colours, level))

    def _enable(self, enabled: bool) -> None:
        for widget in (self.copy_button, self.save_button, self.drag_handle):
            widget.setEnabled(enabled)


def _make(exporter: Exporter, answer: Answer[Document], index: int) -> Made:
    """Make an export of what the worker answers, in any thread."""
    document = answer.wait()
    replica = min(max(index, 0), document.experiment.training.replicas - 1)
    subject = Subject(document, replica)
    page = exporters["markdown"].make(subject) if exporter.suffix == PAGE else None
    export, trained = exporter.make(subject), document.trained
    epoch = 0 if trained is None else trained.epoch
    beginning, characters = export.beginning(MOST_CHARACTERS + 1), export.characters
    return Made(exporter.label, export, None, page, epoch, beginning, characters)
