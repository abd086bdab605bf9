"""Class weights and sample weights beside Keras: 20 steps from the same weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nn_designer.engine.network import Network
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.sample_weights import class_weights
from nn_designer.engine.training import TrainingData, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import network

LOSS = "sparse_categorical_crossentropy"

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)


def three_classes() -> TrainingData:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((250, 2)).astype(np.float32)
    y = np.digitize(x[:, 0] + 0.5 * x[:, 1] ** 2, [-0.3, 1.8])  # the third class is rare
    return TrainingData(x[:200], y[:200], x[200:], y[200:], "classes", 3)


def keras_model(start: Network) -> Any:
    import keras

    inputs = keras.Input((2,))
    x = inputs
    for weights, activation in zip(start.weights.values(), ("tanh", "softmax"), strict=True):
        layer = keras.layers.Dense(len(weights["bias"]), activation=activation)
        x = layer(x)
        layer.set_weights([weights["kernel"], weights["bias"]])
    model = keras.Model(inputs, x)
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), LOSS, metrics=["accuracy"]
    )
    return model


def assert_agree(data: TrainingData, settings: dict[str, Any], **theirs: Any) -> None:
    """20 steps of ours with ``settings`` and of Keras' fit with ``theirs``."""
    net, start = (network(2, (8, 3), ("tanh", "softmax"), LOSS, seed=4) for _ in range(2))
    chosen = TrainingSettings(
        loss=LOSS,
        optimizer="nesterov",
        learning_rate=0.05,
        batch_size=20,
        epochs=2,
        shuffle=False,
        **settings,
    )
    epochs = [r for r in train(net, data, chosen) if isinstance(r, EpochProgress)]
    model = keras_model(start)
    validation = (data.x_validation, data.y_validation)
    if data.weights_validation is not None:
        validation = (*validation, data.weights_validation)
    history = model.fit(
        data.x_train,
        data.y_train,
        batch_size=20,
        epochs=2,
        shuffle=False,
        verbose=0,
        validation_data=validation,
        **theirs,
    ).history
    for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
        ours = [getattr(epoch, name) for epoch in epochs]
        np.testing.assert_allclose(ours, history[name], rtol=5e-6, err_msg=name)
    found = [array for layer in net.weights.values() for array in layer.values()]
    for ours, expected in zip(found, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6)


def test_class_weights() -> None:
    assert_agree(
        three_classes(),
        {"class_weight": "own", "class_weights": [0.5, 1.0, 4.0]},
        class_weight={0: 0.5, 1: 1.0, 2: 4.0},
    )


def test_balanced_class_weights_are_those_of_scikit_learn() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    data = three_classes()
    y = np.asarray(data.y_train)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=y)
    found = class_weights(TrainingSettings(class_weight="balanced"), y)
    assert found is not None
    np.testing.assert_allclose(found, expected[y])
    assert_agree(data, {"class_weight": "balanced"}, class_weight=dict(enumerate(expected)))


def test_sample_weights() -> None:
    rng = np.random.default_rng(3)
    weights, validation = rng.uniform(0.0, 3.0, 200), rng.uniform(0.0, 3.0, 50)
    data = replace(three_classes(), weights_train=weights, weights_validation=validation)
    assert_agree(data, {}, sample_weight=weights)
