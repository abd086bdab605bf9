"""A person before the window: finds what is on the screen, clicks, drags and types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QTreeWidgetItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nn_designer.app import palette_tree
from nn_designer.app.activation_menu import ActivationMenu
from nn_designer.app.data_dialog import DataDialog
from nn_designer.app.main_window import MainWindow
from nn_designer.app.palette import Palette
from nn_designer.app.palette_tree import KEY_ROLE
from tests.helpers.canvas import Hand

D = TypeVar("D", bound=QDialog)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Person:
    """Uses a window with real mouse and key events only."""

    def __init__(self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.window = window
        self.qtbot = qtbot
        self.hand = Hand(window.canvas)
        self._drop_at = QPointF()
        monkeypatch.setattr(palette_tree, "QDrag", self._drag_class())

    # ---- small acts

    def click(self, name: str, within: QWidget | None = None) -> None:
        """Click the widget with this object name."""
        found = (within or self.window).findChild(QWidget, name)
        assert found is not None and found.isVisible() and found.isEnabled(), name
        QTest.mouseClick(found, LEFT)

    def press_tool(self, action: str) -> None:
        """Click a button of the toolbar."""
        tool = self.window.toolbar.widgetForAction(self.window.actions_by_name[action])
        assert isinstance(tool, QToolButton) and tool.isEnabled(), action
        QTest.mouseClick(tool, LEFT)

    def click_row(self, rows: QListWidget, text: str) -> None:
        item = row_of(rows, text)
        QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualItemRect(item).center())

    def keys(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)

    def set_number(self, name: str, text: str, within: QWidget) -> None:
        """Type a number into the field of a setting."""
        box = within.findChild(QWidget, f"setting_{name}")
        assert box is not None and box.isVisible(), name
        line = box.findChild(QLineEdit)
        assert line is not None
        line.setFocus()
        QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)

    # ---- dialogs

    def in_dialog(self, kind: type[D], act: Callable[[D], None]) -> None:
        """What to do in the dialog that opens next."""

        def when_open() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog), f"no dialog {kind.__name__}"
            try:
                assert isinstance(dialog, kind), f"{dialog} instead of {kind.__name__}"
                act(dialog)
            except BaseException:
                dialog.reject()  # the failed test must not wait for ever
                raise

        QTimer.singleShot(0, when_open)

    def type_path(self, path: Path) -> None:
        """In the file dialog that opens next."""

        def type_it(dialog: QFileDialog) -> None:
            line = dialog.findChild(QLineEdit, "fileNameEdit")
            assert line is not None
            line.setText(str(path))
            QTest.keyClick(line, Qt.Key.Key_Return)

        self.in_dialog(QFileDialog, type_it)

    def choose_data(self, title: str) -> None:
        """Through the button in the training panel and the dialog."""

        def choose(dialog: DataDialog) -> None:
            self.click_row(dialog.sources, title)
            self.qtbot.waitUntil(dialog.use.isEnabled, timeout=10_000)
            self.click("use_data", dialog)

        self.in_dialog(DataDialog, choose)
        self.window.workspace.show_training_settings()
        self.click("choose_data")
        # Offscreen, the window below does not become active by itself.
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    # ---- the canvas

    def drag_in(self, title: str, x: float, y: float) -> str:
        """Drag a layer from the palette to a place on the canvas; its id."""
        self._drop_at = QPointF(x, y)
        rows = self.window.palette_panel.list
        row = palette_row(self.window.palette_panel, title)
        before = {layer.id for layer in self.window.store.document.layers}
        start = rows.visualItemRect(row).center()
        QTest.mousePress(rows.viewport(), LEFT, NONE, start)
        for reach in (0.6, 1.2, 2.0):  # a list marks the row first and begins the drag then
            step = QPoint(int(QApplication.startDragDistance() * reach), 0)
            QTest.mouseMove(rows.viewport(), start + step)
        QTest.mouseRelease(rows.viewport(), LEFT, NONE, start)
        (new,) = {layer.id for layer in self.window.store.document.layers} - before
        return new

    def _drag_class(self) -> type[QDrag]:
        """Offscreen has no drags of its own: this one brings what it carries to the canvas."""
        person = self

        class Brought(QDrag):
            def __init__(self, source: QObject) -> None:
                super().__init__(source)
                self.carried = QMimeData()

            def setMimeData(self, data: QMimeData) -> None:
                self.carried = data

            def exec(self, *_actions: object) -> Qt.DropAction:
                person.hand.drop(self.carried, person._drop_at)
                return Qt.DropAction.CopyAction

        return Brought

    def wire(self, source: str, target: str) -> None:
        """Drag from port to port."""
        self.hand.drag(self.hand.output(source), self.hand.input(target))

    def choose_activation(self, layer_id: str, title: str) -> None:
        """Click the activation on the card, then its curve in the menu."""
        card = self.hand.scene.cards[layer_id]
        zoom = self.window.canvas.navigator.zoom
        self.hand.click(card.pos() + card.chip_at(zoom).center())
        menu = self.window.findChild(ActivationMenu, "canvas_activation_menu")
        assert menu is not None and menu.isVisible()
        self.click_row(menu.grid, title)

    def train(self) -> None:
        """Press Train and wait for the end."""
        with self.qtbot.waitSignal(self.window.trainer.finished, timeout=30_000):
            self.press_tool("train_start")


def row_of(rows: QListWidget, text: str) -> QListWidgetItem:
    """The row with this text that can be chosen, scrolled into view."""
    item = next(
        item
        for item in rows.findItems(text, Qt.MatchFlag.MatchExactly)
        if item.flags() & Qt.ItemFlag.ItemIsEnabled
    )
    rows.scrollToItem(item)
    return item


def palette_row(palette: Palette, title: str) -> QTreeWidgetItem:
    """The palette's row of a layer kind, scrolled into view; its heading is clicked open."""
    rows = palette.list
    item = next(
        item
        for item in rows.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        if item.data(0, KEY_ROLE)
    )
    heading = item.parent()
    if heading is not None and not heading.isExpanded():
        rows.scrollToItem(heading)
        QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualItemRect(heading).center())
    rows.scrollToItem(item)
    return item
