"""Every gradient against central differences, in float64, at random weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.network import Network, Node
from nn_designer.layers import KINDS
from tests.helpers.gradients import gradient_error
from tests.helpers.losses import last_activation, least_units
from tests.helpers.networks import EXAMPLES, batch, chain, dense, mlp, node, randomize

TOLERANCE = 1e-6
WITH_WEIGHTS = [name for name in EXAMPLES if name != "input only"]


def build(nodes: list[Node], loss: str = "mean_squared_error") -> Network:
    return randomize(Network(nodes, loss=loss, dtype=np.float64))


def test_every_kind_is_among_the_examples() -> None:
    seen = {type(node.layer).key for nodes in EXAMPLES.values() for node in nodes}
    assert seen == set(KINDS)


@pytest.mark.parametrize("example", WITH_WEIGHTS)
def test_kinds_branches_and_merges(example: str) -> None:
    network = build(EXAMPLES[example])
    assert gradient_error(network, *batch(network)) < TOLERANCE


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_of_a_dense_layer(activation: str) -> None:
    network = randomize(mlp(3, 4, 4, 2, hidden=activation))
    assert gradient_error(network, *batch(network)) < TOLERANCE


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_layer(activation: str) -> None:
    first = ("dense", {"units": 5, "activation": "tanh"})
    nodes = chain(
        ("input", {"shape": (3,)}),
        first,
        ("activation", {"activation": activation}),
        ("dense", {"units": 2, "activation": "linear"}),
    )
    network = build(nodes)
    assert gradient_error(network, *batch(network)) < TOLERANCE


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_of_the_last_layer(activation: str) -> None:
    network = randomize(mlp(3, 4, 3, last=activation))
    assert gradient_error(network, *batch(network)) < TOLERANCE


@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("loss", LOSSES)
def test_loss_with_the_activation_it_is_made_for(loss: str, units: int) -> None:
    units = max(units, least_units(loss))
    network = randomize(mlp(3, 4, units, last=last_activation(loss), loss=loss))
    assert network.criterion.from_logits == (LOSSES[loss].fused_activation is not None)
    assert gradient_error(network, *batch(network)) < TOLERANCE


@pytest.mark.parametrize(
    ("loss", "last"),
    [(key, loss.fused_activation) for key, loss in LOSSES.items() if loss.fused_activation],
)
def test_cross_entropy_of_probabilities_that_did_not_come_from_one_layer(
    loss: str, last: str
) -> None:
    """Where the logits are out of reach, the gradient goes through the activation."""
    nodes = [
        node("x", "input", shape=(3,)),
        dense("a", "x", 2, last),
        dense("b", "x", 2, last),
        node("m", "concatenate", "a", "b"),
        node("output", "output", "m"),
    ]
    network = build(nodes, loss)
    assert not network.criterion.from_logits
    assert gradient_error(network, *batch(network)) < TOLERANCE


@pytest.mark.parametrize(
    ("loss", "last"),
    [("binary_crossentropy", "sigmoid"), ("sparse_categorical_crossentropy", "softmax")],
)
def test_the_last_activation_may_be_a_layer_of_its_own(loss: str, last: str) -> None:
    hidden, linear = (("dense", {"units": 3, "activation": key}) for key in ("tanh", "linear"))
    activation = ("activation", {"activation": last})
    network = build(chain(("input", {"shape": (3,)}), hidden, linear, activation), loss)
    assert network.criterion.from_logits
    assert gradient_error(network, *batch(network)) < TOLERANCE


@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0.0), (0.0, 0.2), (0.1, 0.4)])
def test_regularization(l1: float, l2: float) -> None:
    nodes = chain(
        ("input", {"shape": (3,)}),
        ("dense", {"units": 4, "activation": "tanh", "l1": l1, "l2": l2}),
        ("dense", {"units": 2, "activation": "linear", "l2": l2, "use_bias": False}),
    )
    network = build(nodes)
    assert gradient_error(network, *batch(network)) < TOLERANCE


def test_a_layer_large_enough_for_the_other_relu_steps() -> None:
    network = randomize(mlp(2, 3, 2, hidden="relu"))
    assert gradient_error(network, *batch(network, size=2000)) < TOLERANCE


def test_many_classes_use_other_steps_and_get_the_same_gradient() -> None:
    loss = "sparse_categorical_crossentropy"
    network = randomize(mlp(2, 1, 300, last="softmax", loss=loss))
    assert gradient_error(network, *batch(network, size=7)) < TOLERANCE


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    """Layers of 3 numbers, each fed by one or more of those before it; all reach the end."""
    nodes = [node("x", "input", shape=(3,))]
    unused = {"x"}
    for index in range(draw(st.integers(1, 6))):
        name = f"n{index}"
        names = [n.name for n in nodes]
        kind = draw(st.sampled_from(["dense", "activation", "add", "dropout", "flatten"]))
        count = draw(st.integers(2, 3)) if kind == "add" else 1
        inputs = [draw(st.sampled_from(names)) for _ in range(count)]
        smooth = st.sampled_from(["tanh", "sigmoid", "silu", "gelu", "softmax", "linear", "mish"])
        settings = {"units": 3} if kind == "dense" else {}
        if kind in ("dense", "activation"):
            settings["activation"] = draw(smooth)
        nodes.append(node(name, kind, *inputs, **settings))
        unused = (unused - set(inputs)) | {name}
    if len(unused) > 1:
        nodes.append(node("all", "concatenate", *sorted(unused)))
    nodes.append(dense("last", nodes[-1].name, 2, "linear"))
    return [*nodes, node("output", "output", "last")]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(graphs())
def test_any_graph(nodes: list[Node]) -> None:
    network = build(nodes)
    assert gradient_error(network, *batch(network, size=3)) < TOLERANCE
