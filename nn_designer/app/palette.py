"""The palette: every layer kind, by category, to search, to drag out or to append."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QTreeWidgetItem, QVBoxLayout, QWidget

from nn_designer.app import kind_texts
from nn_designer.app.canvas.drops import KIND_MIME
from nn_designer.app.palette_tree import KEY_ROLE, KindTree
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.design import edits
from nn_designer.layers import KINDS, Category

__all__ = ["BASICS", "KIND_MIME", "Palette"]

BASICS = "basics"
"""The name of the first heading: kinds that a beginner needs. It is open at first."""
_MARGIN_PX = 8


class Palette(QFrame):
    """A search box and the layer kinds below headings that fold.

    Drag a kind out, or double-click it (or press Enter): it is appended after the selected
    layer and wired. Typing searches, wherever the focus is; Enter adds what was found first.
    """

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setProperty("role", "panel")
        self.setAccessibleName("Layers to add")
        self.store = store
        self.themes = themes
        self.search = QLineEdit()
        self.search.setObjectName("palette_search")
        self.search.setAccessibleName("Search layers")
        self.search.setPlaceholderText("Search layers")
        self.search.setClearButtonEnabled(True)
        self.list = KindTree(themes)
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName("Layer kinds")
        self.nothing = QLabel("No layer of that name.")
        self.nothing.setObjectName("palette_nothing")
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, 2, _MARGIN_PX)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        self._opened = {BASICS}
        self._fill("")
        self._show_width()
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._on_search_entered)
        self.list.kind_chosen.connect(self.append)
        self.list.typed.connect(self._on_typed)
        self.list.left_upwards.connect(self.search.setFocus)
        self.list.itemExpanded.connect(self._on_item_expanded)
        self.list.itemCollapsed.connect(self._on_item_collapsed)
        themes.changed.connect(self._on_theme_changed)

    @property
    def opened(self) -> frozenset[str]:
        """The names of the headings that are open: "basics", "convolution" …"""
        return frozenset(self._opened)

    def open_only(self, names: Collection[str]) -> None:
        """Open the headings of these names and fold the others; unknown names are passed over."""
        self._opened = {BASICS, *map(_name, Category)} & set(names)
        self._fill(self.search.text())

    def append(self, kind: str) -> bool:
        """Append a layer after the selected one and wire it; it is selected then."""
        before = frozenset(self.store.document.by_id)
        chosen = self.store.selection
        after = next(iter(chosen)) if len(chosen) == 1 else None
        if not self.store.edit(f"Add {KINDS[kind].title}", edits.append_after, kind, after):
            return False
        self.store.select(frozenset(self.store.document.by_id) - before)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search box, Down goes to the first kind, Escape gives the search up."""
        key = event.key() if isinstance(event, QKeyEvent) else 0
        if event.type() == QEvent.Type.KeyPress:
            if key == Qt.Key.Key_Down and self.list.isVisible():
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                self.list.go_to_first_kind()
                return True
            if key == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._show_width()

    def _show_width(self) -> None:
        """No title is ever cut."""
        self.setMinimumWidth(self.list.narrowest_px() + _MARGIN_PX + 2)

    def _fill(self, text: str) -> None:
        searching = bool(text.strip())
        found = kind_texts.found(KINDS.values(), text)
        self.list.clear()
        if searching:
            for kind in found:
                self.list.add_kind(kind)
            self.list.setCurrentItem(self.list.topLevelItem(0))
        else:
            self.list.add_heading(BASICS, "Basics", [kind for kind in found if kind.basic])
            for category in Category:
                kinds = [kind for kind in found if kind.category is category]
                if not all(kind.basic for kind in kinds):  # else all of them stand above
                    self.list.add_heading(_name(category), category.value, kinds)
            for name, heading in self.list.headings().items():
                heading.setExpanded(name in self._opened)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)

    def _on_search_entered(self) -> None:
        item = self.list.currentItem()
        if self.search.text().strip() and item is not None:
            self.append(str(item.data(0, KEY_ROLE)))

    def _on_typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.setText(self.search.text() + text)

    def _on_item_expanded(self, heading: QTreeWidgetItem) -> None:
        self._opened.add(self.list.name_of(heading))

    def _on_item_collapsed(self, heading: QTreeWidgetItem) -> None:
        self._opened.discard(self.list.name_of(heading))

    def _on_theme_changed(self, _theme: Theme) -> None:
        self.list.viewport().update()


def _name(category: Category) -> str:
    return category.name.lower()
