"""Whole training curves beside PyTorch and Keras: same weights, same batches, same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from nn_designer.engine.network import Network
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.training import TrainingData, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import network, plane_data, ring_data

EPOCHS = 5


@dataclass(frozen=True)
class Case:
    units: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    optimizer: str
    learning_rate: float
    l2: float = 0.0


CASES = [
    Case((16, 3), ("relu", "softmax"), "sparse_categorical_crossentropy", "adam", 0.01),
    Case((8, 8, 1), ("tanh", "tanh", "sigmoid"), "binary_crossentropy", "rmsprop", 0.003),
    Case((8, 8, 1), ("tanh", "tanh", "sigmoid"), "binary_crossentropy", "adam", 0.01, l2=0.003),
    Case((12, 1), ("gelu", "linear"), "mean_squared_error", "nesterov", 0.01),
    Case((12, 1), ("selu", "linear"), "huber", "adagrad", 0.05),
]


def data_of(case: Case) -> TrainingData:
    if case.units[-1] == 3:
        rng = np.random.default_rng(2)
        x = rng.standard_normal((250, 2)).astype(np.float32)
        y = np.digitize(x[:, 0] + 0.5 * x[:, 1] ** 2, [-0.3, 0.8])
        return TrainingData(x[:200], y[:200], x[200:], y[200:], "classes", 3)
    if case.loss == "binary_crossentropy":
        return ring_data(200, 50)
    return plane_data(200, 50)


def trained(case: Case, shuffle: bool) -> tuple[Network, Network, list[EpochProgress]]:
    """The network before and after, and its epochs."""
    nets = [
        network(2, case.units, case.activations, case.loss, l2=case.l2, seed=4) for _ in range(2)
    ]
    settings = TrainingSettings(
        loss=case.loss,
        optimizer=case.optimizer,
        learning_rate=case.learning_rate,
        batch_size=32,  # 200 samples: the last batch has 8
        epochs=EPOCHS,
        seed=6,
        shuffle=shuffle,
    )
    reports = train(nets[1], data_of(case), settings)
    return nets[0], nets[1], [r for r in reports if isinstance(r, EpochProgress)]


TORCH_ACTIVATIONS = {
    "relu": torch.nn.ReLU(),
    "tanh": torch.nn.Tanh(),
    "gelu": torch.nn.GELU(),
    "selu": torch.nn.SELU(),
}


class TorchAdamLikeKeras(torch.optim.Optimizer):
    """Adam and its kin differ between PyTorch and Keras in where ε is added; these are Keras'."""

    def __init__(self, parameters, case: Case) -> None:
        super().__init__(parameters, {})
        self.case, self.t, self.memory = case, 0, {}

    @torch.no_grad()
    def step(self) -> None:
        self.t += 1
        rate = self.case.learning_rate
        for p in self.param_groups[0]["params"]:
            g, m = p.grad, self.memory.setdefault(p, {"m": 0.0, "v": 0.0})
            if self.case.optimizer == "adagrad":
                m["v"] = m["v"] + g**2 + (0.1 if self.t == 1 else 0.0)
                p -= rate * g / (m["v"] + 1e-7).sqrt()
            elif self.case.optimizer == "rmsprop":
                m["v"] = 0.9 * m["v"] + 0.1 * g**2
                p -= rate * g / (m["v"] + 1e-7).sqrt()
            else:
                m["m"] = 0.9 * m["m"] + 0.1 * g
                m["v"] = 0.999 * m["v"] + 0.001 * g**2
                rate_t = rate * (1 - 0.999**self.t) ** 0.5 / (1 - 0.9**self.t)
                p -= rate_t * m["m"] / (m["v"].sqrt() + 1e-7)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.loss}-{case.optimizer}-{case.l2}")
def test_same_curve_as_pytorch(case: Case) -> None:
    before, after, epochs = trained(case, shuffle=True)
    data = data_of(case)
    layers: list[torch.nn.Module] = []
    linear: list[torch.nn.Linear] = []
    for weights, activation in zip(before.weights.values(), case.activations, strict=True):
        linear.append(torch.nn.Linear(*weights["kernel"].shape))
        linear[-1].weight.data = torch.tensor(weights["kernel"].T.copy())
        linear[-1].bias.data = torch.tensor(weights["bias"].copy())
        layers.append(linear[-1])
        if activation in TORCH_ACTIVATIONS:
            layers.append(TORCH_ACTIVATIONS[activation])
    model = torch.nn.Sequential(*layers)
    classes = data.task == "classes"

    def tensors(x: np.ndarray, y: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        answers = torch.tensor(y)
        if case.loss == "binary_crossentropy":
            answers = answers.float()[:, None]
        return torch.tensor(x), answers

    def loss_of(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        f = torch.nn.functional
        loss = {
            "sparse_categorical_crossentropy": f.cross_entropy,
            "binary_crossentropy": f.binary_cross_entropy_with_logits,
            "mean_squared_error": f.mse_loss,
            "huber": f.huber_loss,
        }[case.loss](z, y)
        return loss + case.l2 * sum(layer.weight.square().sum() for layer in linear)

    def right(z: torch.Tensor, y: torch.Tensor) -> float:
        answers = z.argmax(1) == y if z.shape[1] > 1 else (z > 0) == (y > 0.5)
        return float(answers.sum())

    if case.optimizer == "nesterov":
        optimizer = torch.optim.SGD(
            model.parameters(), case.learning_rate, momentum=0.9, nesterov=True
        )
    else:
        optimizer = TorchAdamLikeKeras(model.parameters(), case)
    x, y = tensors(data.x_train, data.y_train)
    x_validation, y_validation = tensors(data.x_validation, data.y_validation)
    rng = np.random.default_rng(6)
    for epoch in epochs:
        total = hits = 0.0
        for samples in torch.tensor(rng.permutation(200)).split(32):
            optimizer.zero_grad()
            z = model(x[samples])
            loss = loss_of(z, y[samples])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(samples)
            hits += right(z, y[samples])
        z = model(x_validation)
        assert epoch.loss == pytest.approx(total / 200, rel=2e-5)
        assert epoch.val_loss == pytest.approx(loss_of(z, y_validation).item(), rel=2e-5)
        if classes:
            assert epoch.accuracy == pytest.approx(hits / 200)
            assert epoch.val_accuracy == pytest.approx(right(z, y_validation) / 50)
    for layer, weights in zip(linear, after.weights.values(), strict=True):
        np.testing.assert_allclose(
            weights["kernel"].T, layer.weight.detach().numpy(), rtol=0, atol=1e-5
        )
        np.testing.assert_allclose(weights["bias"], layer.bias.detach().numpy(), rtol=0, atol=1e-5)


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
@pytest.mark.parametrize(
    "case", CASES[:4], ids=lambda case: f"{case.loss}-{case.optimizer}-{case.l2}"
)
def test_same_history_as_keras(case: Case) -> None:
    """What Keras' fit prints: running means of loss and accuracy, with regularization."""
    import keras

    before, _, epochs = trained(case, shuffle=False)
    data = data_of(case)
    inputs = keras.Input((2,))
    x = inputs
    for weights, activation in zip(before.weights.values(), case.activations, strict=True):
        regularizer = keras.regularizers.L2(case.l2) if case.l2 else None
        layer = keras.layers.Dense(
            len(weights["bias"]),
            # Keras' gelu is the exact one by name too.
            activation=activation,
            kernel_regularizer=regularizer,
        )
        x = layer(x)
        layer.set_weights([weights["kernel"], weights["bias"]])
    model = keras.Model(inputs, x)
    optimizer = {
        "adam": keras.optimizers.Adam(case.learning_rate),
        "rmsprop": keras.optimizers.RMSprop(case.learning_rate),
        "nesterov": keras.optimizers.SGD(case.learning_rate, momentum=0.9, nesterov=True),
    }[case.optimizer]
    metric = "accuracy" if data.task == "classes" else "mae"
    model.compile(optimizer, case.loss, metrics=[metric])
    history = model.fit(
        data.x_train,
        data.y_train,
        batch_size=32,
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
        validation_data=(data.x_validation, data.y_validation),
    ).history
    scale = 4.0 if metric == "mae" else 1.0  # Keras knows nothing of the person's units
    for name, tolerance in {
        "loss": 5e-5,
        "val_loss": 5e-5,
        metric: 1e-4,
        f"val_{metric}": 1e-4,
    }.items():
        ours = [getattr(epoch, name) for epoch in epochs]
        theirs = np.array(history[name]) * (scale if "mae" in name else 1.0)
        np.testing.assert_allclose(ours, theirs, rtol=tolerance)
