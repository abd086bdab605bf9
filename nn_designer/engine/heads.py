"""Where losses attach: the ends of a network, each with its loss and its weight in the total.

The total loss is Σ weight · loss, as Keras' ``loss_weights``. What the ends answer lies one
below the other in ``plan.logits`` and ``plan.outputs``, and their encoded targets side by side
in the rows of ``plan.targets``; so a training loop handles one array of each, whatever the
number of ends. With one end the arrays are its own, and nothing is copied.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.engine.allocation import zeros
from nn_designer.engine.graph import NetworkError, Node
from nn_designer.engine.inputs import Arrays, by_name
from nn_designer.engine.losses import LOSSES, Criterion
from nn_designer.engine.shapes import Shape

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan


@dataclass(frozen=True)
class Head:
    """An end of a network. Without a loss, ``criterion`` is None."""

    name: str
    shape: Shape
    criterion: Criterion | None
    weight: float
    fused_name: str | None
    """The node whose last activation the loss works out itself, from the logits."""
    rows: slice
    """Its rows of ``plan.logits`` and ``plan.outputs``."""
    columns: slice
    """Its columns of the targets' rows, if there are several heads."""

    @property
    def loss(self) -> Criterion:
        """The criterion. Raises NetworkError if there is none."""
        if self.criterion is None:
            raise NetworkError("The network has no loss. Choose one before training.")
        return self.criterion

    @property
    def has_class_numbers(self) -> bool:
        """Whether encoded targets are classes as whole numbers: one column."""
        return self.loss.loss.target == "classes"

    def targets_of(self, rows: np.ndarray) -> np.ndarray:
        """This head's encoded targets, from the targets (..., columns) of several heads."""
        part = rows[..., self.columns]
        return part[..., 0].astype(np.int64) if self.has_class_numbers else part


class Heads:
    """All ends of a network, in the order of its outputs."""

    def __init__(self, heads: Sequence[Head], dtype: Any) -> None:
        self._heads = tuple(heads)
        self._dtype = np.dtype(dtype)
        self.fused_names = frozenset(head.fused_name for head in heads if head.fused_name)
        self.names = tuple(head.name for head in heads)

    def __iter__(self) -> Iterator[Head]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)

    def __getitem__(self, index: int) -> Head:
        return self._heads[index]

    @property
    def size(self) -> int:
        """How many numbers the ends answer for a sample, in all."""
        return sum(math.prod(head.shape) for head in self)

    @property
    def has_losses(self) -> bool:
        """Whether there is a loss to attach to."""
        return all(head.criterion is not None for head in self)

    # --- targets ---

    def encode(self, y: Arrays) -> np.ndarray:
        """A data set's targets, one array or one by each output's name, as rows for a plan's
        ``targets``. Raises ValueError with a sentence if they do not fit."""
        arrays = by_name(y, self.names, "output")
        if len(self) == 1:
            return self[0].loss.encode(arrays[self[0].name])
        parts = [head.loss.encode(arrays[head.name]) for head in self]
        return np.concatenate(
            [part.reshape(len(part), -1).astype(self._dtype) for part in parts], axis=1
        )

    def _targets_buffer(self, batch_size: int) -> np.ndarray:
        if len(self) == 1:
            return self[0].loss.targets_buffer(batch_size)
        return zeros((batch_size, self[-1].columns.stop), self._dtype)

    # --- in a plan ---

    def emit(
        self, plan: Plan, *, differentiates: bool, weighted: bool = False, share: float = 1.0
    ) -> None:
        """After all layers: name the buffers that others look at, and add the backward steps.
        ``weighted``: samples have weights; ``share`` scales the gradients."""
        ends = [plan.values[head.name] for head in self]
        scores = [end.logits or end for end in ends]
        if differentiates or self.has_losses:
            plan.targets = self._targets_buffer(plan.batch_size)
        if len(self) == 1:
            skipped = differentiates and bool(self.fused_names)
            plan.finish(logits=scores[0].flat, outputs=None if skipped else ends[0].flat)
        else:
            logits = self._one_below_the_other(plan, [value.flat for value in scores])
            flat_ends = [value.flat for value in ends]
            outputs = None if differentiates else self._one_below_the_other(plan, flat_ends)
            plan.finish(logits=logits, outputs=outputs)
        if not differentiates:
            return
        plan.release_scratch()
        if weighted:
            plan.weights = plan.buffer((plan.batch_size,))
        for head, value in zip(self, scores, strict=True):
            with plan.gradient_target(value) as gradient:
                targets = self._emitted_targets(plan, head)
                head.loss.emit_gradient(plan, value.flat, targets, gradient)
                if plan.weights is not None:
                    plan.step(np.multiply, gradient, plan.weights, gradient)
                scale = share * head.weight
                if scale != 1.0:
                    plan.step(np.multiply, gradient, plan.constant(scale), gradient)
        plan.emit_backward()

    def _one_below_the_other(self, plan: Plan, parts: Sequence[np.ndarray]) -> np.ndarray:
        whole = plan.buffer((self.size, plan.batch_size))
        for head, part in zip(self, parts, strict=True):
            plan.step(np.copyto, whole[head.rows], part)
        return whole

    def _emitted_targets(self, plan: Plan, head: Head) -> np.ndarray:
        """A head's targets of the batch, as its loss reads them."""
        if len(self) == 1:
            return plan.targets
        part = plan.targets[:, head.columns]
        if not head.has_class_numbers:
            return part
        classes = plan.buffer((plan.batch_size,), np.int64)
        plan.step(np.copyto, classes, part[:, 0], "unsafe")
        return classes

    # --- what came out ---

    def values(
        self, logits: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None
    ) -> list[np.ndarray]:
        """Each head's mean loss of each batch, before its own weight: ``logits`` (..., size, B),
        encoded ``targets`` and ``weights`` of samples (..., B) of a plan → (...)."""
        if len(self) == 1:
            return [self[0].loss.value(logits, targets, weights)]
        return [
            head.loss.value(logits[..., head.rows, :], head.targets_of(targets), weights)
            for head in self
        ]

    def total(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Σ weight · loss of each batch."""
        if len(self) == 1 and self[0].weight == 1.0:
            return values[0]
        return np.asarray(
            sum(head.weight * value for head, value in zip(self, values, strict=True))
        )

    def separated(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Outputs (N, size) as (N, *shape), by the outputs' names."""
        return {head.name: rows[:, head.rows].reshape(len(rows), *head.shape) for head in self}


def attached(
    nodes: Sequence[Node],
    names: Sequence[str],
    shapes: Mapping[str, Shape],
    loss: str | None,
    loss_settings: Mapping[str, Any],
    dtype: Any,
) -> Heads:
    """The heads of the nodes ``names`` with the losses that they say themselves, else ``loss``,
    which has ``loss_settings``.

    Raises NetworkError for an unknown loss, or one that does not suit the shape.
    """
    by_name = {node.name: node for node in nodes}
    heads: list[Head] = []
    row = column = 0
    for name in names:
        own = by_name[name].layer.own_loss()
        key, shape = own.key or loss, shapes[name]
        n_rows, n_columns = math.prod(shape), 0
        criterion = fused = None
        if key is not None:
            if key not in LOSSES:
                raise NetworkError(f"There is no loss {key!r}; choose one of {', '.join(LOSSES)}.")
            found = LOSSES[key](**(loss_settings if key == loss else {}))
            if len(shape) != 1:
                raise NetworkError(found.problem_with(shape, "linear") or "")
            if found.fused_activation is not None:
                fused = node_with_logits(nodes, name, found.fused_activation)
            criterion = Criterion(found, n_rows, from_logits=fused is not None, dtype=dtype)
            n_columns = 1 if found.target == "classes" else n_rows
        rows, columns = slice(row, row + n_rows), slice(column, column + n_columns)
        heads.append(Head(name, shape, criterion, own.weight, fused, rows, columns))
        row, column = rows.stop, columns.stop
    return Heads(heads, dtype)


def node_with_logits(nodes: Sequence[Node], end: str, activation: str) -> str | None:
    """The node whose last activation makes what arrives at ``end``, if it is this one, and nobody
    else reads it: then training can leave it out."""
    by_name = {node.name: node for node in nodes}
    node = by_name[end]
    while not node.layer.has_output:
        (name,) = node.inputs
        node = by_name[name]
        if sum(user.inputs.count(name) for user in nodes) > 1:
            return None
    made_by = node.layer.output_activation(["linear"] * len(node.inputs))
    return node.name if made_by == activation else None
