"""Shape rules and first weights beside Keras, for any setting that it takes."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_designer.engine.initializers import initializer
from nn_designer.layers import KINDS, ShapeError

CLASSES = {
    "conv1d": keras.layers.Conv1D,
    "conv2d": keras.layers.Conv2D,
    "depthwise_conv2d": keras.layers.DepthwiseConv2D,
    "separable_conv2d": keras.layers.SeparableConv2D,
    "conv2d_transpose": keras.layers.Conv2DTranspose,
    "max_pooling1d": keras.layers.MaxPooling1D,
    "max_pooling2d": keras.layers.MaxPooling2D,
    "average_pooling1d": keras.layers.AveragePooling1D,
    "average_pooling2d": keras.layers.AveragePooling2D,
    "global_max_pooling1d": keras.layers.GlobalMaxPooling1D,
    "global_max_pooling2d": keras.layers.GlobalMaxPooling2D,
    "global_average_pooling1d": keras.layers.GlobalAveragePooling1D,
    "global_average_pooling2d": keras.layers.GlobalAveragePooling2D,
}
SIZES = ("kernel_size", "strides", "dilation_rate", "pool_size")


@st.composite
def cases(draw: st.DrawFn, key: str) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Settings of a kind, and a shape of what it receives."""
    kind = KINDS[key]
    axes = 1 if key.endswith("1d") else 2
    shape = (*(draw(st.integers(1, 12)) for _ in range(axes)), draw(st.integers(1, 4)))
    chosen: dict[str, Any] = {}
    for name in kind.params:
        if name in SIZES:
            sizes = st.integers(1, 4)
            chosen[name] = draw(sizes if axes == 1 else st.tuples(sizes, sizes))
        elif name in ("filters", "groups", "depth_multiplier"):
            chosen[name] = draw(st.integers(1, 4))
        elif name == "padding":
            chosen[name] = draw(st.sampled_from(["valid", "same"]))
        elif name == "use_bias":
            chosen[name] = draw(st.booleans())
    # Keras refuses both at once too, if only later for some kinds: when it computes.
    late = key not in ("conv1d", "conv2d")
    if "dilation_rate" in chosen and (late or draw(st.booleans())):
        gone = draw(st.sampled_from(["strides", "dilation_rate"]))
        chosen[gone] = 1 if axes == 1 else (1, 1)
    return chosen, shape


@pytest.mark.parametrize("key", CLASSES)
def test_shapes_and_weights(key: str) -> None:
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(cases(key))
    def agrees(case: tuple[dict[str, Any], tuple[int, ...]]) -> None:
        chosen, shape = case
        layer = KINDS[key](**chosen)
        try:
            found = layer.output_shape([shape])
        except ShapeError:
            with pytest.raises(ValueError):  # Keras refuses it, too
                theirs = CLASSES[key](**chosen)
                theirs.build((None, *shape))
                if min(theirs.compute_output_shape((None, *shape))[1:]) < 1:
                    raise ValueError("nothing is left") from None
            return
        theirs = CLASSES[key](**chosen)
        assert tuple(theirs.compute_output_shape((None, *shape))) == (None, *found)
        theirs.build((None, *shape))
        ours = {spec.name: spec.shape for spec in layer.weight_specs([shape])}
        assert ours == {weight.name: tuple(weight.shape) for weight in theirs.weights}

    agrees()


@pytest.mark.parametrize("key", ["conv1d", "conv2d", "depthwise_conv2d", "conv2d_transpose"])
def test_first_weights_have_the_spread_of_keras(key: str) -> None:
    """A Glorot uniform kernel stays below its limit, and gets near it."""
    chosen: dict[str, Any] = {"kernel_size": 3 if key == "conv1d" else (3, 3)}
    if key != "depthwise_conv2d":
        chosen["filters"] = 64
    shape = (9, 32) if key == "conv1d" else (9, 9, 32)
    kernel = KINDS[key](**chosen).weight_specs([shape])[0]
    ours = initializer(kernel.initializer).initialize(
        np.random.default_rng(0), kernel.shape, kernel.fan
    )
    theirs = CLASSES[key](**chosen)
    theirs.build((None, *shape))
    expected = max(abs(number) for number in theirs.kernel.value.flatten().tolist())
    assert np.abs(ours).max() == pytest.approx(expected, rel=0.05)
