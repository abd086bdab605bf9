"""Whether a network, its loss and its optimizer fit together, asked before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nn_designer.engine.graph import NetworkError
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.training_data import TrainingError

if TYPE_CHECKING:
    from nn_designer.engine.network import Network
    from nn_designer.engine.optimizer import Optimizer

NOTHING_LEARNS = (
    "All layers with weights are frozen, so that nothing can learn. Switch on Trainable for at "
    "least one of them."
)


def attach_loss(network: Network, key: str, settings: Mapping[str, Any] | None) -> None:
    """Give the network this loss, if it has another one or with other settings.

    Raises TrainingError if it does not suit the network's end."""
    if network.loss == key and settings is None:
        return
    loss = LOSSES[key]
    if network.loss == key and loss(**network.loss_settings) == loss(**(settings or {})):
        return
    try:
        network.set_loss(key, settings)
    except NetworkError as error:
        raise TrainingError(str(error)) from None


def require_that_it_learns(network: Network, optimizer: Optimizer, n_samples: int) -> None:
    """Raises TrainingError if all layers are frozen, or the optimizer does not suit."""
    if network.weight_specs and not network.weight_gradients:
        raise TrainingError(NOTHING_LEARNS)
    random_layers = [node.name for node in network.nodes if node.layer.is_random]
    problem = optimizer.problem_with(network.parameter_count, n_samples, random_layers)
    if problem is not None:
        raise TrainingError(problem)
