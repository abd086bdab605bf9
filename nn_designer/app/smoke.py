"""A quick proof that the real window works on this machine: draw, or train and export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from nn_designer.app.session import Session
from nn_designer.design import edits

TRAIN_S = 120.0
EPOCHS = 30


def run_smoke(session: Session, weights: str | None) -> int:
    """Draw the window with its plots; with ``weights``, train xor and export there.

    Returns 0, or 1 after a sentence on stderr: nothing may have failed on the way.
    """
    failures: list[str] = []
    session.errors.caught.connect(failures.append)
    session.trainer.failed.connect(failures.append)
    window = session.window
    window.resize(1280, 800)
    window.show()
    window.files.new_from_template("xor")
    store = session.store
    dense = next(layer for layer in store.document.layers if layer.kind == "dense")
    store.select((dense.id,))
    _wait(lambda: False, 0.8)
    window.grab()
    for mode in ("dark", "light"):
        session.themes.set_mode(mode)
        _wait(lambda: False, 0.1)
        window.grab()
    if weights is not None:
        failures += _train(session, Path(weights), failures)
    store.mark_clean()
    for sentence in failures:
        print(sentence, file=sys.stderr)
    if not failures:
        platform = QApplication.platformName()
        print(f"The window works here (Qt platform {platform}).")
    return 1 if failures else 0


def _train(session: Session, path: Path, told: list[str]) -> list[str]:
    """Train and export; ``told`` grows when the trainer fails. Returns what went wrong besides."""
    window, trainer = session.window, session.trainer
    path.unlink(missing_ok=True)
    session.store.edit("Epochs", edits.set_training, "epochs", EPOCHS)
    window.actions_by_name["train_start"].trigger()

    def ended() -> bool:
        return bool(told) or (trainer.state == "idle" and trainer.trained is not None)

    if not _wait(ended, TRAIN_S):
        return [f"Training did not end within {TRAIN_S:.0f} s; its state is {trainer.state!r}."]
    if told:
        return []
    if not window.weights_files.export("npz", str(path)):
        return [f"The weights were not exported: {window.message_bar.text}"]
    window.grab()
    return [] if path.is_file() else [f"{path} was not written."]


def _wait(until: Callable[[], bool], seconds: float) -> bool:
    """Handle events until a condition holds; False if it never did."""
    loop = QEventLoop()
    end = monotonic() + seconds
    while not until():
        if monotonic() > end:
            return False
        QTimer.singleShot(10, loop.quit)
        loop.exec()
    return True
