"""Which epoch was the best, and when patience is over."""

from __future__ import annotations

import math

import numpy as np

from nn_designer.engine.early_stopping import BestEpoch


def told(best: BestEpoch, values: list[float]) -> list[bool]:
    """Whether each epoch was the best so far; the weights of epoch e are all e."""
    return [best.update(e, value, np.full(3, e)) for e, value in enumerate(values, start=1)]


def test_the_smallest_value_is_the_best() -> None:
    best = BestEpoch()
    assert told(best, [3.0, 2.0, 2.5, 2.0, 1.0, 1.5]) == [True, True, False, False, True, False]
    assert (best.epoch, best.value) == (5, 1.0)
    np.testing.assert_array_equal(best.variables, [5, 5, 5])
    assert not best.exhausted


def test_patience_counts_epochs_without_improvement() -> None:
    best = BestEpoch(patience=2)
    told(best, [3.0, 2.0, 2.5])
    assert not best.exhausted
    best.update(4, 2.1, np.zeros(3))
    assert best.exhausted
    assert best.epoch == 2


def test_a_small_improvement_is_a_new_best_but_does_not_buy_time() -> None:
    best = BestEpoch(patience=2, minimum_improvement=0.5)
    assert told(best, [3.0, 2.9, 2.8]) == [True, True, True]
    assert best.exhausted
    assert best.epoch == 3


def test_slow_progress_adds_up() -> None:
    best = BestEpoch(patience=3, minimum_improvement=0.5)
    told(best, [3.0, 2.8, 2.6, 2.4, 2.3])  # 0.6 below the first at the fourth
    assert best.waited == 1


def test_no_number_is_never_the_best() -> None:
    best = BestEpoch(patience=1)
    assert told(best, [math.nan]) == [False]
    assert best.variables is None


def test_going_on_from_a_state() -> None:
    first = BestEpoch(patience=3)
    told(first, [3.0, 2.0, 2.5])
    second = BestEpoch(patience=3)
    second.load_state(first.state())
    first.update(4, 1.0, np.full(3, 4))  # does not reach into the second
    assert (second.epoch, second.value, second.waited) == (2, 2.0, 1)
    np.testing.assert_array_equal(second.variables, [2, 2, 2])
