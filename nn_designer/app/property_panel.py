"""The property panel: the settings of the selected layers, or the design's own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from nn_designer.app.design_page import DesignPage
from nn_designer.app.layer_page import LayerPage
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.widgets.form import expected_sentence
from nn_designer.app.widgets.section import ScrollPanel, label
from nn_designer.params import Param


class PropertyPanel(QWidget):
    """Shows a page for what is selected and, below, help on the setting pointed at."""

    data_wanted = Signal()  # "Choose data…" was pressed

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("property_panel")
        self.setAccessibleName("Properties")
        self.store = store
        self.layer_page = LayerPage(store, themes)
        self.design_page = DesignPage(store, themes)
        self._pages = QStackedWidget()
        for page in (self.layer_page, self.design_page):
            scroll = ScrollPanel()
            scroll.column.addWidget(page)
            scroll.column.addStretch(1)
            self._pages.addWidget(scroll)
        self._help = _HelpLine()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._help)
        self.layer_page.pointed.connect(self._help.show_param)
        self.layer_page.data_wanted.connect(self.data_wanted.emit)
        store.selection_changed.connect(self._on_selection_changed)
        self._on_selection_changed(store.selection)

    def _on_selection_changed(self, selection: frozenset[str]) -> None:
        self._pages.setCurrentIndex(0 if selection else 1)
        self._pages.currentWidget().verticalScrollBar().setValue(0)
        self._help.show_param(None)


class _HelpLine(QFrame):
    """What the setting under the mouse or with the focus means and what it may be."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "helpline")
        self.setObjectName("setting_help")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 10)
        layout.setSpacing(2)
        self._title = label("", "heading")
        self._help = label("", wrap=True)
        self._range = label("", "small", wrap=True)
        for part in (self._title, self._help, self._range):
            part.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            layout.addWidget(part)
        self.hide()

    def show_param(self, param: Param | None) -> None:
        self.setVisible(param is not None)
        if param is not None:
            self._title.setText(param.title)
            self._help.setText(param.help)
            self._help.setVisible(bool(param.help))
            self._range.setText(expected_sentence(param))
            self._range.setVisible(bool(self._range.text()))
