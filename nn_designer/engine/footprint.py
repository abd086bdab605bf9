"""How much memory a training will hold at its peak, found before anything is allocated.

The very network, optimizer and loops of the run are built, but their arrays come from nowhere
(allocation.py); what that can't show, such as copies of the weights, is added up here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn_designer.engine.allocation import Ledger
from nn_designer.engine.graph import Node
from nn_designer.engine.halving import halving
from nn_designer.engine.loops import loop_over
from nn_designer.engine.network import Network
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.shapes import samples_at_once
from nn_designer.engine.training_data import Part
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.engine.update import Update

OBJECTS_BYTES = 2**16
"""About what Python's own objects take: steps, views of arrays, reports."""

COPIES_OF_VARIABLES = 2
"""Those of the beginning and of the best epoch."""


@dataclass(frozen=True)
class Footprint:
    """Bytes that a training holds at its peak."""

    layers: Mapping[str, int]
    """Layer → its weights, their gradients and copies, and its buffers."""
    shared: int
    """What belongs to no layer: ring of answers, work space of losses."""
    data: int
    """The samples as they are prepared, and as rows that are gathered from."""

    @property
    def total(self) -> int:
        return sum(self.layers.values()) + self.shared + self.data

    @property
    def largest_layer(self) -> str | None:
        """The layer that takes most."""
        return max(self.layers, key=lambda name: self.layers[name], default=None)


def training_footprint(
    nodes: Sequence[Node],
    *,
    loss: str,
    loss_settings: Mapping[str, Any] | None = None,
    optimizer: str,
    optimizer_settings: Mapping[str, Any] | None = None,
    batch_size: int,
    n_train: int,
    n_validation: int = 0,
    around: TrainingSettings | None = None,
) -> Footprint:
    """The peak of a training run with these settings and numbers of samples, in float32;
    ``around`` says what there is around the optimizer: averages, accumulation, clipping.

    Raises:
        MemoryError: an array is so large that this computer has no addresses for it.
        NetworkError, ShapeError: the nodes do not form a network.
    """
    n_train, batch_size = max(n_train, 1), max(1, min(batch_size, max(n_train, 1)))
    with Ledger() as ledger:
        network = Network(nodes, loss=loss, loss_settings=loss_settings, seed=None)
        held = ledger.total
        chosen = OPTIMIZERS[optimizer](**(optimizer_settings or {}))
        settings = (around or TrainingSettings()).replace(optimizer=optimizer).in_force()
        update = Update(network, chosen, settings)
        if chosen.sees_all_samples:
            batch_size = n_train
        held, of_optimizer = ledger.total, ledger.total - held
        layers = Counter({name: ledger.by_owner[name] for name in network.shapes})
        before = ledger.by_owner.copy()
        n_whole, rest = divmod(n_train, batch_size)
        halved = halving(network, batch_size).halved
        loop = loop_over(network, update, _no_samples(network), batch_size, n_whole, halved=halved)
        in_batches = _with_rest(ledger.by_owner, before, rest / batch_size)
        before = ledger.by_owner.copy()
        count = min(samples_at_once(network.shapes.values()), n_validation)
        plan = network.plan(count, False) if count else None
        in_evaluation = _with_rest(
            ledger.by_owner, before, n_validation % count / count if plan else 0
        )
        buffers = in_batches + in_evaluation
        # Losses work on at least one more array of the size of a ring.
        shared = buffers.pop("", 0) + int(loop.ring.nbytes) + OBJECTS_BYTES
        layers.update(buffers)
    size = network.variables.itemsize
    per_weight = (2 * size * network.parameters.size + of_optimizer) / max(
        network.parameters.size, 1
    )
    for name, cost in network.cost().layers.items():
        # a byte each while a look is taken whether all are finite
        layers[name] += cost.parameters * (size * (1 + COPIES_OF_VARIABLES) + 1)
        layers[name] += round(cost.trainable * per_weight)
    shared += _regularization_bytes(network)
    return Footprint(layers, shared, _data_bytes(network, n_train, n_validation))


def _no_samples(network: Network) -> Part:
    nothing = np.zeros((1, 1), network.dtype)
    return Part(nothing, nothing, ())


def _with_rest(now: Counter[str], before: Counter[str], rest: float) -> Counter[str]:
    """What a whole batch took, and the share of it that a smaller last one will take: that saves
    building it."""
    return Counter({name: round((now[name] - before[name]) * (1 + rest)) for name in now})


def _regularization_bytes(network: Network) -> int:
    """The largest weight while its penalty is worked out."""
    specs = (spec for name in network.weight_gradients for spec in network.weight_specs[name])
    largest = max((spec.size for spec in specs if spec.l1 or spec.l2), default=0)
    return largest * int(network.dtype.itemsize)


def _data_bytes(network: Network, n_train: int, n_validation: int) -> int:
    """Samples and targets as the data hands them over, as rows, and their order."""
    width = sum(math.prod(shape) for shape in network.inputs.shapes.values())
    columns = width + network.inputs.width + 3 * network.heads.size
    answers = n_validation * network.heads.size
    numbers = (n_train + n_validation) * columns + answers
    return numbers * int(network.dtype.itemsize) + 2 * n_train * 8
