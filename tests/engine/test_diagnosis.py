"""What a diagnosis says, against the plain formulas, and that looking changes nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.diagnosis import LayerDiagnosis, diagnose, update_ratios
from nn_designer.engine.network import Network, NetworkError, Node, WeightError
from nn_designer.engine.training import Control, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.gradients import numeric_gradient, relative_error
from tests.helpers.networks import EXAMPLES, batch, mlp, randomize
from tests.helpers.nodes import chain, dense, ends, node
from tests.helpers.several import SEVERAL, SHARING
from tests.helpers.small_networks import ring_data, two_class_network

NETWORKS: dict[str, list[Node]] = {**EXAMPLES, **SEVERAL, **SHARING}


def built(example: str) -> Network:
    return randomize(Network(NETWORKS[example], loss="mean_squared_error", dtype=np.float64))


def norm(array: np.ndarray) -> float:
    return float(np.sqrt(np.square(array).sum()))


# --- against NumPy ---


def test_two_layers_by_hand() -> None:
    network = randomize(mlp(3, 4, 2))
    x, y = batch(network, 20)
    assert isinstance(x, np.ndarray)
    hidden, last = network.weights["dense_1"], network.weights["dense_2"]
    a = np.tanh(x @ hidden["kernel"] + hidden["bias"])
    answer = a @ last["kernel"] + last["bias"]
    d_answer = 2 * (answer - y) / answer.size
    d_a = d_answer @ last["kernel"].T
    d_z = d_a * (1 - a**2)

    found = diagnose(network, x, y, bins=7)
    assert list(found) == ["input_0", "dense_1", "dense_2"]
    layer = found["dense_1"]
    assert (layer.activation, layer.n_units, layer.is_last) == ("tanh", 4, False)
    assert layer.output.mean == pytest.approx(a.mean())
    assert layer.output.std == pytest.approx(a.std())
    assert (layer.output.smallest, layer.output.largest) == pytest.approx((a.min(), a.max()))
    counts, edges = np.histogram(a, 7)
    assert layer.output.counts == tuple(counts)
    assert layer.output.edges == pytest.approx(edges)
    assert layer.saturated_share == (np.abs(a) >= 0.97).mean() > 0
    assert layer.gradient_norm == pytest.approx(norm(d_a))
    kernel, bias = layer.tensors["kernel"], layer.tensors["bias"]
    assert kernel.weight_norm == pytest.approx(norm(hidden["kernel"]))
    assert kernel.gradient_norm == pytest.approx(norm(x.T @ d_z))
    assert bias.gradient_norm == pytest.approx(norm(d_z.sum(axis=0)))
    assert found["dense_2"].is_last
    assert found["dense_2"].gradient_norm == pytest.approx(norm(d_answer))
    assert found["input_0"].gradient_norm is None


def test_dead_units_are_those_that_no_sample_wakes() -> None:
    network = mlp(3, 5, 1, hidden="relu")
    network.weights["dense_1"]["bias"][...] = [-100, 0, -100, 0, 100]
    x, _ = batch(network, 50)
    layer = diagnose(network, x)["dense_1"]
    assert (layer.dead_units, layer.n_units, layer.dead_share) == (2, 5, 0.4)


def test_a_channel_is_dead_where_it_is_0_at_all_places() -> None:
    picture = ("input", {"shape": (6, 6, 1)})
    conv: dict[str, Any] = {"filters": 3, "kernel_size": (3, 3), "activation": "relu"}
    network = Network(chain(picture, ("conv2d", conv), ("flatten", {})), dtype=np.float64)
    network.weights["conv2d_1"]["bias"][...] = [0, -100, 0]
    found = diagnose(network, np.random.default_rng(0).normal(size=(4, 6, 6, 1)))
    assert (found["conv2d_1"].dead_units, found["conv2d_1"].n_units) == (1, 3)
    assert found["flatten_2"].dead_units == 0  # it hands on; the units are not its own


@pytest.mark.parametrize(
    ("activation", "limit"), [("sigmoid", 0.99), ("tanh", 0.97), ("softsign", 0.8)]
)
def test_saturated_are_outputs_near_both_ends(activation: str, limit: float) -> None:
    network = randomize(mlp(3, 4, 1, hidden=activation), scale=4.0)
    x, _ = batch(network, 100)
    a = network.trace(x)["dense_1"]
    middle = 0.5 if activation == "sigmoid" else 0.0
    expected = (np.abs(a - middle) >= limit - middle).mean()
    assert 0.0 < expected < 1.0
    assert diagnose(network, x)["dense_1"].saturated_share == pytest.approx(expected)


def test_a_sigmoid_made_to_saturate() -> None:
    network = mlp(3, 4, 1, hidden="sigmoid")
    network.weights["dense_1"]["bias"][...] = [50, -50, 0, 50]
    network.weights["dense_1"]["kernel"][...] = 0.0
    x, y = batch(network)
    layer = diagnose(network, x, y)["dense_1"]
    assert layer.saturated_share == 0.75
    assert layer.tensors["kernel"].gradient_norm is not None


@pytest.mark.parametrize("key", [k for k, a in ACTIVATIONS.items() if a.saturates_beyond])
def test_beyond_the_limits_little_of_the_slope_is_left(key: str) -> None:
    activation = ACTIVATIONS[key]
    assert activation.saturates_beyond is not None
    z = np.linspace(-20, 20, 4001)
    a, slope = activation.function(z), activation.derivative(z)
    low, high = activation.saturates_beyond
    beyond = (a <= low) | (a >= high)
    assert beyond[0]
    assert beyond[-1]
    assert slope[beyond].max() < 0.06 * slope.max()


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_units_die_of_activations_that_are_flat_on_one_side(key: str) -> None:
    activation = ACTIVATIONS[key]
    z = np.linspace(-30, 0, 50)
    flat = not activation.derivative(z).any() and key != "softmax"
    assert (activation.dead_value is not None) == flat
    if flat:
        assert (activation.function(z) == activation.dead_value).all()


def test_gradients_that_explode_show() -> None:
    network = mlp(3, *[8] * 12, 1, hidden="relu", dtype=np.float32)
    randomize(network, scale=3.0)
    norms = [layer.gradient_norm for layer in diagnose(network, *batch(network)).values()][1:]
    assert norms[0] is not None
    assert norms[-1] is not None
    assert norms[0] > 1e5 * norms[-1]


def test_numbers_that_overflow_are_counted_and_left_out() -> None:
    network = mlp(2, 2, 1, hidden="linear", dtype=np.float32)
    network.weights["dense_1"]["kernel"][...] = [[1e38, 1.0], [1e38, 1.0]]
    x = np.array([[1.0, 1.0], [100.0, 100.0]], np.float32)
    output = diagnose(network, x, np.zeros((2, 1)))["dense_1"].output
    assert output.not_finite_share == 0.25
    assert sum(output.counts) == 3
    assert output.largest == pytest.approx(2e38)
    nothing = diagnose(network, np.full((2, 2), np.nan))["dense_1"].output
    assert np.isnan([nothing.mean, nothing.std, nothing.smallest, nothing.largest]).all()
    assert nothing.not_finite_share == 1.0
    assert sum(nothing.counts) == 0


@pytest.mark.parametrize("value", [0.0, 1.0, -1e30, 5e-324, np.nextafter(1.0, 2.0)])
def test_a_histogram_of_numbers_that_hardly_differ(value: float) -> None:
    network = Network(EXAMPLES["input only"], dtype=np.float64)
    x = np.full((4, 3), value)
    x[0] = np.round(value)
    output = diagnose(network, x)["x"].output
    assert sum(output.counts) == x.size
    assert (np.diff(output.edges) > 0).all()


# --- every kind of network ---


@pytest.mark.parametrize("example", NETWORKS)
def test_every_network_has_finite_values_for_every_layer(example: str) -> None:
    network = built(example)
    x, y = batch(network)
    found = diagnose(network, x, y)
    assert list(found) == [n.name for n in network.nodes if n.layer.has_output]
    trace = network.trace(x)
    for name, layer in found.items():
        output = layer.output
        numbers = (output.mean, output.std, output.smallest, output.largest, *output.edges)
        assert np.isfinite(numbers).all()
        assert output.not_finite_share == 0.0
        assert sum(output.counts) == trace[name].size
        assert 0.0 <= layer.dead_share <= 1.0
        assert 0.0 <= layer.saturated_share <= 1.0
        assert layer.gradient_norm is None or np.isfinite(layer.gradient_norm)
        for tensor in layer.tensors.values():
            assert tensor.gradient_norm is not None
            assert np.isfinite(tensor.gradient_norm)


@pytest.mark.parametrize("example", [name for name in NETWORKS if name != "input only"])
def test_weight_gradients_are_those_that_training_follows(example: str) -> None:
    """Also where training takes shortcuts, such as bias and activation behind a maximum."""
    network = built(example)
    x, y = batch(network)
    found = diagnose(network, x, y)
    network.loss_and_gradients(x, y)
    for name, gradients in network.weight_gradients.items():
        for key, gradient in gradients.items():
            assert found[name].tensors[key].gradient_norm == pytest.approx(norm(gradient), 1e-9)


def nudged(network: Network, name: str) -> Network:
    """The same network, in which numbers of one more Input are added to a node's output."""
    sum_of = node("nudged", "add", name, "nudge")
    nodes = [
        n._replace(inputs=tuple("nudged" if i == name else i for i in n.inputs))
        for n in network.nodes
    ]
    nodes += [node("nudge", "input", shape=network.shapes[name]), sum_of]
    other = Network(nodes, loss="mean_squared_error", seed=None, dtype=np.float64)
    other.set_weights(network.weights)
    return other


def _hands_on(n: Node) -> bool:
    """Whether the node gives the very same array that it gets, when predicting."""
    activation = n.layer.output_activation(["linear"])
    does_nothing = type(n.layer).key == "activation" and activation == "linear"
    return n.layer.hands_on_numbers or n.layer.is_random or does_nothing or not n.layer.has_output


OF_OUTPUTS: dict[str, list[Node]] = {
    **EXAMPLES,
    "training leaves bias and activation to the maximum": [
        node("x", "input", shape=(6, 6, 1)),
        node("a", "conv2d", "x", filters=2, kernel_size=(3, 3), activation="tanh"),
        node("p", "max_pooling2d", "a"),
        node("f", "flatten", "p"),
        *ends("f")[1],
    ],
    "an array handed on to a layer with shared weights": [
        node("x", "input", shape=(4,)),
        dense("a", "x"),
        dense("b", "a"),
        node("f", "flatten", "a"),
        node("c", "dense", "f", units=4, activation="tanh")._replace(shares="d"),
        node("m", "add", "b", "c"),
        dense("d", "m"),
        *ends("d")[1],
    ],
}


@pytest.mark.parametrize("example", OF_OUTPUTS)
def test_gradients_of_outputs_are_those_of_numbers_added_to_them(example: str) -> None:
    nodes = OF_OUTPUTS[example]
    network = randomize(Network(nodes, loss="mean_squared_error", dtype=np.float64))
    x, y = batch(network, 3)
    gradients = network.trace_gradients(x, y)
    for n in network.nodes:
        if n.name not in gradients or _hands_on(n):
            continue
        other = nudged(network, n.name)
        nudge = np.zeros((3, *network.shapes[n.name]))
        samples = {**network.inputs.checked(x), "nudge": nudge}
        expected = numeric_gradient(partial(other.loss_and_gradients, samples, y), nudge)
        assert relative_error(gradients[n.name], expected) < 1e-6, n.name


# --- looking changes nothing ---


SETTINGS = TrainingSettings(
    loss="binary_crossentropy", optimizer="adam", learning_rate=0.05, batch_size=14, epochs=3
)
RUNS: dict[str, dict[str, Any]] = {
    "adam": {},
    "accumulation": {"gradient_accumulation_steps": 3},
    "class weights": {"class_weight": "balanced"},
    "averaged weights": {"use_ema": True},
    "lbfgs": {"optimizer": "lbfgs"},
}


@pytest.mark.parametrize("run", RUNS)
def test_training_goes_on_with_the_same_bits(run: str) -> None:
    data, settings = ring_data(), SETTINGS.replace(**RUNS[run])
    dropout = 0.0 if run == "lbfgs" else 0.3
    alone, watched = (two_class_network(dropout=dropout) for _ in range(2))
    list(train(alone, data, settings, control=Control(granularity="batch")))
    x, y = data.x_train[:14], data.y_train[:14]
    found: dict[str, LayerDiagnosis] = {}
    before = watched.get_weights()
    for _ in train(watched, data, settings, control=Control(granularity="batch")):
        found = diagnose(watched, x, y, before=before)
    assert found["dense_1"].tensors["kernel"].update_ratio
    np.testing.assert_array_equal(watched.variables, alone.variables)
    assert watched.random.bit_generator.state == alone.random.bit_generator.state


@pytest.mark.parametrize("example", NETWORKS)
def test_a_diagnosis_leaves_everything_as_it_was(example: str) -> None:
    network = built(example)
    x, y = batch(network)
    network.gradients[...] = np.arange(network.gradients.size)
    kept = [network.variables.copy(), network.gradients.copy()]
    random_state = network.random.bit_generator.state
    diagnose(network, x, y)
    np.testing.assert_array_equal(network.variables, kept[0])
    np.testing.assert_array_equal(network.gradients, kept[1])
    assert network.random.bit_generator.state == random_state


def test_training_pays_nothing() -> None:
    """The plans of training keep no gradients for who might look, before or after somebody does."""
    network = built("dense")
    x, y = batch(network)
    n_steps = len(network.plan(5, training=True).steps)
    diagnose(network, x, y)
    plan = network.plan(5, training=True)
    assert len(plan.steps) == n_steps
    assert plan.kept_gradients() == {}


def test_samples_count_alike_also_while_training_weighs_them() -> None:
    network = built("dense")
    x, y = batch(network)
    found = diagnose(network, x, y)
    network.set_weighted(True)
    assert diagnose(network, x, y) == found
    assert network.plan(5, training=True).weights is not None


# --- updates ---


def test_update_ratios_compare_with_weights_from_before() -> None:
    network = mlp(3, 4, 2)
    before = network.get_weights()
    network.weights["dense_1"]["kernel"][...] *= 1.001
    network.weights["dense_1"]["bias"][...] = 1.0
    x, _ = batch(network)
    tensors = diagnose(network, x, before=before)["dense_1"].tensors
    assert tensors["kernel"].update_ratio == pytest.approx(0.001)
    assert tensors["bias"].update_ratio is None  # they were 0
    assert tensors["kernel"].gradient_norm is None
    assert update_ratios(network, before)["dense_2"] == {"kernel": 0.0, "bias": None}


def test_frozen_layers_have_weights_but_neither_gradients_nor_updates() -> None:
    frozen = node("a", "dense", "x", units=4, activation="relu", trainable=False)
    x, after = ends("a")
    network = randomize(Network([x, frozen, *after], loss="mean_squared_error"))
    layer = diagnose(network, *batch(network), before=network.get_weights())["a"]
    kernel = layer.tensors["kernel"]
    assert kernel.weight_norm > 0
    assert (kernel.gradient_norm, kernel.update_ratio, layer.gradient_norm) == (None, None, None)


# --- what does not fit ---


def test_what_does_not_fit_is_said() -> None:
    network = mlp(3, 4, 2)
    x, y = batch(network)
    with pytest.raises(NetworkError, match="expects samples of 3, but these are 2"):
        diagnose(network, np.zeros((5, 2)))
    with pytest.raises(NetworkError, match="at least one sample"):
        diagnose(network, np.zeros((0, 3)))
    with pytest.raises(ValueError, match="at least one bin"):
        diagnose(network, x, bins=0)
    with pytest.raises(NetworkError, match="no loss"):
        diagnose(mlp(3, 4, 2, loss=None), x, y)
    with pytest.raises(WeightError, match="no kernel of this size for the layer 'dense_1'"):
        diagnose(network, x, before=mlp(3, 5, 2).get_weights())
