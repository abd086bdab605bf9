"""Several inputs and outputs beside PyTorch and Keras: the same losses, gradients, training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nn_designer.engine.network import Network
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.training import train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.networks import batch, randomize
from tests.helpers.nodes import dense, node, shared
from tests.helpers.several import SEVERAL, mixed_data, output
from tests.parity.torch_twin import Twin


def test_twenty_steps_are_those_of_pytorch() -> None:
    nodes = SEVERAL["two inputs and three outputs"]
    network = randomize(Network(nodes, loss="mean_squared_error"), scale=0.4)
    twin, data = Twin(network), mixed_data(80)
    settings = TrainingSettings(
        optimizer="momentum", learning_rate=0.02, batch_size=16, epochs=4, shuffle=False
    )
    epochs = [r for r in train(network, data, settings) if isinstance(r, EpochProgress)]
    tensors = [t for each in twin.weights.values() for t in each.values()]
    optimizer = torch.optim.SGD(tensors, 0.02, momentum=0.9)
    for epoch in epochs:  # of 5 steps each
        losses = []
        for start in range(0, 80, 16):
            part = slice(start, start + 16)
            x = {name: array[part] for name, array in data.x_train.items()}
            y = {name: array[part] for name, array in data.y_train.items()}
            optimizer.zero_grad()
            loss = twin.loss(x, y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert epoch.loss == pytest.approx(np.mean(losses), rel=1e-5)
    for name, tensors_of in twin.weights.items():
        for key, tensor in tensors_of.items():
            np.testing.assert_allclose(
                network.weights[name][key], tensor.detach().numpy(), atol=1e-5
            )


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
def test_losses_and_gradients_are_those_of_a_functional_model_of_keras() -> None:
    """Two inputs through one shared layer, two outputs with weights of their losses."""
    import keras

    tower = dense("a", "x")
    nodes = [node("x", "input", shape=(3,)), node("y", "input", shape=(3,)), tower]
    nodes += [shared(tower, "b", "y"), node("m", "concatenate", "a", "b")]
    nodes += [dense("scores", "m", 3, "softmax"), dense("last", "m", 2, "linear")]
    nodes += [output("species", "scores", "sparse_categorical_crossentropy", 1.7)]
    nodes += [output("number", "last", "huber", 0.3)]
    network = randomize(Network(nodes))
    x, y = batch(network, size=16)

    layers = {
        "a": keras.layers.Dense(4, "tanh"),
        "scores": keras.layers.Dense(3, "softmax", name="species"),
        "last": keras.layers.Dense(2, name="number"),
    }
    inputs = {name: keras.Input((3,), name=name) for name in ("x", "y")}
    m = keras.layers.Concatenate()([layers["a"](inputs["x"]), layers["a"](inputs["y"])])
    outputs = {"species": layers["scores"](m), "number": layers["last"](m)}
    model = keras.Model(inputs, outputs)
    for name, layer in layers.items():
        layer.set_weights([network.weights[name]["kernel"], network.weights[name]["bias"]])
    model.compile(
        keras.optimizers.SGD(1.0),  # so that a step is the gradient itself
        loss={"species": "sparse_categorical_crossentropy", "number": "huber"},
        loss_weights={"species": 1.7, "number": 0.3},
    )
    theirs = model.train_on_batch(x, y, return_dict=True)
    loss = network.loss_and_gradients(x, y)
    assert loss == pytest.approx(float(theirs["loss"]), rel=1e-5)
    for name, layer in layers.items():
        for key, after in zip(("kernel", "bias"), layer.get_weights(), strict=True):
            gradient = network.weights[name][key] - after
            np.testing.assert_allclose(network.weight_gradients[name][key], gradient, atol=1e-5)
