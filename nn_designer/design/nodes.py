"""The layers of a design as the engine takes them, and the memory that training them will hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from nn_designer.design.document import Document
from nn_designer.design.frozen import FrozenMap, thaw
from nn_designer.design.inference import made, read_settings
from nn_designer.design.sharing import owner_of
from nn_designer.design.wiring import used_layers, used_outputs
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import kind_of

if TYPE_CHECKING:
    from nn_designer.engine.footprint import Footprint
    from nn_designer.engine.graph import Node


def nodes_of(document: Document, names: Mapping[str, str]) -> tuple[Node, ...]:
    """The layers that take part, all without errors, in an order in which they can run; outputs
    come last, in the order of the document.

    ``names``: layer id → the node's name.
    """
    from nn_designer.engine.graph import Node

    used = used_layers(document)
    outputs = [layer.id for layer in used_outputs(document)]
    order = [id for id in document.order if id in used and id not in outputs]
    nodes = []
    for id in (*order, *outputs):
        layer = document.layer(id)
        kind = kind_of(layer.kind)
        values = read_settings(kind, layer.settings).values  # all right, says the check
        inputs = tuple(names[wire.source] for wire in document.incoming(id))
        owner = owner_of(document, layer)
        shares = None if owner is None else names[owner.id]
        nodes.append(Node(names[id], made(kind, values), inputs, shares))
    return tuple(nodes)


def footprint_of(
    nodes: tuple[Node, ...],
    training: TrainingSettings,
    loss_settings: FrozenMap,
    optimizer_settings: FrozenMap,
    n_train: int,
    n_validation: int,
) -> Footprint | None:
    """What training these nodes holds at its peak; None if they can't be built. Remembered."""
    return _footprint(
        nodes,
        training.loss,
        loss_settings,
        training.optimizer,
        optimizer_settings,
        training.batch_size,
        n_train,
        n_validation,
    )


@lru_cache(maxsize=64)
def _footprint(
    nodes: tuple[Node, ...],
    loss: str,
    loss_settings: FrozenMap,
    optimizer: str,
    optimizer_settings: FrozenMap,
    batch_size: int,
    n_train: int,
    n_validation: int,
) -> Footprint | None:
    from nn_designer.engine.footprint import training_footprint

    try:
        return training_footprint(
            nodes,
            loss=loss,
            loss_settings=thaw(loss_settings),
            optimizer=optimizer,
            optimizer_settings=thaw(optimizer_settings),
            batch_size=batch_size,
            n_train=n_train,
            n_validation=n_validation,
        )
    except (MemoryError, ValueError):  # NetworkError and ShapeError are ValueErrors
        return None
