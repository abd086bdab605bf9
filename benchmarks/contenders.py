"""The contenders: each trains a workload for whole epochs, as its own users would write it.

All start from the same weights. Those whose loop is written here also take the same batches in
the same order; Keras' and scikit-learn's ``fit`` shuffle by themselves.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from benchmarks.workloads import Workload, arrays, network
from nn_designer.engine.network import Network

Train = Callable[[int], list[float]]
"""Trains so many more epochs; the mean loss of each."""


def ours(workload: Workload) -> Train:
    """NN Designer, through the same generator as the window and the command line."""
    from nn_designer.engine.progress import EpochProgress
    from nn_designer.engine.training import TrainingData, train
    from nn_designer.engine.training_settings import TrainingSettings

    x, y = arrays(workload)
    data = TrainingData(x, y, task="classes", n_classes=int(y.max()) + 1)
    settings = TrainingSettings(
        loss=workload.loss,
        learning_rate=workload.learning_rate,
        batch_size=workload.batch_size,
        epochs=100_000,
        seed=workload.seed,
    )
    reports = train(
        network(workload), data, settings, optimizer_settings={"epsilon": workload.epsilon}
    )

    def epochs(count: int) -> list[float]:
        losses: list[float] = []
        while len(losses) < count:
            report = next(reports)
            if isinstance(report, EpochProgress):
                losses.append(report.loss)
        return losses

    return epochs


def batches(workload: Workload, n: int) -> Iterator[np.ndarray]:
    """For each epoch the order of the samples, the same as ours."""
    rng = np.random.default_rng(workload.seed)
    while True:
        yield rng.permutation(n)


def _torch(
    workload: Workload, *, threads: int | None, fused: bool, channels_last: bool = False
) -> Train:
    import torch

    if threads is not None:
        torch.set_num_threads(threads)
    x_array, y_array = arrays(workload)
    binary = workload.units[-1] == 1
    x = torch.from_numpy(x_array)
    y = torch.from_numpy(y_array)
    if binary:
        y = y.float()[:, None]
    functions = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}
    layers: list[torch.nn.Module] = []
    ours = network(workload)
    first_weights = list(ours.weights.values())
    if workload.lstm_units:
        layers.append(_torch_lstm(ours, first_weights.pop(0)))
    for weights in first_weights[: len(workload.filters)]:
        *taps, channels, filters = weights["kernel"].shape
        convolution = torch.nn.Conv2d(channels, filters, taps)
        convolution.weight.data = torch.tensor(weights["kernel"].transpose(3, 2, 0, 1).copy())
        convolution.bias.data = torch.tensor(weights["bias"].copy())
        layers += [convolution, torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    if workload.filters:
        layers.append(torch.nn.Flatten())  # channels, height, width: not our order
        height, width, channels = ours.shapes[f"max_pooling2d_{len(workload.filters)}"]
        kernel = first_weights[len(workload.filters)]["kernel"]
        kernel[...] = (
            kernel.reshape(height, width, channels, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
        )
        x = x.permute(0, 3, 1, 2).contiguous()
    for weights, activation in zip(
        first_weights[len(workload.filters) :], workload.activations, strict=True
    ):
        linear = torch.nn.Linear(*weights["kernel"].shape)
        linear.weight.data = torch.tensor(weights["kernel"].T.copy())
        linear.bias.data = torch.tensor(weights["bias"].copy())
        layers.append(linear)
        if activation in functions:
            layers.append(functions[activation]())
    model = torch.nn.Sequential(*layers)
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    loss_function = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
    options = {"fused": True} if fused else {}
    optimizer = torch.optim.Adam(
        model.parameters(), lr=workload.learning_rate, eps=workload.epsilon, **options
    )
    orders = batches(workload, len(x))

    def epochs(count: int) -> list[float]:
        losses = []
        for _ in range(count):
            total = torch.zeros(())
            for samples in torch.from_numpy(next(orders)).split(workload.batch_size):
                optimizer.zero_grad()
                loss = loss_function(model(x[samples]), y[samples])
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(samples)
            losses.append(float(total) / len(x))
        return losses

    return epochs


def _torch_lstm(ours: Network, weights: Mapping[str, np.ndarray]) -> Any:
    """PyTorch's LSTM with our weights, as a module that gives the last state."""
    import torch

    class LastState(torch.nn.LSTM):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            _, (last, _) = super().forward(x)
            return last[0]

    module = LastState(ours.input_shape[-1], len(weights["recurrent_kernel"]), batch_first=True)
    module.weight_ih_l0.data = torch.tensor(weights["kernel"].T.copy())
    module.weight_hh_l0.data = torch.tensor(weights["recurrent_kernel"].T.copy())
    module.bias_ih_l0.data = torch.tensor(weights["bias"].copy())
    # PyTorch adds two biases. Learning both would double Adam's steps: another network.
    module.bias_hh_l0.data = torch.zeros_like(module.bias_ih_l0)
    module.bias_hh_l0.requires_grad_(False)
    return module


def _keras(workload: Workload, backend: str) -> Train:
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    x, y = arrays(workload)
    layers = [keras.Input(x.shape[1:])]
    if workload.lstm_units:
        layers.append(keras.layers.LSTM(workload.lstm_units))
    for filters in workload.filters:
        layers += [
            keras.layers.Conv2D(filters, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
        ]
    if workload.filters:
        layers.append(keras.layers.Flatten())
    layers += [
        keras.layers.Dense(units, activation=activation)
        for units, activation in zip(workload.units, workload.activations, strict=True)
    ]
    model = keras.Sequential(layers)
    first = network(workload).weights.values()
    model.set_weights([tensor for weights in first for tensor in weights.values()])
    optimizer = keras.optimizers.Adam(workload.learning_rate, epsilon=workload.epsilon)
    model.compile(optimizer, workload.loss)

    def epochs(count: int) -> list[float]:
        history = model.fit(x, y, workload.batch_size, epochs=count, verbose=0)
        return [float(loss) for loss in history.history["loss"]]

    return epochs


def sklearn(workload: Workload) -> Train:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)  # "has not converged yet": no wonder
    x, y = arrays(workload)
    model = MLPClassifier(
        workload.units[:-1],
        activation=workload.activations[0],
        alpha=0.0,
        batch_size=workload.batch_size,
        learning_rate_init=workload.learning_rate,
        epsilon=workload.epsilon,
        tol=0.0,
        n_iter_no_change=1_000_000,
        warm_start=True,
        random_state=workload.seed,
    )

    def epochs(count: int) -> list[float]:
        done = len(getattr(model, "loss_curve_", ()))
        model.set_params(max_iter=count)
        model.fit(x, y)
        return [float(loss) for loss in model.loss_curve_[done:]]

    return epochs


def ours_on_one_thread(workload: Workload) -> Train:
    from nn_designer.engine import parallel

    parallel.available_cores = lambda: 1
    return ours(workload)


CONTENDERS: dict[str, Callable[[Workload], Train]] = {
    "ours": ours,
    "ours_t1": ours_on_one_thread,
    "torch": lambda workload: _torch(workload, threads=None, fused=False),
    "torch_t1": lambda workload: _torch(workload, threads=1, fused=False),
    "torch_fused": lambda workload: _torch(workload, threads=None, fused=True),
    "torch_last_fused": lambda workload: _torch(
        workload, threads=None, fused=True, channels_last=True
    ),
    "torch_fused_t1": lambda workload: _torch(workload, threads=1, fused=True),
    "keras_jax": lambda workload: _keras(workload, "jax"),
    "keras_torch": lambda workload: _keras(workload, "torch"),
    "keras_tensorflow": lambda workload: _keras(workload, "tensorflow"),
    "sklearn": sklearn,
}

MODULES = {"keras_jax": "jax", "keras_torch": "torch", "keras_tensorflow": "tensorflow"}
"""What a contender needs, where its name does not say it."""


def module_of(contender: str) -> str:
    """The module that must be installed for a contender."""
    name = MODULES.get(contender, contender.split("_", maxsplit=1)[0])
    return "nn_designer" if name == "ours" else name


SAME_ORDER = (
    "ours",
    "ours_t1",
    "torch",
    "torch_t1",
    "torch_fused",
    "torch_last_fused",
    "torch_fused_t1",
)
"""Contenders that take the same batches in the same order: their losses must agree."""
