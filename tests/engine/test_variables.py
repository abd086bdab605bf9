"""One vector for all that a network holds: what is learned, and what layers keep besides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nn_designer.engine.network import Network, Node
from nn_designer.engine.plan import Plan, Value
from nn_designer.engine.progress import BatchProgress, EpochProgress
from nn_designer.engine.training import Control, TrainingRun, train
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers.base import Category, LayerKind, Shape, WeightSpec
from tests.helpers.nodes import dense, node
from tests.helpers.small_networks import ring_data

SETTINGS = TrainingSettings(loss="binary_crossentropy", batch_size=16, epochs=4, seed=5)
STEPS_PER_EPOCH = 5


class Counting(LayerKind):
    """Hands its input on times a factor, and counts the training steps."""

    key = "counting"
    title = "Counting"
    category = Category.CORE

    def output_shape(self, input_shapes: Sequence[Shape]) -> Shape:
        return input_shapes[0]

    def weight_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        return (WeightSpec("factor", (1,), "ones", (1, 1)),)

    def state_specs(self, input_shapes: Sequence[Shape]) -> tuple[WeightSpec, ...]:
        return (WeightSpec("steps", (1,), "zeros", (1, 1)),)

    def emit(self, plan: Plan, inputs: Sequence[Value]) -> Value:
        (x,) = inputs
        y = plan.new_value(x.shape)
        factor, gradient = plan.parameters("factor"), plan.gradients("factor")
        plan.step(np.multiply, x.flat, factor, y.flat)
        if plan.training:
            steps = plan.state("steps")
            plan.step(np.add, steps, plan.constant(1.0), steps)

        def backward() -> None:
            dy = plan.gradient(y)
            product = plan.scratch(dy.shape)
            plan.step(np.multiply, dy, x.flat, product)
            plan.step(np.add.reduce, product, None, None, gradient.reshape(()))
            if x.needs_gradient:
                with plan.gradient_target(x) as dx:
                    plan.step(np.multiply, dy, factor, dx)

        plan.on_backward(backward, y)
        return y


def counting_network(seed: int = 0) -> Network:
    nodes = [
        node("x", "input", shape=(2,)),
        dense("a", "x", 3),
        Node("c", Counting(), ("a",)),
        dense("b", "c", 1, "sigmoid"),
        node("output", "output", "b"),
    ]
    return Network(nodes, loss="binary_crossentropy", seed=seed)


def steps_of(variables: np.ndarray) -> float:
    """State is the end of the vector."""
    return float(variables[-1])


def test_parameters_are_the_beginning_and_state_the_end() -> None:
    network = counting_network()
    assert network.parameter_count == network.variables.size == 9 + 1 + 4 + 1
    assert network.parameters.size == network.gradients.size == 9 + 1 + 4
    assert np.shares_memory(network.parameters, network.variables)
    network.variables[-1] = 7.0
    assert network.weights["c"] == {"factor": [1.0], "steps": [7.0]}
    assert list(network.weight_gradients["c"]) == ["factor"]
    cost = network.cost()
    assert (cost.parameters, cost.trainable) == (15, 14)


def test_files_hold_state_and_first_weights_reset_it() -> None:
    network, other = counting_network(), counting_network(seed=1)
    network.variables[-1] = 7.0
    other.set_weights(network.get_weights())
    np.testing.assert_array_equal(other.variables, network.variables)
    network.initialize(0)
    np.testing.assert_array_equal(network.variables, counting_network().variables)


def test_only_training_steps_change_state() -> None:
    network, data = counting_network(), ring_data()
    network.predict(data.x_train)
    network.loss_and_gradients(data.x_train, data.y_train)
    assert steps_of(network.variables) == 0
    for report in train(network, data, SETTINGS):
        if isinstance(report, EpochProgress):  # also evaluates, which is no training
            assert steps_of(network.variables) == report.epoch * STEPS_PER_EPOCH


def test_checkpoints_hold_state() -> None:
    run = TrainingRun(
        counting_network(), ring_data(), SETTINGS, control=Control(granularity="batch")
    )
    for report in run.progress():
        if isinstance(report, BatchProgress) and report.step == 7:
            break
    checkpoint = run.checkpoint()
    resumed, whole = counting_network(seed=9), counting_network()
    list(train(resumed, ring_data(), SETTINGS, checkpoint=checkpoint))
    list(train(whole, ring_data(), SETTINGS))
    assert steps_of(checkpoint.variables) == 7
    np.testing.assert_array_equal(resumed.variables, whole.variables)


def test_going_back_to_the_best_epoch_takes_its_state() -> None:
    network = counting_network()
    settings = SETTINGS.replace(
        optimizer="sgd", learning_rate=3.0, early_stopping=True, patience=1, epochs=50
    )
    finished = list(train(network, ring_data(), settings))[-1]
    assert finished.reason == "early_stopping"
    assert steps_of(network.variables) == finished.best_epoch * STEPS_PER_EPOCH


def test_state_that_is_no_number_is_divergence_and_the_best_epoch_comes_back() -> None:
    network = counting_network()
    for report in train(network, ring_data(), SETTINGS):
        if isinstance(report, EpochProgress) and report.epoch == 2:
            network.variables[-1] = np.inf
    assert report.reason == "diverged"
    assert steps_of(network.variables) == report.best_epoch * STEPS_PER_EPOCH > 0
