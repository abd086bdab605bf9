"""The problems list: what is wrong with the design; a click selects the layer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app.icons import icon
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.section import label
from nn_designer.app.widgets.tips import plain_tip
from nn_designer.design.check import Problem


class ProblemsPanel(QWidget):
    """Lists the problems of the store's report, errors first; data that can't be read too."""

    counted = Signal(int, int)  # errors, warnings
    layer_chosen = Signal(str)  # id, after it was selected
    data_wanted = Signal()  # the problem with the data was clicked

    def __init__(self, store: Store, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems_panel")
        self.store = store
        self._themes = themes
        self._problems: tuple[Problem, ...] = ()
        self.list = QListWidget()
        self.list.setObjectName("problems_list")
        self.list.setAccessibleName("Problems")
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setIconSize(QSize(16, 16))
        self.list.setSpacing(1)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._nothing = QWidget()
        middle = QVBoxLayout(self._nothing)
        self._mark = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        calm = label("No problems: the design can be trained.", "muted")
        calm.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle.addStretch(1)
        middle.addWidget(self._mark)
        middle.addWidget(calm)
        middle.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._pages)
        self.list.itemClicked.connect(self._on_chosen)
        self.list.itemActivated.connect(self._on_chosen)
        store.checked.connect(self._on_checked)
        themes.changed.connect(self._on_theme_changed)
        self._on_theme_changed(themes.theme)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is listed, in order."""
        return self._problems

    def first_error(self) -> str:
        """The sentence that says why training can't begin; empty if it can."""
        for problem in self._problems:
            if problem.severity == "error":
                return problem.sentence
        return ""

    def choose(self, index: int) -> None:
        """As a click on the problem with this index."""
        if 0 <= index < self.list.count():
            self.list.setCurrentRow(index)
            self._on_chosen(self.list.item(index))

    def refresh(self) -> None:
        """Show the store's report again (a slot connected late has missed the first one)."""
        self._on_checked(self.store.report)

    def _on_checked(self, report: Any) -> None:
        problems: list[Problem] = []
        if self.store.data_problem:
            problems.append(Problem("error", self.store.data_problem))
        problems += report.errors
        problems += report.warnings
        self._problems = tuple(problems)
        theme = self._themes.theme
        self.list.clear()
        for problem in problems:
            colour = theme.error if problem.severity == "error" else theme.warning
            item = QListWidgetItem(icon(problem.severity, theme, colour), problem.sentence)
            item.setToolTip(plain_tip(problem.fix or problem.sentence))
            self.list.addItem(item)
        self._pages.setCurrentIndex(1 if problems else 0)
        errors = sum(problem.severity == "error" for problem in problems)
        self.counted.emit(errors, len(problems) - errors)

    def _on_chosen(self, item: QListWidgetItem) -> None:
        problem = self._problems[self.list.row(item)]
        id = problem.layer_id or (problem.wire.target if problem.wire is not None else None)
        if id is not None:
            self.store.select((id,))
            self.layer_chosen.emit(id)
        elif self.store.data_problem and problem.sentence == self.store.data_problem:
            self.data_wanted.emit()

    def _on_theme_changed(self, theme: Theme) -> None:
        self._mark.setPixmap(icon("success", theme, theme.success).pixmap(QSize(28, 28)))
        self.refresh()
