"""A training run stopped between two batches: everything that going on depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn_designer.engine.training_data import TrainingError


@dataclass(frozen=True)
class Checkpoint:
    """Continuing from it gives the very same weights, bit for bit, as never stopping.

    Plain values and arrays (copies), so that it can be sent to another process and kept in a
    file. ``variables`` is the network's flat vector, parameters and state, as the optimizer goes
    on with it: not averaged.
    """

    variables: np.ndarray
    optimizer_state: Mapping[str, np.ndarray | int]
    update_state: Mapping[str, np.ndarray | int]
    """What is summed up and averaged around the optimizer."""
    schedule_state: Mapping[str, float]
    epoch: int
    """Epochs done."""
    batch: int
    """Batches done of the epoch under way."""
    order_state: Mapping[str, Any]
    """State of the random numbers before the order of the epoch under way was drawn."""
    network_states: tuple[Mapping[str, Any], Mapping[str, Any]]
    """The network's own random numbers (Dropout), of both halves of a batch."""
    sums: Mapping[str, np.ndarray]
    """Loss and metrics of the epoch under way, summed up."""
    best: tuple[int, float, int, float, np.ndarray | None]
    """State of BestEpoch, with the weights of the best epoch."""
    identity: Mapping[str, Any]
    """What must be the same to go on: numbers of samples and parameters, batch size, seed..."""

    def require(self, identity: Mapping[str, Any]) -> None:
        """Raises TrainingError if a run of this ``identity`` can't go on from here."""
        for name, value in identity.items():
            there = self.identity.get(name)
            if there != value:
                raise TrainingError(
                    f"The checkpoint belongs to another run: its {name} is {there}, here it is "
                    f"{value}. Use the settings and data of that run, or start anew."
                )
