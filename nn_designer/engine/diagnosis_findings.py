"""What a diagnosis means, and what helps: sentences for people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.diagnosis import LayerDiagnosis, TensorDiagnosis

DEAD = 0.2
"""From this share of dead units on, a layer is worth a sentence: a few always are."""

SATURATED = 0.8
"""From this share of saturated outputs on, most of a layer's gradient is gone. Half is usual in
small networks of Tanh that have learned their task."""

VANISHED = 1e-4
"""A layer whose output's gradient is below this share of the last layer's hardly learns."""

EXPLODED = 1e4
"""A layer whose output's gradient is above so many times the last layer's jumps about."""

LARGE_UPDATE = 0.1
"""Weights that change by more than this share have little left of what they learned; about 0.001
for each step is usual (https://cs231n.github.io/neural-networks-3/#ratio)."""


def findings(diagnosis: Mapping[str, LayerDiagnosis]) -> tuple[str, ...]:
    """What is wrong, with the way out, layer by layer; nothing if all is well.

    Confident answers are no fault: nothing is said about saturation of last layers. Updates are
    taken for those of one step.
    """
    last = [layer.gradient_norm for layer in diagnosis.values() if layer.is_last]
    at_end = max((norm for norm in last if norm is not None), default=0.0)
    return tuple(
        f"{name}: {sentence}"
        for name, layer in diagnosis.items()
        for sentence in _of_layer(layer, at_end)
    )


def _of_layer(layer: LayerDiagnosis, gradient_at_end: float) -> Iterator[str]:
    """``gradient_at_end`` is the largest norm of ∂loss/∂output of a last layer; 0 if unknown."""
    if layer.output.not_finite_share > 0:
        yield (
            "some outputs are no finite numbers; a smaller learning rate, gradient clipping or "
            "standardized inputs help."
        )
        return  # the rest follows from that
    if layer.dead_share >= DEAD:
        are = "is" if layer.dead_units == 1 else "are"
        yield (
            f"{layer.dead_units:,} of {layer.n_units:,} units {are} always 0 and can't learn; a "
            f"smaller learning rate or {ACTIVATIONS['leaky_relu'].title} helps."
        )
    if layer.saturated_share >= SATURATED and not layer.is_last:
        yield (
            f"{layer.saturated_share:.0%} of the outputs are at the ends of "
            f"{ACTIVATIONS[layer.activation].title}, where hardly any gradient passes; smaller "
            "initial weights, BatchNormalization before the activation, or ReLU help."
        )
    if layer.gradient_norm is not None and not layer.is_last:
        yield from _of_gradient(layer.gradient_norm, gradient_at_end)
    update = _update_ratio(layer.tensors.values())
    if update > LARGE_UPDATE:
        yield (
            f"one step changes its weights by {update:.0%}, about 0.1% is usual; a smaller "
            "learning rate helps."
        )


def _update_ratio(tensors: Iterable[TensorDiagnosis]) -> float:
    """Of all weights of a layer taken together: biases begin at 0, so theirs alone says little."""
    norms = [(tensor.weight_norm, tensor.update_ratio or 0.0) for tensor in tensors]
    whole = math.hypot(*(norm for norm, _ in norms))
    return math.hypot(*(norm * ratio for norm, ratio in norms)) / whole if whole else 0.0


def _of_gradient(norm: float, at_end: float) -> Iterator[str]:
    if not math.isfinite(norm):
        yield (
            "its gradient is no finite number; smaller initial weights or BatchNormalization help."
        )
    elif norm < VANISHED * at_end:
        yield (
            f"its gradient is less than {VANISHED:.2%} of the last layer's, too small to learn "
            "from; ReLU, fewer layers, or wires that skip some help."
        )
    elif norm > EXPLODED * at_end > 0.0:
        yield (
            f"its gradient is {norm / at_end:,.0f} times the last layer's; smaller initial weights, "
            "BatchNormalization or gradient clipping help."
        )
