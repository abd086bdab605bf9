"""The training settings that choose a method, which has settings of its own."""

from __future__ import annotations

from collections.abc import Mapping

from nn_designer.engine.losses import LOSSES
from nn_designer.engine.method import Method
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.schedules import SCHEDULES

METHODS: Mapping[str, Mapping[str, type[Method]]] = {
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
"""Name of the training setting → key → method. Documents, files and :func:`train` keep the
settings of the chosen one under :func:`own_settings_name`."""


def own_settings_name(name: str) -> str:
    """Where the settings of a chosen method are kept: "loss" → "loss_settings"."""
    return f"{name}_settings"
