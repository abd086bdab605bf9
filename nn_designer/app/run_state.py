"""The state of the run, always in sight: a coloured dot and a few words."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from nn_designer.app.icons import icon
from nn_designer.app.theme import Theme, ThemeManager


class RunStateButton(QToolButton):
    """Says "Ready to train", "Training · epoch 3 of 10", "Can't train: 2 problems"…

    A click on the last one asks for the list of problems.
    """

    problems_wanted = Signal()

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("run_state")
        self.setAccessibleName("State of training")
        self.setProperty("role", "state")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(14, 14))
        self._themes = themes
        self._kind = ""
        self._train: QWidget | None = None
        self.clicked.connect(self._on_clicked)
        themes.changed.connect(self._on_theme_changed)

    def blocks(self, train: QWidget) -> None:
        """``train``: the button that looks dead while there are problems (and says why)."""
        self._train = train

    def show_state(self, kind: str, text: str) -> None:
        """``kind``: "empty", "ready", "problems", "running", "paused" or "done"."""
        self.setText(text)
        if kind == self._kind:
            return
        self._kind = kind
        problems = kind == "problems"
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if problems else Qt.CursorShape.ArrowCursor
        )
        self.setToolTip("Show the problems" if problems else "")
        self._on_theme_changed(self._themes.theme)
        if self._train is not None:
            self._train.setProperty("blocked", kind in ("empty", "problems"))
            self._train.style().unpolish(self._train)
            self._train.style().polish(self._train)

    def _on_clicked(self) -> None:
        if self._kind == "problems":
            self.problems_wanted.emit()

    def _on_theme_changed(self, theme: Theme) -> None:
        colour = {
            "ready": theme.success,
            "done": theme.success,
            "running": theme.accent,
            "paused": theme.warning,
            "problems": theme.error,
        }.get(self._kind, theme.text_muted)
        name = "error" if self._kind == "problems" else "dot"
        self.setIcon(icon(name, theme, colour))
