"""Tips with texts that are not ours: names of layers, columns and files."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """``text`` for a tooltip that shows it letter by letter, even if it looks like HTML."""
    if not Qt.mightBeRichText(text):
        return text
    return f"<p>{escape(text)}</p>".replace("\n", "<br>")
