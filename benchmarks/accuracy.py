"""The article's model on MNIST beside Keras: ``python -m benchmarks.accuracy``.

784-10-10-10 (ReLU, ReLU, softmax), Adam(0.001), batch 32, 10 epochs, pixels from 0 to 1; the
10,000 test images are the validation part. Prints the accuracy on them after the last epoch for
each seed, ours and Keras', their means and the difference. Exit status 1 if the means differ by
more than one percentage point.

``--templates lstm-rows lenet mnist-mlp`` trains these templates as they are shipped instead, and
compares the mean over the seeds with what each must reach.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from statistics import mean
from typing import Any

from benchmarks.ratios import table
from benchmarks.workloads import WORKLOADS, network

ALLOWED = 0.01
MUSTS = {"mnist-mlp": 0.983, "lenet": 0.991, "lstm-rows": 0.98}
"""Template → the share of the test images that it must tell right, as the mean of the seeds."""


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


def template(key: str, seed: int) -> tuple[float, float]:
    """Accuracy on the test images after the template's epochs, and the seconds of training."""
    from nn_designer.data import load, prepare, summary
    from nn_designer.design import templates
    from nn_designer.design.compile import (
        compile_design,
        own_settings,
        preparation,
        training_settings,
    )
    from nn_designer.design.edits import set_training
    from nn_designer.engine.progress import EpochProgress
    from nn_designer.engine.training import train

    document = set_training(templates.new(key), "seed", seed)
    settings = training_settings(document)
    data = prepare(load(document.data), **preparation(document))
    net = compile_design(document, summary=summary(document.data))
    run = train(net, data.for_training(), settings, **own_settings(document))
    reports = [report for report in run if isinstance(report, EpochProgress)]
    accuracy = reports[-1].val_accuracy
    assert accuracy is not None
    return accuracy, sum(report.seconds for report in reports)


def compare_templates(keys: Sequence[str], seeds: Sequence[int]) -> bool:
    """Print the accuracies; whether all that must be is reached."""
    rows = [["template", *(f"seed {seed}" for seed in seeds), "mean", "must", "", "s per run"]]
    for key in keys:
        found = [template(key, seed) for seed in seeds]
        accuracy, seconds = (mean(column) for column in zip(*found, strict=True))
        verdict = "reached" if accuracy >= MUSTS[key] else "MISSED"
        each = [f"{one:.4f}" for one, _ in found]
        rows.append([key, *each, f"{accuracy:.4f}", f"{MUSTS[key]:g}", verdict, f"{seconds:.0f}"])
    print(table(rows))
    return all(row[-2] == "reached" for row in rows[1:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--backend", default="jax", help="Keras' engine: jax, torch, tensorflow")
    parser.add_argument("--templates", nargs="+", choices=MUSTS, help="train these instead")
    options = parser.parse_args()
    if options.templates:
        return 0 if compare_templates(options.templates, options.seeds) else 1
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
