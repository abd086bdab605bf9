"""A popup to choose from: type to filter, up and down to walk, Enter to choose, Esc to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app import icons
from nn_designer.app.activation_menu import keep_on_screen
from nn_designer.app.theme import ThemeManager

_WIDTH = 232
_ROW_HEIGHT = 30
_MOST_ROWS = 9


@dataclass(frozen=True)
class Row:
    """One thing to choose: what is emitted, what is read, its picture and its colour."""

    key: str
    title: str
    picture: str
    colour: str
    tip: str = ""


class SearchList(QFrame):
    """Rows below a search box. Subclasses say which rows fit a text."""

    chosen = Signal(str)  # key of the row

    def __init__(self, themes: ThemeManager, parent: QWidget, name: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName(name)
        self._themes = themes
        self.search = QLineEdit()
        self.search.setObjectName(f"{name}_search")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setObjectName(f"{name}_list")
        self.list.setIconSize(QSize(20, 20))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setContentsMargins(6, 4, 6, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        self.setFixedWidth(_WIDTH)
        self.search.textChanged.connect(self._on_text_changed)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._on_item_clicked)

    def rows_for(self, text: str) -> Sequence[Row]:
        """The rows that fit what was typed, best first."""
        raise NotImplementedError

    def say(self, name: str, prompt: str, nothing: str) -> None:
        """What the popup is called, what stands in the empty search box, and what to say when
        nothing fits."""
        self.setAccessibleName(name)
        self.search.setAccessibleName(prompt)
        self.search.setPlaceholderText(prompt)
        self.list.setAccessibleName(name)
        self.nothing.setText(nothing)

    def pop_up(self, position: QPoint) -> None:
        """Open below ``position`` (global)."""
        theme = self._themes.theme
        self.setStyleSheet(
            f"QFrame#{self.objectName()} {{ background: {theme.panel_raised};"
            f" border: 1px solid {theme.border}; }}"
            f"QListWidget {{ background: {theme.panel_raised}; }}"
        )
        self.search.clear()
        self._fill("")
        keep_on_screen(self, position)
        self.show()
        keep_on_screen(self, position)
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self, text: str) -> None:
        self.list.clear()
        theme = self._themes.theme
        rows = self.rows_for(text)
        for row in rows:
            item = QListWidgetItem(icons.icon(row.picture, theme, row.colour), row.title)
            item.setData(Qt.ItemDataRole.UserRole, row.key)
            item.setSizeHint(QSize(_WIDTH - 24, _ROW_HEIGHT))
            item.setToolTip(row.tip)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        if not text:
            shown = max(1, min(len(rows), _MOST_ROWS))
            self.list.setFixedHeight(shown * _ROW_HEIGHT + 4)
        self.list.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.layout().activate()
        self.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and Enter in the search box act on the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            keys = Qt.Key
            if event.key() in (keys.Key_Up, keys.Key_Down, keys.Key_PageUp, keys.Key_PageDown):
                step = {keys.Key_Up: -1, keys.Key_Down: 1, keys.Key_PageUp: -5}.get(
                    Qt.Key(event.key()), 5
                )
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
                return True
            if event.key() in (keys.Key_Return, keys.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _on_text_changed(self, text: str) -> None:
        self._fill(text)

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._choose(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self.close()
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
