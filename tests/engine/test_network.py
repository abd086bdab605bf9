"""Networks: graphs, weights, predictions, randomness."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.network import PLANS_KEPT, Network, NetworkError, Node, WeightError
from nn_designer.layers import ShapeError
from tests.helpers.networks import EXAMPLES, batch, chain, dense, mlp, node, randomize


def by_hand(network: Network, x: np.ndarray) -> np.ndarray:
    """The prediction of a tanh network with a linear last layer, in four lines."""
    *hidden, last = network.weights.values()
    for layer in hidden:
        x = np.tanh(x @ layer["kernel"] + layer["bias"])
    return x @ last["kernel"] + last["bias"]


def test_predicts_what_its_weights_say() -> None:
    network = randomize(mlp(3, 5, 4, 2))
    x = np.random.default_rng(0).normal(size=(7, 3))
    np.testing.assert_allclose(network.predict(x), by_hand(network, x), rtol=1e-12)


@pytest.mark.parametrize("example", EXAMPLES)
def test_prediction_does_not_depend_on_the_batch_size(example: str) -> None:
    network = randomize(Network(EXAMPLES[example], dtype=np.float64))
    x = np.random.default_rng(0).normal(size=(10, *network.input_shape))
    whole = network.predict(x)
    assert whole.shape == (10, *network.output_shape)
    np.testing.assert_allclose(network.predict(x, batch_size=4), whole, rtol=1e-12)
    np.testing.assert_allclose(network.predict(x[3:4])[0], whole[3], rtol=1e-12)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_order_of_nodes_does_not_matter(example: str) -> None:
    nodes = EXAMPLES[example]
    one, other = Network(nodes, seed=3), Network(nodes[::-1], seed=3)
    x = np.random.default_rng(0).normal(size=(4, *one.input_shape)).astype(np.float32)
    np.testing.assert_allclose(one.predict(x), other.predict(x), rtol=1e-6)


def test_no_samples_give_no_predictions() -> None:
    assert mlp(3, 2).predict(np.zeros((0, 3))).shape == (0, 2)


def test_single_precision_is_the_default() -> None:
    network = Network(chain(("input", {"shape": (2,)}), ("dense", {"units": 3})))
    assert network.parameters.dtype == np.float32
    assert network.predict(np.zeros((4, 2))).dtype == np.float32


def test_the_last_activation_is_applied_to_predictions() -> None:
    network = mlp(2, 3, last="softmax", loss="sparse_categorical_crossentropy")
    randomize(network)
    x, y = batch(network)
    before = network.predict(x)
    np.testing.assert_allclose(before.sum(axis=1), 1.0)
    network.loss_and_gradients(x, y)
    np.testing.assert_array_equal(network.predict(x), before)


def test_shapes_and_counts() -> None:
    network = mlp(784, 10, 10, 10, loss=None)
    assert network.input_shape == (784,)
    assert network.output_shape == (10,)
    assert network.parameter_count == network.parameters.size == 8070
    assert list(network.shapes.values()) == [(784,), (10,), (10,), (10,), (10,)]


def test_weights_are_views_of_one_vector() -> None:
    network = mlp(3, 4, 2)
    network.parameters[...] = 7.0
    assert (network.weights["dense_1"]["kernel"] == 7.0).all()
    network.weights["dense_2"]["bias"][...] = 1.0
    assert (network.parameters == 1.0).sum() == 2
    assert network.weights["dense_1"]["kernel"].shape == (3, 4)
    gradients = network.weight_gradients["dense_1"]["kernel"]
    assert gradients.shape == (3, 4)
    assert np.shares_memory(gradients, network.gradients)


# --- weights in and out ---


def test_weights_move_from_one_network_to_another() -> None:
    one, other = mlp(3, 4, 2, seed=1), mlp(3, 4, 2, seed=2)
    taken = one.get_weights()
    other.set_weights(taken)
    x = np.ones((2, 3))
    np.testing.assert_array_equal(one.predict(x), other.predict(x))
    taken["dense_1"]["kernel"][...] = 0.0  # a copy: nobody's weights change
    np.testing.assert_array_equal(one.predict(x), other.predict(x))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w["dense_1"].update(kernel=np.zeros((4, 3))),
         "kernel of the layer 'dense_1' must be 3 × 4, but in these weights it is 4 × 3."),
        (lambda w: w.update(dense1=w.pop("dense_1")),
         "nothing for the layer 'dense_1' (there is 'dense1')"),
        (lambda w: w["dense_2"].pop("bias"), "'dense_2' have no bias"),
        (lambda w: w.update(extra={}), "have a layer 'extra'"),
        (lambda w: w["dense_2"].update(bias=np.array(["a", "b"])), "holds no numbers"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_change_nothing(change, words: str) -> None:  # type: ignore[no-untyped-def]
    network, weights = mlp(3, 4, 2, seed=1), mlp(3, 4, 2, seed=2).get_weights()
    before = network.parameters.copy()
    change(weights)
    with pytest.raises(WeightError) as refusal:
        network.set_weights(weights)
    assert words in str(refusal.value)
    np.testing.assert_array_equal(network.parameters, before)


def test_the_same_seed_gives_the_same_weights() -> None:
    one, same, other = (mlp(3, 4, 2, seed=seed).parameters for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_layers_of_the_same_size_begin_with_different_weights() -> None:
    weights = mlp(4, 4, 4).weights
    assert not np.allclose(weights["dense_1"]["kernel"], weights["dense_2"]["kernel"])


def test_changing_one_layer_leaves_the_first_weights_of_the_others() -> None:
    one, other = mlp(3, 4, 2, seed=1), mlp(3, 4, 5, seed=1)
    np.testing.assert_array_equal(
        one.weights["dense_1"]["kernel"], other.weights["dense_1"]["kernel"]
    )


# --- trace ---


def test_trace_shows_every_node() -> None:
    network = randomize(Network(EXAMPLES["skip over two layers"], dtype=np.float64))
    x = np.random.default_rng(0).normal(size=(4, 3))
    seen = network.trace(x)
    assert set(seen) == {node.name for node in network.nodes}
    np.testing.assert_array_equal(seen["x"], x)
    np.testing.assert_allclose(seen["m"], seen["c"] + seen["a"])
    np.testing.assert_allclose(seen["r"], np.maximum(seen["m"], 0.0))
    np.testing.assert_array_equal(seen["output"], network.predict(x))


def test_trace_keeps_the_shape_of_samples_and_the_order_of_flatten() -> None:
    network = Network(EXAMPLES["flatten"], dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(4, 2, 3, 2))
    seen = network.trace(x)
    np.testing.assert_array_equal(seen["x"], x)
    np.testing.assert_array_equal(seen["f"], x.reshape(4, 12))


# --- dropout ---


def dropout_network(rate: float = 0.5, seed: int = 1) -> Network:
    nodes = chain(("input", {"shape": (1000,)}), ("dropout", {"rate": rate}))
    nodes[-1:] = [dense("last", "dropout_1", 1, "linear"), node("output", "output", "last")]
    return Network(nodes, loss="mean_squared_error", seed=seed)


def dropped(network: Network) -> np.ndarray:
    plan = network.plan(2, training=True)
    plan.inputs[:, :-1] = 1.0
    plan.run()
    return plan.values["dropout_1"].flat.copy()


def test_dropout_drops_its_share_and_scales_the_rest() -> None:
    values = dropped(dropout_network(rate=0.25))
    assert set(np.unique(values)) == {np.float32(0.0), np.float32(1.0 / 0.75)}
    assert 0.2 < (values == 0.0).mean() < 0.3


def test_dropout_draws_anew_in_each_step_and_again_from_the_seed() -> None:
    network = dropout_network()
    first, second = dropped(network), dropped(network)
    assert (first != second).any()
    network.initialize(1)
    np.testing.assert_array_equal(dropped(network), first)
    np.testing.assert_array_equal(dropped(dropout_network()), first)
    assert (dropped(dropout_network(seed=2)) != first).any()


def test_dropout_is_off_outside_training() -> None:
    network = dropout_network()
    x = np.ones((2, 1000), np.float32)
    np.testing.assert_array_equal(network.trace(x)["dropout_1"], x)
    first = network.loss_and_gradients(x, np.zeros((2, 1)))
    assert network.loss_and_gradients(x, np.zeros((2, 1))) == first


def test_gradients_pass_where_dropout_let_the_value_pass() -> None:
    nodes = [
        node("x", "input", shape=(2,)),
        dense("a", "x", 50, "linear"),
        node("d", "dropout", "a", rate=0.5),
        dense("last", "d", 1, "linear"),
        node("output", "output", "last"),
    ]
    network = randomize(Network(nodes, loss="mean_squared_error", dtype=np.float64))
    plan = network.plan(1, training=True)
    plan.inputs[:, :-1] = 1.0
    plan.run()
    kept = plan.values["d"].flat[:, 0] != 0.0
    assert kept.any() and not kept.all()
    np.testing.assert_array_equal(network.weight_gradients["a"]["bias"] != 0.0, kept)


# --- regularization ---


def test_regularization_is_part_of_the_loss() -> None:
    settings = {"units": 2, "activation": "linear"}
    plain = Network(chain(("input", {"shape": (3,)}), ("dense", settings)), dtype=np.float64)
    both = {**settings, "l1": 0.1, "l2": 0.2}
    penalized = Network(chain(("input", {"shape": (3,)}), ("dense", both)), dtype=np.float64)
    kernel = penalized.weights["dense_1"]["kernel"]
    expected = 0.1 * np.abs(kernel).sum() + 0.2 * np.square(kernel).sum()
    assert penalized.regularization() == pytest.approx(expected)
    assert plain.regularization() == 0.0
    x, y = np.ones((4, 3)), np.zeros((4, 2))
    losses = []
    for network in (plain, penalized):
        network.set_loss("mean_squared_error")
        losses.append(network.loss_and_gradients(x, y))
    assert losses[1] - losses[0] == pytest.approx(expected)


# --- what is no network ---


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([], "needs an Input"),
        ([dense("a", "b"), dense("b", "a")], "form a loop"),
        ([node("x", "input"), dense("a", "y"), node("o", "output", "a")], "'y', which is missing"),
        ([node("x", "input"), node("x", "input")], "same name"),
        (
            [node("x", "input"), node("o", "output", "x"), dense("a", "x")],
            "lead to an Output, but these lead nowhere: a",
        ),
        ([node("x", "input"), dense("a", "x"), dense("b", "x")], "lead nowhere: a, b"),
        ([node("x", "input"), node("m", "add", "x")], "'m' expects at least 2 inputs"),
        ([node("x", "input"), node("m", "dense", "x", "x")], "'m' expects 1 inputs"),
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused(nodes: list[Node], words: str) -> None:
    with pytest.raises(NetworkError) as refusal:
        Network(nodes)
    assert words in str(refusal.value)


def test_sizes_that_differ_are_refused() -> None:
    nodes = [node("x", "input", shape=(2, 2)), dense("a", "x"), node("o", "output", "a")]
    with pytest.raises(ShapeError, match="Insert a Flatten layer"):
        Network(nodes)


def test_more_weights_than_memory_are_refused_with_their_size() -> None:
    huge = {"units": 1_000_000_000}
    nodes = chain(("input", {"shape": (1_000_000,)}), ("dense", huge))
    with pytest.raises(NetworkError, match=r"1,000,001,000,000,000 parameters.*GiB"):
        Network(nodes)


def test_samples_of_another_shape_are_refused() -> None:
    network = mlp(3, 2)
    for call in (network.predict, network.trace, network.inputs.rows):
        with pytest.raises(NetworkError, match="expects samples of 3, but these are 4"):
            call(np.zeros((5, 4)))


def test_a_loss_must_be_known_and_chosen() -> None:
    with pytest.raises(NetworkError, match="no loss 'squared'"):
        mlp(3, 2, loss="squared")
    with pytest.raises(NetworkError, match="has no loss"):
        mlp(3, 2, loss=None).loss_and_gradients(np.zeros((1, 3)), np.zeros((1, 2)))


def test_a_loss_can_be_changed() -> None:
    network = randomize(mlp(3, 2))
    x, y = batch(network)
    squared = network.loss_and_gradients(x, y)
    network.set_loss("mean_absolute_error")
    assert network.loss == "mean_absolute_error"
    assert network.loss_and_gradients(x, y) != squared


# --- plans and cost ---


def test_plans_are_kept_but_not_without_end() -> None:
    network = mlp(3, 2)
    first = network.plan(1, training=False)
    assert network.plan(1, training=False) is first
    for size in range(2, PLANS_KEPT + 2):
        network.plan(size, training=False)
    assert network.plan(1, training=False) is not first


def test_cost_is_known_without_running() -> None:
    cost = mlp(784, 10, 10, 10, loss=None, dtype=np.float32).cost()
    assert cost.parameters == 8070
    assert cost.macs == 7840 + 100 + 100
    assert cost.layers["dense_1"].parameters == 7850
