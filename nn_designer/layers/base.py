"""What a layer kind declares. Everything else (palette, form, checks, engine, exports) derives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from nn_designer.params import HasParams

if TYPE_CHECKING:
    from nn_designer.engine.plan import Plan, Value

Shape = tuple[int, ...]
"""The shape of one sample, without the batch axis."""


class ShapeError(ValueError):
    """The inputs of a layer do not fit it; the text says why and what to do."""


class Category(Enum):
    """Groups of the palette; the colour of a card is its category's (theme.py)."""

    INPUT_OUTPUT = "Input and output"
    CORE = "Core"
    ACTIVATION = "Activation"
    REGULARIZATION = "Regularization"
    SHAPE = "Shape"
    MERGE = "Merge"


@dataclass(frozen=True)
class WeightSpec:
    """A trainable tensor of a layer, in the layout that files use (Dense kernel: (in, out)).

    Keys for the initializer and the regularizer are the layer's settings' values.
    ``fan`` is (fan_in, fan_out) for the initializers that scale by it.
    """

    name: str
    shape: Shape
    initializer: str
    fan: tuple[int, int]
    l1: float = 0.0
    l2: float = 0.0


class LayerKind(HasParams):
    """One kind of layer. The docstring's first paragraph is shown to users as its help."""

    key: ClassVar[str]
    title: ClassVar[str]
    category: ClassVar[Category]
    replaces: ClassVar[tuple[str, ...]] = ()
    minimum_inputs: ClassVar[int] = 1
    maximum_inputs: ClassVar[int | None] = 1
    has_output: ClassVar[bool] = True

    def summary(self) -> str:
        """The main setting as shown on the card: ``10 units``. May be empty."""
        return ""

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        """Shape rule. Raises ShapeError with a sentence that holds the way out."""
        raise NotImplementedError

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        """Multiply-accumulates for one sample, forward."""
        return 0

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        """Add this layer's forward and backward steps to a compiled plan."""
        raise NotImplementedError
