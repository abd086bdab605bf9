"""The settings and texts that all layers with a convolution kernel share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from nn_designer.engine.windows import Windows
from nn_designer.layers.base import Category, Shape, WeightSpec
from nn_designer.layers.common_settings import (
    bias_initializer_setting,
    kernel_initializer_setting,
    l1_setting,
    l2_setting,
)
from nn_designer.layers.dense import activation_titles
from nn_designer.layers.exchange import ForeignTensor
from nn_designer.layers.pictures import LARGEST_WINDOW, PADDINGS, PictureKind, size_text, sizes_of
from nn_designer.params import Bool, Choice, Pair


class KernelKind(PictureKind):
    """Base of the convolutions: kernel, windows, activation, bias, how weights begin and decay."""

    category = Category.CONVOLUTION
    torch_tensors: ClassVar[Mapping[str, ForeignTensor]] = {
        "kernel": ForeignTensor("weight", (3, 2, 0, 1)),
        "bias": ForeignTensor("bias", (0,)),
    }

    kernel_size = Pair(
        (3, 3), maximum=LARGEST_WINDOW, help="Height and width of the window that each filter sees."
    )
    strides = Pair(
        (1, 1),
        maximum=LARGEST_WINDOW,
        help="How many pixels the window moves from one look to the next.",
    )
    padding = Choice(
        "valid",
        PADDINGS,
        help="Whether windows stay inside the picture (valid: it shrinks), or a border of zeros "
        "is put around it so that it keeps its size (same).",
    )
    dilation_rate = Pair(
        (1, 1),
        maximum=LARGEST_WINDOW,
        help="Above 1 the window is spread out, with gaps between the pixels that it sees.",
        advanced=True,
    )
    activation = Choice("relu", activation_titles, help="The function applied to each sum.")
    use_bias = Bool(True, help="Whether each filter has a bias added to its sums.", advanced=True)
    kernel_initializer = kernel_initializer_setting()
    bias_initializer = bias_initializer_setting()
    l1 = l1_setting()
    l2 = l2_setting()

    def kernel_text(self) -> str:
        """The size of the kernel, ``3×3``."""
        return size_text(sizes_of(self.kernel_size))

    def output_activation(self, input_activations: Sequence[str]) -> str:
        return self.activation

    def windows_of(self, shape: Shape) -> tuple[Windows, Windows]:
        """The windows along rows and columns of what the layer receives."""
        return self.windows_over(
            shape, self.kernel_size, self.strides, self.padding, self.dilation_rate
        )

    def kernel_spec(
        self, shape: Shape, fan: tuple[int, int], name: str = "kernel", initializer: str = ""
    ) -> WeightSpec:
        """A kernel of this shape, with the layer's initializer and regularizers."""
        chosen = initializer or self.kernel_initializer
        return WeightSpec(name, shape, chosen, fan, self.l1, self.l2)

    def bias_specs(self, n: int, fan: tuple[int, int]) -> tuple[WeightSpec, ...]:
        """The bias of ``n`` numbers, if the layer has one."""
        return (WeightSpec("bias", (n,), self.bias_initializer, fan),) if self.use_bias else ()
