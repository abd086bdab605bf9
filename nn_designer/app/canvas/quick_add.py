"""A searchable list of layer kinds that opens at the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nn_designer.app import icons, kind_texts
from nn_designer.app.activation_menu import keep_on_screen
from nn_designer.app.canvas.card_painting import glyph_name
from nn_designer.app.theme import ThemeManager
from nn_designer.layers.base import LayerKind

_WIDTH = 220
_ROW_HEIGHT = 30


class QuickAdd(QFrame):
    """A popup: type to filter, up and down to choose, Enter to add, Esc to leave."""

    chosen = Signal(str)  # key of the kind

    def __init__(self, themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("canvas_quick_add")
        self.setAccessibleName("Add a layer")
        self._themes = themes
        self._kinds: Sequence[type[LayerKind]] = ()
        self.search = QLineEdit()
        self.search.setObjectName("canvas_quick_add_search")
        self.search.setAccessibleName("Search layers")
        self.search.setPlaceholderText("Search layers")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setObjectName("canvas_quick_add_list")
        self.list.setAccessibleName("Layers")
        self.list.setIconSize(QSize(20, 20))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.setFixedWidth(_WIDTH)
        self.search.textChanged.connect(self._on_text_changed)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._on_item_clicked)

    def open_at(self, position: QPoint, kinds: Sequence[type[LayerKind]]) -> None:
        """Open below ``position`` (global) with these kinds, in this order."""
        self._kinds = kinds
        theme = self._themes.theme
        self.setStyleSheet(
            f"QFrame#canvas_quick_add {{ background: {theme.panel_raised};"
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
        for kind in kind_texts.found(self._kinds, text):
            picture = icons.icon(glyph_name(kind.key), theme, theme.categories[kind.category])
            item = QListWidgetItem(QIcon(picture), kind.title)
            item.setData(Qt.ItemDataRole.UserRole, kind.key)
            item.setSizeHint(QSize(_WIDTH - 24, _ROW_HEIGHT))
            item.setToolTip(kind_texts.one_line_help(kind))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = max(1, min(len(self._kinds), 9))
        self.list.setFixedHeight(rows * _ROW_HEIGHT + 4)
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
