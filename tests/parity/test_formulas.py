"""Formulas and their slopes beside PyTorch's autograd, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings

from nn_designer.engine.formula import FormulaError, parse
from nn_designer.engine.formula.probe import value_and_slope
from nn_designer.engine.network import Network
from tests.helpers.formulas import formulas
from tests.helpers.layer_examples import around
from tests.helpers.networks import randomize
from tests.parity.test_layers import assert_agrees
from tests.parity.torch_formulas import computed

X = np.array([-2.71, -1.13, -0.42, 0.37, 0.93, 1.78, 2.64])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(formulas())
def test_value_and_slope(text: str) -> None:
    try:
        graph = parse(text)
        x = torch.tensor(X, requires_grad=True)
        expected = computed(text, x)
        expected.sum().backward()
    except (FormulaError, ArithmeticError, RuntimeError, TypeError, AttributeError):
        assume(False)  # no value for its numbers, or nothing that torch can differentiate
    assume(x.grad is not None)
    value, slope = value_and_slope(graph, X)
    known = torch.isfinite(expected) & torch.isfinite(x.grad)
    known &= (expected.abs() < 1e8) & (x.grad.abs() < 1e8)
    known &= torch.tensor(np.isfinite(value) & np.isfinite(slope))
    assume(known.any())
    ours = value[known], slope[known]
    np.testing.assert_allclose(ours[0], expected.detach()[known], rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(ours[1], x.grad[known], rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(
    "expression",
    [
        "max(0, x) - 0.1 * x^2",
        "where(x > 0, gelu(x), softplus(x) * sin(x)) / (1 + x^2)",
        "exp(-x^2) + exp(-x^2) * tanh(x)",
        "-x",
        "sign(x)",
    ],
)
def test_in_a_network(expression: str) -> None:
    nodes = around("formula", [(2, 3)], {"expression": expression})
    assert_agrees(randomize(Network(nodes, loss="mean_squared_error")))
