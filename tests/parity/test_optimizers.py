"""Optimizers beside Keras and PyTorch: the same gradients, 50 steps, the same weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nn_designer.engine.optimizers import OPTIMIZERS

STEPS = 50
N = 64
RATE = DECAY = 2.0**-8
"""A power of two: Keras rounds 1 - rate · decay to float32 even for float64 weights. A small one:
in float32 its own rounding of 1 - 0.999ᵗ moves an Adam step by up to 3e-5 of itself."""


def start() -> np.ndarray:
    return np.random.default_rng(1).standard_normal(N)


def gradient(t: int) -> np.ndarray:
    """Gradients of very different sizes, some zero."""
    rng = np.random.default_rng(100 + t)
    sizes = 10.0 ** rng.uniform(-4, 1, N)
    return rng.standard_normal(N) * sizes * (rng.random(N) > 0.1)


def ours(key: str, dtype: type, rate: float, **settings: float) -> np.ndarray:
    if key == "adamw":
        settings["weight_decay"] = DECAY
    optimizer = OPTIMIZERS[key](**settings)
    parameters, gradients = start().astype(dtype), np.zeros((2, N), dtype)[0]
    optimizer.bind(parameters, gradients)
    for t in range(STEPS):
        gradients[:] = gradient(t)
        optimizer.step(rate)
    return parameters


KERAS = {
    "sgd": lambda keras, rate: keras.optimizers.SGD(rate),
    "momentum": lambda keras, rate: keras.optimizers.SGD(rate, momentum=0.9),
    "nesterov": lambda keras, rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    "adagrad": lambda keras, rate: keras.optimizers.Adagrad(rate),
    "rmsprop": lambda keras, rate: keras.optimizers.RMSprop(rate),
    "adam": lambda keras, rate: keras.optimizers.Adam(rate),
    "adamw": lambda keras, rate: keras.optimizers.AdamW(rate, weight_decay=DECAY),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("key", OPTIMIZERS)
def test_same_as_keras(key: str, dtype: type) -> None:
    import keras

    optimizer = KERAS[key](keras, RATE)
    weights = keras.Variable(start(), dtype=np.dtype(dtype).name)
    optimizer.build([weights])
    for t in range(STEPS):
        optimizer.apply([keras.ops.convert_to_tensor(gradient(t).astype(dtype))])
    received = weights.value.detach().numpy()  # its own conversion warns with NumPy 2
    np.testing.assert_allclose(ours(key, dtype, RATE), received, rtol=0, atol=1e-6)


TORCH = {
    "sgd": lambda p, rate: torch.optim.SGD(p, rate),
    "momentum": lambda p, rate: torch.optim.SGD(p, rate, momentum=0.9),
    "nesterov": lambda p, rate: torch.optim.SGD(p, rate, momentum=0.9, nesterov=True),
    "adagrad": lambda p, rate: torch.optim.Adagrad(p, rate, initial_accumulator_value=0.1),
    "rmsprop": lambda p, rate: torch.optim.RMSprop(p, rate, alpha=0.9),
    "adam": lambda p, rate: torch.optim.Adam(p, rate),
    "adamw": lambda p, rate: torch.optim.AdamW(p, rate, weight_decay=DECAY),
}

TINY = {"adagrad": 1e-12, "rmsprop": 1e-12, "adam": 1e-12, "adamw": 1e-12}
"""PyTorch adds ε at another place (after the root, after the correction): it is made tiny,
here and, where ours is under the root, squared there."""


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_same_as_pytorch(key: str) -> None:
    weights = torch.nn.Parameter(torch.from_numpy(start()))
    optimizer = TORCH[key]([weights], RATE)
    settings = {}
    if key in TINY:
        settings["epsilon"] = TINY[key] ** 2 if key in ("adagrad", "rmsprop") else TINY[key]
        optimizer.param_groups[0]["eps"] = TINY[key]
    for t in range(STEPS):
        weights.grad = torch.from_numpy(gradient(t))
        optimizer.step()
    received = weights.detach().numpy()
    np.testing.assert_allclose(ours(key, np.float64, RATE, **settings), received, atol=1e-6)
