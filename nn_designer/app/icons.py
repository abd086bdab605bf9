"""Icons: our own SVG drawings, tinted with the theme's colours."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nn_designer.app.theme import Theme
from nn_designer.resources import resource_path

SIZES_PX = (16, 20, 24, 32, 40, 48, 64)
"""Drawn in each of these, so that every size on every screen finds one to scale down from."""


@lru_cache(maxsize=128)
def svg_text(name: str) -> str:
    """The drawing ``resources/icons/<name>.svg``; its lines are in currentColor."""
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


def tinted_svg(name: str, colour: str) -> str:
    """The drawing in one colour, ``#rrggbb``."""
    return svg_text(name).replace("currentColor", colour)


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size_px: int, ratio: float = 1.0) -> QPixmap:
    """The drawing as a square picture, sharp on screens with ``ratio`` pixels a point."""
    side = round(size_px * ratio)
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(tinted_svg(name, colour).encode())).render(
        painter, QRectF(0, 0, side, side)
    )
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, theme: Theme, colour: str = "") -> QIcon:
    """The drawing as an icon: in ``colour`` or the text colour, muted while disabled."""
    result = QIcon()
    for size in SIZES_PX:
        result.addPixmap(pixmap(name, colour or theme.text, size))
        faint = _faint(theme)
        result.addPixmap(pixmap(name, faint, size), QIcon.Mode.Disabled)
    return result


def _faint(theme: Theme) -> str:
    """Halfway between the muted text and the panel: there, but not to be pressed."""
    muted, panel = theme.text_muted, theme.panel
    parts = [(int(muted[i : i + 2], 16) + int(panel[i : i + 2], 16)) // 2 for i in range(1, 7, 2)]
    return "#{:02x}{:02x}{:02x}".format(*parts)


def application_icon() -> QIcon:
    """The logo."""
    result = QIcon()
    data = QByteArray(svg_text("nn-designer").encode())
    for size in (16, 24, 32, 48, 64, 128, 256):
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        QSvgRenderer(data).render(painter)
        painter.end()
        result.addPixmap(picture)
    return result
