"""The graph of a network: its nodes, in an order in which they can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, Protocol

import numpy as np

from nn_designer.engine.loss import OwnLoss
from nn_designer.engine.plan import Plan, Value
from nn_designer.engine.shapes import Shape, WeightSpec


class NetworkError(ValueError):
    """Nodes do not form a network that can run; the text says why."""


class LayerLike(Protocol):
    """What the engine needs of a layer; ``layers.base.LayerKind`` documents it."""

    @property
    def minimum_inputs(self) -> int: ...
    @property
    def maximum_inputs(self) -> int | None: ...
    @property
    def has_output(self) -> bool: ...
    @property
    def halves_batches(self) -> bool: ...
    @property
    def hands_on_numbers(self) -> bool: ...
    @property
    def trainable(self) -> bool: ...

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape: ...
    def output_activation(self, input_activations: Sequence[str]) -> str: ...
    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]: ...
    def state_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]: ...
    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]: ...
    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]: ...
    def index_count(self) -> int | None: ...
    def finds_maxima_in(self, shape: Shape) -> Shape | None: ...
    def shortcut(self, input_shapes: Sequence[Shape], user: LayerLike | None) -> str: ...
    def macs(self, input_shapes: Sequence[Shape]) -> int: ...
    def n_steps_in_turn(self, input_shapes: Sequence[Shape]) -> int: ...
    def own_loss(self) -> OwnLoss: ...
    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value: ...


class Node(NamedTuple):
    """A layer in a network; ``inputs`` are names of other nodes, in the order of its ports."""

    name: str
    layer: LayerLike
    inputs: tuple[str, ...] = ()
    shares: str | None = None
    """The node whose weights this one uses; None: it has its own."""


def in_order(nodes: Sequence[Node]) -> list[Node]:
    """Inputs before those who use them. Raises NetworkError for what is no network."""
    by_name = {node.name: node for node in nodes}
    if len(by_name) < len(nodes):
        raise NetworkError("Two layers have the same name. Rename one.")
    for node in nodes:
        for name in node.inputs:
            if name not in by_name:
                raise NetworkError(
                    f"{node.name!r} takes its input from {name!r}, which is missing."
                )
        low, high = node.layer.minimum_inputs, node.layer.maximum_inputs
        if len(node.inputs) < low or (high is not None and len(node.inputs) > high):
            wanted = f"{low}" if low == high else f"at least {low}"
            raise NetworkError(
                f"{node.name!r} expects {wanted} inputs, but it has {len(node.inputs)}."
            )
    try:
        order = TopologicalSorter({node.name: node.inputs for node in nodes}).static_order()
        return [by_name[name] for name in order]
    except CycleError as error:
        names = " → ".join(error.args[1])
        raise NetworkError(f"The layers form a loop: {names}. Remove one of its wires.") from None


def ends(nodes: Sequence[Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the inputs and of the outputs, in the order of ``nodes``.

    A network may end with any one layer; several ends must be Outputs.
    """
    used = {name for node in nodes for name in node.inputs}
    inputs = tuple(node.name for node in nodes if node.layer.maximum_inputs == 0)
    last = [node for node in nodes if node.name not in used]
    if not inputs:
        raise NetworkError("A network needs an Input.")
    if not last:
        raise NetworkError("A network needs an output.")
    loose = [node.name for node in last if node.layer.has_output]
    if loose and len(last) > 1:
        raise NetworkError(
            "All layers must lead to an Output, but these lead nowhere: " + ", ".join(loose)
        )
    return inputs, tuple(node.name for node in last)


def check_shares(nodes: Sequence[Node], shapes: Mapping[str, Shape]) -> None:
    """Raises NetworkError if a node can't use the weights of the node it names.

    ``shapes``: node → the shape of its output.
    """
    by_name = {node.name: node for node in nodes}
    for node in nodes:
        if node.shares is None:
            continue
        owner = by_name.get(node.shares)
        if owner is None:
            raise NetworkError(
                f"{node.name!r} takes its weights from {node.shares!r}, which is missing."
            )
        if owner.shares is not None:
            raise NetworkError(
                f"{node.name!r} takes its weights from {owner.name!r}, which has none of its own."
            )
        blocks = [
            (type(each.layer), each.layer.block_shapes([shapes[name] for name in each.inputs]))
            for each in (node, owner)
        ]
        if blocks[0] != blocks[1]:
            raise NetworkError(
                f"{node.name!r} can't use the weights of {owner.name!r}: they must be of one kind, "
                "with the same sizes."
            )


def shared_before_last(nodes: Sequence[Node]) -> frozenset[str]:
    """The nodes whose weights are also used by a node further on."""
    last: dict[str, str] = {}
    for node in nodes:
        last[node.shares or node.name] = node.name
    return frozenset(node.name for node in nodes if last[node.shares or node.name] != node.name)


def only_user(nodes: Sequence[Node], node: Node) -> LayerLike | None:
    """The layer that uses this one's output, if it is the only one."""
    users = [user.layer for user in nodes if node.name in user.inputs]
    return users[0] if len(users) == 1 else None
