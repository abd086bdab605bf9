"""Steps that losses over probabilities share."""

from __future__ import annotations

import numpy as np

from nn_designer.engine.program import Program

SMALLEST = 1e-7
"""Probabilities that did not come from logits are kept this far from 0 and 1, as in Keras."""


def clipped(p: np.ndarray) -> np.ndarray:
    """Probabilities that have a logarithm."""
    return np.asarray(np.clip(p, SMALLEST, 1.0 - SMALLEST))


def emit_clipped(program: Program, scores: np.ndarray, out: np.ndarray) -> None:
    """Steps out = :func:`clipped` (scores)."""
    program.maximum(scores, SMALLEST, out)
    program.minimum(out, 1.0 - SMALLEST, out)


def emit_softmax(
    program: Program, logits: np.ndarray, out: np.ndarray, divisor: float = 1.0
) -> None:
    """Steps out = softmax(logits) / divisor, over axis 0."""
    one_row = program.scratch((1, logits.shape[-1]))
    program.step(np.maximum.reduce, logits, 0, None, one_row, True)
    program.step(np.subtract, logits, one_row, out)
    program.step(np.exp, out, out)
    # the sum over rows times the divisor, as a product with a constant: faster than a reduction
    weights = program.buffer((1, logits.shape[0]))
    weights[:] = divisor
    program.matmul(weights, out, one_row)
    program.step(np.divide, out, one_row, out)


def emit_scaled_one_hot(
    program: Program,
    targets: np.ndarray,
    shape: tuple[int, ...],
    scale: float,
    elsewhere: float = 0.0,
) -> np.ndarray:
    """Steps that fill a new (outputs, B) array with ``scale`` at each target, else ``elsewhere``."""
    n_outputs, batch_size = shape
    hot = program.scratch(shape)
    if n_outputs <= 256:  # columns of a diagonal matrix: one call
        diagonal = program.buffer((n_outputs, n_outputs))
        diagonal[...] = elsewhere
        np.fill_diagonal(diagonal, scale)
        program.step(diagonal.take, targets, 1, hot, "clip")
        return hot
    places = program.scratch((batch_size,), np.int64)
    columns = np.arange(batch_size)
    program.step(hot.fill, elsewhere)
    program.step(np.multiply, targets, np.array(batch_size), places)
    program.step(np.add, places, columns, places)
    program.step(hot.reshape(-1).put, places, program.constant(scale), "clip")
    return hot
