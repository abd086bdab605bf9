"""The losses: what training makes small. ``LOSSES`` maps each key to its loss."""

from __future__ import annotations

from nn_designer.engine.class_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Hinge,
    SparseCategoricalCrossentropy,
)
from nn_designer.engine.loss import Criterion, Loss
from nn_designer.engine.number_losses import Huber, MeanAbsoluteError, MeanSquaredError

__all__ = ["LOSSES", "Criterion", "Loss"]

LOSSES: dict[str, type[Loss]] = {
    loss.key: loss
    for loss in (
        MeanSquaredError,
        MeanAbsoluteError,
        Huber,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        Hinge,
    )
}
"""Key → loss, in the order to show."""
