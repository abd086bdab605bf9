"""FUNCTIONS.md: activations, losses, optimizers, schedules, initializers, metrics, training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from docs.pages.markdown import entry, settings_table, source_text, table
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.initializers import INITIALIZERS
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.metrics import METRICS
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.schedules import SCHEDULES
from nn_designer.engine.training_settings import TrainingSettings

INTRODUCTION = """# Functions

The mathematics behind the menus. The name in `code` is the one that a design file uses. The values
of the activations were computed by the program itself.

[Activations](#activations) · [Losses](#losses) · [Optimizers](#optimizers) ·
[Schedules](#schedules) · [Initializers](#initializers) · [Metrics](#metrics) · [Training](#training)
"""

OPTIMIZER_NOTE = """w is a weight, g its gradient (the mean over the batch), η the learning rate."""

POINTS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def page() -> str:
    """The whole page."""
    parts = [
        INTRODUCTION,
        "## Activations\n",
        *_entries(ACTIVATIONS.values(), _activation_extra),
        "## Losses\n",
        *_entries(LOSSES.values(), _loss_extra),
        f"## Optimizers\n\n{OPTIMIZER_NOTE}\n",
        *_entries(OPTIMIZERS.values(), settings_table),
        "## Schedules\n",
        *_entries(SCHEDULES.values(), settings_table),
        "## Initializers\n",
        *_entries(INITIALIZERS.values(), _initializer_extra),
        "## Metrics\n",
        *_entries(METRICS.values(), _metric_extra),
        f"## Training\n\n{settings_table(TrainingSettings)}\n",
    ]
    return "\n".join(parts)


def _entries(declared: Iterable[Any], extra: Any) -> list[str]:
    """Title, formula, help, source of each, and what ``extra`` makes of it."""
    return [
        entry(
            one.title,
            one.key,
            f"    {one.formula}",
            one.help,
            f"Source: {source_text(one.source)}" if one.source else "",
            extra(one),
        )
        + "\n"
        for one in declared
    ]


def _activation_extra(one: Any) -> str:
    """Values and slopes at a few places; of softmax, the answer to them together."""
    x = np.array(POINTS)
    heads = ("x", *(f"{value:g}" for value in POINTS))
    rows = [("f(x)", *_numbers(one.function(x)))]
    if one.elementwise:
        rows.append(("slope", *_numbers(one.derivative(x))))
    return table(heads, rows)


def _numbers(values: np.ndarray) -> list[str]:
    """To three decimals, without a zero that has a sign."""
    return [f"{round(float(value), 3) + 0.0:g}" for value in values]


def _loss_extra(one: Any) -> str:
    """What is special when it follows its own activation, and its settings."""
    parts = [settings_table(one)] if one.params else []
    if one.fused_activation:
        title = ACTIVATIONS[one.fused_activation].title
        parts.insert(
            0,
            f"After {title} it is computed from the numbers before that, so that nothing overflows.",
        )
    return "\n\n".join(parts)


def _initializer_extra(one: Any) -> str:
    """Its settings, and how a design file tells them."""
    if not one.params:
        return ""
    name, param = next(iter(one.params.items()))
    how = f"In a design file: `{one.key}`, or with settings `{one.key}({name}={param.default})`."
    return f"{settings_table(one)}\n\n{how}"


def _metric_extra(one: Any) -> str:
    task = {"classes": "classes", "number": "numbers"}[one.task]
    return f"For {task}; {one.better} is better."
