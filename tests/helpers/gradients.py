"""Gradients by central differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nn_designer.engine.inputs import Arrays
from nn_designer.engine.network import Network


def numeric_gradient(
    function: Callable[[], float], parameters: np.ndarray, step: float = 1e-5
) -> np.ndarray:
    """∂function/∂parameters; the parameters (float64) are moved one by one and put back."""
    gradient = np.empty_like(parameters)
    for index in np.ndindex(parameters.shape):
        kept = parameters[index]
        parameters[index] = kept + step
        above = function()
        parameters[index] = kept - step
        below = function()
        parameters[index] = kept
        gradient[index] = (above - below) / (2.0 * step)
    return gradient


def relative_error(gradient: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, relative to its entry; entries below a hundredth of the largest
    are compared with that."""
    size = np.maximum(np.abs(gradient), np.abs(expected))
    floor = max(0.01 * float(size.max(initial=0.0)), 1e-12)
    return float((np.abs(gradient - expected) / np.maximum(size, floor)).max(initial=0.0))


def gradient_error(network: Network, x: Arrays, y: Arrays) -> float:
    """How far a network's gradients are from central differences."""
    network.loss_and_gradients(x, y)
    gradient = network.gradients.copy()
    expected = numeric_gradient(lambda: network.loss_and_gradients(x, y), network.parameters)
    assert np.abs(expected).max(initial=0.0) > 1e-6, "a gradient of nothing proves nothing"
    return relative_error(gradient, expected)


def training_gradient_error(network: Network, x: Arrays, y: Arrays) -> float:
    """As :func:`gradient_error`, for a step as training does it: Dropout acts, with the same
    random numbers each time."""
    samples = network.inputs.checked(x)
    plan = network.plan(len(samples[network.input_name]), training=True)
    network.inputs.write(plan.inputs, samples)
    plan.targets[...] = network.heads.encode(y)
    random_state = network.random.bit_generator.state

    def loss() -> float:
        network.random.bit_generator.state = random_state
        plan.run()
        values = network.heads.values(plan.logits, plan.targets)
        return float(network.heads.total(values)) + network.regularization()

    loss()
    gradient = network.gradients.copy()
    expected = numeric_gradient(loss, network.parameters)
    assert np.abs(expected).max(initial=0.0) > 1e-6, "a gradient of nothing proves nothing"
    return relative_error(gradient, expected)
