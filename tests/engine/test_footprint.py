"""The memory of a training: what is said before beside what is then taken."""

from __future__ import annotations

import tracemalloc
from time import perf_counter

import numpy as np
import pytest

from nn_designer import data
from nn_designer.design import templates
from nn_designer.design.compile import compile_design, own_settings, training_settings
from nn_designer.engine.allocation import Ledger, zeros
from nn_designer.engine.footprint import training_footprint
from nn_designer.engine.graph import NetworkError
from nn_designer.engine.network import Network
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.training import TrainingData, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.networks import EXAMPLES
from tests.helpers.nodes import chain

N_TRAIN, N_VALIDATION = 1500, 300
WITH_ONE_OUTPUT = [
    template.key
    for template in templates.TEMPLATES
    if len(templates.new(template.key).of_kind("output")) == 1
]


def random_data(network: Network, n_classes: int) -> TrainingData:
    """``n_classes`` 0: numbers."""
    rng = np.random.default_rng(0)
    x = rng.random((N_TRAIN + N_VALIDATION, *network.input_shape), dtype=np.float32)
    y = rng.integers(0, n_classes or 2, len(x))
    if not n_classes:
        y = rng.random((len(x), *network.output_shape), dtype=np.float32)
    n, task = N_TRAIN, "classes" if n_classes else "number"
    return TrainingData(x[:n], y[:n], x[n:], y[n:], task, n_classes or None)


def peak(network: Network, arrays: TrainingData, settings: TrainingSettings, **more: object) -> int:
    """Bytes at most during two epochs, with the data."""
    for _ in train(network, arrays, settings.replace(epochs=2), **more):  # type: ignore[arg-type]
        pass
    kept = arrays.x_train.nbytes + (N_VALIDATION * arrays.x_train[0].nbytes)
    return tracemalloc.get_traced_memory()[1] + kept


@pytest.mark.parametrize("key", WITH_ONE_OUTPUT)
def test_what_is_said_of_a_template_is_what_its_training_takes(key: str) -> None:
    document = templates.new(key)
    summary = data.summary(document.data)
    settings, more = training_settings(document), own_settings(document)
    arrays = random_data(compile_design(document), summary.n_classes)
    tracemalloc.start()
    try:
        network = compile_design(document)
        taken = peak(network, arrays, settings, **more)
    finally:
        tracemalloc.stop()
    said = training_footprint(
        network.nodes,
        loss=settings.loss,
        optimizer=settings.optimizer,
        loss_settings=more["loss_settings"],
        optimizer_settings=more["optimizer_settings"],
        batch_size=settings.batch_size,
        n_train=N_TRAIN,
        n_validation=N_VALIDATION,
    )
    assert 1 / 1.2 < said.total / taken < 1.2


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_the_slots_of_every_optimizer_are_counted(key: str, l2: float) -> None:
    """A network of which the weights are nearly all."""
    units = 1200
    hidden = ("dense", {"units": units, "l2": l2})
    last = ("dense", {"units": 2, "activation": "softmax"})
    nodes = chain(("input", {"shape": (units,)}), hidden, last)
    loss = "sparse_categorical_crossentropy"
    settings = TrainingSettings(loss=loss, optimizer=key, batch_size=32)
    rng = np.random.default_rng(0)
    x, y = rng.random((64, units), dtype=np.float32), rng.integers(0, 2, 64)
    tracemalloc.start()
    try:
        network = Network(nodes, loss=loss)
        for _ in train(network, TrainingData(x, y, n_classes=2), settings.replace(epochs=2)):
            pass
        _, taken = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = training_footprint(nodes, loss=loss, optimizer=key, batch_size=32, n_train=64)
    assert 1 / 1.1 < said.total / (taken + x.nbytes) < 1.1
    assert said.largest_layer == "dense_1"


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_plan_without_memory_counts_as_many_bytes_as_a_real_one(example: str) -> None:
    """Also for kinds that do things by size."""
    nodes = EXAMPLES[example]
    with Ledger() as ledger:
        counted = Network(nodes, loss="mean_squared_error", seed=None)
        counted.plan(64, training=True)
    network = Network(nodes, loss="mean_squared_error")
    tracemalloc.start()
    try:
        plan = network.plan(64, training=True)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    held = network.variables.nbytes + 2 * network.gradients.nbytes
    objects = 1500 * len(plan.steps) + 20_000  # steps, views, shapes
    assert 0 <= taken - (ledger.total - held) < objects


def test_finding_out_takes_neither_memory_nor_time() -> None:
    nodes = chain(("input", {"shape": (784,)}), ("dense", {"units": 3_000_000}), ("dense", {}))
    tracemalloc.start()
    try:
        began = perf_counter()
        said = training_footprint(
            nodes, loss="mean_squared_error", optimizer="adam", batch_size=32, n_train=60_000
        )
        seconds = perf_counter() - began
        _, taken = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said.total > 8 * 4 * 784 * 3_000_000
    assert taken < 10**6
    assert seconds < 5


def test_what_has_no_addresses_is_an_error() -> None:
    nodes = chain(
        ("input", {"shape": (784,)}), ("dense", {"units": 10**9}), ("dense", {"units": 10**9})
    )
    with pytest.raises(NetworkError, match="more memory"):
        training_footprint(
            nodes, loss="mean_squared_error", optimizer="adam", batch_size=32, n_train=1000
        )


def test_a_ledger_counts_by_owner_and_only_while_it_is_open() -> None:
    with Ledger() as ledger:
        first = zeros((1000, 1000), np.float32, "a")
        assert first.base is not None and first[0].base is first
        second = zeros((5,), np.float64, "b")
        assert ledger.by_owner == {"a": 4_000_000, "b": 40}
        row = first[0]
        del first, second
        assert ledger.total == 4_000_000  # the row still needs its memory
        del row
        assert ledger.total == 0
    assert zeros((1000, 1000), np.float32).flags.owndata
