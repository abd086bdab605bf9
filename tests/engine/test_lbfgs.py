"""L-BFGS: the lowest point of small problems, and the sentences where it does not suit."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from nn_designer.engine.lbfgs import MOST_PARAMETERS, MOST_SAMPLES
from nn_designer.engine.line_search import Point, strong_wolfe
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.progress import BatchProgress, EpochProgress
from nn_designer.engine.training import TrainingError, train
from nn_designer.engine.training_settings import TrainingSettings
from tests.helpers.small_networks import number_network, plane_data, ring_data, two_class_network

SETTINGS = TrainingSettings(loss="mean_squared_error", optimizer="lbfgs", epochs=60, seed=5)


def test_a_narrow_bowl_takes_few_steps() -> None:
    """A thousand times as steep along one direction as along another."""
    n = 6
    stretch = 10.0 ** np.linspace(0, 3, n)
    parameters, gradients = np.full(n, 2.0), np.zeros(n)
    optimizer = OPTIMIZERS["lbfgs"](history=n)
    optimizer.bind(parameters, gradients)

    def evaluate() -> float:
        gradients[:] = stretch * parameters
        return float(0.5 * gradients @ parameters)

    for _ in range(8 * n):
        optimizer.iterate(evaluate(), evaluate)
    assert evaluate() < 1e-8


def test_a_network_comes_much_lower_than_with_adam() -> None:
    def loss(optimizer: str) -> float:
        settings = SETTINGS.replace(optimizer=optimizer, learning_rate=0.01)
        *_, last, _ = train(number_network(), plane_data(), settings)
        assert isinstance(last, EpochProgress)
        return last.loss

    assert loss("lbfgs") < 0.1 * loss("adam")


def test_one_step_an_epoch_whatever_the_batch_size() -> None:
    reports = list(train(number_network(), plane_data(), SETTINGS.replace(epochs=3, batch_size=8)))
    batches = [r for r in reports if isinstance(r, BatchProgress)]
    epochs = [r for r in reports if isinstance(r, EpochProgress)]
    assert [r.step for r in batches] == [1, 2, 3]
    assert all(later.loss < before.loss for before, later in pairwise(epochs))
    assert all(r.learning_rate > 0.0 for r in epochs)  # how far the line search went


def test_settings_for_batches_have_no_effect() -> None:
    def trained(**settings: object) -> np.ndarray:
        net = number_network()
        list(train(net, plane_data(), SETTINGS.replace(epochs=5, **settings)))
        return net.parameters.copy()

    plain = trained()
    for changed in (
        {"learning_rate": 1.0},
        {"schedule": "cosine", "warm_up": 3.0},
        {"clipping": "value", "clip_limit": 1e-6},
        {"use_ema": True},
        {"weight_decay": 1.0},
        {"gradient_accumulation_steps": 3},
        {"shuffle": False},
    ):
        np.testing.assert_array_equal(trained(**changed), plain)


def test_regularization_is_part_of_the_loss() -> None:
    def size(l2: float) -> float:
        net = number_network(l2=l2)
        list(train(net, plane_data(), SETTINGS))
        return float(np.square(net.parameters).sum())

    assert size(0.1) < 0.5 * size(0.0)


def test_at_the_lowest_point_it_stays() -> None:
    parameters, gradients = np.ones(3), np.zeros(3)
    optimizer = OPTIMIZERS["lbfgs"]()
    optimizer.bind(parameters, gradients)
    optimizer.iterate(0.0, lambda: pytest.fail("there is nothing to look for"))
    np.testing.assert_array_equal(parameters, 1.0)


def test_a_step_into_the_impossible_is_shortened() -> None:
    """The loss is no number beyond 0.3: the line search stays before it."""

    def at(step: float) -> Point:
        if step > 0.3:
            return Point(step, math.inf, math.nan)
        return Point(step, -step, -1.0)

    step = strong_wolfe(at, Point(0.0, 0.0, -1.0), 1.0, largest_change=1.0, evaluations=25)
    assert 0.2 < step <= 0.3


def test_dropout_is_refused_with_its_name() -> None:
    with pytest.raises(TrainingError, match="but dropout makes each of them a matter of chance"):
        next(train(two_class_network(dropout=0.2), ring_data(), SETTINGS))


@pytest.mark.parametrize(
    ("n_parameters", "n_samples", "things"),
    [(MOST_PARAMETERS + 1, 10, "parameters"), (10, MOST_SAMPLES + 1, "samples")],
)
def test_large_problems_are_refused(n_parameters: int, n_samples: int, things: str) -> None:
    lbfgs = OPTIMIZERS["lbfgs"]
    told = lbfgs.problem_with(n_parameters, n_samples, [])
    assert told is not None and f"{things}, but here are" in told and "such as Adam" in told
    assert lbfgs.problem_with(MOST_PARAMETERS, MOST_SAMPLES, []) is None
