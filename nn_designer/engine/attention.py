"""Scaled dot-product attention in the course of a plan.

For each head and each sample, with queries Q (n, d), keys K (m, d) and values V (m, v):

    S = Q Kᵀ / √d      P = softmax of S along the keys      C = P V

Backward, with ∘ number by number and D (n, 1) = Σ ∂C ∘ C along the values:

    ∂V = Pᵀ ∂C      ∂P = ∂C Vᵀ      ∂S = P ∘ (∂P - D)      ∂Q = ∂S K / √d      ∂K = ∂Sᵀ Q / √d

D is what the softmax asks for, Σ P ∘ ∂P along the keys, with fewer numbers to add; it holds with
Dropout too, where C comes from the P that is left and ∂P from what Dropout lets through.

Vaswani et al. 2017, "Attention is all you need"; D as in Dao et al. 2022, "FlashAttention".

Layouts were chosen by measurement. Queries, keys and values are (B, steps, heads, size), views of
whatever the projections wrote. Scores are (m, B, heads, n): maxima, sums and quotients along the
keys then run over long rows (along the last axis they took ten times as long). BLAS is slow with a
transposed right factor when matrices are small, so that one is copied first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan


class DotProductAttention:
    """The steps from queries, keys and values to contexts, and back.

    Args:
        q, k, v: (B, n, heads, d), (B, m, heads, d), (B, m, heads, v); q is scaled in place.
        causal: whether query i sees only the keys 0 … i.
        dropout: the share of P set to zero while the plan is for training.
    """

    def __init__(
        self,
        plan: Plan,
        q: np.ndarray,
        k: np.ndarray,
        v: np.ndarray,
        *,
        causal: bool = False,
        dropout: float = 0.0,
    ) -> None:
        self._plan = plan
        plan.has_small_products = True
        self._q, self._k, self._v = (_by_head(each) for each in (q, k, v))
        self._scale = plan.constant(1.0 / math.sqrt(q.shape[-1]))
        batch, n_queries, heads, _ = q.shape
        self._scores_shape = (k.shape[1], batch, heads, n_queries)
        self._causal = causal
        self._dropout = dropout if plan.training else 0.0
        self._probabilities = plan.buffer(self._scores_shape)
        self._kept = plan.buffer(self._scores_shape) if self._dropout else None

    def emit(self, context: np.ndarray) -> None:
        """Steps for C, (B, n, heads, v)."""
        plan, p = self._plan, self._probabilities
        plan.step(np.multiply, self._q, self._scale, self._q)
        self._emit_products(self._k, self._q, p)
        if self._causal:
            n_keys, *_, n_queries = p.shape
            hidden = np.arange(n_keys)[:, None] > np.arange(n_queries)
            mask = np.where(hidden, -np.inf, 0.0).astype(plan.dtype)
            plan.step(np.add, p, mask[:, None, None, :], p)
        one_row = plan.scratch((1, *p.shape[1:]))
        plan.step(np.maximum.reduce, p, 0, None, one_row, True)
        plan.step(np.subtract, p, one_row, p)
        plan.step(np.exp, p, p)
        plan.sum(p, 0, one_row)
        plan.step(np.divide, p, one_row, p)
        left = p
        if self._kept is not None:
            self._emit_dropout(self._kept)
            left = plan.buffer(p.shape)
            plan.step(np.multiply, p, self._kept, left)
        self._left = left
        plan.step(np.matmul, left.transpose(1, 2, 3, 0), self._v, _by_head(context))

    def emit_backward(
        self,
        context: np.ndarray,
        dcontext: np.ndarray,
        dq: np.ndarray,
        dk: np.ndarray,
        dv: np.ndarray,
    ) -> None:
        """Steps for ∂Q, ∂K and ∂V from ∂C, each laid out as the array it belongs to."""
        plan, p = self._plan, self._probabilities
        dc, dq, dk, dv = (_by_head(each) for each in (dcontext, dq, dk, dv))
        plan.step(np.matmul, self._left.transpose(1, 2, 0, 3), dc, dv)
        ds = plan.scratch(p.shape)
        self._emit_products(self._v, dc, ds)
        if self._kept is not None:
            plan.step(np.multiply, ds, self._kept, ds)
        product, sums = plan.scratch(dc.shape), plan.scratch((1, *p.shape[1:]))
        plan.step(np.multiply, dc, _by_head(context), product)
        rows = product.reshape(-1, product.shape[-1])
        plan.step(rows.dot, plan.filled(1.0, rows.shape[1:]), sums.reshape(-1))
        plan.step(np.subtract, ds, sums, ds)
        plan.step(np.multiply, ds, p, ds)
        plan.step(np.matmul, ds.transpose(1, 2, 3, 0), self._k, dq)
        plan.step(np.multiply, dq, self._scale, dq)
        plan.step(np.matmul, ds.transpose(1, 2, 0, 3), self._q, dk)  # q holds Q / √d

    def _emit_products(self, left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
        """Steps out (m, B, heads, n) = left (B, heads, m, d) @ rightᵀ, right (B, heads, n, d)."""
        plan = self._plan
        batch, heads, n, size = right.shape
        transposed = plan.scratch((batch, heads, size, n))
        plan.step(np.copyto, transposed, right.swapaxes(2, 3))
        products = plan.scratch((batch, heads, left.shape[2], n))
        plan.step(np.matmul, left, transposed, products)
        plan.step(np.copyto, out, products.transpose(2, 0, 1, 3))

    def _emit_dropout(self, kept: np.ndarray) -> None:
        """Steps kept = 0 or 1 / (1 - rate), by chance."""
        plan = self._plan
        plan.step(plan.random.random, None, plan.dtype, kept)
        plan.step(np.greater_equal, kept, plan.constant(self._dropout), kept)
        plan.step(np.multiply, kept, plan.constant(1.0 / (1.0 - self._dropout)), kept)


def _by_head(x: np.ndarray) -> np.ndarray:
    """(B, steps, heads, size) as (B, heads, steps, size), without copying."""
    return x.transpose(0, 2, 1, 3)
