"""The scaling table: models grow along one axis, and both of us train them."""

from __future__ import annotations

import pytest

from benchmarks.scaling import AXES, data, measure_here, row


@pytest.mark.parametrize("axis", AXES)
def test_each_axis_grows_one_thing(axis: str) -> None:
    sizes = AXES[axis].sizes
    assert list(sizes) == sorted(set(sizes))
    x, y = data(AXES[axis].model(sizes[0]))
    assert len(x) == len(y) == 8 * AXES[axis].model(sizes[0]).batch_size


@pytest.mark.parametrize("axis", AXES)
def test_the_smallest_of_each_is_trained(axis: str) -> None:
    found = measure_here(axis, AXES[axis].sizes[0], "ours", 0.0)
    assert found["rate"] > 0 and found["mib"] >= 0


def test_a_row_tells_how_many_times_faster_we_are() -> None:
    found = {"ours": {"rate": 3000.0, "mib": 7.0}, "torch": {"rate": 1500.0, "mib": 9.4}}
    assert row(64, found) == ("64", "3,000", "1,500", "2.00", "7", "9")
