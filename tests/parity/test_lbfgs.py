"""L-BFGS beside PyTorch's, with its strong Wolfe line search: 50 steps on a bent valley."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nn_designer.engine.optimizers import OPTIMIZERS

N = 8
STEPS = 50


def valley(w: torch.Tensor) -> torch.Tensor:
    """Rosenbrock's, in N dimensions."""
    return (100.0 * (w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2).sum()


@pytest.mark.parametrize("history", [2, 10])
def test_same_way_as_pytorch(history: int) -> None:
    start = np.random.default_rng(3).standard_normal(N)
    theirs = torch.nn.Parameter(torch.from_numpy(start.copy()))
    peer = torch.optim.LBFGS(
        [theirs],
        lr=1.0,
        max_iter=1,
        max_eval=26,
        history_size=history,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        peer.zero_grad()
        loss = valley(theirs)
        loss.backward()
        return loss.detach()

    parameters, gradients = start.copy(), np.zeros(N)
    optimizer = OPTIMIZERS["lbfgs"](history=history)
    optimizer.bind(parameters, gradients)

    def evaluate() -> float:
        w = torch.from_numpy(parameters.copy()).requires_grad_()
        loss = valley(w)
        loss.backward()
        gradients[:] = w.grad.numpy()
        return loss.item()

    for _ in range(STEPS):
        peer.step(closure)
        optimizer.iterate(evaluate(), evaluate)
        np.testing.assert_allclose(parameters, theirs.detach().numpy(), rtol=0, atol=1e-6)
    assert np.abs(parameters - start).max() > 0.5
