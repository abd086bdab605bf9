"""Numbers and what they count: side by side in small boxes, or below each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nn_designer.app.widgets.section import ElidedLabel, label
from nn_designer.layers.base import shape_text


class Stats(QWidget):
    """Numbers side by side: ``Stats(("Input", "Output"))``, then ``show_values``."""

    def __init__(self, captions: tuple[str, ...]) -> None:
        super().__init__()
        self._values: dict[str, ElidedLabel] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for caption in captions:
            box = QFrame()
            box.setProperty("role", "card")
            inner = QVBoxLayout(box)
            inner.setContentsMargins(8, 6, 8, 6)
            inner.setSpacing(0)
            value = ElidedLabel("–", "heading")
            value.setAccessibleName(caption)
            inner.addWidget(value)
            inner.addWidget(label(caption, "small"))
            layout.addWidget(box, 1)
            self._values[caption] = value

    def show_values(self, **values: str) -> None:
        """``show_values(Input="784")``; what is left out becomes a dash."""
        for caption, shown in self._values.items():
            shown.set_text(values.get(caption.replace(" ", "_"), "–"))

    def text_of(self, caption: str) -> str:
        return self._values[caption].full_text


class Facts(QFrame):
    """Numbers below each other, for those that may be long, such as shapes; nothing is cut."""

    def __init__(self, captions: tuple[str, ...]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, caption in enumerate(captions):
            value = label("–", "fact", wrap=True, selectable=True)
            value.setAccessibleName(caption)
            grid.addWidget(label(caption, "small"), row, 0, top)
            grid.addWidget(value, row, 1, top)
            self._values[caption] = value

    def show_values(self, **values: str) -> None:
        """``show_values(Input="28 × 28 × 1")``; what is left out becomes a dash."""
        for caption, shown in self._values.items():
            shown.setText(values.get(caption, "–"))

    def text_of(self, caption: str) -> str:
        return self._values[caption].text()


def short_count(number: int) -> str:
    """``7,850``; ``1.25 million``; ``3.1 billion``; ``1 × 10¹⁸``."""
    if number >= 10**15:
        return power_of_ten(number)
    for size, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if number >= size:
            return f"{number / size:.3g} {word}"
    return f"{number:,}"


def power_of_ten(number: int) -> str:
    """``1.5 × 10¹⁸``."""
    digits, exponent = f"{number:.1e}".split("e+")
    raised = str(int(exponent)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits.removesuffix('.0')} × 10{raised}"


def short_shape(shape: tuple[int, ...]) -> str:
    """``28 × 28 × 1``; ``1 billion`` for a long row of numbers."""
    return short_count(shape[0]) if len(shape) == 1 else shape_text(shape)


def short_bytes(number: int) -> str:
    """``512 bytes``, ``3.1 MB``, ``4.5 TB``."""
    value = float(number)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.3g} {unit}"
        value /= 1000
    raise AssertionError
