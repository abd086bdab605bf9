"""Schedules in a run: the rate of each step, warm-up, changes by the person, plateaus."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nn_designer.engine.learning_rates import LearningRates
from nn_designer.engine.progress import EpochProgress
from nn_designer.engine.schedules import SCHEDULES
from nn_designer.engine.step_values import BLOCK, StepValues
from nn_designer.engine.training import Control, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import ring_data, two_class_network

SETTINGS = TrainingSettings(
    loss="binary_crossentropy", optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=6, seed=5
)


def rates_of(key: str, warm_up: float = 0.0, epochs: int = 10, **settings: Any) -> np.ndarray:
    rates = LearningRates(
        SCHEDULES[key](**settings), warm_up=warm_up, steps_per_epoch=4, epochs=epochs
    )
    return rates.factors(0, 4 * epochs)


@pytest.mark.parametrize("key", SCHEDULES)
def test_texts(key: str) -> None:
    schedule = SCHEDULES[key]
    assert schedule.key == key and schedule.title and schedule.formula
    assert schedule.help.endswith(".") and (schedule.source or key == "constant")


@pytest.mark.parametrize("key", SCHEDULES)
@pytest.mark.parametrize("warm_up", [0.0, 1.5])
def test_factors_are_shares_and_do_not_depend_on_how_many_are_asked_for(
    key: str, warm_up: float
) -> None:
    rates = LearningRates(SCHEDULES[key](), warm_up=warm_up, steps_per_epoch=97, epochs=9)
    together = rates.factors(0, 97 * 9)
    assert ((together >= 0.0) & (together <= 1.0)).all()
    again = LearningRates(SCHEDULES[key](), warm_up=warm_up, steps_per_epoch=97, epochs=9)
    parts = [again.factors(first, min(31, 97 * 9 - first)) for first in range(0, 97 * 9, 31)]
    np.testing.assert_array_equal(np.concatenate(parts), together)


def test_values_of_steps_across_blocks() -> None:
    values = StepValues(np.square)
    np.testing.assert_array_equal(values.take(BLOCK - 2, 5), np.arange(BLOCK - 2, BLOCK + 3) ** 2)


@pytest.mark.parametrize(
    ("key", "settings", "first", "last"),
    [
        ("constant", {}, 1.0, 1.0),
        ("step", {"every": 5, "drop": 0.1}, 1.0, 0.1),
        ("exponential", {"decay": 0.5}, 1.0, 0.5 ** (39 / 4)),
        ("polynomial", {"end": 0.2}, 1.0, 0.2 + 0.8 / 40),
        ("cosine", {}, 1.0, (1 + math.cos(math.pi * 39 / 40)) / 2),
        ("one_cycle", {}, 1 / 25, 1 / 250_000),
    ],
)
def test_where_a_schedule_begins_and_ends(
    key: str, settings: dict[str, Any], first: float, last: float
) -> None:
    rates = rates_of(key, **settings)
    assert (rates[0], rates[-1]) == (pytest.approx(first), pytest.approx(last))


def test_waves_begin_anew() -> None:
    rates = rates_of("cosine_restarts", first_wave=2, growth=2.0, peak=0.5)
    np.testing.assert_allclose(rates[[0, 8, 24]], [1.0, 0.5, 0.25])
    assert rates[7] < 0.1 and rates[23] < 0.1


def test_one_cycle_in_a_very_short_run() -> None:
    assert np.isfinite(rates_of("one_cycle", epochs=1)).all()
    assert np.isfinite(rates_of("one_cycle", epochs=1, rise=0.01)).all()


def test_warm_up_rises_evenly_and_the_schedule_begins_after_it() -> None:
    rates = rates_of("step", warm_up=2.0, every=3, drop=0.5)
    np.testing.assert_allclose(rates[:8], np.arange(1, 9) / 8)
    assert (rates[8:20] == 1.0).all() and (rates[20:32] == 0.5).all()


def test_a_warm_up_longer_than_the_run_rises_to_its_end() -> None:
    np.testing.assert_allclose(rates_of("cosine", warm_up=99.0), np.arange(1, 41) / 40)


def reported(schedule: str, control: Control | None = None, **own: Any) -> list[float]:
    settings = SETTINGS.replace(schedule=schedule)
    run = train(two_class_network(), ring_data(), settings, schedule_settings=own, control=control)
    rates = []
    for report in run:
        if isinstance(report, EpochProgress):
            rates.append(report.learning_rate)
            if control is not None and report.epoch == 3:
                control.learning_rate = 0.05
    return rates


def test_the_rate_reported_is_that_of_the_last_step() -> None:
    assert reported("step", every=2, drop=0.5) == pytest.approx(
        [0.1, 0.1, 0.05, 0.05, 0.025, 0.025]
    )


def test_a_rate_changed_on_the_way_is_multiplied_on() -> None:
    assert reported("step", Control(), every=2, drop=0.5) == pytest.approx(
        [0.1, 0.1, 0.05, 0.025, 0.0125, 0.0125]
    )


def test_weights_follow_the_schedule() -> None:
    """A rate of almost nothing leaves them where they are."""
    net = two_class_network()
    before = net.parameters.copy()
    settings = SETTINGS.replace(schedule="step", epochs=3)
    after: list[np.ndarray] = []
    for report in train(net, ring_data(), settings, schedule_settings={"every": 1, "drop": 1e-12}):
        if isinstance(report, EpochProgress):
            after.append(net.parameters.copy())
    assert np.abs(after[0] - before).max() > 1e-3
    np.testing.assert_allclose(after[2], after[0], rtol=0, atol=1e-7)


def test_a_plateau_lowers_the_rate() -> None:
    assert reported("plateau", wait=2, improvement=1000.0, drop=0.5) == pytest.approx(
        [0.1, 0.1, 0.1, 0.05, 0.05, 0.025]
    )
