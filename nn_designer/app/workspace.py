"""The working part of the window: palette, canvas, panels, curves, and how they are laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSplitter, QTabWidget, QVBoxLayout, QWidget

from nn_designer.app.canvas import CanvasView
from nn_designer.app.palette import Palette
from nn_designer.app.problems_panel import ProblemsPanel
from nn_designer.app.property_panel import PropertyPanel
from nn_designer.app.settings import AppSettings
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.app.trainer import Trainer
from nn_designer.app.training_panel import TrainingPanel
from nn_designer.app.training_view import TrainingView
from nn_designer.app.widgets.tab_order import set_reading_order

WIDE_PX = 1500
"""A window at least as wide has room for wide panels at both sides."""
PALETTE_PX, NARROW_PALETTE_PX = 224, 192
PANEL_PX, NARROW_PANEL_PX = 384, 304


class Workspace(QSplitter):
    """Palette and canvas over curves and problems; properties and training settings at the right.

    ``palette_panel``, ``below`` and ``right`` can be hidden.
    """

    def __init__(self, store: Store, themes: ThemeManager, trainer: Trainer) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("outer_splitter")
        self.palette_panel = Palette(store, themes)
        self.canvas = CanvasView(store, themes)
        self.canvas_area = QWidget()
        area = QVBoxLayout(self.canvas_area)
        area.setContentsMargins(0, 0, 0, 0)
        area.addWidget(self.canvas)
        self.property_panel = PropertyPanel(store, themes)
        self.training_panel = TrainingPanel(store, trainer, themes)
        self.training_view = TrainingView(store, trainer, themes)
        self.problems_panel = ProblemsPanel(store, themes)
        self.right_tabs = _tabs("right_tabs", "Properties and training")
        self.right_tabs.addTab(self.property_panel, "Properties")
        self.right_tabs.addTab(self.training_panel, "Training")
        self.below_tabs = _tabs("below_tabs", "Curves and problems")
        self.below_tabs.addTab(self.training_view, "Curves")
        self.below_tabs.addTab(self.problems_panel, "Problems")
        self.right = _panel(self.right_tabs)
        self.below = _panel(self.below_tabs)
        self._upper = QSplitter(Qt.Orientation.Horizontal)
        self._upper.setObjectName("upper_splitter")
        self._left = QSplitter(Qt.Orientation.Vertical)
        self._left.setObjectName("left_splitter")
        self._upper.addWidget(self.palette_panel)
        self._upper.addWidget(self.canvas_area)
        self._left.addWidget(self._upper)
        self._left.addWidget(self.below)
        self.addWidget(self._left)
        self.addWidget(self.right)
        self._upper.setStretchFactor(1, 1)
        self._left.setStretchFactor(0, 1)
        self.setStretchFactor(0, 1)
        for splitter in self._splitters().values():
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
            splitter.splitterMoved.connect(self._on_handle_moved)
        self._shared_by_hand = False
        self._wide = False
        self.canvas_area.setMinimumSize(280, 160)
        self.below.setMinimumHeight(180)
        self.right.setMinimumWidth(280)
        set_reading_order(self.palette_panel, self.canvas, self.right, self.below)
        self.training_panel.remade.connect(self._on_remade)
        self.problems_panel.counted.connect(self._on_problems_counted)

    def _on_remade(self) -> None:
        set_reading_order(self.right, self.below)

    def show_problems(self) -> None:
        self.below_tabs.setCurrentWidget(self.problems_panel)

    def show_curves(self) -> None:
        self.below_tabs.setCurrentWidget(self.training_view)

    def show_properties(self) -> None:
        self.right_tabs.setCurrentWidget(self.property_panel)

    def show_training_settings(self) -> None:
        self.right_tabs.setCurrentWidget(self.training_panel)

    def restore(self, settings: AppSettings, width_px: int, height_px: int) -> None:
        """Sizes and folds as they were left, or fitting for a window of this size."""
        opened = settings.palette_opened
        if opened is not None:
            self.palette_panel.open_only(opened)
        self._share(width_px, height_px)
        for name, splitter in self._splitters().items():
            state = settings.layout(name)
            if state is not None:
                splitter.restoreState(state)
                splitter.setHandleWidth(1)
                self._shared_by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (self.width() >= WIDE_PX) != self._wide and not self._shared_by_hand:
            self._share(self.width(), self.height())

    def _share(self, width_px: int, height_px: int) -> None:
        """Give each part its share of a window of this size."""
        self._wide = wide = width_px >= WIDE_PX
        palette = PALETTE_PX if wide else NARROW_PALETTE_PX
        panel = min(width_px * 20 // 100, PANEL_PX) if wide else NARROW_PANEL_PX
        below = min(max(height_px * 34 // 100, 280), 440)
        self._upper.setSizes([palette, width_px - palette - panel])
        self._left.setSizes([height_px - below, below])
        self.setSizes([width_px - panel, panel])

    def _on_handle_moved(self, _position_px: int, _index: int) -> None:
        self._shared_by_hand = True

    def remember(self, settings: AppSettings) -> None:
        """Keep what is folded, and the sizes if somebody chose them."""
        settings.palette_opened = self.palette_panel.opened
        if not self._shared_by_hand:
            return
        for name, splitter in self._splitters().items():
            settings.remember_layout(name, splitter.saveState())

    def _splitters(self) -> dict[str, QSplitter]:
        return {"upper": self._upper, "left": self._left, "outer": self}

    def _on_problems_counted(self, errors: int, warnings: int) -> None:
        count = errors + warnings
        index = self.below_tabs.indexOf(self.problems_panel)
        self.below_tabs.setTabText(index, f"Problems ({count})" if count else "Problems")


def _tabs(name: str, accessible_name: str) -> QTabWidget:
    tabs = QTabWidget()
    tabs.setObjectName(name)
    tabs.tabBar().setObjectName(f"{name}_bar")
    tabs.tabBar().setAccessibleName(accessible_name)
    tabs.setDocumentMode(True)
    tabs.tabBar().setExpanding(False)
    tabs.tabBar().setDrawBase(False)
    return tabs


def _panel(inside: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "panel")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(inside)
    return frame
