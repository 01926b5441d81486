"""How an export looks: the beginning of its text, or its picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, QUrl
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from playground.exchange.exporting.registry import Export
from playground.gui.theme import LIGHT, Colours, colour_text
from playground.gui.widgets.editor import SPACING

MOST_CHARACTERS, MOST_COLUMNS = 20_000, 400
"""Shown of a text, and of a line of it."""
CUT = " …"
CHART_SHARPNESS = 2


class Picture(QWidget):
    """An image, as large as fits, but no larger than it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image, self.border = QImage(), LIGHT.border
        self.setAccessibleName("Preview of the picture")

    def show_image(self, image: QImage) -> None:
        """Show another one."""
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        whole = self.image.deviceIndependentSize().toSize()
        size = whole.scaled(self.size().boundedTo(whole), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect((self.width() - size.width()) // 2, 0, size.width(), size.height())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self.image)
        painter.setPen(QColor(self.border))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(420, 300)


class Page(QTextBrowser):
    """A report as Markdown, with the charts that lie beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: dict[str, bytes] = {}
        self.setOpenLinks(False)
        self.setAccessibleName("Preview of the page")

    def show_report(self, export: Export) -> None:
        """Show another one."""
        self._files = export.files
        self.setMarkdown(export.text)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A chart as an image, or nothing: no file is ever read."""
        content = self._files.get(name.toString() if isinstance(name, QUrl) else name)
        if content is None:
            return QImage()
        renderer = QSvgRenderer(content)
        image = QImage(renderer.defaultSize() * CHART_SHARPNESS, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(CHART_SHARPNESS)
        painter = QPainter(image)
        renderer.render(painter, QRectF(QPointF(), QSizeF(renderer.defaultSize())))
        painter.end()
        return image


class Preview(QWidget):
    """Shows text in letters of one width, a page, or a picture.

    Attributes:
        text: The text, cut where it is long.
        picture: The picture.
        page: The page.
        cut: A sentence that says how much is shown, where that is not all.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self.picture, self.page = QPlainTextEdit(), Picture(), Page()
        self.cut = QLabel()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Preview")
        self.text.setTabChangesFocus(True)
        self.text.setUndoRedoEnabled(False)
        self.cut.setAccessibleName("How much of it is shown")
        self.cut.setWordWrap(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.text)
        self._stack.addWidget(self.picture)
        self._stack.addWidget(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING // 2)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.cut)
        self.clear()

    def show_text(self, text: str, characters: int, *, described: bool = False) -> None:
        """Show a text from its beginning; words and a link are wrapped, source and tables not.

        Args:
            text: What is exported, or a description of it; of a long one the beginning is enough.
            characters: How long it is.
            described: Which of them.
        """
        modes = QPlainTextEdit.LineWrapMode
        wrapped = described or "\n" not in text
        self.text.setLineWrapMode(modes.WidgetWidth if wrapped else modes.NoWrap)
        shown = shortened(text, MOST_CHARACTERS if wrapped else MOST_COLUMNS)
        self.text.setPlainText(shown)
        self._stack.setCurrentWidget(self.text)
        whole = len(shown) == characters
        whose = "the description's" if described else "the"
        part = f"A part of {whose} {characters:,} characters is shown here"
        rest = "." if described else "; all of them are copied, saved and dragged out."
        self.cut.setText("" if whole else part + rest)
        self.cut.setHidden(whole)

    def show_page(self, export: Export) -> None:
        """Show a report, given as Markdown."""
        self.page.show_report(export)
        self._stack.setCurrentWidget(self.page)
        self.cut.setText("These are its words and charts; Open shows the page itself in a browser.")
        self.cut.show()

    def show_image(self, image: QImage) -> None:
        """Show a picture."""
        self.picture.show_image(image)
        self._stack.setCurrentWidget(self.picture)
        self.cut.hide()

    def clear(self) -> None:
        """Show nothing."""
        self.text.clear()
        self.page.clear()
        self.picture.show_image(QImage())
        self.cut.hide()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        colour_text(self.cut, colours.muted)
        self.picture.border = colours.border
        self.picture.update()


def shortened(text: str, columns: int = MOST_COLUMNS) -> str:
    """The beginning of a text, and of each of its lines: longer ones are slow to show."""
    lines = text[:MOST_CHARACTERS].split("\n")
    short = [line if len(line) <= columns else line[:columns].rstrip() + CUT for line in lines]
    if len(text) > MOST_CHARACTERS:
        short.append(CUT)
    return "\n".join(short)
