"""Which class the network takes each point of the plane for, and how sure it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.class_legend import ClassLegend
from nn_designer.app.views.plane import PlaneView, finer, rgb, to_pixels


class DecisionSurface(PlaneView):
    """Colour: the most likely class; strength: how sure; thin lines: where the answer changes.
    Filled points were trained with, rings are of the validation part."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(themes, name="decision_surface", parent=parent)
        self.set_title("Decision surface")
        self._legend = ClassLegend()
        self.heading.add_legend(self._legend)
        self.setToolTip(
            "Filled points: training part. Rings: validation part. "
            "The colour of the ground is what the network answers there."
        )
        self.apply_theme(themes.theme)

    def show_scene(self, scene: Scene) -> None:
        super().show_scene(scene)
        self._show_legend()

    def picture_of(self, probe: Probe) -> NDArray[np.uint8]:
        shares = finer(np.moveaxis(probe.values, 2, 0))
        classes = len(shares)
        top, answer = shares[0], np.zeros(shares.shape[1:], np.uint8)
        for i in range(1, classes):
            answer[shares[i] > top] = i
            top = np.maximum(top, shares[i])
        strength = 0.08 + (0.52 / (1.0 - 1.0 / classes)) * (top - np.float32(1.0 / classes))
        border = np.zeros(answer.shape, dtype=bool)
        border[1:] |= answer[1:] != answer[:-1]
        border[:, 1:] |= answer[:, 1:] != answer[:, :-1]
        ground, text = rgb(self.theme.plot_background), rgb(self.theme.text)
        colours = [rgb(self.class_colour(i)) for i in range(classes)]
        channels = []
        for j in range(3):
            channel = shares[0] * np.float32(colours[0][j] - ground[j])
            for i in range(1, classes):
                channel += shares[i] * np.float32(colours[i][j] - ground[j])
            channel *= strength
            channel += ground[j]
            channel[border] += 0.45 * (text[j] - channel[border])
            channels.append(channel)
        return to_pixels(channels)

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
        colours = [self.class_colour(i) for i in range(len(names))]
        self._legend.show_classes(names, colours, self.theme.text_muted)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._show_legend()
