"""Convolutions and pooling: their windows, and gradients in all settings and surroundings."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_designer.engine import convolution, pooling
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.network import Network, Node
from nn_designer.engine.windows import windows
from tests.helpers.gradients import gradient_error
from tests.helpers.networks import batch, chain, randomize
from tests.helpers.nodes import dense, node

TOLERANCE = 1e-6
POOLING = ("max_pooling2d", "average_pooling2d", "global_max_pooling2d")


def build(nodes: list[Node]) -> Network:
    return randomize(Network(nodes, loss="mean_squared_error", dtype=np.float64))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.integers(1, 12),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 4),
    st.sampled_from(["same", "valid"]),
)
def test_taps_lie_where_the_rule_says(
    size: int, kernel: int, stride: int, dilation: int, padding: str
) -> None:
    found = windows(size, kernel, stride, padding, dilation)
    if found.count < 1:
        assert padding == "valid" and (kernel - 1) * dilation + 1 > size
        return
    outside = covered = 0
    for tap in range(kernel):
        inside, places = found.inside(tap)
        expected = {
            window: place
            for window in range(found.count)
            if 0 <= (place := window * stride + tap * dilation - found.before) < size
        }
        places_of = range(size)[places]
        assert dict(zip(range(found.count)[inside], places_of, strict=True)) == expected
        outside += found.count - len(expected)
        covered += len(expected)
    assert found.padded == (outside > 0)
    assert found.inside_counts().sum() == covered


def picture_network(key: str, shape: tuple[int, ...], **values: Any) -> list[Node]:
    """A picture that learns feeds the layer and, beside it, another that adds to its gradient."""
    size = int(np.prod(shape))
    return [
        node("x", "input", shape=(2,)),
        dense("d", "x", size),
        node("i", "reshape", "d", target_shape=shape),
        node("a", key, "i", **values),
        node("b", key, "i", **values),
        node("f", "flatten", "a"),
        node("g", "flatten", "b"),
        node("both", "concatenate", "f", "g", "d"),
        dense("last", "both", 2, "linear"),
        node("output", "output", "last"),
    ]


STRIDES_AND_DILATIONS = [
    ((1, 1), (1, 1)),
    ((2, 1), (1, 1)),
    ((1, 3), (1, 1)),
    ((1, 1), (2, 1)),
    ((1, 1), (1, 2)),
]


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (2, 3), (1, 2), (3, 1)])
@pytest.mark.parametrize(("strides", "dilation"), STRIDES_AND_DILATIONS)
def test_conv2d_in_all_settings(
    padding: str, kernel: tuple[int, int], strides: tuple[int, int], dilation: tuple[int, int]
) -> None:
    """Groups and sizes, even and odd, take turns."""
    for groups, shape in ((1, (5, 6, 2)), (2, (6, 5, 4)), (2, (5, 5, 2))):
        nodes = picture_network(
            "conv2d",
            shape,
            filters=2,
            kernel_size=kernel,
            strides=strides,
            dilation_rate=dilation,
            padding=padding,
            groups=groups,
            activation="tanh",
            use_bias=groups == 1,
        )
        network = build(nodes)
        for size in (1, 3):
            assert gradient_error(network, *batch(network, size)) < TOLERANCE


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("strides", "dilation"), STRIDES_AND_DILATIONS)
@pytest.mark.parametrize("key", ["depthwise_conv2d", "separable_conv2d", "conv2d_transpose"])
def test_other_convolutions_in_all_settings(
    key: str, padding: str, strides: tuple[int, int], dilation: tuple[int, int]
) -> None:
    own = {"depth_multiplier": 2} if key == "depthwise_conv2d" else {"filters": 3}
    for kernel in ((3, 2), (1, 1), (2, 3)):
        nodes = picture_network(
            key,
            (5, 5, 2),
            kernel_size=kernel,
            strides=strides,
            dilation_rate=dilation,
            padding=padding,
            activation="tanh",
            **own,
        )
        network = build(nodes)
        assert gradient_error(network, *batch(network, 2)) < TOLERANCE


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("key", ["max_pooling2d", "average_pooling2d"])
def test_pooling_in_all_settings(key: str, padding: str) -> None:
    sizes = ((2, 2), (3, 2), (1, 3), (1, 1))
    for pool, strides in product(sizes, ((2, 2), (1, 3), (3, 1))):
        nodes = picture_network(key, (5, 6, 2), pool_size=pool, strides=strides, padding=padding)
        network = build(nodes)
        assert gradient_error(network, *batch(network, 2)) < TOLERANCE


@pytest.mark.parametrize("key", ["conv1d", "max_pooling1d", "average_pooling1d"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_series_in_all_settings(key: str, padding: str) -> None:
    for size, strides, dilation in ((3, 1, 1), (2, 2, 1), (4, 3, 1), (2, 1, 3)):
        values: dict[str, Any] = {"strides": strides, "padding": padding}
        if key == "conv1d":
            values |= {"kernel_size": size, "dilation_rate": dilation, "activation": "sigmoid"}
        else:
            values |= {"pool_size": size}
        network = build(picture_network(key, (7, 2), **values))
        assert gradient_error(network, *batch(network, 2)) < TOLERANCE


def convolution_then(pooling: str, activation: str, **more: Any) -> list[tuple[str, Any]]:
    return [
        ("input", {"shape": (7, 6, 1)}),  # of 5 × 4 places the last row is not looked at
        ("conv2d", {"filters": 3, "activation": activation, **more}),
        (pooling, {}),
        ("flatten", {}),
        ("dense", {"units": 2, "activation": "linear"}),
    ]


@pytest.mark.parametrize("pooling", POOLING)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_between_convolution_and_pooling(activation: str, pooling: str) -> None:
    """Rising ones are applied behind the maximum while training: the numbers are the same."""
    layers = convolution_then(pooling, activation)
    if pooling.startswith("global"):
        layers.pop(3)
    network = build(chain(*layers))
    x, y = batch(network, 4)
    assert gradient_error(network, x, y) < TOLERANCE
    loss = network.loss_and_gradients(x, y)
    assert loss == pytest.approx(np.square(network.predict(x) - y).mean())
    # What people see between the layers has its activation.
    seen = network.trace(x)["conv2d_1"]
    if activation in ("relu", "sigmoid", "softplus"):
        assert seen.min() >= 0.0


def test_an_activation_that_two_layers_use_is_not_postponed() -> None:
    nodes = [
        node("x", "input", shape=(4, 4, 1)),
        node("c", "conv2d", "x", filters=2, kernel_size=(2, 2), padding="same"),
        node("p", "max_pooling2d", "c"),
        node("f", "flatten", "p"),
        node("g", "flatten", "c"),
        node("m", "concatenate", "f", "g"),
        dense("last", "m", 2, "linear"),
        node("output", "output", "last"),
    ]
    network = build(nodes)
    assert gradient_error(network, *batch(network, 3)) < TOLERANCE


@pytest.mark.parametrize("key", POOLING)
def test_equal_numbers_share_or_the_first_takes_all(key: str) -> None:
    """The gradient that arrives is handed on whole, whatever is equal."""
    nodes = [
        node("x", "input", shape=(1,)),
        dense("d", "x", 16, "linear"),
        node("i", "reshape", "d", target_shape=(4, 4, 1)),
        node("a", key, "i"),
        node("f", "flatten", "a"),
        dense("last", "f", 1, "linear"),
        node("output", "output", "last"),
    ]
    network = build(nodes)
    network.weights["d"]["kernel"][...] = 0.0
    network.weights["d"]["bias"][...] = 0.5  # all sixteen are equal
    network.loss_and_gradients(*batch(network, 1))
    arriving = network.weight_gradients["last"]["bias"] * network.weights["last"]["kernel"].sum()
    assert network.weight_gradients["d"]["bias"].sum() == pytest.approx(arriving.item())


def test_first_of_equal_numbers_in_reading_order() -> None:
    network = build(
        [
            node("x", "input", shape=(1,)),
            dense("d", "x", 4, "linear"),
            node("i", "reshape", "d", target_shape=(2, 2, 1)),
            node("a", "max_pooling2d", "i"),
            node("f", "flatten", "a"),
            dense("last", "f", 1, "linear"),
            node("output", "output", "last"),
        ]
    )
    network.weights["d"]["kernel"][...] = 0.0
    network.weights["d"]["bias"][...] = [0.0, 0.5, 0.5, 0.1]
    network.loss_and_gradients(*batch(network, 1))
    assert np.flatnonzero(network.weight_gradients["d"]["bias"]).tolist() == [1]


def test_running_twice_gives_the_same() -> None:
    """Borders stay zero, nothing is left over from the batch before."""
    layers = [
        ("input", {"shape": (5, 7, 2)}),
        ("conv2d", {"filters": 3, "padding": "same"}),
        ("conv2d", {"filters": 2, "padding": "same", "strides": (2, 2)}),
        ("max_pooling2d", {"padding": "same", "strides": (1, 1)}),
        ("conv2d_transpose", {"filters": 2, "padding": "same", "strides": (2, 2)}),
        ("flatten", {}),
        ("dense", {"units": 2, "activation": "linear"}),
    ]
    network = build(chain(*layers))
    x, y = batch(network, 3)
    network.loss_and_gradients(x, y)
    first = network.gradients.copy()
    network.loss_and_gradients(10.0 * x, y)
    network.loss_and_gradients(x, y)
    np.testing.assert_array_equal(network.gradients, first)
    np.testing.assert_array_equal(network.predict(x), network.predict(x))


@pytest.mark.parametrize(
    "setting", [{}, {"padding": "same"}, {"strides": (2, 2)}, {"dilation_rate": (2, 2)}]
)
def test_rows_in_blocks_make_the_gradients_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, object]
) -> None:
    layers = [
        ("input", {"shape": (15, 14, 2)}),
        ("conv2d", {"filters": 4}),
        ("max_pooling2d", {}),
        ("conv2d", {"filters": 3, "kernel_size": (2, 3), **setting}),
        ("flatten", {}),
        ("dense", {"units": 2, "activation": "linear"}),
    ]

    def gradients() -> np.ndarray:
        network = Network(chain(*layers), loss="mean_squared_error", dtype=np.float64)
        network.loss_and_gradients(*batch(randomize(network), 5))
        return network.gradients.copy()

    whole = gradients()
    monkeypatch.setattr(convolution, "BLOCK_BYTES", 1)  # a row at a time
    monkeypatch.setattr(pooling, "BLOCK_BYTES", 1)
    np.testing.assert_allclose(gradients(), whole, atol=1e-12)
