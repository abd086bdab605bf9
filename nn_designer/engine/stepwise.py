"""One matrix, applied to each step of a series.

    z[t] = W · x[t] + b        with x (steps, inputs, B) and z (steps, outputs, B)

A stack of products works on the values as they lie: as fast as one large product, and nothing is
copied. Only for the gradient of W, where steps and batch are summed over at once, the steps are
laid side by side: ∂W = ∂z · xᵀ with ∂z (outputs, steps · B) and x (inputs, steps · B).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan


class Stepwise:
    """The products of a layer in the course of a plan.

    Args:
        kernel: W, (outputs, inputs).
        bias: b, (outputs,); may be missing.
    """

    def __init__(self, plan: Plan, kernel: np.ndarray, bias: np.ndarray | None = None) -> None:
        self._plan, self._kernel, self._bias = plan, kernel, bias
        self._outputs, self._inputs = kernel.shape

    def emit(self, x: np.ndarray, z: np.ndarray) -> None:
        """Steps for z (steps · outputs, B) of x (steps · inputs, B)."""
        plan = self._plan
        plan.has_small_products = True
        steps = self._by_step(z, self._outputs)
        plan.step(np.matmul, self._kernel, self._by_step(x, self._inputs), steps)
        if self._bias is not None:
            tile = plan.scratch(steps.shape[1:])  # whole rows of it are added: no short loops
            plan.step(np.copyto, tile, self._bias[:, None])
            rows = z.reshape(len(steps), -1, copy=False)
            plan.step(np.add, rows, tile.reshape(-1), rows)

    def emit_backward(self, dz: np.ndarray, dx: np.ndarray) -> None:
        """Steps for ∂x from ∂z, both laid out as in :meth:`emit`."""
        arrays = self._by_step(dz, self._outputs), self._by_step(dx, self._inputs)
        self._plan.step(np.matmul, self._kernel.T, *arrays)

    def emit_weight_gradients(
        self,
        x: np.ndarray,
        dz: np.ndarray,
        kernel_gradient: np.ndarray,
        bias_gradient: np.ndarray | None = None,
    ) -> None:
        """Steps for ∂W and ∂b."""
        plan = self._plan
        dz_beside, x_beside = self._beside(dz, self._outputs), self._beside(x, self._inputs)
        plan.matmul(dz_beside, x_beside.T, kernel_gradient)
        if bias_gradient is not None:
            ones = plan.filled(1.0, (dz_beside.shape[1],))
            plan.step(dz_beside.dot, ones, bias_gradient)

    def _by_step(self, flat: np.ndarray, size: int) -> np.ndarray:
        """(steps · size, B) as (steps, size, B), without copying."""
        return flat.reshape(-1, size, flat.shape[-1], copy=False)

    def _beside(self, flat: np.ndarray, size: int) -> np.ndarray:
        """(steps · size, B) as (size, steps · B): a copy, made by a step."""
        steps = self._by_step(flat, size)
        copy = self._plan.scratch((size, len(steps), flat.shape[-1]))
        self._plan.step(np.copyto, copy, steps.transpose(1, 0, 2))
        return copy.reshape(size, -1)
