"""The path that a person chose to save to: with its extension, and never over another file unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def with_extension(path: str, *extensions: str) -> str:
    """``path``, with the first of ``extensions`` added if it ends with none of them."""
    ends_right = Path(path).suffix.lower() in extensions
    return path if ends_right or not path else f"{path}{extensions[0]}"


def final_path(chosen: str, may_overwrite: Callable[[str], bool], *extensions: str) -> str:
    """The path to save to, with its extension; empty if the person would rather not.

    The dialog has asked before overwriting what was typed, but not what that becomes.
    """
    path = with_extension(chosen, *extensions)
    if path != chosen and Path(path).exists() and not may_overwrite(path):
        return ""
    return path


def ask_overwrite(window: QWidget, path: str) -> bool:
    """Ask whether a file that is there may be replaced."""
    box = QMessageBox(window)
    box.setObjectName("overwrite_question")
    box.setWindowTitle("Replace the file?")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"“{Path(path).name}” is there already. Replace it?")
    box.setInformativeText("What is in it now will be lost.")
    replace = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.exec()
    answer = box.clickedButton() is replace
    box.deleteLater()
    return answer
