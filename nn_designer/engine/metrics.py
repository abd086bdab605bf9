"""Metrics: how good the answers are, in words people use. They never steer training.

``METRICS`` maps each key to its metric. Training keeps an eye on few of them: batches are turned
into sums that add up (:func:`class_sums`, :func:`number_sums`), and sums into a metric's value.
Many batches are measured in one call, all metrics of a task share the sums, and an epoch's value
is exact, not a mean of means. The others are measured from all outputs, when somebody asks.

Sums are over batch-last arrays, as in the engine: outputs (K, outputs, B), K batches of B samples.
"""

from __future__ import annotations

from nn_designer.engine.class_metrics import (
    F1,
    Accuracy,
    AreaUnderCurve,
    Precision,
    Recall,
    Top3Accuracy,
    Top5Accuracy,
    class_sums,
)
from nn_designer.engine.metric import Metric, SummedMetric
from nn_designer.engine.number_metrics import (
    R2,
    MeanAbsoluteError,
    RootMeanSquaredError,
    number_sums,
)

__all__ = ["METRICS", "SUMMED", "Metric", "class_sums", "number_sums"]

SUMMED: dict[str, SummedMetric] = {
    metric.key: metric for metric in (Accuracy(), MeanAbsoluteError(), RootMeanSquaredError(), R2())
}
"""Those that training keeps an eye on."""

METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        SUMMED["accuracy"],
        Top3Accuracy(),
        Top5Accuracy(),
        Precision(),
        Recall(),
        F1(),
        AreaUnderCurve(),
        SUMMED["mae"],
        SUMMED["rmse"],
        SUMMED["r2"],
    )
}
"""Key → metric, in the order to show."""
