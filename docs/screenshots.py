"""Takes the pictures of README and manual from the real window, driven with mouse and keys.

    python -m docs.screenshots                     all of them, into docs/pictures
    python -m docs.screenshots --to FOLDER         elsewhere
    python -m docs.screenshots --only spiral-light problem-light

On the screen that DISPLAY names, or without one. It waits for what the window says, not for time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import (
    QBuffer,
    QEventLoop,
    QIODevice,
    QPoint,
    QSettings,
    QStandardPaths,
    Qt,
    QTimer,
    SignalInstance,
)
from PySide6.QtGui import QCursor, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton, QWidget

if TYPE_CHECKING:
    from nn_designer.app.activation_menu import ActivationMenu
    from nn_designer.app.session import Session

Found = TypeVar("Found", bound=QWidget)

FOLDER = Path(__file__).parent / "pictures"
TABLE = Path("resources/datasets/penguins.csv")
WIDTH, HEIGHT = 1280, 800
LONGEST_S = 60.0
STEADY_MS = 150
COLOURS = 256

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Photographer:
    """Drives the window of a session and takes pictures of it, each by a method of PICTURES."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.application = session.application
        self.window = session.window
        self.canvas = session.window.canvas
        self.trainer = session.trainer
        self.folder = folder
        self.window.files.ask_unsaved = lambda _name: "discard"
        QCursor.setPos(0, 0)  # where it hovers over nothing

    # ---- the pictures

    def welcome_light(self) -> None:
        """The welcome page, once every template shows its data."""
        self._to_welcome("light")
        self._save("welcome-light", self.window)

    def spiral_light(self) -> None:
        """Trained to the end, with the decision surface."""
        self._open_template("spiral", "light")
        self._train()
        self._save("spiral-light", self.window)

    def activation_menu_light(self) -> None:
        """The menu of curves, open on a card."""
        self._open_template("spiral", "light")
        menu = self._open_activation_menu("dense_1")
        self._save("activation-menu-light", self.window, menu)
        QTest.keyClick(menu, Qt.Key.Key_Escape)

    def problem_light(self) -> None:
        """The last layer gets an activation that does not suit its loss; then Train is pressed."""
        self._open_template("spiral", "light")
        menu = self._open_activation_menu("dense_3")
        (relu,) = menu.grid.findItems("ReLU", Qt.MatchFlag.MatchExactly)
        QTest.mouseClick(menu.grid.viewport(), LEFT, pos=menu.grid.visualItemRect(relu).center())
        self._press_train()
        self._press(Qt.Key.Key_F)
        self._save("problem-light", self.window)

    def article_dark(self) -> None:
        """MNIST, all ten epochs."""
        self._open_template("article", "dark")
        self._train()
        self._save("article-dark", self.window)

    def table_light(self) -> None:
        """The dialog in which an own table is chosen."""
        self._open_template("iris", "light")
        self._in_dialog(lambda: self._press(Qt.Key.Key_D, CONTROL | SHIFT), self._choose_table)

    def _choose_table(self, dialog: Any) -> None:
        self._until(dialog.isActiveWindow, self.application.focusWindowChanged)
        dialog.show_source("table")
        path = _child(dialog, QLineEdit, "table_path")
        QTest.mouseClick(path, LEFT)
        QTest.keyClicks(path, str(TABLE))
        QTest.keyClick(path, Qt.Key.Key_Tab)
        read = dialog.table_page.choice_changed
        self._until(lambda: dialog.choice is not None, read)
        QTest.keyClick(_child(dialog, QComboBox, "table_target"), Qt.Key.Key_Home)
        self._until(lambda: dialog.choice is not None, read)
        self._save("table-light", dialog)
        QTest.mouseClick(_child(dialog, QPushButton, "cancel_data"), LEFT)

    def _in_dialog(self, open_it: Callable[[], object], work: Callable[[Any], None]) -> None:
        """Do ``work`` in a dialog, which waits in an event loop of its own."""
        finished = []

        def begin() -> None:
            dialog: Any = QApplication.activeModalWidget()
            try:
                work(dialog)
                finished.append(dialog)
            finally:  # an error must not leave the dialog waiting
                if dialog is not None:
                    dialog.reject()

        QTimer.singleShot(0, begin)
        open_it()
        if not finished:
            raise SystemExit("The dialog did not open, or something went wrong in it.")

    # ---- what the hand does

    def _to_welcome(self, theme: str) -> None:
        self.window.set_theme(theme)
        self._press(Qt.Key.Key_N, CONTROL | SHIFT)
        read = self.window.welcome.background
        self._until(lambda: not read.busy, read.ready, read.failed)

    def _open_template(self, key: str, theme: str) -> None:
        """From the welcome page to the canvas, and on until the data is shown."""
        self._to_welcome(theme)
        card = _child(self.window, QWidget, f"template_{key}")
        QTest.mouseClick(card, LEFT)
        source = self.window.store.document.data.source
        self._until(lambda: self._shown_source() == source, self.trainer.scene_changed)

    def _shown_source(self) -> str:
        """The data that the view beside the plots shows; "" before it shows any."""
        from nn_designer.data import SOURCES

        scene = self.trainer.scene
        titles = {one.title: key for key, one in SOURCES.items()}
        return titles.get(scene.title, "") if scene is not None else ""

    def _train(self) -> None:
        """Press Train and wait for the end of the run, with its last answers shown."""
        done = []
        self.trainer.finished.connect(done.append)
        self._press_train()
        self._until(lambda: bool(done), self.trainer.finished, self.trainer.failed)
        self.trainer.finished.disconnect(done.append)

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """A key for the canvas. Shortcuts act in the active window only."""
        self.window.activateWindow()
        self._until(self.window.isActiveWindow, self.application.focusWindowChanged)
        QTest.keyClick(self.canvas, key, modifiers)

    def _press_train(self) -> None:
        QTest.mouseClick(_child(self.window, QToolButton, "train_button"), LEFT)

    def _open_activation_menu(self, layer_id: str) -> ActivationMenu:
        """A click on the curve of a card."""
        card = self.canvas.canvas_scene.cards[layer_id]
        curve = card.chip_at(self.canvas.navigator.zoom)
        place = self.canvas.mapFromScene(card.pos() + curve.center())
        QTest.mouseClick(self.canvas.viewport(), LEFT, pos=place)
        menu: Any = QApplication.activePopupWidget()
        if menu is None:
            raise SystemExit(f"A click on the curve of {layer_id} opened no menu.")
        return menu

    # ---- waiting and saving

    def _until(self, condition: Callable[[], bool], *signals: SignalInstance) -> None:
        """Handle events until a condition holds; it is looked at when a signal comes."""
        loop = QEventLoop()

        def look(*_values: object) -> None:
            if condition():
                loop.quit()

        for signal in signals:
            signal.connect(look)
        late = QTimer(singleShot=True)
        late.timeout.connect(loop.quit)
        late.start(int(LONGEST_S * 1000))
        if not condition():
            loop.exec()
        for signal in signals:
            signal.disconnect(look)
        if not condition():
            raise SystemExit(f"The window did not get there within {LONGEST_S:.0f} s.")

    def _save(self, name: str, *parts: QWidget) -> None:
        """Wait until the parts look the same twice, then save them as they lie on each other."""
        before, now = QImage(), _picture_of(parts)
        while before != now:
            loop = QEventLoop()
            QTimer.singleShot(STEADY_MS, loop.quit)
            loop.exec()
            before, now = now, _picture_of(parts)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        path.write_bytes(_small_png(now))
        print(f"{path.name}: {now.width()} × {now.height()}, {path.stat().st_size / 1000:.0f} KB")


PICTURES: dict[str, Callable[[Photographer], None]] = {
    "welcome-light": Photographer.welcome_light,
    "spiral-light": Photographer.spiral_light,
    "activation-menu-light": Photographer.activation_menu_light,
    "problem-light": Photographer.problem_light,
    "table-light": Photographer.table_light,
    "article-dark": Photographer.article_dark,
}


def _child(parent: QWidget, kind: type[Found], name: str) -> Found:
    found = parent.findChild(kind, name)
    if found is None:
        raise SystemExit(f"The window has no {kind.__name__} called {name!r} any more.")
    return found


def _picture_of(parts: Sequence[QWidget]) -> QImage:
    """The first part, with popups on top of it where they are on the screen."""
    ground, *popups = parts
    picture = QPixmap(ground.grab())
    painter = QPainter(picture)
    for popup in popups:
        painter.drawPixmap(popup.mapToGlobal(QPoint()) - ground.mapToGlobal(QPoint()), popup.grab())
    painter.end()
    return picture.toImage()


def _small_png(image: QImage) -> bytes:
    """PNG with a palette: a third of the size, and nobody sees it."""
    from PIL import Image

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    with Image.open(BytesIO(buffer.data().data())) as full:
        few = full.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small = BytesIO()
    few.save(small, "PNG", optimize=True)
    return small.getvalue()


def main(words: Sequence[str] | None = None) -> int:
    """Take the pictures. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.screenshots", description="Takes the pictures of README and manual."
    )
    parser.add_argument("--to", metavar="FOLDER", type=Path, default=FOLDER)
    parser.add_argument("--only", metavar="PICTURE", nargs="+", choices=PICTURES)
    chosen = parser.parse_args(words)
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as settings:
        # As on the first start, whoever takes the pictures.
        QStandardPaths.setTestModeEnabled(True)
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        from nn_designer.app.session import Session

        session = Session(theme="light")
        try:
            session.application.setCursorFlashTime(0)
            session.window.resize(WIDTH, HEIGHT)
            session.begin()
            photographer = Photographer(session, chosen.to)
            for name in chosen.only or PICTURES:
                PICTURES[name](photographer)
            session.store.mark_clean()
        finally:
            session.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
