"""The page of the property panel while no layer is selected: the design as a whole."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.widgets.fields import TextField
from nn_designer.app.widgets.line_edit import NotesEdit
from nn_designer.app.widgets.section import label, line
from nn_designer.app.widgets.stats import Stats, short_bytes, short_count
from nn_designer.design import edits
from nn_designer.params import Text


class DesignPage(QWidget):
    """Name, notes, size and cost of the design."""

    def __init__(self, store: Store, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("design_page")
        self.store = store
        self._name = TextField(Text("", maximum_length=200, title="Name of the design"))
        self._name.editor.setObjectName("design_name")
        self._name.placeholder = "Untitled"
        self._name.edited.connect(self._on_name_edited)
        self._name.settled.connect(store.end_merge)
        self._sizes = Stats(("Layers", "Parameters"))
        self._costs = Stats(("MACs a sample", "Memory"))
        self._costs.setToolTip(
            "MACs: multiplications with addition, forward, for one sample.\n"
            "Memory: weights, gradients, optimizer and activations of one batch while training."
        )
        self._notes = NotesEdit()
        self._notes.setObjectName("design_notes")
        self._notes.setAccessibleName("Notes")
        self._notes.setPlaceholderText("What is this design for? What did you find out?")
        self._notes.setTabChangesFocus(True)
        self._notes.setFixedHeight(120)
        self._notes.textChanged.connect(self._on_notes_edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label("Design", "heading"))
        column.addWidget(self._name)
        column.addWidget(self._sizes)
        column.addWidget(self._costs)
        column.addWidget(label("NOTES", "section"))
        column.addWidget(self._notes)
        column.addWidget(line())
        hint = (
            "Select a layer to see and change its settings.\n\n"
            "Drag layers from the left onto the canvas, or double-click one to append it. "
            "Drag from a port to another to wire them."
        )
        column.addWidget(label(hint, "muted", wrap=True), 0, Qt.AlignmentFlag.AlignTop)
        store.changed.connect(self._on_changed)
        store.checked.connect(self._on_checked)
        self._show_document()
        self._on_checked(store.report)

    def _on_changed(self, change: Any) -> None:
        if change.name_changed or change.notes_changed:
            self._show_document()

    def _on_checked(self, report: Any) -> None:
        self._sizes.show_values(
            Layers=str(len(self.store.document.layers)),
            Parameters=short_count(report.total_parameters),
        )
        self._costs.show_values(
            MACs_a_sample=short_count(report.macs),
            Memory=short_bytes(report.training_memory_bytes),
        )

    def _show_document(self) -> None:
        document = self.store.document
        self._name.set_value(document.name)
        if self._notes.toPlainText() != document.notes:
            self._notes.blockSignals(True)
            self._notes.setPlainText(document.notes)
            self._notes.blockSignals(False)

    def _on_name_edited(self, name: str) -> None:
        self.store.edit("Name design", edits.set_name, name, merge_key="design name")

    def _on_notes_edited(self) -> None:
        self.store.edit(
            "Edit notes", edits.set_notes, self._notes.toPlainText(), merge_key="design notes"
        )
