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


def adadelta(p, g, s, t, rate):
    s["v"] = 0.95 * s.get("v", 0) + 0.05 * g**2
    step = np.sqrt((s.get("d", 0) + 1e-7) / (s["v"] + 1e-7)) * g
    s["d"] = 0.95 * s.get("d", 0) + 0.05 * step**2
    return p - rate * step


def amsgrad(p, g, s, t, rate):
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g**2
    s["largest"] = np.maximum(s.get("largest", 0), s["v"])
    corrected = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return p - corrected * s["m"] / (np.sqrt(s["largest"]) + 1e-7)


def nadam(p, g, s, t, rate):
    def momentum(t):
        return 0.9 * (1 - 0.5 * 0.96**t)

    s["product"] = s.get("product", 1) * momentum(t)
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g**2
    mean = momentum(t + 1) * s["m"] / (1 - s["product"] * momentum(t + 1))
    mean = mean + (1 - momentum(t)) * g / (1 - s["product"])
    return p - rate * mean / (np.sqrt(s["v"] / (1 - 0.999**t)) + 1e-7)


def adamax(p, g, s, t, rate):
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["u"] = np.maximum(0.999 * s.get("u", 0), np.abs(g))
    return p - rate / (1 - 0.9**t) * s["m"] / (s["u"] + 1e-7)


def radam(p, g, s, t, rate):
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g**2
    mean, longest = s["m"] / (1 - 0.9**t), 2 / 0.001 - 1
    length = longest - 2 * t * 0.999**t / (1 - 0.999**t)
    if length <= 5:
        return p - rate * mean
    trust = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return p - rate * np.sqrt(trust * (1 - 0.999**t)) * mean / (np.sqrt(s["v"]) + 1e-8)


def lion(p, g, s, t, rate):
    m = s.get("m", 0)
    s["m"] = 0.99 * m + 0.01 * g
    return p - rate * np.sign(0.9 * m + 0.1 * g)


PLAIN: dict[str, Callable] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adamw,
    "adadelta": adadelta,
    "amsgrad": amsgrad,
    "nadam": nadam,
    "adamax": adamax,
    "radam": radam,
    "lion": lion,
}
STEPPING = [key for key, one in OPTIMIZERS.items() if not one.sees_all_samples]
"""Those that take a step per gradient; the others have tests of their own."""


def test_every_optimizer_has_its_formula_here() -> None:
    assert set(PLAIN) == set(STEPPING)


@pytest.mark.parametrize("key", STEPPING)
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


@pytest.mark.parametrize("key", STEPPING)
def test_going_on_from_a_state_is_exact(key: str) -> None:
    whole = run(bound(key, np.float32), 300)
    first = bound(key, np.float32)
    run(first, 170)
    second = bound(key, np.float32)
    second._parameters[:] = first._parameters
    second.load_state(first.state())
    np.testing.assert_array_equal(run(second, 130, first=170), whole)


@pytest.mark.parametrize("key", STEPPING)
def test_rates_do_not_depend_on_how_many_are_asked_for(key: str) -> None:
    learning_rates = np.linspace(0.01, 0.001, 600)
    together = np.array(bound(key).rates(learning_rates))
    one_by_one = bound(key)
    each = [one_by_one.rates(learning_rates[i : i + 1])[0] for i in range(600)]
    np.testing.assert_array_equal(np.array(each), together)
    assert (together.reshape(600, -1)[:, 0] > 0).all()


@pytest.mark.parametrize("beta", [0.0, 1e-300, 0.9])
def test_adams_first_and_late_rates(beta: float) -> None:
    """Powers that get too small for a float, or are 0, neither warn nor disturb."""
    optimizer = bound("adam", beta_1=beta, beta_2=beta)
    rates = np.array(optimizer.rates(np.full(20_000, 0.01)))
    powers = np.array([beta**t for t in range(1, 20_001)])
    expected = 0.01 * np.sqrt(1 - powers) / (1 - powers) * np.sqrt(1 - beta)
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


@pytest.mark.parametrize("key", STEPPING)
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


@pytest.mark.parametrize("key", STEPPING)
def test_ranges_together_are_the_step(key: str) -> None:
    whole, parts = bound(key), bound(key)
    parts.steps = [*parts.range_steps(slice(7)), *parts.range_steps(slice(7, None))]
    np.testing.assert_array_equal(run(parts, 3), run(whole, 3))


@pytest.mark.parametrize("key", STEPPING)
def test_gradients_kept_with_room_for_their_squares(key: str) -> None:
    apart, together = bound(key), OPTIMIZERS[key]()
    together.bind(apart._parameters.copy(), np.zeros((2, N))[0])
    np.testing.assert_array_equal(run(together, 20), run(apart, 20))
    if key == "adam":
        assert len(together.steps) == 8
        assert len(apart.steps) == 9


@pytest.mark.parametrize("key", STEPPING)
def test_gradients_are_only_read(key: str) -> None:
    optimizer = bound(key)
    run(optimizer, 1)
    np.testing.assert_array_equal(optimizer._gradients, np.random.default_rng(0).standard_normal(N))


@pytest.mark.parametrize("key", STEPPING)
def test_precision_is_the_parameters(key: str) -> None:
    optimizer = bound(key, np.float32)
    run(optimizer, 2)
    arrays = [x for _, arguments in optimizer.steps for x in arguments]
    assert {x.dtype for x in arrays if isinstance(x, np.ndarray)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("key", STEPPING)
def test_finds_the_lowest_point(key: str) -> None:
    optimizer = bound(key)
    for _ in range(800):
        optimizer._gradients[:] = optimizer._parameters - 3.0
        optimizer.step({"adagrad": 0.5, "adadelta": 50.0, "radam": 0.05}.get(key, 0.02))
    np.testing.assert_allclose(optimizer._parameters, 3.0, atol=0.05)


@pytest.mark.parametrize("key", STEPPING)
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


@pytest.mark.parametrize("key", STEPPING)
def test_says_what_it_is(key: str) -> None:
    optimizer = OPTIMIZERS[key]
    assert optimizer.key == key
    assert optimizer.title and optimizer.formula and optimizer.source
    assert optimizer.help.endswith(".")
