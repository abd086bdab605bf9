"""Training takes no memory while it goes on: not in a step, and not in ten thousand."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from nn_designer.engine.network import Network
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.program import run_steps
from nn_designer.engine.progress import BatchProgress
from nn_designer.engine.training import train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.networks import EXAMPLES, batch
from tests.helpers.small_networks import ring_data, two_class_network

BATCH = 8192
SMALL_BYTES = 70_000
"""NumPy's own buffers, where types differ or axes lie otherwise, have 8192 numbers whatever the
size of the arrays; an array of three numbers per sample is larger."""


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_step_allocates_nothing(example: str) -> None:
    network = Network(EXAMPLES[example], loss="mean_squared_error")
    x, y = batch(network, BATCH)
    plan = network.plan(BATCH, training=True)
    plan.inputs[...] = network.inputs.rows(x)
    plan.targets[...] = network.heads.encode(y)
    optimizer = OPTIMIZERS["adam"]()
    optimizer.bind(network.parameters, network.gradients)
    steps = [*plan.steps, *optimizer.steps]
    run_steps(steps)
    optimizer.rate.fill(1e-6)
    tracemalloc.start()
    try:
        run_steps(steps)  # what Python keeps from the first time on
        worst = {}
        for index, step in enumerate(steps):
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            run_steps([step])
            worst[index] = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    index = max(worst, key=lambda index: worst[index], default=0)
    assert max(worst.values(), default=0) < SMALL_BYTES, f"{worst[index]} bytes in {steps[index]}"


def test_ten_thousand_steps_leave_memory_flat() -> None:
    network = two_class_network(dropout=0.25)
    settings = TrainingSettings(loss="binary_crossentropy", batch_size=7, epochs=1100)
    held: list[int] = []
    tracemalloc.start()
    try:
        for report in train(network, ring_data(), settings):
            if isinstance(report, BatchProgress) and report.step % 1000 == 0:
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert len(held) >= 10
    assert max(held[1:]) - min(held[1:]) < 4096
    assert np.isfinite(network.variables).all()
