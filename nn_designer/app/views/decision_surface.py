"""Which class the network takes each point of the plane for, and how sure it is."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.plane import PlaneView, finer, legend_text, rgb, to_pixels
from nn_designer.app.views.plot_frame import small

_NAMED_CLASSES = 4


class DecisionSurface(PlaneView):
    """Colour: the most likely class; strength: how sure; thin lines: where the answer changes.
    Filled points were trained with, rings are of the validation part."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(themes, name="decision_surface", parent=parent)
        self.set_title("Decision surface")
        self._legend = QLabel()
        self._legend.setFont(small(self.font()))
        self._legend.setMinimumWidth(1)
        self._legend.setStyleSheet("background: transparent;")
        self.header.addWidget(self._legend)
        self.header.addSpacing(6)
        self.setToolTip(
            "Filled points: training part. Rings: validation part. "
            "The colour of the ground is what the network answers there."
        )
        self.apply_theme(themes.theme)

    def show_scene(self, scene: Scene) -> None:
        super().show_scene(scene)
        self._show_legend()

    def picture_of(self, probe: Probe) -> NDArray[np.uint8]:
        shares = finer(probe.values)
        classes = shares.shape[2]
        colours = np.stack([rgb(self.class_colour(i)) for i in range(classes)])
        sure = (shares.max(axis=2, keepdims=True) - 1.0 / classes) / (1.0 - 1.0 / classes)
        strength = 0.08 + 0.52 * sure
        ground = rgb(self.theme.plot_background)
        mixed = ground + strength * (shares @ colours - ground)
        answer = shares.argmax(axis=2)
        border = np.zeros(answer.shape, dtype=bool)
        border[1:] |= answer[1:] != answer[:-1]
        border[:, 1:] |= answer[:, 1:] != answer[:, :-1]
        mixed[border] += 0.45 * (rgb(self.theme.text) - mixed[border])
        return to_pixels(mixed)

    def point_colours(self, y: NDArray[np.float32]) -> list[QColor]:
        palette = [QColor(self.class_colour(i)) for i in range(int(y.max()) + 1 if len(y) else 0)]
        return [palette[int(label)] for label in y]

    def class_colour(self, index: int) -> str:
        return self.theme.classes[index % len(self.theme.classes)]

    def _show_legend(self) -> None:
        scene = self.scene_shown
        if scene is None:
            return
        names = scene.class_names
        shown = [(self.class_colour(i), escape(name[:16])) for i, name in enumerate(names)]
        text = legend_text(shown[:_NAMED_CLASSES], self.theme.text_muted)
        self._legend.setText(text if len(names) <= _NAMED_CLASSES else f"{text} …")

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._show_legend()
