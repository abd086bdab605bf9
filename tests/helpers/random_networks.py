"""Networks of random layers: several inputs and outputs, branches, merges, shared layers."""

from __future__ import annotations

import math

import numpy as np

from nn_designer.engine.network import Node
from nn_designer.engine.shapes import Shape
from nn_designer.layers import KINDS, LayerKind, ShapeError
from nn_designer.params import ParamError
from tests.helpers.nodes import dense, node, shared
from tests.helpers.random_layers import random_value

MOST_NUMBERS = 40
"""Layers that hand on more numbers for a sample are not drawn: networks stay small."""

LOOKS_UP = ("embedding",)
"""Kinds that take whole numbers straight from the data."""

LOSSES_OF = {
    "linear": ("mean_squared_error", "mean_absolute_error", "huber"),
    "softmax": ("sparse_categorical_crossentropy", "categorical_crossentropy"),
    "sigmoid": ("binary_crossentropy", "mean_squared_error"),
}
"""Last activation → losses for it."""


class RandomNetwork:
    """Draws a network with a generator; :attr:`nodes` are the result."""

    def __init__(self, rng: np.random.Generator, n_layers: int) -> None:
        self._rng = rng
        self.nodes: list[Node] = []
        self._shapes: dict[str, Shape] = {}
        self._unused: list[str] = []
        for shape in self._input_shapes():
            self._add(node(f"x{len(self.nodes)}", "input", shape=shape))
        for _ in range(n_layers):
            if not (rng.random() < 0.3 and self._share_a_layer()):
                self._add_a_layer()
        self._add_outputs()

    def _input_shapes(self) -> list[Shape]:
        choices = [(3,), (4,), (3, 2), (3, 4, 2)]
        count = int(self._rng.integers(1, 4))
        return [choices[i] for i in self._rng.integers(0, len(choices), count)]

    def _add(self, new: Node) -> None:
        shape = new.layer.output_shape([self._shapes[name] for name in new.inputs])
        self.nodes.append(new)
        self._shapes[new.name] = shape
        self._unused = [name for name in self._unused if name not in new.inputs] + [new.name]

    def _some(self, count: int) -> list[str]:
        """Names of nodes, rather of those that nobody uses yet."""
        names = list(self._shapes)
        return [
            str(self._rng.choice(self._unused if self._rng.random() < 0.6 else names))
            for _ in range(count)
        ]

    def _add_a_layer(self) -> None:
        for _ in range(400):
            kind = KINDS[str(self._rng.choice(list(KINDS)))]
            if not kind.has_output or kind.maximum_inputs == 0 or kind.key in LOOKS_UP:
                continue
            most = 3 if kind.maximum_inputs is None else kind.maximum_inputs
            inputs = self._some(int(self._rng.integers(kind.minimum_inputs, most + 1)))
            layer = self._layer(kind, [self._shapes[name] for name in inputs])
            if layer is not None:
                self._add(Node(f"n{len(self.nodes)}", layer, tuple(inputs)))
                return
        raise AssertionError("no layer fits")

    def _layer(self, kind: type[LayerKind], shapes: list[Shape]) -> LayerKind | None:
        settings = {name: random_value(param, self._rng) for name, param in kind.params.items()}
        if "trainable" in settings:
            settings["trainable"] = bool(self._rng.random() < 0.85)
        for name in ("l1", "l2"):  # small beside the losses
            if name in settings:
                settings[name] *= 0.01
        try:
            layer = kind(**settings)
            size = math.prod(layer.output_shape(shapes))
        except (ShapeError, ParamError):
            return None
        return layer if 0 < size <= MOST_NUMBERS else None

    def _share_a_layer(self) -> bool:
        """Another use of a layer with weights, of inputs of the same shapes; if there is one."""
        for index in self._rng.permutation(len(self.nodes)):
            owner = self.nodes[index]
            shapes = [self._shapes[name] for name in owner.inputs]
            if owner.shares or not owner.layer.weight_specs(shapes):
                continue
            fitting = [
                [name for name, found in self._shapes.items() if found == shape] for shape in shapes
            ]
            inputs = [str(self._rng.choice(names)) for names in fitting]
            self._add(shared(owner, f"n{len(self.nodes)}", *inputs))
            return True
        return False

    def _add_outputs(self) -> None:
        """Everything leads to an Output; some layers lead to an Output and on."""
        ends = list(self._unused)
        if self._rng.random() < 0.4:
            ends += self._some(1)
        groups: list[list[str]] = [[] for _ in range(min(len(ends), 3))]
        for i, name in enumerate(ends):
            groups[i % len(groups)].append(name)
        for i, group in enumerate(groups):
            flat = [self._flat(name) for name in group]
            if len(flat) > 1:
                self._add(node(f"c{i}", "concatenate", *flat))
                flat = [f"c{i}"]
            activation = str(self._rng.choice(list(LOSSES_OF)))
            units = 3 if activation == "softmax" else 1 if activation == "sigmoid" else 2
            self._add(dense(f"last{i}", flat[0], units, activation))
            loss = str(self._rng.choice(LOSSES_OF[activation]))
            weight = float(self._rng.choice([1.0, 0.3, 2.5]))
            self._add(node(f"o{i}", "output", f"last{i}", loss=loss, loss_weight=weight))

    def _flat(self, name: str) -> str:
        if len(self._shapes[name]) == 1:
            return name
        flat = f"f{len(self.nodes)}"
        self._add(node(flat, "flatten", name))
        return flat


def random_network_nodes(seed: int, n_layers: int) -> list[Node]:
    """The nodes of a random network, the same for the same seed."""
    return RandomNetwork(np.random.default_rng([seed, 11]), n_layers).nodes
