"""How layers and their tensors are called in other programs. A kind declares it, exports use it."""

from __future__ import annotations

from typing import NamedTuple

from nn_designer.engine.activations import ACTIVATIONS


class ForeignTensor(NamedTuple):
    """A tensor as another program has it: its name, and which of our axes each of its axes is;
    None if it lies as ours, whatever its axes.

    A kernel (in, out) that the other program keeps as weight (out, in) is
    ``ForeignTensor("weight", (1, 0))``.
    """

    name: str
    axes: tuple[int, ...] | None
    blocks: tuple[int, ...] = ()
    """Which of our blocks, parts of equal size along our last axis, each of its blocks is;
    nothing if they have the same order."""
    added: str = ""
    """The name of a second tensor that the other program adds to the first: zeros, or our second
    row if ``two_rows``."""
    two_rows: bool = False


def torch_activation(key: str) -> tuple[str, ...]:
    """The PyTorch modules that compute an activation, as code; none for linear."""
    module = ACTIVATIONS[key].torch
    return (module,) if module else ()
