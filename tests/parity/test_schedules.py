"""Schedules beside PyTorch and Keras: the learning rate of 50 steps and more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from nn_designer.engine.learning_rates import LearningRates
from nn_designer.engine.schedules import SCHEDULES

PER_EPOCH, EPOCHS = 7, 12
STEPS = PER_EPOCH * EPOCHS
RATE = 0.3


def ours(key: str, warm_up: float = 0.0, **settings: Any) -> np.ndarray:
    schedule = SCHEDULES[key](**settings)
    rates = LearningRates(schedule, warm_up=warm_up, steps_per_epoch=PER_EPOCH, epochs=EPOCHS)
    return RATE * rates.factors(0, STEPS)


def of_torch(make: Callable[[Any], Any]) -> np.ndarray:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], RATE)
    scheduler = make(optimizer)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


TORCH: list[tuple[str, dict[str, Any], Callable[[Any], Any]]] = [
    ("constant", {}, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    (
        "step",
        {"every": 3, "drop": 0.2},
        lambda o: lr_scheduler.StepLR(o, 3 * PER_EPOCH, gamma=0.2),
    ),
    (
        "exponential",
        {"decay": 0.7},
        lambda o: lr_scheduler.ExponentialLR(o, 0.7 ** (1 / PER_EPOCH)),
    ),
    ("polynomial", {"power": 2.0}, lambda o: lr_scheduler.PolynomialLR(o, STEPS, power=2.0)),
    ("cosine", {"end": 0.1}, lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, 0.1 * RATE)),
    (
        "cosine_restarts",
        {"first_wave": 2, "growth": 2.0, "end": 0.05},
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 2 * PER_EPOCH, 2, 0.05 * RATE),
    ),
    (
        "cosine_restarts",
        {"first_wave": 3, "growth": 1.0},
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 3 * PER_EPOCH, 1),
    ),
    (
        "one_cycle",
        {},
        lambda o: lr_scheduler.OneCycleLR(o, RATE, STEPS, cycle_momentum=False),
    ),
    (
        "one_cycle",
        {"rise": 0.6, "start": 5.0, "finish": 100.0},
        lambda o: lr_scheduler.OneCycleLR(
            o,
            RATE,
            STEPS,
            pct_start=0.6,
            div_factor=5.0,
            final_div_factor=100.0,
            cycle_momentum=False,
        ),
    ),
]


@pytest.mark.parametrize(("key", "settings", "make"), TORCH)
def test_same_as_pytorch(key: str, settings: dict[str, Any], make: Callable[[Any], Any]) -> None:
    np.testing.assert_allclose(ours(key, **settings), of_torch(make), rtol=0, atol=1e-9)


KERAS: list[tuple[str, dict[str, Any], str, tuple[Any, ...], dict[str, Any]]] = [
    ("exponential", {"decay": 0.7}, "ExponentialDecay", (PER_EPOCH, 0.7), {}),
    (
        "polynomial",
        {"power": 3.0, "end": 0.2},
        "PolynomialDecay",
        (STEPS,),
        {"end_learning_rate": 0.2 * RATE, "power": 3.0},
    ),
    ("cosine", {"end": 0.2}, "CosineDecay", (STEPS,), {"alpha": 0.2}),
    (
        "cosine_restarts",
        {"first_wave": 2, "growth": 1.5, "peak": 0.8, "end": 0.01},
        "CosineDecayRestarts",
        (2 * PER_EPOCH,),
        {"t_mul": 1.5, "m_mul": 0.8, "alpha": 0.01},
    ),
]


@pytest.mark.parametrize(("key", "settings", "name", "arguments", "keywords"), KERAS)
def test_same_as_keras(
    key: str,
    settings: dict[str, Any],
    name: str,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
) -> None:
    import keras

    schedule = getattr(keras.optimizers.schedules, name)(RATE, *arguments, **keywords)
    received = np.array([float(schedule(step)) for step in range(STEPS)])
    # Keras works in float32, where a wave may begin a step late: there it is left out.
    mine = ours(key, **settings)
    near = np.abs(mine - received) < 1e-6
    assert near.mean() > 0.95


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_plateau_as_keras() -> None:
    import keras

    losses = np.abs(np.random.default_rng(0).standard_normal(60)).cumsum()[::-1].round(1)
    losses[10:20], losses[30:52] = losses[10], losses[30]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    callback = keras.callbacks.ReduceLROnPlateau(
        "loss", factor=0.4, patience=3, min_delta=0.2, cooldown=2, min_lr=0.03
    )
    callback.set_model(model)
    callback.on_train_begin()
    schedule = SCHEDULES["plateau"](drop=0.4, wait=3, improvement=0.2, rest=2, lowest=0.03)
    rates = LearningRates(schedule, warm_up=0.0, steps_per_epoch=1, epochs=60)
    seen = set()
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"loss": float(loss)})
        rates.end_epoch(float(loss))
        mine = float(rates.factors(epoch + 1, 1)[0])
        seen.add(round(mine, 6))
        assert mine == pytest.approx(float(model.optimizer.learning_rate.value.item()), abs=1e-6)
    assert len(seen) > 3


@pytest.mark.parametrize("warm_up", [1.0, 2.5])
def test_warm_up_before_a_schedule_as_pytorch(warm_up: float) -> None:
    n = round(warm_up * PER_EPOCH)

    def make(optimizer: Any) -> Any:
        rising = lr_scheduler.LinearLR(optimizer, 1 / n, 1.0, n - 1)
        falling = lr_scheduler.CosineAnnealingLR(optimizer, STEPS - n)
        return lr_scheduler.SequentialLR(optimizer, [rising, falling], [n])

    np.testing.assert_allclose(ours("cosine", warm_up=warm_up), of_torch(make), rtol=0, atol=1e-9)
