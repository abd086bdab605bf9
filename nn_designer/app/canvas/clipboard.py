"""Layers on the system's clipboard: our own mime type, and the same JSON as text."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

LAYERS_MIME = "application/x-nn-designer-layers"


def put(clip: str) -> None:
    """Offer copied layers (JSON text of ``edits.copy``) to this and other windows."""
    mime = QMimeData()
    mime.setData(LAYERS_MIME, clip.encode("utf-8"))
    mime.setText(clip)  # so that a design can be pasted into a message and back
    QGuiApplication.clipboard().setMimeData(mime)


def get() -> str | None:
    """The clipboard's layers, or its text (which may turn out not to be layers), or None."""
    mime = QGuiApplication.clipboard().mimeData()
    if mime is None:
        return None
    if mime.hasFormat(LAYERS_MIME):
        return bytes(mime.data(LAYERS_MIME).data()).decode("utf-8", errors="replace")
    return mime.text() if mime.hasText() and mime.text().strip() else None
