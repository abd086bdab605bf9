"""The toolbar: files and undo as icons, training with words, the state of the run at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from nn_designer.app.run_state import RunStateButton

if TYPE_CHECKING:
    from nn_designer.app.main_window import MainWindow

FILES = ("file_templates", "file_open", "file_save")
RUN = ("train_pause", "train_step_batch", "train_step_epoch", "train_stop")
WEIGHTS = ("train_reset", "train_new_seed")
STATE_PX = 210
"""The widest the state of the run gets: "Training · epoch 100 of 400"."""


class MainToolBar(QToolBar):
    """In a narrow window all buttons but Train lose their words, so that the state stays."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__("Toolbar", window)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(18, 18))
        self._worded: list[QToolButton] = []
        actions = window.actions_by_name
        for name in FILES:
            self.addAction(actions[name])
        self.addSeparator()
        self.addAction(actions["edit_undo"])
        self.addAction(actions["edit_redo"])
        self.addSeparator()
        train = self._add_train(actions["train_start"])
        for name in RUN:
            self._add_worded(actions[name])
        self.addSeparator()
        for name in WEIGHTS:
            self._add_worded(actions[name])
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self.state = RunStateButton(window.themes)
        self.state.blocks(train)
        window.run_controls.state_shown.connect(self.state.show_state)
        self.state.problems_wanted.connect(window.show_problems)
        self.addWidget(self.state)
        self.addAction(actions["view_theme_toggle"])
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is not None:
                button.setAccessibleName(button.defaultAction().text().replace("&", ""))

    @property
    def has_words(self) -> bool:
        """Whether the buttons show their words."""
        style = self._worded[0].toolButtonStyle()
        return style == Qt.ToolButtonStyle.ToolButtonTextBesideIcon

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        words = self.width() >= self._wide_px()
        if words != self.has_words:
            self._show_words(words)

    def _wide_px(self) -> int:
        """The width that everything needs with words."""
        words = sum(
            button.fontMetrics().horizontalAdvance(button.text()) + 4 for button in self._worded
        )
        shown = 0 if not self.has_words else words
        return self.sizeHint().width() - shown + words + STATE_PX - self.state.sizeHint().width()

    def _show_words(self, words: bool) -> None:
        styles = Qt.ToolButtonStyle
        for button in self._worded:
            button.setToolButtonStyle(
                styles.ToolButtonTextBesideIcon if words else styles.ToolButtonIconOnly
            )

    def _add_train(self, action: QAction) -> QToolButton:
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setObjectName("train_button")
        button.setProperty("role", "primary")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _add_worded(self, action: QAction) -> None:
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._worded.append(button)
