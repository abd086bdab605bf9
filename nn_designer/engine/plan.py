"""A network compiled for one batch size: buffers, and steps forward and backward.

Layout. All buffers are batch-last, ``(*sample_shape, B)``. Each value also owns one more row,
constant 1, after its numbers: in ``value.augmented``, (F + 1, B), a Dense layer finds its
inputs and the input of its bias in one matrix. A batch enters as gathered rows,
``plan.inputs`` (B, F + 1), and is read transposed; several Inputs lie side by side there.

How a layer adds itself, in :meth:`LayerKind.emit`::

    def emit(self, plan, inputs):
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        plan.step(np.square, x.flat, y.flat)                   # forward

        def backward():
            with plan.gradient_target(x) as dx:                # writes, or adds to what is there
                plan.step(np.multiply, plan.gradient(y), x.flat, dx)
                plan.step(np.multiply, dx, plan.constant(2.0), dx)

        plan.on_backward(backward, y)
        return y

``on_backward`` keeps the function until all layers are emitted; then they are called from the
last layer to the first. So when a layer's turn comes, everyone who uses its output has written
their share of its gradient. The first share writes, later ones are added: a value may feed two
layers, or the same layer twice. Gradients nobody needs (of the data) are never computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.halves import Half, WeightGradient
from nn_designer.engine.program import Program
from nn_designer.engine.shapes import Shape
from nn_designer.engine.small_values import Place, SmallValues

if TYPE_CHECKING:
    from nn_designer.engine.graph import LayerLike
    from nn_designer.engine.variables import LayerVariables


Postponed = Callable[["Value", bool], "Value"]
"""Emits what was postponed, on a value; it may overwrite it if the flag says so."""


class _Storage:
    """Memory of a value and its gradient; reshaped values share it."""

    def __init__(
        self, augmented: np.ndarray, needs_gradient: bool, place: Place | None = None
    ) -> None:
        self.augmented = augmented  # (F + 1, B)
        self.needs_gradient = needs_gradient
        self.place = place
        self.gradient: np.ndarray | None = None  # (F + 1, B), the last row is of no meaning
        self.kept_gradient: np.ndarray | None = None  # (F + 1, B), see Plan.kept_gradients
        self.batch_last: np.ndarray | None = None  # (F, B), see Plan.batch_last


class Value:
    """What flows along a wire, for a whole batch."""

    def __init__(self, shape: Shape, storage: _Storage) -> None:
        self.shape = shape
        self.storage = storage
        self.logits: Value | None = None
        """The value before the network's last activation, if this came out of that."""
        self.postponed: Postponed | None = None
        """What the layer that alone uses this value still has to apply, to its own."""

    @property
    def needs_gradient(self) -> bool:
        """Whether anything before this value can learn."""
        return self.storage.needs_gradient

    @property
    def augmented(self) -> np.ndarray:
        """(F + 1, B): the numbers of each sample in a column, below them the constant 1."""
        return self.storage.augmented

    @property
    def flat(self) -> np.ndarray:
        """(F, B)"""
        return self.storage.augmented[:-1]

    @property
    def data(self) -> np.ndarray:
        """(*shape, B)"""
        return self.shaped(self.flat)

    def shaped(self, flat: np.ndarray) -> np.ndarray:
        """An (F, B) array as (*shape, B), without copying."""
        return flat.reshape(*self.shape, flat.shape[-1])


class Plan(Program):
    """One network for one batch size. Made by ``Network.plan``; ``run()`` does a whole pass.

    Without gradients, a pass leaves predictions in ``outputs`` (and in ``logits`` what the loss
    reads). With gradients it also leaves the mean loss's gradients in ``network.gradients``, and
    ``outputs`` may be left out. ``training`` switches Dropout on.
    """

    inputs: np.ndarray
    """(B, F + 1): gather rows into it; the last column stays 1. Several Inputs have their
    columns, and their 1, side by side (inputs.py)."""
    targets: np.ndarray
    """Encoded targets (``Heads.encode``), (B,) or (B, outputs): gather rows into it."""
    weights: np.ndarray | None = None
    """(B,): what each sample counts, to be gathered; None: all alike."""
    logits: np.ndarray
    """(outputs, B): what the losses read; of several outputs one below the other."""
    outputs: np.ndarray | None
    """(outputs, B): the predictions; None where training leaves a last activation out."""

    def __init__(
        self,
        batch_size: int,
        dtype: Any,
        *,
        training: bool,
        random: np.random.Generator,
        half: Half | None = None,
        keeps_gradients: bool = False,
    ) -> None:
        """With ``half``, the plan is for that half of a batch, see halves.py. With
        ``keeps_gradients``, those of all values can be looked at (:meth:`kept_gradients`)."""
        super().__init__(dtype)
        self.batch_size = batch_size
        self.training = training
        self.random = random
        self.values: dict[str, Value] = {}
        self._half = half
        self._keeps_gradients = keeps_gradients
        self._small_values = SmallValues(batch_size, self.dtype)
        self._backward: list[tuple[str, Callable[[], None]]] = []
        self._columns_used = 0
        self._needs_gradient = False
        self._defers_activation = False
        self._skips_activation = False
        self.only_user: LayerLike | None = None
        """The one layer that uses the next layer's output, if there is just one and nobody else
        looks at it: while training. A layer may leave to it what it can do with less work."""
        self._variables: LayerVariables
        self._unread = np.zeros(1, self.dtype)

    # --- what layers use ---

    def new_value(self, shape: Shape) -> Value:
        """A new value; the layer's forward steps must fill ``flat`` or ``data``."""
        n_rows = math.prod(shape) + 1
        place = self._small_values.place(n_rows)
        rows = self.buffer((n_rows, self.batch_size)) if place is None else place.rows
        rows[-1] = 1
        return Value(shape, _Storage(rows, self._needs_gradient, place))

    def input_value(self, shape: Shape) -> Value:
        """The value of an Input: a transposed view of its columns of the rows that are gathered."""
        first, self._columns_used = self._columns_used, self._columns_used + math.prod(shape) + 1
        rows = self.inputs[:, first : self._columns_used]
        rows[:, -1] = 1
        return Value(shape, _Storage(rows.T, needs_gradient=False))

    def reshaped(self, value: Value, shape: Shape) -> Value:
        """The same numbers (and gradient) in another shape; costs nothing."""
        return Value(shape, value.storage)

    def batch_last(self, value: Value) -> np.ndarray:
        """``value.data`` with the samples of each number side by side in memory.

        An input's numbers are not: its rows come transposed. Whoever reads them several times,
        or writes them elsewhere, gains by asking here; the first one emits a copy.
        """
        storage = value.storage
        flat = storage.augmented[:-1]
        if flat.strides[-1] != flat.itemsize:
            if storage.batch_last is None:
                storage.batch_last = self.buffer(flat.shape)
                self.step(np.copyto, storage.batch_last, flat)
            flat = storage.batch_last
        return value.shaped(flat)

    def parameters(self, block: str) -> np.ndarray:
        """A parameter block of the layer that is being emitted."""
        return self._variables.parameters[block]

    def gradients(self, block: str) -> np.ndarray:
        """The gradient of a parameter block; the backward steps must fill it with the sum over
        the plan's samples. In a half of a batch that is a share, see halves.py.

        Of a frozen layer it is an array without memory, and steps that get it are left out: a
        layer need not know whether it is frozen. It may ask :meth:`is_unread`, to leave out more.
        """
        gradient = self._variables.gradients.get(block)
        if gradient is None:
            shape = self.parameters(block).shape
            gradient = as_strided(self._unread, shape, (0,) * len(shape))
        return gradient

    def is_unread(self, array: np.ndarray) -> bool:
        """Whether this is the gradient of a frozen block, which nobody reads."""
        return array.ctypes.data == self._unread.ctypes.data

    def step(self, function: Callable[..., Any], *arguments: Any) -> None:
        if not self._gets_unread(arguments):
            super().step(function, *arguments)

    def _gets_unread(self, arguments: tuple[Any, ...]) -> bool:
        return any(
            self._gets_unread(argument)
            if isinstance(argument, tuple)
            else isinstance(argument, np.ndarray) and self.is_unread(argument)
            for argument in arguments
        )

    def state(self, name: str) -> np.ndarray:
        """What the layer that is being emitted keeps from step to step without learning it. Only
        the steps of a plan that is :attr:`training` may change it."""
        return self._variables.state[name]

    def weight_gradient(self, dz: np.ndarray, rows: np.ndarray, gradient: np.ndarray) -> None:
        """Steps gradient = dz @ rows.T, the gradient of a matrix that was multiplied by rows.

        ``dz`` (outputs, B) is a value's :meth:`gradient`; ``rows`` (inputs, B) is a value's
        ``flat`` or ``augmented``, and ``gradient`` all or some rows of a block of
        :meth:`gradients`. Large batches gain from coming here: in a half of one, the product
        comes later, for all samples at once (halves.py).
        """
        if self._half is None:
            self.matmul(dz, rows.T, gradient)
        elif not self.is_unread(gradient):
            whole_dz, whole_rows = self._half.gathered(self, dz), self._half.gathered(self, rows)
            self._half.products.append(WeightGradient(whole_dz, whole_rows, gradient))

    def gradient(self, value: Value) -> np.ndarray:
        """(F, B): ∂loss/∂value, complete; for the layer that made the value."""
        if value.storage.gradient is None:
            raise RuntimeError("A value's gradient was asked for, but nothing has written it.")
        return value.storage.gradient[:-1]

    @contextmanager
    def gradient_target(
        self, value: Value, *, augmented: bool = False, overwrite: bool = False
    ) -> Iterator[np.ndarray]:
        """Where to write this layer's share of ∂loss/∂value: (F, B).

        ``augmented`` gives (F + 1, B), the last row of no meaning. ``overwrite``: nobody else
        uses the value, and what made it does not read it again; the gradient may take its
        memory. Don't ask for values that need no gradient. The array must be written whole; it
        is not zero before.
        """
        storage = value.storage
        shape = storage.augmented.shape
        if storage.gradient is None:
            gradient = storage.augmented if overwrite else self.buffer(shape)
            yield gradient if augmented else gradient[:-1]
            storage.gradient = gradient
        else:
            share = self.scratch(shape)
            yield share if augmented else share[:-1]
            total = storage.gradient[:-1]
            self.step(np.add, total, share[:-1], total)

    def on_backward(self, emit: Callable[[], None], value: Value) -> None:
        """Register the function that emits the backward steps of ``value``."""
        if value.needs_gradient:
            self._backward.append((self.owner, emit))

    def activated(self, key: str, z: Value, *, overwrite: bool) -> Value:
        """The value after an activation, with its steps both ways.

        ``overwrite``: ``z`` is the layer's own and used by nobody else, so that its memory (and
        its gradient's) may be taken.
        """
        activation = ACTIVATIONS[key]
        if self._defers_activation:  # the loss reads z
            if self._skips_activation:
                return z
            a = self.new_value(z.shape)
            activation.emit_forward(self, z.data, a.data)
            a.logits = z
            return a
        if key == "linear":
            return z if overwrite else self.reshaped(z, z.shape)
        in_place = overwrite and activation.from_output
        a = z if in_place else self.new_value(z.shape)
        shaped = (lambda flat: flat) if activation.elementwise else z.shaped
        kept = activation.emit_forward(self, shaped(z.flat), shaped(a.flat))
        place = z.storage.place
        if in_place and activation.elementwise and place is not None and z.needs_gradient:
            slope = self._small_values.slope(activation, place)

            def multiply() -> None:
                dz = self.gradient(z)
                self.step(np.multiply, dz, slope, dz)

            self.on_backward(multiply, z)
            return z

        def emit_backward(dz: np.ndarray) -> None:
            da = self.gradient(a)
            arrays = (shaped(z.flat), shaped(a.flat), kept, shaped(da), shaped(dz))
            activation.emit_backward(self, *arrays)

        def backward() -> None:
            if overwrite:
                z.storage.gradient = a.storage.gradient
                emit_backward(self.gradient(z))
            else:
                with self.gradient_target(z) as dz:
                    emit_backward(dz)

        self.on_backward(backward, a)
        return a

    # --- what the network uses ---

    def begin_inputs(self, n_columns: int) -> None:
        """Before all layers: the rows that samples are gathered into have so many columns."""
        shape, half = (self.batch_size, n_columns), self._half
        self.inputs = self.buffer(shape) if half is None else half.rows(n_columns)

    def begin_layer(
        self,
        name: str,
        variables: LayerVariables,
        inputs: list[Value],
        *,
        differentiates: bool,
        defers_activation: bool,
    ) -> None:
        """The next steps are those of a layer with these variables and inputs."""
        self.release_scratch()
        self._variables, self.owner = variables, name
        learns = bool(variables.gradients) or any(value.needs_gradient for value in inputs)
        self._needs_gradient = differentiates and learns
        self._defers_activation = defers_activation
        self._skips_activation = defers_activation and differentiates

    def adding_gradients(self, name: str, variables: LayerVariables) -> LayerVariables:
        """Before a layer begins whose weights another layer uses further on: the variables for it,
        whose gradients are added to that other layer's when its backward steps are done."""
        self.owner = name
        shares = {block: self.buffer(g.shape) for block, g in variables.gradients.items()}

        def add() -> None:
            for block, total in variables.gradients.items():
                self.step(np.add, total, shares[block], total)

        self._backward.append((name, add))  # before the layer's own: so it is called after them
        return replace(variables, gradients=shares)

    def finish(self, *, logits: np.ndarray, outputs: np.ndarray | None) -> None:
        """All layers are emitted: name the buffers that others look at."""
        self.logits, self.outputs = logits, outputs

    def emit_backward(self) -> None:
        """Emit the backward steps of all layers, last to first."""
        self.release_scratch()
        self._small_values.emit_slopes(self)
        for owner, emit in reversed(self._backward):
            self.release_scratch()
            self.owner = owner
            if self._keeps_gradients:
                self._keep_gradient(self.values[owner].storage)
            emit()
        self._backward.clear()

    def _keep_gradient(self, storage: _Storage) -> None:
        """A copy of a gradient that is complete, before the backward steps of the layer that made
        the value write over it."""
        if storage.gradient is not None and storage.kept_gradient is None:
            storage.kept_gradient = self.buffer(storage.gradient.shape)
            self.step(np.copyto, storage.kept_gradient, storage.gradient)

    def kept_gradients(self) -> dict[str, np.ndarray]:
        """Layer → ∂loss/∂output (*shape, B), of all layers at or before which anything learns."""
        return {
            name: value.shaped(value.storage.kept_gradient[:-1])
            for name, value in self.values.items()
            if value.storage.kept_gradient is not None
        }
