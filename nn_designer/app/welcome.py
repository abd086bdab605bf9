"""The welcome page: templates with their picture and a sentence, recent files, blank start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app.background import Background
from nn_designer.app.icons import application_icon, icon
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.data_preview import DataSample
from nn_designer.app.widgets.design_picture import DesignPicture
from nn_designer.app.widgets.section import ElidedLabel, ScrollPanel, label
from nn_designer.app.widgets.tab_order import set_reading_order
from nn_designer.app.widgets.tips import plain_tip
from nn_designer.data import DataChoice, DataError, load, summary
from nn_designer.design.check import check
from nn_designer.design.codec import CodecError
from nn_designer.design.templates import TEMPLATES, Group, Template, new

NARROWEST_CARD_PX = 216
MOST_COLUMNS = 4
SIDE_WIDTH_PX = 264
MARGIN_PX = 32
GAP_PX = 16


class WelcomePage(QWidget):
    """Where a fresh window begins."""

    template_chosen = Signal(str)  # key
    blank_chosen = Signal()
    open_wanted = Signal()
    file_chosen = Signal(str)  # path of a recent file

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAccessibleName("Welcome")
        self._themes = themes
        self._columns = 0
        self._samples_wanted = False
        self._unread: list[TemplateCard] = []
        self.cards: list[TemplateCard] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._side())
        self._scroll = ScrollPanel(margin_px=MARGIN_PX)
        self._scroll.setObjectName("welcome_templates")
        heading = label("Start from a template", "title")
        self._scroll.column.addWidget(heading)
        self._scroll.column.addWidget(
            label(
                "Each is a whole design with its data: press Train and watch it learn, then "
                "change it.",
                "muted",
                wrap=True,
            )
        )
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP_PX)
        self._headings: dict[Group, QLabel] = {}
        self._scroll.column.addSpacing(8)
        self._scroll.column.addLayout(self._grid)
        self._scroll.column.addStretch(1)
        layout.addWidget(self._scroll, 1)
        self._add_cards()
        self.background = Background(self)
        self.background.ready.connect(self._on_sample_read)
        themes.changed.connect(self._on_theme_changed)
        self._on_theme_changed(themes.theme)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._samples_wanted:
            self._samples_wanted = True
            # Pictures of digits take longest to read: they come last, the same ones together.
            self._unread = sorted(self.cards, key=_time_to_read)
            self._read_next()

    def _read_next(self) -> None:
        if self._unread:
            choice = self._unread[0].document.data
            self.background.request(lambda: _sample(choice))

    def _on_sample_read(self, sample: DataSample | None) -> None:
        card = self._unread.pop(0)
        if sample is not None:
            card.picture.show_sample(sample)
        self._read_next()

    def show_recent(self, paths: list[str]) -> None:
        """List the recent files; those that are gone are left out."""
        while self._recent.count():
            old = self._recent.takeAt(0).widget()
            old.hide()
            old.deleteLater()
        shown = [path for path in paths if Path(path).is_file()][:8]
        for index, path in enumerate(shown):
            row = _RecentRow(path)
            row.setObjectName(f"recent_{index}")
            row.chosen.connect(self.file_chosen.emit)
            self._recent.addWidget(row)
        if not shown:
            self._recent.addWidget(label("Designs you save appear here.", "muted", wrap=True))

    def _side(self) -> QFrame:
        side = QFrame()
        side.setProperty("role", "side")
        side.setFixedWidth(SIDE_WIDTH_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(8)
        logo = label()
        logo.setPixmap(application_icon().pixmap(QSize(56, 56), self.devicePixelRatioF()))
        column.addWidget(logo)
        column.addSpacing(8)
        column.addWidget(label("NN Designer", "title"))
        column.addWidget(
            label("Draw a neural network, train it, watch it learn.", "muted", wrap=True)
        )
        column.addSpacing(16)
        self._blank = QPushButton("Blank design")
        self._blank.setObjectName("welcome_blank")
        self._blank.clicked.connect(self.blank_chosen.emit)
        self._open = QPushButton("Open…")
        self._open.setObjectName("welcome_open")
        self._open.clicked.connect(self.open_wanted.emit)
        column.addWidget(self._blank)
        column.addWidget(self._open)
        column.addSpacing(16)
        column.addWidget(label("RECENT", "section"))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        column.addLayout(self._recent)
        column.addStretch(1)
        private = QHBoxLayout()
        private.setSpacing(8)
        self._lock = label()
        private.addWidget(self._lock, 0, Qt.AlignmentFlag.AlignTop)
        private.addWidget(
            label("Everything stays on this computer. No network is used.", "small", wrap=True), 1
        )
        column.addLayout(private)
        self.show_recent([])
        return side

    def _add_cards(self) -> None:
        for template in TEMPLATES:
            try:
                card = TemplateCard(template, self._themes)
            except (CodecError, OSError) as error:
                # A damaged installation loses one card, not the page.
                self._scroll.column.addWidget(label(str(error), "error", wrap=True))
                continue
            card.chosen.connect(self.template_chosen.emit)
            self.cards.append(card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = _columns(self.width() - SIDE_WIDTH_PX - 2 * MARGIN_PX - 10)
        if columns == self._columns:
            return
        for index in range(self._columns):
            self._grid.setColumnStretch(index, 0)
        self._columns = columns
        row = 0
        for group in Group:
            cards = [card for card in self.cards if card.template.group is group]
            if not cards:
                continue
            self._grid.addWidget(self._heading(group, first=row == 0), row, 0, 1, columns)
            for index, card in enumerate(cards):
                self._grid.addWidget(card, row + 1 + index // columns, index % columns)
            row += 1 - (-len(cards) // columns)
        for index in range(columns):
            self._grid.setColumnStretch(index, 1)
        set_reading_order(*self.cards)

    def _heading(self, group: Group, *, first: bool) -> QLabel:
        heading = self._headings.get(group)
        if heading is None:
            heading = self._headings[group] = label(group.value, "heading")
            heading.setObjectName(f"templates_{group.name.lower()}")
            heading.setContentsMargins(0, 0 if first else 12, 0, 0)
        return heading

    def _on_theme_changed(self, theme: Theme) -> None:
        self._blank.setIcon(icon("plus", theme))
        self._open.setIcon(icon("folder", theme))
        picture: QPixmap = icon("private", theme, theme.text_muted).pixmap(
            QSize(16, 16), self.devicePixelRatioF()
        )
        self._lock.setPixmap(picture)


class _Pressable(QFrame):
    """A box that acts as a button: mouse, Enter, Space, focus ring."""

    chosen = Signal(str)

    def __init__(self, key: str, role: str) -> None:
        super().__init__()
        self._key = key
        self.setProperty("role", role)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self._key)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.chosen.emit(self._key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark("focused", True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark("focused", False)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._mark("hovered", True)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self._mark("hovered", False)

    def _mark(self, name: str, on: bool) -> None:
        self.setProperty(name, on)
        self.style().unpolish(self)
        self.style().polish(self)


class TemplateCard(_Pressable):
    """One template: its picture, title and sentence."""

    def __init__(self, template: Template, themes: ThemeManager) -> None:
        super().__init__(template.key, "template")
        self.template = template
        self.setObjectName(f"template_{template.key}")
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.sentence)
        self.document = new(template.key)
        try:
            report = check(self.document, summary(self.document.data), counts_memory=False)
        except DataError:
            report = check(self.document, None, counts_memory=False)
        self.picture = DesignPicture(self.document, report, themes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 14)
        layout.setSpacing(4)
        picture = QFrame()
        picture.setProperty("role", "picture")
        inside = QVBoxLayout(picture)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.picture)
        layout.addWidget(picture)
        layout.addSpacing(8)
        texts = QVBoxLayout()
        texts.setContentsMargins(14, 0, 14, 0)
        texts.setSpacing(4)
        texts.addWidget(label(template.title, "heading"))
        texts.addWidget(label(template.sentence, "muted", wrap=True))
        layout.addLayout(texts)
        layout.addStretch(1)


class _RecentRow(_Pressable):
    """One recent file: its name, and its folder below."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "row")
        self.setAccessibleName(f"Open {path}")
        self.setToolTip(plain_tip(path))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(0)
        layout.addWidget(ElidedLabel(Path(path).stem))
        layout.addWidget(ElidedLabel(_short_folder(path), "small"))


def _columns(room_px: int) -> int:
    """So many columns that no card is too narrow: at most as many as a group has cards."""
    return max(1, min(MOST_COLUMNS, (room_px + GAP_PX) // (NARROWEST_CARD_PX + GAP_PX)))


def _time_to_read(card: TemplateCard) -> tuple[bool, str]:
    choice = card.document.data
    return choice.source == "mnist", repr(sorted(choice.settings.items()))


def _sample(choice: DataChoice) -> DataSample | None:
    """Some rows to draw; None where the data can't be read."""
    try:
        return DataSample(load(choice))
    except DataError:
        return None


def _short_folder(path: str) -> str:
    folder = Path(path).parent
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)
