"""The memory that a training needs: what is said beside what is measured."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from nn_designer.design import memory
from nn_designer.design.memory import available_memory_bytes, bytes_text, estimated_memory_bytes
from nn_designer.engine.network import Network
from nn_designer.engine.training import TrainingData, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.networks import chain


def test_the_parts_of_the_sum():
    # 10 weights, 6 copies of each and Adam's two averages; a byte each while they are looked at.
    assert estimated_memory_bytes(10, [], 32, "adam") == 4 * 10 * 8 + 10
    # Outputs of 7 and 3 numbers, each with a 1 for the bias, and their gradients.
    assert estimated_memory_bytes(0, [(7,), (3,)], 32, "sgd") == 4 * 2 * (8 + 4) * 32
    assert estimated_memory_bytes(0, [], 32, "sgd", 100, 4) == 4 * 2 * 100 * 5


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "momentum"])
def test_the_estimate_is_about_what_a_training_takes(optimizer):
    units, rows = 1200, 64
    x = np.zeros((rows, units), np.float32)
    y = np.zeros(rows, np.int64)
    loss = "sparse_categorical_crossentropy"
    settings = TrainingSettings(loss=loss, optimizer=optimizer, batch_size=32, epochs=2)
    tracemalloc.start()
    try:
        hidden = ("dense", {"units": units})
        last = ("dense", {"units": 2, "activation": "softmax"})
        network = Network(chain(("input", {"shape": (units,)}), hidden, last), loss=loss)
        for _ in train(network, TrainingData(x, y, n_classes=2), settings):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = estimated_memory_bytes(
        network.parameter_count,
        network.shapes.values(),
        32,
        optimizer,
        rows,
        units,
    )
    assert 0.95 < said / peak < 1.2  # too little would end in a crash


def test_sizes_as_people_read_them():
    assert [bytes_text(n) for n in (12, 1536, 2.5e9, 4e15, 3e18)] == [
        "12 bytes",
        "1.5 KB",
        "2.5 GB",
        "4 PB",
        "3,000 PB",
    ]


def test_there_is_some_memory():
    assert 10**7 < available_memory_bytes() < 10**14


def test_the_limit_of_a_container_counts(monkeypatch):
    files = {
        "/proc/meminfo": "MemTotal: 64 kB\nMemAvailable:    16000000 kB\n",
        "/sys/fs/cgroup/memory.max": "2000000000\n",
        "/sys/fs/cgroup/memory.current": "500000000\n",
    }

    def look() -> int:
        monkeypatch.setattr(Path, "read_text", lambda path, **_: files[str(path)])
        return memory._look()

    monkeypatch.setattr(memory.sys, "platform", "linux")
    assert look() == 1_500_000_000
    files["/sys/fs/cgroup/memory.max"] = "max\n"  # no limit
    assert look() == 16_000_000 * 1024
