"""Help on a layer kind: what it does, its formula both ways, where it comes from."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nn_designer.app.widgets.section import Fold, label, line
from nn_designer.layers.base import LayerKind, statements


class KindHelp(QWidget):
    """Shows a kind's declaration; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("kind_help")
        self._title = label("", "section")
        self._text = label("", "muted", wrap=True, selectable=True)
        self._fold = Fold("Formula", opened=False)
        self._fold.setObjectName("kind_formula")
        self._forward = self._formula("kind_forward", "Forward")
        self._backward = self._formula("kind_backward", "Backward: how the loss L changes")
        self._source = label("", "small", wrap=True, selectable=True)
        self._fold.body_layout.addWidget(self._source)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (line(), self._title, self._text, self._fold):
            column.addWidget(part)

    def _formula(self, name: str, caption: str) -> QLabel:
        self._fold.body_layout.addWidget(label(caption, "small", wrap=True))
        text = label("", wrap=True, selectable=True)
        text.setObjectName(name)
        text.setAccessibleName(caption)
        self._fold.body_layout.addWidget(text)
        return text

    def show_kind(self, kind: type[LayerKind] | None, title: str) -> None:
        """The help on ``kind`` below a heading; None: nothing."""
        self.setVisible(kind is not None)
        if kind is None:
            return
        paragraphs = (kind.__doc__ or "").split("\n\n")
        self._title.setText(title)
        self._text.setText("\n\n".join(" ".join(part.split()) for part in paragraphs))
        self._fold.setVisible(bool(kind.formula))
        self._forward.setText("\n".join(statements(kind.formula)))
        self._backward.setText("\n".join(statements(kind.backward)))
        self._source.setText(f"Source: {kind.source}.")
        self._source.setVisible(bool(kind.source))
