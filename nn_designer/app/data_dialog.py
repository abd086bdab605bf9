"""Choosing data: shipped, drawn, or the person's own table."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app.data_source_page import SourcePage
from nn_designer.app.data_table_page import TablePage
from nn_designer.app.icons import icon
from nn_designer.app.settings import AppSettings
from nn_designer.app.theme import ThemeManager
from nn_designer.app.widgets.section import ScrollPanel
from nn_designer.data import SOURCES, DataChoice

GROUPS = (
    ("shipped", "SHIPPED", "table"),
    ("drawn", "DRAWN", "chart"),
    ("own", "YOUR OWN", "folder"),
)
KEY_ROLE = Qt.ItemDataRole.UserRole


class DataDialog(QDialog):
    """After ``exec``, :attr:`choice` is what was chosen."""

    def __init__(
        self,
        choice: DataChoice,
        settings: AppSettings,
        themes: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("data_dialog")
        self.setWindowTitle("Choose data")
        self.resize(920, 680)
        self.choice: DataChoice | None = None
        self._start = choice
        self.sources = QListWidget()
        self.sources.setObjectName("data_sources")
        self.sources.setAccessibleName("Data")
        self.sources.setFixedWidth(212)
        self.sources.setIconSize(QSize(16, 16))
        self.source_page = SourcePage(themes)
        self.table_page = TablePage(settings, themes)
        self._pages = QStackedWidget()
        for page in (self.source_page, self.table_page):
            scroll = ScrollPanel(margin_px=0)
            scroll.column.addWidget(page)
            self._pages.addWidget(scroll)
            page.choice_changed.connect(self._on_choice_changed)
        self.use = QPushButton("Use this data")
        self.use.setObjectName("use_data")
        self.use.setProperty("role", "primary")
        self.use.setDefault(True)
        self.use.clicked.connect(self.accept)
        cancel = QPushButton("Cancel")
        cancel.setObjectName("cancel_data")
        cancel.setAutoDefault(False)  # Enter uses the data or, while they can't be used, nothing
        cancel.clicked.connect(self.reject)
        foot = QFrame()
        foot.setProperty("role", "foot")
        buttons = QHBoxLayout(foot)
        buttons.setContentsMargins(16, 12, 16, 12)
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.use)
        side = QFrame()
        side.setProperty("role", "side")
        side_layout = QVBoxLayout(side)
        side_layout.setContentsMargins(8, 12, 8, 8)
        side_layout.addWidget(self.sources)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(side)
        body.addWidget(self._pages, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(body, 1)
        layout.addWidget(foot)
        self._fill(themes)
        self.sources.currentItemChanged.connect(self._on_source_chosen)
        self.show_source(choice.source if choice.source in SOURCES else next(iter(SOURCES)))

    def show_source(self, key: str) -> None:
        """Choose a source in the list."""
        for row in range(self.sources.count()):
            if self.sources.item(row).data(KEY_ROLE) == key:
                self.sources.setCurrentRow(row)

    def done(self, result: int) -> None:
        self.source_page.background.abandon()
        self.table_page.abandon()
        super().done(result)

    def _fill(self, themes: ThemeManager) -> None:
        for group, title, picture in GROUPS:
            heading = QListWidgetItem(title)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            font = self.font()
            font.setPointSizeF(8.5)
            font.setWeight(font.Weight.DemiBold)
            heading.setFont(font)
            self.sources.addItem(heading)
            for key, source in SOURCES.items():
                if source.group == group:
                    item = QListWidgetItem(icon(picture, themes.theme), source.title)
                    item.setData(KEY_ROLE, key)
                    item.setToolTip(source.description)
                    self.sources.addItem(item)

    def _on_source_chosen(self, item: QListWidgetItem | None) -> None:
        key = item.data(KEY_ROLE) if item is not None else None
        if key is None:
            return
        same = key == self._start.source
        choice = self._start if same else DataChoice(key, {})
        own = key == "table"
        self._pages.setCurrentIndex(1 if own else 0)
        self._on_choice_changed(None)
        if own:
            self.table_page.show_choice(choice)
        else:
            self.source_page.show_choice(choice)

    def _on_choice_changed(self, choice: DataChoice | None) -> None:
        self.choice = choice
        self.use.setEnabled(choice is not None)
