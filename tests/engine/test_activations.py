"""Activation functions: values, derivatives, stability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.program import Program
from tests.helpers.gradients import relative_error

EXTREME = [0.0, -0.0, 1.0, -1.0, 20.0, -20.0, 88.0, -88.0, 710.0, -710.0, 1e4, -1e4, 1e30, -1e30]


def normal_cdf(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


TEXTBOOK: dict[str, Any] = {
    "linear": lambda x: x,
    "sigmoid": lambda x: 1.0 / (1.0 + math.exp(-x)),
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else math.exp(x) - 1.0,
    "selu": lambda x: 1.05070098 * (x if x > 0 else 1.67326324 * (math.exp(x) - 1.0)),
    "gelu": lambda x: x * normal_cdf(x),
    "silu": lambda x: x / (1.0 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "softsign": lambda x: x / (1.0 + abs(x)),
    "hard_sigmoid": lambda x: min(max(x / 6.0 + 0.5, 0.0), 1.0),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
}


def test_the_keys_are_those_that_files_use() -> None:
    assert list(ACTIVATIONS) == [*TEXTBOOK, "softmax"]


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_texts(key: str) -> None:
    activation = ACTIVATIONS[key]
    assert activation.key == key
    assert activation.title and activation.formula and activation.help
    assert activation.help.endswith(".")


@pytest.mark.parametrize("key", TEXTBOOK)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_are_those_of_the_textbook(key: str, dtype: type) -> None:
    x = np.linspace(-12.0, 12.0, 97).astype(dtype)
    expected = [TEXTBOOK[key](float(value)) for value in x]
    tolerance = 1e-6 if dtype is np.float32 else 1e-8
    np.testing.assert_allclose(
        ACTIVATIONS[key].function(x), expected, rtol=tolerance, atol=tolerance
    )


def test_softmax_runs_along_the_last_axis() -> None:
    x = np.random.default_rng(0).normal(size=(4, 2, 3))
    expected = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(ACTIVATIONS["softmax"].function(x), expected, rtol=1e-12)


@pytest.mark.parametrize("key", TEXTBOOK)
def test_derivative_agrees_with_differences(key: str) -> None:
    activation = ACTIVATIONS[key]
    x = np.linspace(-9.0, 9.0, 801) + 1e-3  # not on a kink
    step = 1e-5
    expected = (activation.function(x + step) - activation.function(x - step)) / (2 * step)
    assert relative_error(activation.derivative(x), expected) < 1e-6


def test_derivative_of_softmax_is_that_of_each_output_by_its_own_input() -> None:
    x, step = np.array([0.3, -1.2, 2.0]), 1e-5
    expected = []
    for index in range(3):
        move = np.eye(3)[index] * step
        above, below = (ACTIVATIONS["softmax"].function(x + sign * move) for sign in (1, -1))
        expected.append((above - below)[index] / (2 * step))
    np.testing.assert_allclose(ACTIVATIONS["softmax"].derivative(x), expected, rtol=1e-6)


@pytest.mark.parametrize("key", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_inputs_neither_warn_nor_overflow(key: str, dtype: type) -> None:
    x = np.array(EXTREME, dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        values = ACTIVATIONS[key].function(x)
        slopes = ACTIVATIONS[key].derivative(x)
    assert np.isfinite(values).all()
    assert np.isfinite(slopes).all()
    assert np.abs(slopes).max() < 2.0


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_nan_stays_visible(key: str) -> None:
    """A run that diverges must be noticed, not painted over."""
    assert np.isnan(ACTIVATIONS[key].function(np.array([np.nan, 1.0]))[0])


@pytest.mark.parametrize("key", ACTIVATIONS)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4), (0,)])
def test_shape_and_precision_stay(key: str, shape: tuple[int, ...]) -> None:
    activation = ACTIVATIONS[key]
    if shape == (0,) and not activation.elementwise:
        shape = (0, 3)
    for dtype in (np.float32, np.float64):
        x = np.ones(shape, dtype)
        for result in (activation.function(x), activation.derivative(x)):
            assert result.shape == shape
            assert result.dtype == dtype
    assert activation.function(np.ones(shape, int)).dtype == np.float64


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_memory_may_be_shared_where_the_declaration_says_so(key: str) -> None:
    """Outputs may take the place of inputs (from_output), slopes that of gradients (all)."""
    activation = ACTIVATIONS[key]
    rng = np.random.default_rng(3)
    start, arriving = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))

    def run(*, share: bool) -> np.ndarray:
        program = Program(np.float64)
        z, da = start.copy(), arriving.copy()
        a = z if share and activation.from_output else np.empty_like(z)
        dz = da if share else np.empty_like(z)
        kept = activation.emit_forward(program, z, a)
        program.release_scratch()
        activation.emit_backward(program, z, a, kept, da, dz)
        program.run()
        return dz

    np.testing.assert_array_equal(run(share=True), run(share=False))


def test_normal_distribution_in_single_precision() -> None:
    """GELU needs the error function, which NumPy does not have."""
    x = np.linspace(-8.0, 8.0, 4001, dtype=np.float32)
    expected = np.array([value * normal_cdf(value) for value in x.astype(np.float64)])
    assert np.abs(ACTIVATIONS["gelu"].function(x) - expected).max() < 2e-6
    x64 = x.astype(np.float64)
    assert np.abs(ACTIVATIONS["gelu"].function(x64) - expected).max() < 1e-14
