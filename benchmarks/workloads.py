"""What is trained or predicted, and how many times faster than each peer we must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nn_designer.engine.network import Network, Node
from nn_designer.layers import LSTM, Conv2D, Dense, Flatten, Input, MaxPooling2D, Output


@dataclass(frozen=True)
class Workload:
    """A model, its data and its targets, in float32. Training is with Adam(0.001, ε 1e-7)."""

    key: str
    title: str
    data: str
    n_inputs: int
    units: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    batch_size: int
    peers: tuple[str, ...]
    """Contenders, see contenders.py and predictors.py."""
    musts: Mapping[str, float]
    """Group of contenders → how many times faster than the fastest of it."""
    samples: int | None = None
    """So many of the training samples; None: all."""
    filters: tuple[int, ...] = ()
    """Of 3×3 convolutions before the dense layers, each with ReLU and followed by 2×2 maxima."""
    lstm_units: int = 0
    """Of an LSTM before the dense layers, which reads pictures row by row; 0: none."""
    predicts: bool = False
    """Predicts, with so many rows a call as the batch size says, instead of training."""
    seed: int = 1
    learning_rate: float = 0.001
    epsilon: float = 1e-7


ONE_THREAD = "ourselves on one thread"
GROUPS = {
    "PyTorch, default": ("torch",),
    "PyTorch, best eager": (
        "torch",
        "torch_t1",
        "torch_fused",
        "torch_fused_t1",
        "torch_last_fused",
    ),
    "Keras, best": ("keras_jax", "keras_torch", "keras_tensorflow"),
    "Keras, TensorFlow": ("keras_tensorflow",),
    "scikit-learn": ("sklearn",),
    "ONNX Runtime": ("onnxruntime",),
    "JAX, compiled": ("jax",),
    ONE_THREAD: ("ours_t1",),
}
"""Group → its contenders; the must is against the fastest of those that ran."""

PEERS = (
    "torch",
    "torch_t1",
    "torch_fused",
    "torch_fused_t1",
    "keras_jax",
    "keras_torch",
    "keras_tensorflow",
    "sklearn",
)

PREDICTING = ("torch", "torch_t1", "onnxruntime", "jax", "keras_jax", "keras_torch", "sklearn")


def _musts(*values: float, one_thread: float | None = None) -> dict[str, float]:
    musts = dict(zip(GROUPS, values, strict=False))
    return musts if one_thread is None else {**musts, ONE_THREAD: one_thread}


def _inference(
    key: str, title: str, rows: int, samples: int, musts: Mapping[str, float]
) -> Workload:
    """Predictions of W3; the peers are those of the groups that have a must."""
    return Workload(
        key,
        f"{title} of W3 (784-512-256-10)",
        "mnist",
        784,
        (512, 256, 10),
        ("relu", "relu", "softmax"),
        "sparse_categorical_crossentropy",
        rows,
        tuple(peer for peer in PREDICTING if any(peer in GROUPS[group] for group in musts)),
        musts,
        samples=samples,
        predicts=True,
    )


INFERENCES = (
    _inference(
        "w6",
        "W6 predictions, 10,000 rows a call,",
        10_000,
        10_000,
        {
            "PyTorch, default": 0.9,
            "PyTorch, best eager": 0.9,
            "Keras, best": 0.85,
            "scikit-learn": 0.8,
            "ONNX Runtime": 0.85,
            "JAX, compiled": 0.65,
        },
    ),
    _inference(
        "w6b",
        "W6b predictions, 100 rows a call,",
        100,
        10_000,
        {
            "PyTorch, default": 0.85,
            "PyTorch, best eager": 0.85,
            "Keras, best": 1.1,
            "scikit-learn": 1.1,
            "ONNX Runtime": 0.72,
            "JAX, compiled": 0.75,
        },
    ),
    _inference(
        "w6s",
        "W6s predictions, single rows,",
        1,
        1000,
        {
            "PyTorch, default": 1.4,
            "PyTorch, best eager": 1.4,
            "Keras, best": 20.0,
            "scikit-learn": 1.4,
            "ONNX Runtime": 0.65,
            "JAX, compiled": 2.3,
        },
    ),
)

WORKLOADS = {
    workload.key: workload
    for workload in (
        Workload(
            "w1",
            "W1 playground: 2-8-8-1 tanh, binary cross-entropy, batch 10, 500 points",
            "circles",
            2,
            (8, 8, 1),
            ("tanh", "tanh", "sigmoid"),
            "binary_crossentropy",
            10,
            PEERS,
            _musts(32, 25, 17, 95, 15),
        ),
        Workload(
            "w2",
            "W2 article: 784-10-10-10 ReLU, sparse cross-entropy, batch 32, MNIST 60,000",
            "mnist",
            784,
            (10, 10, 10),
            ("relu", "relu", "softmax"),
            "sparse_categorical_crossentropy",
            32,
            PEERS,
            _musts(8, 5, 3.2, 15, 3.8),
        ),
        Workload(
            "w3",
            "W3 wide: 784-512-256-10 ReLU, sparse cross-entropy, batch 128, MNIST 60,000",
            "mnist",
            784,
            (512, 256, 10),
            ("relu", "relu", "softmax"),
            "sparse_categorical_crossentropy",
            128,
            (*PEERS, "ours_t1"),
            _musts(1.25, 0.85, 0.95, 2, 1.5, one_thread=1.5),
        ),
        Workload(
            "w4",
            "W4 convolutions: 3×3×16 - pool - 3×3×32 - pool - 64 - 10, batch 64, MNIST 12,800",
            "mnist",
            784,
            (64, 10),
            ("relu", "softmax"),
            "sparse_categorical_crossentropy",
            64,
            (
                *("torch", "torch_last_fused", "keras_jax", "keras_torch", "keras_tensorflow"),
                "ours_t1",
            ),
            _musts(2.7, 1.8, 2.6, 2.6, one_thread=1.5),
            samples=12_800,
            filters=(16, 32),
        ),
        Workload(
            "w5",
            "W5 series: rows of 28 - LSTM 64 - 10, batch 64, MNIST 12,800",
            "mnist",
            784,
            (10,),
            ("softmax",),
            "sparse_categorical_crossentropy",
            64,
            (
                *("torch", "torch_t1", "torch_fused", "torch_fused_t1"),
                *("keras_jax", "keras_torch", "keras_tensorflow"),
            ),
            _musts(0.9, 0.75, 0.85, 1.5),
            samples=12_800,
            lstm_units=64,
        ),
        *INFERENCES,
    )
}


def arrays(workload: Workload) -> tuple[np.ndarray, np.ndarray]:
    """Training inputs (N, inputs) float32 and classes (N,)."""
    if workload.data == "mnist":
        from nn_designer.data import DataChoice, load, prepare

        prepared = prepare(load(DataChoice("mnist")))
        shape = sample_shape(workload)
        x, y = prepared.x_train.reshape(-1, *shape), prepared.y_train.astype(np.int64)
        return x[: workload.samples], y[: workload.samples]
    rng = np.random.default_rng(0)
    angle = rng.uniform(0.0, 2.0 * np.pi, 500)
    y = np.arange(500) % 2
    radius = np.where(y == 0, 0.5, 1.5) + rng.normal(0.0, 0.2, 500)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x[: workload.samples].astype(np.float32), y[: workload.samples].astype(np.int64)


def sample_shape(workload: Workload) -> tuple[int, ...]:
    """The shape of a sample as the network receives it."""
    if workload.lstm_units:
        return (28, 28)
    return (28, 28, 1) if workload.filters else (workload.n_inputs,)


def network(workload: Workload) -> Network:
    """Our network; its first weights are everyone's."""
    nodes, last = [Node("input", Input(shape=sample_shape(workload)))], "input"
    if workload.lstm_units:
        nodes.append(Node("lstm", LSTM(units=workload.lstm_units), (last,)))
        last = "lstm"
    for i, filters in enumerate(workload.filters, start=1):
        nodes.append(Node(f"conv2d_{i}", Conv2D(filters=filters), (last,)))
        last = f"max_pooling2d_{i}"
        nodes.append(Node(last, MaxPooling2D(), (f"conv2d_{i}",)))
    if workload.filters:
        nodes.append(Node("flatten", Flatten(), (last,)))
        last = "flatten"
    for i, (units, activation) in enumerate(
        zip(workload.units, workload.activations, strict=True), start=1
    ):
        nodes.append(Node(f"dense_{i}", Dense(units=units, activation=activation), (last,)))
        last = f"dense_{i}"
    nodes.append(Node("output", Output(), (last,)))
    return Network(nodes, loss=workload.loss, seed=workload.seed)


def flops_per_sample(workload: Workload) -> float:
    """Of the matrix products of one training step (forward, weight and input gradients), or of a
    prediction."""
    layers = [cost.macs for cost in network(workload).cost().layers.values() if cost.macs]
    if workload.predicts:
        return 2.0 * sum(layers)
    return 2.0 * (3 * sum(layers) - layers[0])  # the data's gradient is not needed
