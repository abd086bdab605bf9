"""What an activation function declares.

The steps that an activation adds to a program are its only implementation:
:meth:`Activation.function` and :meth:`Activation.derivative`, which plots and documents use,
run the very same steps.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from nn_designer.engine.program import Program

A = np.ndarray

Kept = tuple[np.ndarray, ...]
"""Arrays that the forward steps leave for the backward steps."""


class Activation:
    """One activation function. Arrays are batch-last: (..., features, B)."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    help: ClassVar[str]
    source: ClassVar[str] = ""
    torch: ClassVar[str]
    """The PyTorch module that computes the same, as code; empty if it changes nothing."""
    elementwise: ClassVar[bool] = True
    """False if an output depends on the other inputs of the sample too (softmax)."""
    gives_probabilities: ClassVar[bool] = False
    """Whether the outputs of a last layer can be read as probabilities of classes."""
    never_falls: ClassVar[bool] = True
    """Whether f(x) ≤ f(y) for all x < y: then the largest of several is that of the largest."""
    from_output: ClassVar[bool] = True
    """True if the slope follows from the outputs alone: then ``z`` may be overwritten, and
    several layers' slopes may be worked out in one go."""

    dead_value: ClassVar[float | None] = None
    """The output wherever the slope is exactly 0 on one whole side: a unit that gives nothing else
    can't learn, it is dead."""
    saturates_beyond: ClassVar[tuple[float, float] | None] = None
    """Outputs up to the first number or from the second on are so near the ends of the range that
    the slope has all but gone (saturated); None: there are no two ends."""

    def emit_forward(self, program: Program, z: A, a: A) -> Kept:
        """Steps a = f(z). ``a`` may be ``z`` itself if :attr:`from_output`."""
        raise NotImplementedError

    def emit_slope(self, program: Program, z: A, a: A, kept: Kept, slope: A) -> None:
        """Steps slope = f'(z), for elementwise ones. ``slope`` shares no memory with others."""
        raise NotImplementedError

    def emit_backward(self, program: Program, z: A, a: A, kept: Kept, da: A, dz: A) -> None:
        """Steps dz = da · f'(z). ``dz`` may be ``da`` itself."""
        slope = program.scratch(a.shape)
        self.emit_slope(program, z, a, kept, slope)
        program.step(np.multiply, da, slope, dz)

    def function(self, x: np.ndarray) -> np.ndarray:
        """f(x), same shape and precision as ``x``; softmax runs along the last axis."""
        program, z, a = self._prepared(x)
        self.emit_forward(program, z, a)
        program.run()
        return _restored(a, np.shape(x))

    def derivative(self, x: np.ndarray) -> np.ndarray:
        """∂f(x)ᵢ/∂xᵢ for each number; same shape and precision as ``x``."""
        program, z, a = self._prepared(x)
        kept = self.emit_forward(program, z, a)
        da = np.ones_like(z)
        self.emit_backward(program, z, a, kept, da, da)
        program.run()
        return _restored(da, np.shape(x))

    def _prepared(self, x: np.ndarray) -> tuple[Program, np.ndarray, np.ndarray]:
        values = np.asarray(x)
        if values.dtype != np.float32:
            values = values.astype(np.float64)
        n_features = 1 if self.elementwise or values.ndim == 0 else values.shape[-1]
        rows = values.reshape(values.size // n_features, n_features)
        z = np.ascontiguousarray(rows.T)  # (features, B)
        return Program(values.dtype), z, np.empty_like(z)


def _restored(a: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.ascontiguousarray(a.T).reshape(shape)


def emit_sigmoid(program: Program, z: np.ndarray, out: np.ndarray) -> None:
    """σ(z) = ½ tanh(z / 2) + ½: unlike 1 / (1 + exp(-z)) it cannot overflow."""
    half = program.constant(0.5)
    program.step(np.multiply, z, half, out)
    program.step(np.tanh, out, out)
    program.step(np.multiply, out, half, out)
    program.step(np.add, out, half, out)
