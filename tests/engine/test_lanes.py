"""Predictions on two threads: the same numbers, whatever is parted how."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine import lanes, parallel
from nn_designer.engine.network import Network
from nn_designer.engine.parallel import Helper
from tests.helpers.networks import EXAMPLES, batch, randomize


@pytest.fixture
def always_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads even for tiny networks, which take 3 samples at a time."""
    monkeypatch.setattr(lanes, "TWO_WORTH", 0)
    monkeypatch.setattr(lanes, "LANE_BLOCK", 3)


@pytest.mark.usefixtures("always_two")
@pytest.mark.parametrize("count", [1, 2, 3, 6, 20])
@pytest.mark.parametrize("name", list(EXAMPLES)[::4])
def test_two_threads_predict_the_same(name: str, count: int) -> None:
    network = randomize(Network(EXAMPLES[name], loss="mean_squared_error", dtype=np.float64))
    x, _ = batch(network, size=20)
    whole = network.trace(x)[network.output_name]
    part = {key: each[:count] for key, each in x.items()} if isinstance(x, dict) else x[:count]
    np.testing.assert_allclose(network.predict(part), whole[:count], atol=1e-12)


@pytest.mark.usefixtures("always_two")
def test_the_number_of_cores_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(next(iter(EXAMPLES.values())), loss="mean_squared_error")
    x, _ = batch(network, size=20)
    two = network.predict(x)
    monkeypatch.setattr(parallel, "available_cores", lambda: 1)
    np.testing.assert_array_equal(network.predict(x), two)


def test_a_helper_is_left_as_it_was() -> None:
    helper = Helper()
    with helper.at_work():
        pass
    assert helper._thread is None
    helper.start()
    thread = helper._thread
    with helper.at_work():
        assert helper._thread is thread
    assert helper._thread is thread
    helper.stop()
