"""Optimizers: each against its formula, written out plainly; state; two threads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nn_designer.engine.optimizer import SPLIT_WORTH, Optimizer
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.parallel import Helper
from nn_designer.params import ParamError

N = 40


def bound(key: str, dtype: type = np.float64, n: int = N, **settings: float) -> Optimizer:
    optimizer = OPTIMIZERS[key](**settings)
    start = np.random.default_rng(0).standard_normal(n).astype(dtype)
    optimizer.bind(start, np.zeros(n, dtype))
    return optimizer


def run(optimizer: Optimizer, n_steps: int, first: int = 0, rate: float = 0.01) -> np.ndarray:
    """Steps with gradients that only depend on the step's number."""
    gradients = optimizer._gradients
    for t in range(first, first + n_steps):
        gradients[:] = np.random.default_rng(t).standard_normal(gradients.size)
        optimizer.step(rate)
    return optimizer._parameters.copy()


def sgd(p, g, s, t, rate):
    return p - rate * g


def momentum(p, g, s, t, rate):
    s["v"] = 0.9 * s.get("v", 0) - rate * g
    return p + s["v"]


def nesterov(p, g, s, t, rate):
    s["v"] = 0.9 * s.get("v", 0) - rate * g
    return p + 0.9 * s["v"] - rate * g


def adagrad(p, g, s, t, rate):
    s["a"] = s.get("a", 0.1) + g**2
    return p - rate * g / np.sqrt(s["a"] + 1e-7)


def rmsprop(p, g, s, t, rate):
    s["v"] = 0.9 * s.get("v", 0) + 0.1 * g**2
    return p - rate * g / np.sqrt(s["v"] + 1e-7)


def adam(p, g, s, t, rate):
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g**2
    corrected = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return p - corrected * s["m"] / (np.sqrt(s["v"]) + 1e-7)


def adamw(p, g, s, t, rate):
    return adam(p - rate * 0.004 * p, g, s, t, rate)


PLAIN: dict[str, Callable] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adamw,
}


def test_every_optimizer_has_its_formula_here() -> None:
    assert set(PLAIN) == set(OPTIMIZERS)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_follows_its_formula(key: str) -> None:
    optimizer = bound(key)
    expected = optimizer._parameters.copy()
    memory: dict[str, np.ndarray] = {}
    for t in range(60):
        rate = 0.01 if t < 30 else 0.003  # changed on the way
        gradient = np.random.default_rng(t).standard_normal(N)
        expected = PLAIN[key](expected, gradient, memory, t + 1, rate)
        received = run(optimizer, 1, first=t, rate=rate)
        np.testing.assert_allclose(received, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_going_on_from_a_state_is_exact(key: str) -> None:
    whole = run(bound(key, np.float32), 300)
    first = bound(key, np.float32)
    run(first, 170)
    second = bound(key, np.float32)
    second._parameters[:] = first._parameters
    second.load_state(first.state())
    np.testing.assert_array_equal(run(second, 130, first=170), whole)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_rates_do_not_depend_on_how_many_are_asked_for(key: str) -> None:
    together = bound(key).rates(0.01, 600)
    one_by_one = bound(key)
    assert [one_by_one.rates(0.01, 1)[0] for _ in range(600)] == together
    assert all(rate > 0 for rate in together)


@pytest.mark.parametrize("beta", [0.0, 1e-300, 0.9])
def test_adams_first_and_late_rates(beta: float) -> None:
    """Powers that get too small for a float, or are 0, neither warn nor disturb."""
    optimizer = bound("adam", beta_1=beta, beta_2=beta)
    rates = np.array(optimizer.rates(0.01, 20_000))
    powers = np.array([beta**t for t in range(1, 20_001)])
    expected = 0.01 * np.sqrt(1 - powers) / (1 - powers) * np.sqrt(1 - beta)
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_a_helper_takes_half_and_changes_nothing(key: str) -> None:
    single, double, helper = bound(key, np.float32, SPLIT_WORTH), OPTIMIZERS[key](), Helper()
    double.bind(single._parameters.copy(), np.zeros(SPLIT_WORTH, np.float32), helper)
    assert len(double.steps) == 1
    helper.start()
    try:
        received = run(double, 3)
    finally:
        helper.stop()
    np.testing.assert_array_equal(received, run(single, 3))


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_ranges_together_are_the_step(key: str) -> None:
    whole, parts = bound(key), bound(key)
    parts.steps = [*parts.range_steps(slice(7)), *parts.range_steps(slice(7, None))]
    np.testing.assert_array_equal(run(parts, 3), run(whole, 3))


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_gradients_kept_with_room_for_their_squares(key: str) -> None:
    apart, together = bound(key), OPTIMIZERS[key]()
    together.bind(apart._parameters.copy(), np.zeros((2, N))[0])
    np.testing.assert_array_equal(run(together, 20), run(apart, 20))
    if key == "adam":
        assert len(together.steps) == 8
        assert len(apart.steps) == 9


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_gradients_are_only_read(key: str) -> None:
    optimizer = bound(key)
    run(optimizer, 1)
    np.testing.assert_array_equal(optimizer._gradients, np.random.default_rng(0).standard_normal(N))


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_precision_is_the_parameters(key: str) -> None:
    optimizer = bound(key, np.float32)
    run(optimizer, 2)
    arrays = [x for _, arguments in optimizer.steps for x in arguments]
    assert {x.dtype for x in arrays if isinstance(x, np.ndarray)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_finds_the_lowest_point(key: str) -> None:
    optimizer = bound(key)
    for _ in range(800):
        optimizer._gradients[:] = optimizer._parameters - 3.0
        optimizer.step(0.5 if key == "adagrad" else 0.02)
    np.testing.assert_allclose(optimizer._parameters, 3.0, atol=0.05)


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_bad_settings_are_refused(key: str) -> None:
    for name, param in OPTIMIZERS[key].params.items():
        for value in param.invalid_values():
            with pytest.raises(ParamError):
                OPTIMIZERS[key](**{name: value})


def test_a_state_of_another_optimizer_is_refused() -> None:
    with pytest.raises(ValueError, match="Continue with the optimizer that made the state"):
        bound("adam").load_state(bound("sgd").state())
    with pytest.raises(ValueError, match="40 parameters, but the network has 41"):
        bound("adam", n=41).load_state(bound("adam").state())


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_says_what_it_is(key: str) -> None:
    optimizer = OPTIMIZERS[key]
    assert optimizer.key == key
    assert optimizer.title and optimizer.formula and optimizer.source
    assert optimizer.help.endswith(".")
