"""What a chosen loss, optimizer or schedule is, and its own settings."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_designer.app.store import Store
from nn_designer.app.widgets.form import Form
from nn_designer.app.widgets.section import Fold, label
from nn_designer.design import edits
from nn_designer.design.edit_settings import method_key
from nn_designer.engine.training_methods import METHODS, own_settings_name


class MethodSettings(QWidget):
    """A sentence on the method chosen in the document, below it a fold with its settings.

    ``choice`` is the training setting that chooses: "loss", "optimizer" or "schedule".
    """

    remade = Signal()  # the form is another one

    def __init__(self, store: Store, choice: str) -> None:
        super().__init__()
        self._store = store
        self._choice = choice
        self._key = ""
        self.form: Form | None = None
        self._help = label("", "small", wrap=True)
        self._fold = Fold(f"Settings of the {choice}", opened=False)
        self._fold.setObjectName(own_settings_name(choice))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._help)
        layout.addWidget(self._fold)
        self.show_values()

    def show_values(self) -> None:
        """Show what the document says now."""
        key = method_key(self._store.document, self._choice)
        method = METHODS[self._choice].get(key)
        if key != self._key:
            self._key = key
            self._help.setText(f"{method.title}: {method.help}" if method is not None else "")
            self._help.setVisible(method is not None)
            self._make_form(method.params if method is not None else {})
        if self.form is not None and method is not None:
            own = getattr(self._store.document, own_settings_name(self._choice))
            self.form.set_values({**method.defaults(), **own})

    def _make_form(self, params: dict[str, Any]) -> None:
        if self.form is not None:
            self._fold.body_layout.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if params:
            self.form = Form(params)
            self.form.edited.connect(self._on_edited)
            self.form.settled.connect(self._on_settled)
            self._fold.body_layout.addWidget(self.form)
            self.remade.emit()
        self._fold.setVisible(self.form is not None)

    def _on_edited(self, name: str, value: object) -> None:
        self._store.edit(
            f"Change {self._choice}",
            edits.set_method_setting,
            self._choice,
            name,
            value,
            merge_key=f"{self._choice} {name}",
        )

    def _on_settled(self, _name: str) -> None:
        self._store.end_merge()
