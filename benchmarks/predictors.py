"""The contenders at predicting: each with the weights of our network, as its own users would
write it. All answer with the same probabilities."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.contenders import Train
from benchmarks.workloads import Workload, arrays, network

Predict = Callable[[np.ndarray], np.ndarray]
"""Rows (n, inputs) → probabilities (n, classes)."""


def passes(workload: Workload, predict: Predict) -> Train:
    """Predicts all rows so many times; the mean cross-entropy of each time."""
    x, y = arrays(workload)
    n = workload.batch_size
    parts = [x[start : start + n] for start in range(0, len(x), n)]
    places = np.arange(len(y))

    def predicted(count: int) -> list[float]:
        losses = []
        for _ in range(count):
            answers = np.concatenate([predict(part) for part in parts])
            losses.append(float(-np.log(answers[places, y]).mean()))
        return losses

    return predicted


def ours(workload: Workload) -> Train:
    return passes(workload, network(workload).predict)


def _dense_weights(workload: Workload) -> list[tuple[np.ndarray, np.ndarray, str]]:
    weights = network(workload).weights.values()
    kernels = [(each["kernel"].copy(), each["bias"].copy()) for each in weights]
    return [
        (kernel, bias, activation)
        for (kernel, bias), activation in zip(kernels, workload.activations, strict=True)
    ]


def _torch(workload: Workload, *, threads: int | None) -> Train:
    import torch

    if threads is not None:
        torch.set_num_threads(threads)
    modules = {"relu": torch.nn.ReLU(), "softmax": torch.nn.Softmax(dim=1)}
    layers: list[torch.nn.Module] = []
    for kernel, bias, activation in _dense_weights(workload):
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data = torch.tensor(kernel.T.copy())
        linear.bias.data = torch.tensor(bias)
        layers += [linear, modules[activation]]
    model = torch.nn.Sequential(*layers).eval()

    def predict(rows: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            answers: np.ndarray = model(torch.from_numpy(rows)).numpy()
        return answers

    return passes(workload, predict)


def onnxruntime(workload: Workload) -> Train:
    import onnxruntime as ort
    from onnx import TensorProto, helper, numpy_helper

    nodes, tensors, last = [], [], "x"
    for i, (kernel, bias, activation) in enumerate(_dense_weights(workload)):
        tensors += [
            numpy_helper.from_array(kernel, f"k{i}"),
            numpy_helper.from_array(bias, f"b{i}"),
        ]
        nodes.append(helper.make_node("Gemm", [last, f"k{i}", f"b{i}"], [f"z{i}"]))
        operator = {"relu": "Relu", "softmax": "Softmax"}[activation]
        last = f"a{i}"
        nodes.append(helper.make_node(operator, [f"z{i}"], [last]))
    real = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("x", real, [None, workload.n_inputs])],
        [helper.make_tensor_value_info(last, real, [None, workload.units[-1]])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def predict(rows: np.ndarray) -> np.ndarray:
        answers: np.ndarray = session.run(None, {"x": rows})[0]
        return answers

    return passes(workload, predict)


def jax(workload: Workload) -> Train:
    import jax as library

    functions = {"relu": library.nn.relu, "softmax": library.nn.softmax}
    layers = _dense_weights(workload)

    @library.jit
    def forward(parameters: list[tuple[object, object]], rows: object) -> object:
        for (kernel, bias), (_, _, activation) in zip(parameters, layers, strict=True):
            rows = functions[activation](rows @ kernel + bias)
        return rows

    parameters = [library.device_put((kernel, bias)) for kernel, bias, _ in layers]
    return passes(workload, lambda rows: np.asarray(forward(parameters, rows)))


def _keras(workload: Workload, backend: str) -> Train:
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    layers = _dense_weights(workload)
    dense = [keras.layers.Dense(bias.size, activation=name) for _, bias, name in layers]
    model = keras.Sequential([keras.Input((workload.n_inputs,)), *dense])
    model.set_weights([tensor for kernel, bias, _ in layers for tensor in (kernel, bias)])

    def predict(rows: np.ndarray) -> np.ndarray:
        # predict() itself takes 20 ms a call; "for small inputs call the model", its manual says.
        if len(rows) > 1000:
            whole: np.ndarray = model.predict(rows, batch_size=1000, verbose=0)
            return whole
        answers: np.ndarray = keras.ops.convert_to_numpy(model(rows))
        return answers

    return passes(workload, predict)


def sklearn(workload: Workload) -> Train:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)
    x, y = arrays(workload)
    model = MLPClassifier(workload.units[:-1], activation=workload.activations[0], max_iter=1)
    model.fit(x[:1000], y[:1000])
    layers = _dense_weights(workload)
    model.coefs_ = [kernel for kernel, _, _ in layers]
    model.intercepts_ = [bias for _, bias, _ in layers]
    return passes(workload, model.predict_proba)


PREDICTORS: dict[str, Callable[[Workload], Train]] = {
    "ours": ours,
    "torch": lambda workload: _torch(workload, threads=None),
    "torch_t1": lambda workload: _torch(workload, threads=1),
    "onnxruntime": onnxruntime,
    "jax": jax,
    "keras_jax": lambda workload: _keras(workload, "jax"),
    "keras_torch": lambda workload: _keras(workload, "torch"),
    "keras_tensorflow": lambda workload: _keras(workload, "tensorflow"),
    "sklearn": sklearn,
}
