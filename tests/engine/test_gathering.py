"""Gathering: small batches ahead, large ones when their turn comes; the numbers are the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nn_designer.engine import batch_loop, gathering
from nn_designer.engine.gathering import GatheringAhead
from nn_designer.engine.network import Network
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.training import TrainingData, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import (
    number_network,
    plane_data,
    ring_data,
    two_class_network,
)

CASES = [(two_class_network, ring_data), (number_network, plane_data)]


def curve(net: Network, data: TrainingData) -> list[float]:
    assert net.loss is not None
    settings = TrainingSettings(loss=net.loss, batch_size=16, epochs=3, seed=5)  # 4 · 16 + 6
    return [r.loss for r in train(net, data, settings) if isinstance(r, EpochProgress)]


@pytest.mark.parametrize(("make", "make_data"), CASES)
def test_gathering_ahead_changes_no_bit(
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], Network],
    make_data: Callable[[], TrainingData],
) -> None:
    ahead, one_by_one = make(), make()
    expected = curve(ahead, make_data())
    monkeypatch.setattr(gathering, "SMALL", 0)
    assert curve(one_by_one, make_data()) == expected
    np.testing.assert_array_equal(one_by_one.parameters, ahead.parameters)


@pytest.mark.parametrize(("make", "make_data"), CASES)
def test_little_memory_makes_shorter_runs_and_changes_no_bit(
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], Network],
    make_data: Callable[[], TrainingData],
) -> None:
    expected = curve(make(), make_data())
    monkeypatch.setattr(batch_loop, "RING_BYTES", 500)  # two batches of 16 · 3 numbers
    assert curve(make(), make_data()) == expected


def test_only_small_batches_are_gathered_ahead() -> None:
    network = two_class_network()
    assert GatheringAhead.suits(network.plan(200, True))
    assert not GatheringAhead.suits(network.plan(400, True))
