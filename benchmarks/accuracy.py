"""The article's model on MNIST beside Keras: ``python -m benchmarks.accuracy``.

784-10-10-10 (ReLU, ReLU, softmax), Adam(0.001), batch 32, 10 epochs, pixels from 0 to 1; the
10,000 test images are the validation part. Prints the accuracy on them after the last epoch for
each seed, ours and Keras', their means and the difference. Exit status 1 if the means differ by
more than one percentage point.
"""

from __future__ import annotations

import argparse
import os
import sys
from statistics import mean
from typing import Any

from benchmarks.ratios import table
from benchmarks.workloads import WORKLOADS, network

ALLOWED = 0.01


def ours(data: Any, seed: int, epochs: int) -> float:
    """Validation accuracy after the last epoch."""
    from nn_designer.engine.progress import EpochProgress
    from nn_designer.engine.training import TrainingData, train
    from nn_designer.engine.training_settings import TrainingSettings

    workload = WORKLOADS["w2"]
    settings = TrainingSettings(
        loss=workload.loss,
        optimizer="adam",
        learning_rate=0.001,
        batch_size=32,
        epochs=epochs,
        seed=seed,
    )
    net = network(workload)
    net.initialize(seed)
    arrays = TrainingData(
        data.x_train, data.y_train, data.x_validation, data.y_validation, "classes", 10
    )
    reports = [r for r in train(net, arrays, settings) if isinstance(r, EpochProgress)]
    accuracy = reports[-1].val_accuracy
    assert accuracy is not None
    return accuracy


def keras(data: Any, seed: int, epochs: int) -> float:
    """The same with Keras, as the article writes it."""
    import keras

    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(10, activation="relu"),
            keras.layers.Dense(10, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = model.fit(
        data.x_train,
        data.y_train,
        batch_size=32,
        epochs=epochs,
        validation_data=(data.x_validation, data.y_validation),
        verbose=0,
    )
    return float(history.history["val_accuracy"][-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--backend", default="jax", help="Keras' engine: jax, torch, tensorflow")
    options = parser.parse_args()
    os.environ["KERAS_BACKEND"] = options.backend
    from nn_designer.data import DataChoice, load, prepare

    data = prepare(load(DataChoice("mnist")))
    rows = [["seed", "ours", "Keras"]]
    found: list[tuple[float, float]] = []
    for seed in options.seeds:
        found.append((ours(data, seed, options.epochs), keras(data, seed, options.epochs)))
        rows.append([str(seed), f"{found[-1][0]:.4f}", f"{found[-1][1]:.4f}"])
    our_mean, keras_mean = (mean(column) for column in zip(*found, strict=True))
    rows.append(["mean", f"{our_mean:.4f}", f"{keras_mean:.4f}"])
    print(table(rows))
    difference = our_mean - keras_mean
    reached = abs(difference) <= ALLOWED
    print(
        f"\ndifference {100 * difference:+.2f} percentage points; allowed ±{100 * ALLOWED:g}: "
        f"{'reached' if reached else 'MISSED'}"
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
