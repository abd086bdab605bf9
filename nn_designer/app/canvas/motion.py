"""Cards and view gliding to where they belong. The document is there already: this is only show."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QPointF, Qt, QVariantAnimation, Signal
from PySide6.QtWidgets import QApplication, QStyle, QWidget

DURATION_MS = 180
MOST_CARDS = 200
"""More would not glide, they would stumble."""


def animation_ms(widget: QWidget) -> int:
    """How long things may glide; 0 where the platform asks for no animation."""
    wanted = widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget)
    if sys.platform == "win32" and not QApplication.isEffectEnabled(Qt.UIEffect.UI_General):
        return 0
    return DURATION_MS if wanted > 0 else 0


class Glide(QObject):
    """Calls ``step`` with 0 to 1, slowing down at the end; ``finished`` when 1 was reached."""

    finished = Signal()

    def __init__(self, step: Callable[[float], None], parent: QObject) -> None:
        super().__init__(parent)
        self._step = step
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._on_value_changed)
        self._animation.finished.connect(self.finished.emit)

    @property
    def running(self) -> bool:
        return self._animation.state() != QVariantAnimation.State.Stopped

    def start(self, duration_ms: int) -> None:
        self._animation.stop()
        self._animation.setDuration(duration_ms)
        self._animation.start()

    def stop(self) -> None:
        """Stay where it is; ``finished`` does not come."""
        self._animation.stop()

    def _on_value_changed(self, value: float) -> None:
        self._step(float(value))


class CardMotion(QObject):
    """Cards on their way: from where they are to their goals, by layer id.

    Args:
        move: puts a card to a place.
        moved: called after each step with the ids of the cards.
        arrived: called with the ids once all are at their goals.
    """

    def __init__(
        self,
        move: Callable[[str, QPointF], None],
        moved: Callable[[frozenset[str]], None],
        arrived: Callable[[frozenset[str]], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._move, self._moved, self._arrived = move, moved, arrived
        self._starts: dict[str, QPointF] = {}
        self.goals: dict[str, QPointF] = {}
        self.duration_ms = 0
        """0: everything is at its goal at once."""
        self._glide = Glide(self._on_step, self)
        self._glide.finished.connect(self.finish)

    def start(self, starts: dict[str, QPointF], goals: dict[str, QPointF]) -> None:
        """Send cards from ``starts`` to ``goals``; those on their way arrive at once."""
        self.finish()
        if self.duration_ms <= 0 or len(goals) > MOST_CARDS:
            for layer_id, goal in goals.items():
                self._move(layer_id, goal)
            return
        self._starts, self.goals = starts, goals
        self._glide.start(self.duration_ms)

    def finish(self) -> None:
        """Everything is at its goal now."""
        if not self.goals:
            return
        self._glide.stop()
        goals, self.goals = self.goals, {}
        for layer_id, goal in goals.items():
            self._move(layer_id, goal)
        self._arrived(frozenset(goals))

    def _on_step(self, share: float) -> None:
        for layer_id, goal in self.goals.items():
            start = self._starts[layer_id]
            self._move(layer_id, start + (goal - start) * share)
        if self.goals:
            self._moved(frozenset(self.goals))
