"""Optimizers beside Keras and PyTorch: the same gradients, 50 steps, the same weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from nn_designer.engine.optimizers import OPTIMIZERS

STEPS = 50
N = 64
RATE = DECAY = 2.0**-8
"""A power of two: Keras rounds 1 - rate · decay to float32 even for float64 weights. A small one:
in float32 its own rounding of 1 - 0.999ᵗ moves an Adam step by up to 3e-5 of itself."""

STEPPING = [key for key, one in OPTIMIZERS.items() if not one.sees_all_samples]

# Keras converts its own variables in a way that NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def start() -> np.ndarray:
    return np.random.default_rng(1).standard_normal(N)


def gradient(t: int) -> np.ndarray:
    """Gradients of very different sizes, some zero."""
    rng = np.random.default_rng(100 + t)
    sizes = 10.0 ** rng.uniform(-4, 1, N)
    return rng.standard_normal(N) * sizes * (rng.random(N) > 0.1)


def ours(key: str, dtype: type, rate: float, **settings: float) -> np.ndarray:
    if key == "adamw":
        settings.setdefault("weight_decay", DECAY)
    optimizer = OPTIMIZERS[key](**settings)
    parameters, gradients = start().astype(dtype), np.zeros((2, N), dtype)[0]
    optimizer.bind(parameters, gradients)
    for t in range(STEPS):
        gradients[:] = gradient(t)
        optimizer.step(rate)
    return parameters


KERAS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {}),
    "adadelta": ("Adadelta", {}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {"weight_decay": DECAY}),
    "amsgrad": ("Adam", {"amsgrad": True}),
    "nadam": ("Nadam", {}),
    "adamax": ("Adamax", {}),
    "lion": ("Lion", {}),
}
"""Class in Keras, and what makes it this optimizer. Keras has no RAdam."""

OTHER: dict[str, dict[str, float]] = {
    "momentum": {"momentum": 0.75},
    "nesterov": {"momentum": 0.75},
    "adagrad": {"epsilon": 1e-3},
    "rmsprop": {"rho": 0.75, "epsilon": 1e-3},
    "adadelta": {"rho": 0.75, "epsilon": 1e-3},
    "adam": {"beta_1": 0.75, "beta_2": 0.9375, "epsilon": 1e-3},
    "adamw": {"beta_1": 0.75, "beta_2": 0.9375, "epsilon": 1e-3, "weight_decay": 2.0**-5},
    "amsgrad": {"beta_1": 0.75, "beta_2": 0.9375, "epsilon": 1e-3},
    "nadam": {"beta_1": 0.75, "beta_2": 0.9375, "epsilon": 1e-3},
    "adamax": {"beta_1": 0.75, "beta_2": 0.9375, "epsilon": 1e-3},
    "radam": {"beta_1": 0.75, "beta_2": 0.9375, "epsilon": 1e-3},
    "lion": {"beta_1": 0.75, "beta_2": 0.5},
}
"""Settings other than the default. Short in binary: see DECAY."""


def of_keras(key: str, dtype: type, **settings: float) -> np.ndarray:
    import keras

    name, own = KERAS[key]
    optimizer = getattr(keras.optimizers, name)(RATE, **{**own, **settings})
    weights = keras.Variable(start(), dtype=np.dtype(dtype).name)
    optimizer.build([weights])
    for t in range(STEPS):
        optimizer.apply([keras.ops.convert_to_tensor(gradient(t).astype(dtype))])
    received: np.ndarray = weights.value.detach().numpy()  # its own conversion warns with NumPy 2
    return received


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("key", KERAS)
def test_same_as_keras(key: str, dtype: type) -> None:
    received = of_keras(key, dtype)
    np.testing.assert_allclose(ours(key, dtype, RATE), received, rtol=0, atol=1e-6)


@pytest.mark.parametrize("key", [key for key in KERAS if key in OTHER])
def test_same_as_keras_with_other_settings(key: str) -> None:
    received = of_keras(key, np.float64, **OTHER[key])
    mine = ours(key, np.float64, RATE, **OTHER[key])
    np.testing.assert_allclose(mine, received, rtol=0, atol=1e-6)
    assert np.abs(mine - ours(key, np.float64, RATE)).max() > 1e-5  # they matter


TORCH = {
    "sgd": lambda p, rate: torch.optim.SGD(p, rate),
    "momentum": lambda p, rate: torch.optim.SGD(p, rate, momentum=0.9),
    "nesterov": lambda p, rate: torch.optim.SGD(p, rate, momentum=0.9, nesterov=True),
    "adagrad": lambda p, rate: torch.optim.Adagrad(p, rate, initial_accumulator_value=0.1),
    "rmsprop": lambda p, rate: torch.optim.RMSprop(p, rate, alpha=0.9),
    "adadelta": lambda p, rate: torch.optim.Adadelta(p, rate, rho=0.95, eps=1e-7),
    "adam": lambda p, rate: torch.optim.Adam(p, rate),
    "adamw": lambda p, rate: torch.optim.AdamW(p, rate, weight_decay=DECAY),
    "adamax": lambda p, rate: torch.optim.Adamax(p, rate),
    "radam": lambda p, rate: torch.optim.RAdam(p, rate),
    "amsgrad": lambda p, rate: torch.optim.Adam(p, rate, amsgrad=True),
}
"""Its NAdam has another momentum; it has no Lion."""

TINY = {"adagrad", "rmsprop", "adam", "adamw", "amsgrad", "adamax"}
"""PyTorch adds ε at another place (after the root, after the correction): it is made tiny,
here and, where ours is under the root, squared there."""


def of_torch(key: str, **groups: Any) -> np.ndarray:
    weights = torch.nn.Parameter(torch.from_numpy(start()))
    optimizer = TORCH[key]([weights], RATE)
    optimizer.param_groups[0].update(groups)
    for t in range(STEPS):
        weights.grad = torch.from_numpy(gradient(t))
        optimizer.step()
    return weights.detach().numpy()


def test_every_optimizer_has_a_peer() -> None:
    assert KERAS.keys() | TORCH.keys() == set(STEPPING)


@pytest.mark.parametrize("key", TORCH)
def test_same_as_pytorch(key: str) -> None:
    settings, groups = {}, {}
    if key in TINY:
        groups["eps"] = 1e-12
        settings["epsilon"] = 1e-24 if key in ("adagrad", "rmsprop") else 1e-12
    received = of_torch(key, **groups)
    np.testing.assert_allclose(ours(key, np.float64, RATE, **settings), received, atol=1e-6)


def test_radam_with_other_settings_as_pytorch() -> None:
    received = of_torch("radam", betas=(0.75, 0.9375), eps=1e-3)
    mine = ours("radam", np.float64, RATE, **OTHER["radam"])
    np.testing.assert_allclose(mine, received, rtol=0, atol=1e-6)
