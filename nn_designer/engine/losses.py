"""The losses: what training makes small. ``LOSSES`` maps each key to its loss."""

from __future__ import annotations

from nn_designer.engine.categorical_losses import (
    CategoricalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from nn_designer.engine.class_losses import BinaryCrossentropy, Hinge
from nn_designer.engine.focal_losses import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from nn_designer.engine.loss import Criterion, Loss
from nn_designer.engine.number_losses import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanSquaredError,
    Poisson,
    Quantile,
)

__all__ = ["LOSSES", "Criterion", "Loss"]

LOSSES: dict[str, type[Loss]] = {
    loss.key: loss
    for loss in (
        MeanSquaredError,
        MeanAbsoluteError,
        Huber,
        LogCosh,
        Quantile,
        Poisson,
        CosineSimilarity,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        BinaryFocalCrossentropy,
        CategoricalFocalCrossentropy,
        KLDivergence,
        Hinge,
    )
}
"""Key → loss, in the order to show."""
