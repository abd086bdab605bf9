"""How speed and memory grow with a network, beside PyTorch: ``python -m benchmarks.scaling``.

Each row is a model of its own, trained with Adam on random data by us and by PyTorch as
installed, each in a fresh process, for at least the given seconds. Memory is by how much the
process grew at most, from when its libraries and data were loaded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.ratios import table

N_BATCHES = 8
"""Batches of an epoch."""


@dataclass(frozen=True)
class Model:
    """Dense layers behind convolutions (3×3, each with 2×2 maxima) or an LSTM, if there are any."""

    input_shape: tuple[int, ...]
    units: tuple[int, ...]
    batch_size: int = 64
    filters: tuple[int, ...] = ()
    lstm_units: int = 0


@dataclass(frozen=True)
class Axis:
    """What grows, and the model for each size."""

    title: str
    sizes: tuple[int, ...]
    model: Callable[[int], Model]


AXES = {
    "units": Axis(
        "units of both hidden layers, 256 inputs, batch 64",
        (8, 32, 128, 512, 2048, 4096),
        lambda n: Model((256,), (n, n, 10)),
    ),
    "depth": Axis(
        "hidden layers of 128 units, 256 inputs, batch 64",
        (1, 2, 4, 8, 16, 32),
        lambda n: Model((256,), (*(128,) * n, 10)),
    ),
    "batch": Axis(
        "samples in a batch, 256-512-512-10",
        (1, 4, 16, 64, 256, 1024),
        lambda n: Model((256,), (512, 512, 10), n),
    ),
    "picture": Axis(
        "height and width of a picture with 3 channels, 16 and 32 filters, batch 32",
        (12, 24, 48, 96),
        lambda n: Model((n, n, 3), (64, 10), 32, filters=(16, 32)),
    ),
    "series": Axis(
        "steps of a series of 32 numbers, LSTM 64, batch 32",
        (8, 32, 128, 512),
        lambda n: Model((n, 32), (10,), 32, lstm_units=64),
    ),
}


def data(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Random samples and classes: an epoch of them."""
    rng = np.random.default_rng(0)
    count = N_BATCHES * model.batch_size
    x = rng.standard_normal((count, *model.input_shape), np.float32)
    return x, rng.integers(0, model.units[-1], count)


def ours(model: Model, x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    """A function that trains an epoch."""
    from nn_designer.engine.network import Network, Node
    from nn_designer.engine.progress import EpochProgress
    from nn_designer.engine.training import TrainingData, train
    from nn_designer.engine.training_settings import TrainingSettings
    from nn_designer.layers import LSTM, Conv2D, Dense, Flatten, Input, MaxPooling2D

    layers: list[Any] = [Input(shape=model.input_shape)]
    for filters in model.filters:
        layers += [Conv2D(filters=filters), MaxPooling2D()]
    layers += [Flatten()] if model.filters else []
    layers += [LSTM(units=model.lstm_units)] if model.lstm_units else []
    layers += [Dense(units=units) for units in model.units[:-1]]
    layers.append(Dense(units=model.units[-1], activation="softmax"))
    nodes = [Node(str(i), layer, (str(i - 1),) if i else ()) for i, layer in enumerate(layers)]
    loss = "sparse_categorical_crossentropy"
    reports = train(
        Network(nodes, loss=loss),
        TrainingData(x, y, task="classes", n_classes=model.units[-1]),
        TrainingSettings(loss=loss, batch_size=model.batch_size, epochs=100_000),
    )
    return lambda: next(report for report in reports if isinstance(report, EpochProgress))


def torch(model: Model, x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    """A function that trains an epoch."""
    import torch as library

    nn = library.nn

    class Last(nn.LSTM):
        def forward(self, series: library.Tensor) -> library.Tensor:
            return super().forward(series)[1][0][0]

    layers: list[library.nn.Module] = []
    last = model.input_shape[-1]
    inputs = library.from_numpy(x)
    if model.filters:
        inputs = inputs.permute(0, 3, 1, 2).contiguous()
    for filters in model.filters:
        layers += [nn.Conv2d(last, filters, 3), nn.ReLU(), nn.MaxPool2d(2)]
        last = filters
    if model.filters:
        layers.append(nn.Flatten())
        last = nn.Sequential(*layers)(inputs[:1]).shape[1]
    if model.lstm_units:
        layers.append(Last(last, model.lstm_units, batch_first=True))
        last = model.lstm_units
    for units in model.units:
        layers += [nn.Linear(last, units), nn.ReLU()]
        last = units
    network = nn.Sequential(*layers[:-1])
    loss_function, optimizer = nn.CrossEntropyLoss(), library.optim.Adam(network.parameters())
    targets = library.from_numpy(y)

    def epoch() -> None:
        total = library.zeros(())
        for samples in library.randperm(len(inputs)).split(model.batch_size):
            optimizer.zero_grad()
            loss = loss_function(network(inputs[samples]), targets[samples])
            loss.backward()
            optimizer.step()
            total += loss.detach()
        float(total)

    return epoch


TRAINERS = {"ours": ours, "torch": torch}


def peak_mib() -> float:
    """The most memory that this process has held, in MiB; 0 where Python can't tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def measure_here(axis: str, size: int, name: str, seconds: float) -> dict[str, float]:
    """Samples per second, and by how many MiB this process grew."""
    model = AXES[axis].model(size)
    warm_up = Model((4,), (4, 2), 2)
    TRAINERS[name](warm_up, *data(warm_up))()  # loads what is loaded late
    x, y = data(model)
    before = peak_mib()
    epoch = TRAINERS[name](model, x, y)
    epoch()
    count, begin = 0, perf_counter()
    while count == 0 or perf_counter() - begin < seconds:
        epoch()
        count += 1
    rate = count * len(x) / (perf_counter() - begin)
    return {"rate": rate, "mib": peak_mib() - before}


def measure(axis: str, size: int, name: str, seconds: float) -> dict[str, float]:
    """As :func:`measure_here`, in a process of its own."""
    code = (
        "import json; from benchmarks.scaling import measure_here; "
        f"print(json.dumps(measure_here({axis!r}, {size}, {name!r}, {seconds})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} ended: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(size: int, found: dict[str, dict[str, float]]) -> Sequence[str]:
    """A row of the table."""
    mine, theirs = found["ours"], found["torch"]
    return (
        f"{size:,}",
        f"{mine['rate']:,.0f}",
        f"{theirs['rate']:,.0f}",
        f"{mine['rate'] / theirs['rate']:.2f}",
        f"{mine['mib']:,.0f}",
        f"{theirs['mib']:,.0f}",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--axes", nargs="+", choices=AXES, default=list(AXES))
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement")
    options = parser.parse_args()
    for key in options.axes:
        axis = AXES[key]
        rows: list[Sequence[str]] = [
            (key, "ours, samples/s", "PyTorch", "times", "ours, MiB", "PyTorch")
        ]
        for size in axis.sizes:
            print(f"  {key} {size}", end="\r", file=sys.stderr, flush=True)
            found = {name: measure(key, size, name, options.seconds) for name in TRAINERS}
            rows.append(row(size, found))
        print(f"\n{axis.title}\n\n{table(rows)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
