"""Normalization within a sample: over all its numbers along some axes, or group by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from nn_designer.layers.axes import MOST_AXES, kept_sizes, places
from nn_designer.layers.base import Shape, ShapeError, shape_text
from nn_designer.layers.common_settings import axis_of_channels_setting
from nn_designer.layers.standardizing import Grouping, OfASample
from nn_designer.params import Dimensions, Int


class LayerNormalization(OfASample):
    """Brings the numbers of each sample around 0 with a spread of 1, then lets each have a factor
    and an offset that it learns. Deep networks train more steadily with it.

    Mean and variance are those of one sample's numbers along the axis, so the size of the batch
    has no say in it. Transformers use it.
    """

    key = "layer_normalization"
    title = "LayerNormalization"
    source = 'Ba, Kiros and Hinton 2016, "Layer normalization"'

    axis = Dimensions(
        (-1,),
        minimum=-MOST_AXES,
        maximum=MOST_AXES,
        help="The axes to work along, such as -1, the last, or 1, 2, 3 for a whole picture.",
        advanced=True,
    )

    def grouping(self, shape: Shape) -> Grouping:
        axes = places(self.title, self.axis, shape)
        return Grouping(shape, axes, tuple(shape[i] for i in axes), kept_sizes(shape, axes))

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...] | None:
        (shape,) = input_shapes
        grouping = self.grouping(shape)
        count = len(grouping.axes)
        if grouping.axes != tuple(range(len(shape) - count, len(shape))):
            return None  # nn.LayerNorm works along the last axes
        if self.center and not self.scale:
            return None  # it has no bias without a weight
        sizes = grouping.weights[0] if count == 1 else grouping.weights
        words = {(True, True): "", (True, False): ", bias=False"}.get(
            (self.scale, self.center), ", elementwise_affine=False"
        )
        return (f"nn.LayerNorm({sizes}, eps={self.epsilon}{words})",)


class GroupNormalization(OfASample):
    """Brings groups of channels of each sample around 0 with a spread of 1, then lets each channel
    have a factor and an offset that it learns. It does the work of BatchNormalization where
    batches are small.

    Mean and variance are those of all numbers of a group of channels in one sample. One group is
    as LayerNormalization over everything; as many groups as channels (or -1) is instance
    normalization.
    """

    key = "group_normalization"
    title = "GroupNormalization"
    source = 'Wu and He 2018, "Group normalization"'
    example_inputs: ClassVar[tuple[Shape, ...] | None] = ((2, 32),)

    groups = Int(
        32,
        minimum=-1,
        maximum=1_000_000,
        help="How many groups the channels are parted into; -1: each channel is one.",
    )
    axis = axis_of_channels_setting(MOST_AXES)

    def grouping(self, shape: Shape) -> Grouping:
        (place,) = places(self.title, [self.axis], shape)
        channels = shape[place]
        count = channels if self.groups == -1 else self.groups
        if count < 1 or channels % count:
            fitting = [n for n in range(1, min(channels, 4096) + 1) if channels % n == 0]
            listed = ", ".join(str(n) for n in fitting[:6])
            raise ShapeError(
                f"GroupNormalization can't part the {channels:,} channels of "
                f"{shape_text(shape)} into {count:,} groups of the same size. Choose a number of "
                f"groups that divides {channels:,}, such as {listed}."
            )
        view = (*shape[:place], count, channels // count, *shape[place + 1 :])
        axes = tuple(axis for axis in range(len(view)) if axis != place)
        weights_view = kept_sizes(view, (place, place + 1))
        return Grouping(view, axes, (channels,), weights_view)

    def summary(self) -> str:
        words = {-1: "each channel", 1: "1 group"}
        return words.get(self.groups, f"{self.groups:,} groups")

    def torch_modules(self, input_shapes: Sequence[Shape]) -> tuple[str, ...] | None:
        (shape,) = input_shapes
        if len(shape) != 1 or self.scale != self.center:
            return None  # nn.GroupNorm wants channels first, and weight and bias or neither
        (channels,) = shape
        count = self.grouping(shape).view[0]
        affine = "" if self.scale else ", affine=False"
        return (f"nn.GroupNorm({count}, {channels}, eps={self.epsilon}{affine})",)
