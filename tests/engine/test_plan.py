"""Plans: what a compiled step list does, and how a new kind of layer adds itself to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from nn_designer.engine.network import Network, Node
from nn_designer.engine.plan import Plan, Value
from nn_designer.engine.program import Program
from nn_designer.layers import Category, LayerKind, Shape, WeightSpec
from tests.helpers.gradients import gradient_error
from tests.helpers.networks import EXAMPLES, batch, chain, dense, mlp, node, randomize


class Square(LayerKind):
    """The example of engine/plan.py: x²."""

    key = "square"
    title = "Square"
    category = Category.CORE

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(self.output_shape([x.shape]))
        plan.step(np.square, x.flat, y.flat)

        def backward() -> None:
            with plan.gradient_target(x) as dx:
                plan.step(np.multiply, plan.gradient(y), x.flat, dx)
                plan.step(np.multiply, dx, plan.constant(2.0), dx)

        plan.on_backward(backward, y)
        return y


class Scale(LayerKind):
    """One trainable factor per channel, the last axis: weights outside of Dense."""

    key = "scale"
    title = "Scale"
    category = Category.CORE

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        n_channels = input_shapes[0][-1]
        return (WeightSpec("factor", (n_channels,), "normal", (1, 1), l2=0.1),)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(x.shape)
        factor, gradient = plan.parameters("factor")[:, None], plan.gradients("factor")
        plan.step(np.multiply, x.data, factor, y.data)

        def backward() -> None:
            dy = y.shaped(plan.gradient(y))
            product = plan.scratch(dy.shape)
            plan.step(np.multiply, dy, x.data, product)
            axes = (*range(len(x.shape) - 1), len(x.shape))
            plan.step(np.add.reduce, product, axes, None, gradient)
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    plan.step(np.multiply, dy, factor, x.shaped(dx))

        plan.on_backward(backward, y)
        return y


def test_a_new_kind_needs_nothing_but_its_class() -> None:
    nodes = [
        node("x", "input", shape=(2, 3)),
        Node("a", Scale(), ("x",)),
        Node("b", Square(), ("a",)),
        Node("c", Scale(), ("b",)),
        node("m", "add", "b", "c"),
        node("f", "flatten", "m"),
        dense("last", "f", 2, "linear"),
        node("output", "output", "last"),
    ]
    network = randomize(Network(nodes, loss="mean_squared_error", dtype=np.float64))
    assert network.parameter_count == 3 + 3 + 14
    assert gradient_error(network, *batch(network)) < 1e-6


def test_running_twice_gives_the_same() -> None:
    """Nothing is left over from the step before: gradients are written, not added up."""
    for nodes in EXAMPLES.values():
        network = randomize(Network(nodes, loss="mean_squared_error"))
        if any("dropout" in node.layer.key or "noise" in node.layer.key for node in nodes):
            continue
        plan = network.plan(4, training=True)
        plan.inputs[:, :-1] = np.random.default_rng(0).normal(size=plan.inputs[:, 1:].shape)
        plan.run()
        first = network.gradients.copy()
        network.gradients.fill(99.0)
        plan.run()
        np.testing.assert_array_equal(network.gradients, first)


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "mean_squared_error"])
def test_training_plan_and_whole_batch_agree(loss: str) -> None:
    network = randomize(mlp(3, 4, 3, last="softmax", loss=loss))
    x, y = batch(network, size=6)
    expected_loss = network.loss_and_gradients(x, y)
    expected = network.gradients.copy()
    plan = network.plan(6, training=True)
    order = np.arange(6)
    network.inputs.rows(x).take(order, 0, plan.inputs, "clip")
    network.criterion.encode(y).take(order, 0, plan.targets, "clip")
    plan.run()
    np.testing.assert_array_equal(network.gradients, expected)
    assert float(network.criterion.value(plan.logits, plan.targets)) == expected_loss


def test_what_the_loss_reads_is_at_hand_in_prediction_too() -> None:
    """Training reports the loss of the validation part from plans that predict."""
    network = randomize(mlp(3, 4, 1, last="sigmoid", loss="binary_crossentropy"))
    x, y = batch(network)
    plan = network.plan(5, training=False)
    plan.inputs[:, :-1] = x
    plan.run()
    assert plan.outputs is not None
    np.testing.assert_allclose(plan.outputs, 1.0 / (1.0 + np.exp(-plan.logits)))
    loss = network.criterion.value(plan.logits, network.criterion.encode(y))
    assert float(loss) == pytest.approx(network.loss_and_gradients(x, y))


def test_the_gradient_of_the_data_is_not_computed() -> None:
    network = mlp(3, 4, 2)
    plan = network.plan(5, training=True)
    assert plan.values["input_0"].storage.gradient is None
    products = [args for function, args in plan.steps if function.__name__ == "dot"]
    assert len(products) == 2 + 2 + 1  # forward, weights, and one value in between


def test_a_step_allocates_no_arrays() -> None:
    network = mlp(50, 40, 30, 10, hidden="gelu", last="softmax", loss="categorical_crossentropy")
    plan = network.plan(64, training=True)
    import tracemalloc

    plan.run()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    plan.run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - before < 10_000  # one (40, 64) array of float64 has 20,480 bytes


def test_extreme_weights_do_not_warn() -> None:
    for activation in ("sigmoid", "tanh", "softplus", "selu", "mish", "gelu", "silu", "elu"):
        network = mlp(3, 4, 3, hidden=activation, last="softmax", dtype=np.float32,
                      loss="sparse_categorical_crossentropy")  # fmt: skip
        randomize(network, scale=3000.0)
        x, y = batch(network)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            assert np.isfinite(network.loss_and_gradients(x, y))
        assert np.isfinite(network.gradients).all()


def test_scratch_is_shared_and_buffers_are_not() -> None:
    program = Program(np.float32)
    first, second = program.scratch((2, 3)), program.scratch((2, 3))
    assert not np.shares_memory(first, second)
    program.release_scratch()
    assert np.shares_memory(program.scratch((5,), np.float64), first)
    assert not np.shares_memory(program.scratch((2, 3)), first)
    with program.passing_scratch():
        passing = program.scratch((4,))
    assert np.shares_memory(program.scratch((4,)), passing)
    assert program.buffer((2, 3)) is not program.buffer((2, 3))
    assert program.constant(0.5) is program.constant(0.5)
    assert program.filled(0.0, (2, 3)) is program.filled(0.0, (2, 3))


def steps_of(network: Network, batch_size: int, function: object) -> int:
    return sum(f is function for f, _ in network.plan(batch_size, training=True).steps)


def test_slopes_of_small_neighbours_are_worked_out_together() -> None:
    network = mlp(2, 8, 8, 8, 1)
    assert steps_of(network, 10, np.square) == 1
    assert steps_of(network, 1000, np.square) == 3  # large: each when it is needed


def test_slopes_of_others_in_between_are_not_touched() -> None:
    nodes = chain(
        ("input", {"shape": (2,)}),
        ("dense", {"units": 8, "activation": "tanh"}),
        ("dense", {"units": 8, "activation": "linear"}),
        ("dense", {"units": 8, "activation": "tanh"}),
        ("dense", {"units": 8, "activation": "sigmoid"}),
        ("dense", {"units": 1, "activation": "linear"}),
    )
    network = randomize(Network(nodes, loss="mean_squared_error", dtype=np.float64))
    assert steps_of(network, 10, np.square) == 3
    assert gradient_error(network, *batch(network)) < 1e-6


def test_many_small_values_take_several_blocks() -> None:
    network = mlp(2, *[150] * 6, 1)
    assert steps_of(network, 20, np.square) == 2  # five of the six fit into one block
    randomize(network, scale=0.1)
    x, y = batch(network, size=20)
    network.loss_and_gradients(x, y)
    together = network.gradients.copy()
    halves = []
    for part in (slice(0, 10), slice(10, 20)):
        network.loss_and_gradients(x[part], y[part])
        halves.append(network.gradients.copy())
    np.testing.assert_allclose(together, (halves[0] + halves[1]) / 2, rtol=1e-9, atol=1e-12)


def test_dropout_off_costs_nothing() -> None:
    nodes = chain(("input", {"shape": (3,)}), ("dropout", {}), ("flatten", {}))
    assert Network(nodes).plan(4, training=False).steps == []
