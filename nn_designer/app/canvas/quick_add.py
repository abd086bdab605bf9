"""The two searchable lists of the canvas: layer kinds to add, and layers to wire to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from nn_designer.app import kind_texts
from nn_designer.app.canvas.card_painting import glyph_name
from nn_designer.app.canvas.search_list import Row, SearchList
from nn_designer.app.theme import ThemeManager
from nn_designer.design.document import Layer
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind


class QuickAdd(SearchList):
    """Kinds of layers; ``chosen`` carries the key of the kind."""

    def __init__(self, themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(themes, parent, "canvas_quick_add")
        self._kinds: Sequence[type[LayerKind]] = ()
        self.say("Add a layer", "Search layers", "No layer of that name.")

    def open_at(self, position: QPoint, kinds: Sequence[type[LayerKind]]) -> None:
        """Open below ``position`` (global) with these kinds, in this order."""
        self._kinds = kinds
        self.pop_up(position)

    def rows_for(self, text: str) -> list[Row]:
        colours = self._themes.theme.categories
        return [
            Row(
                kind.key,
                kind.title,
                glyph_name(kind.key),
                colours[kind.category],
                kind_texts.one_line_help(kind),
            )
            for kind in kind_texts.found(self._kinds, text)
        ]


class LayerChooser(SearchList):
    """Layers of the design; ``chosen`` carries the id of the layer."""

    def __init__(self, themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(themes, parent, "canvas_layer_chooser")
        self._layers: Sequence[Layer] = ()

    def open_at(self, position: QPoint, layers: Sequence[Layer], purpose: str) -> None:
        """Open below ``position`` (global) with these layers; ``purpose``: "Wire Dense 1 to"."""
        self._layers = layers
        self.say(purpose, f"{purpose}…", "No layer of that name.")
        self.pop_up(position)

    def rows_for(self, text: str) -> list[Row]:
        theme = self._themes.theme
        words = text.casefold().split()
        rows = []
        for layer in self._layers:
            if all(word in layer.name.casefold() for word in words):
                kind = KINDS.get(layer.kind)
                colour = theme.error if kind is None else theme.categories[kind.category]
                rows.append(Row(layer.id, layer.name, glyph_name(layer.kind), colour))
        return rows
