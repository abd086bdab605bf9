"""The metrics that a person asks ``train`` for, of the validation part."""

from __future__ import annotations

import math
from difflib import get_close_matches

import numpy as np

from nn_designer.cli.errors import CommandError, UsageError
from nn_designer.engine.metrics import METRICS
from nn_designer.engine.progress import EpochProgress


def asked_metrics(words: str | None) -> tuple[str, ...]:
    """The keys in "precision,recall". Raises UsageError for what is no metric."""
    names = tuple(dict.fromkeys(word.strip() for word in (words or "").split(",") if word.strip()))
    for name in names:
        if name not in METRICS:
            near = get_close_matches(name, METRICS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise UsageError(
                f"--metrics: There is no metric {name!r}; choose from {', '.join(METRICS)}.{hint}"
            )
    return names


def check_task(names: tuple[str, ...], task: str) -> None:
    """Raises CommandError for a metric that does not suit what the data's target is."""
    for name in names:
        if METRICS[name].task != task:
            fitting = ", ".join(key for key, metric in METRICS.items() if metric.task == task)
            what = "classes" if task == "classes" else "a number"
            raise CommandError(
                f"The metric {name!r} does not suit the data, whose target is {what}. Choose from "
                f"{fitting}."
            )


def measured(
    names: tuple[str, ...], event: EpochProgress, threshold: float, scale: np.ndarray | None
) -> dict[str, float | None]:
    """``val_<name>`` → value after an epoch; None where there is none."""
    found: dict[str, float | None] = {}
    for name in names:
        value = math.nan
        if event.val_outputs is not None and event.val_targets is not None:
            value = METRICS[name].measure(
                event.val_outputs, event.val_targets, threshold=threshold, scale=scale
            )
        found[f"val_{name}"] = value if math.isfinite(value) else None
    return found
