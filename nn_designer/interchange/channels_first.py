"""PyTorch keeps pictures as (channels, height, width), we as (height, width, channels).

Kernels are turned by what their kinds declare (``torch_tensors``). But a Dense layer behind a
Flatten sees the numbers of a picture in another order there: the rows of its kernel follow.
That concerns designs with a kind whose pictures PyTorch wants with the channels first; in others
nothing has an order of its own, and Flatten keeps height, width, channels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.interchange.layout import Step
from nn_designer.interchange.model import InterchangeError, Weights
from nn_designer.layers.activation import ActivationLayer
from nn_designer.layers.base import Shape
from nn_designer.layers.dense import Dense
from nn_designer.layers.dropout import Dropout
from nn_designer.layers.flatten import Flatten
from nn_designer.layers.reshape import Permute, Reshape


def has_channels_first(steps: Sequence[Step]) -> bool:
    """Whether pictures pass through this design with the channels first in PyTorch."""
    return any(step.kind.channels_first_in_torch for step in steps)


def same_in_either_order(step: Step) -> bool:
    """Whether the module of a step does the same, whatever the order of a picture's axes."""
    if all(len(shape) < 2 for shape in step.input_shapes):
        return True
    kind = step.kind
    if isinstance(kind, ActivationLayer):
        return ACTIVATIONS[kind.activation].elementwise
    ends = not step.input_shapes or not kind.has_output
    return ends or kind.channels_first_in_torch or isinstance(kind, (Flatten, Dropout))


def flattened_pictures(steps: Sequence[Step]) -> dict[str, Shape]:
    """Dense layers that see a flattened picture → its shape (..., channels).

    Raises:
        InterchangeError: another layer sees one, and PyTorch's order can't be given to it.
    """
    found: dict[str, Shape] = {}
    flat: dict[str, Shape] = {}
    if not has_channels_first(steps):
        return found
    for step in steps:
        pictures = [flat[name] for name in step.inputs if name in flat]
        if isinstance(step.kind, (Reshape, Permute)) and len(step.input_shapes[0]) > 1:
            raise _not_in_torch(step)
        if isinstance(step.kind, Flatten):
            *sizes, channels = step.input_shapes[0]
            if max(sizes, default=1) > 1 and channels > 1:
                flat[step.name] = (*sizes, channels)
            elif pictures:
                flat[step.name] = pictures[0]
        elif pictures and isinstance(step.kind, Dense):
            found[step.name] = pictures[0]
        elif pictures:
            keeps = step.input_shapes == (step.output_shape,) and not step.tensor_shapes
            if not keeps:
                raise _not_in_torch(step)
            flat[step.name] = pictures[0]
    return found


def _not_in_torch(step: Step) -> InterchangeError:
    return InterchangeError(
        f"Layer {step.name!r} depends on the order of a picture's numbers, and PyTorch has them "
        "in another one (channels first). Export as npz, or take that layer out."
    )


def channels_first(kernel: np.ndarray, picture: Shape) -> np.ndarray:
    """A kernel (in, out) with its rows in PyTorch's order."""
    rows = kernel.reshape(*picture, -1)
    return np.ascontiguousarray(np.moveaxis(rows, -2, 0).reshape(kernel.shape))


def channels_last(kernel: np.ndarray, picture: Shape) -> np.ndarray:
    """A kernel (in, out) with its rows in our order."""
    *sizes, channels = picture
    rows = kernel.reshape(channels, *sizes, -1)
    return np.ascontiguousarray(np.moveaxis(rows, 0, -2).reshape(kernel.shape))


def with_channels_last(weights: Weights, pictures: Mapping[str, Shape]) -> Weights:
    """Weights from PyTorch, with the kernels behind flattened pictures in our order."""
    found = {name: dict(tensors) for name, tensors in weights.items()}
    for name, picture in pictures.items():
        kernel = found.get(name, {}).get("kernel")
        if kernel is not None and kernel.ndim == 2 and len(kernel) == np.prod(picture):
            found[name]["kernel"] = channels_last(kernel, picture)
    return found
