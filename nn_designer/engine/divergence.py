"""Why a loss stopped being a number, in a sentence."""

from __future__ import annotations

import numpy as np

from nn_designer.engine.training_data import Part

LARGE = 100.0
"""Inputs and targets beyond this are far from the range that networks are made for."""

HIGH_RATES = {"adam": 0.03, "adamw": 0.03, "rmsprop": 0.03, "adagrad": 0.5}
"""From these learning rates on (0.1 for others), the rate is the first suspect."""


def divergence_message(
    *,
    epoch: int,
    batch: int,
    best_epoch: int,
    learning_rate: float,
    optimizer: str,
    part: Part,
) -> str:
    """What happened, the likely cause, what to do, and which weights the network has now."""
    happened = (
        f"Training stopped in epoch {epoch:,}, batch {batch:,}: the loss is no finite number "
        "any more."
    )
    kept = (
        f"The weights are those of epoch {best_epoch:,}."
        if best_epoch
        else "The weights are those from before training."
    )
    return f"{happened} {_cause(learning_rate, optimizer, part)} {kept}"


def _cause(learning_rate: float, optimizer: str, part: Part) -> str:
    largest_input = _largest(part.rows[:, :-1])
    if largest_input > LARGE:
        return (
            f"The inputs are probably the cause, they reach {largest_input:,.4g}: scale them to "
            "about -1 to 1 (standardize them)."
        )
    numbers = [answers for answers in part.answers if answers.dtype.kind == "f"]
    largest_target = max(map(_largest, numbers), default=0.0)
    if largest_target > LARGE:
        return (
            f"The targets are probably the cause, they reach {largest_target:,.4g}: "
            "scale them to about -1 to 1 (standardize them)."
        )
    if learning_rate >= HIGH_RATES.get(optimizer, 0.1):
        return (
            f"The learning rate of {learning_rate:g} is probably too high: try "
            f"{learning_rate / 10:.3g}."
        )
    return (
        "The gradients probably exploded from layer to layer: try a learning rate of "
        f"{learning_rate / 10:.3g}, fewer layers, or Adam."
    )


def _largest(numbers: np.ndarray) -> float:
    return max(float(numbers.max()), -float(numbers.min())) if numbers.size else 0.0
