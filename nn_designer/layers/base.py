"""What a layer kind declares. Everything else (palette, form, checks, engine, exports) derives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nn_designer.engine.loss import OwnLoss
from nn_designer.engine.shapes import Shape, ShapeError, WeightSpec, shape_text
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.params import Bool, HasParams, Text

if TYPE_CHECKING:
    from nn_designer.engine.graph import LayerLike
    from nn_designer.engine.plan import Plan, Value

__all__ = ["Category", "LayerKind", "Shape", "ShapeError", "WeightSpec", "shape_text"]


class Category(Enum):
    """Groups of the palette; the colour of a card is its category's (theme.py)."""

    INPUT_OUTPUT = "Input and output"
    CORE = "Core"
    CONVOLUTION = "Convolution"
    POOLING = "Pooling"
    RECURRENT = "Recurrent"
    ATTENTION = "Attention"
    ACTIVATION = "Activation"
    NORMALIZATION = "Normalization"
    REGULARIZATION = "Regularization"
    SHAPE = "Shape"
    MERGE = "Merge"


def statements(formula: str) -> list[str]:
    """The statements of a :attr:`LayerKind.formula` or :attr:`LayerKind.backward`."""
    return formula.split("; ") if formula else []


class LayerKind(HasParams):
    """One kind of layer. The docstring's first paragraph is shown to users as its help.

    A kind with weights says three things about them: :meth:`weight_specs`, the tensors as
    files and people see them; :meth:`block_shapes`, the blocks the engine keeps them in; and
    :meth:`weight_views`, the views that make the first out of the second. The default keeps
    each tensor in a block of its own.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    category: ClassVar[Category]
    basic: ClassVar[bool] = False
    """Whether a beginner needs it: the palette shows it first."""
    replaces: ClassVar[tuple[str, ...]] = ()
    formula: ClassVar[str] = ""
    """Forward, as plain text with x the input, z the sum and y the output: "y = f(W·x + b)"."""
    backward: ClassVar[str] = ""
    """What :meth:`emit` does on the way back, as plain text; statements are separated by
    semicolons: "∂L/∂x = Wᵀ·∂L/∂z; ∂L/∂W = ∂L/∂z·xᵀ; ∂L/∂b = Σ ∂L/∂z", Σ over the batch."""
    source: ClassVar[str] = ""
    """Where the layer comes from: the paper, or the reference whose definition it follows."""
    minimum_inputs: ClassVar[int] = 1
    maximum_inputs: ClassVar[int | None] = 1
    has_output: ClassVar[bool] = True
    halves_batches: ClassVar[bool] = True
    """Whether two threads may each compute half of a batch: no sample influences another. A large
    network trains faster if that is so in all of its layers."""
    hands_on_numbers: ClassVar[bool] = False
    """Whether the output holds just the numbers of the input, laid out anew."""
    example_inputs: ClassVar[tuple[Shape, ...] | None] = None
    """Shapes of inputs that the default settings take, for the manual and the tests; None: flat
    lists of numbers do."""
    channels_first_in_torch: ClassVar[bool] = False
    """Whether PyTorch's modules want pictures and series with the channels as first axis."""
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {}
    """What PyTorch makes of the layer's tensors, by their name here."""

    trainable = Bool(
        True,
        help="Whether training changes the weights. Switched off, the layer is frozen: it keeps "
        "those it has.",
        advanced=True,
    )

    weights_of = Text(
        "",
        help="The name of another layer of this kind whose weights this one uses, so that both "
        "learn the same. Empty: it has its own.",
        advanced=True,
    )

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Kinds with weights can share them and be frozen: their last settings; others do not
        have these."""
        super().__init_subclass__(**keywords)
        for name in ("weights_of", "trainable"):
            param = cls.params.pop(name, vars(LayerKind)[name])
            if cls.weight_specs is not LayerKind.weight_specs:
                cls.params[name] = param

    def summary(self) -> str:
        """The main setting as shown on the card: ``10 units``. May be empty."""
        return ""

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        """Shape rule. Raises ShapeError with a sentence that holds the way out."""
        raise NotImplementedError

    def output_activation(self, input_activations: Sequence[str]) -> str:
        """The key of the activation that made this layer's output; "linear" if none did.

        A layer that hands its input on unchanged answers with the input's. The loss asks the
        network's last layer.
        """
        return "linear"

    def own_loss(self) -> OwnLoss:
        """The loss that is attached to this layer where the network ends with it."""
        return OwnLoss()

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        """The tensors that are learned, in the layout of files."""
        return ()

    def state_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        """The tensors that the layer keeps from step to step without learning them, such as
        running means, in the layout of files; :meth:`emit` finds them by ``Plan.state``."""
        return ()

    def block_shapes(self, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        """The engine's blocks of parameters: name → shape. They lie in one flat vector."""
        return {spec.name: spec.shape for spec in self.weight_specs(input_shapes)}

    def weight_views(self, blocks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The tensors of :meth:`weight_specs` as views of the blocks; nothing is copied."""
        return dict(blocks)

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...] | None:
        """The PyTorch modules that one after the other do the same, as code, the one with the
        tensors first: ``("nn.Linear(4, 10)", "nn.ReLU()")``. None if no chain of modules can,
        as for all layers of several inputs."""
        return None

    def index_count(self) -> int | None:
        """How many different whole numbers, from 0 on, the layer looks up; they must come straight
        from the data. None: it takes any numbers."""
        return None

    def caution(self) -> str:
        """What to think of with these settings: a sentence for a warning that begins with the
        kind's title; empty: nothing."""
        return ""

    def finds_maxima_in(self, shape: Shape) -> Shape | None:
        """The part of an input of this shape, from its beginning, that the layer looks at for
        the largest numbers; None if it does something else.

        What never falls, such as a bias and most activations, may then be applied behind the
        maximum, to fewer numbers: the layer's :meth:`emit` calls ``Value.postponed``.
        """
        return None

    def tensors_in_torch(self) -> Mapping[str, ForeignTensor]:
        """What PyTorch makes of the tensors with these settings: :attr:`torch_tensors`."""
        return self.torch_tensors

    def shortcut(self, input_shapes: Sequence[Shape], user: LayerLike | None) -> str:
        """How the layer saves work while training, told as "leaves its bias to the maximum";
        ``user`` is the only layer that uses its output. Empty: it does not."""
        return ""

    def macs(self, input_shapes: Sequence[Shape]) -> int:
        """Multiply-accumulates for one sample, forward."""
        return 0

    def n_steps_in_turn(self, input_shapes: Sequence[Shape]) -> int:
        """Into how many calls, one after the other, the work of a batch falls: in many short
        ones a second thread is no help."""
        return 1

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        """Add this layer's forward steps to a compiled plan and register its backward steps.

        docs/ADDING_A_LAYER.md and engine/plan.py tell how; ``layers/merge.py`` is a short
        example.
        """
        raise NotImplementedError
