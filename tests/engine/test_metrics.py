"""Metrics: by hand, in parts, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.class_metrics import ClassScores, confusion_counts
from nn_designer.engine.metrics import METRICS, SUMMED, class_sums, number_sums

Y = np.array([[1.0], [2.0], [3.0], [6.0]], np.float32)
ANSWERS = np.array([[1.0], [2.0], [4.0], [4.0]], np.float32)


def test_numbers_by_hand() -> None:
    assert METRICS["mae"].measure(ANSWERS, Y) == pytest.approx(3 / 4)
    assert METRICS["rmse"].measure(ANSWERS, Y) == pytest.approx(np.sqrt(5 / 4))
    assert METRICS["r2"].measure(ANSWERS, Y) == pytest.approx(1 - 5 / 14)


def test_the_persons_units() -> None:
    scale = np.array([10.0])
    assert METRICS["mae"].measure(ANSWERS, Y, scale=scale) == pytest.approx(7.5)
    assert METRICS["rmse"].measure(ANSWERS, Y, scale=scale) == pytest.approx(10 * np.sqrt(5 / 4))
    assert METRICS["r2"].measure(ANSWERS, Y, scale=scale) == pytest.approx(1 - 5 / 14)


def test_accuracy_of_several_classes() -> None:
    outputs = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    assert METRICS["accuracy"].measure(outputs, np.array([1, 0, 0])) == pytest.approx(2 / 3)


def test_accuracy_of_one_output_and_two_classes() -> None:
    outputs, right = np.array([[0.2], [0.7], [-0.5], [0.6]]), np.array([1, 1, 0, 0])
    assert METRICS["accuracy"].measure(outputs, right) == 0.5
    assert METRICS["accuracy"].measure(outputs, right, threshold=0.0) == 0.75


@pytest.mark.parametrize("key", SUMMED)
def test_sums_of_parts_give_the_value_of_the_whole(key: str) -> None:
    metric, rng = SUMMED[key], np.random.default_rng(0)
    outputs = rng.standard_normal((6, 3, 8))  # 6 batches, 3 outputs, 8 samples
    if metric.task == "classes":
        measure, targets = class_sums, rng.integers(0, 3, (6, 8))
    else:
        measure, targets = number_sums, rng.standard_normal((6, 8, 3))
    each = [measure(outputs[[k]], targets[[k]]) for k in range(6)]
    flat_outputs = np.moveaxis(outputs, 1, 2).reshape(48, 3)
    flat_targets = targets.reshape(48, *targets.shape[2:])
    total = sum(sums[0] if metric.task == "number" else sums for sums in each)
    assert metric.value(total) == pytest.approx(metric.measure(flat_outputs, flat_targets))


def test_sums_of_numbers_do_not_depend_on_other_batches() -> None:
    """Not even in the last bit."""
    rng = np.random.default_rng(0)
    outputs, targets = rng.standard_normal((6, 3, 8)), rng.standard_normal((6, 8, 3))
    together = number_sums(outputs, targets)
    for k in range(6):
        np.testing.assert_array_equal(number_sums(outputs[[k]], targets[[k]])[0], together[k])


def test_targets_stay_as_they_are() -> None:
    y = np.array([[1.0], [2.0]])
    number_sums(np.zeros((1, 1, 2)), y[np.newaxis])
    np.testing.assert_array_equal(y, [[1.0], [2.0]])


def test_sums_of_classes_are_those_of_all_batches() -> None:
    outputs, classes = np.zeros((3, 2, 4)), np.zeros((3, 4), int)
    outputs[1, 1, :3] = 1.0  # three answers of twelve are class 1: wrong
    np.testing.assert_array_equal(class_sums(outputs, classes), [9, 12])


def test_confusion_counts_have_a_row_for_each_true_class() -> None:
    counts = confusion_counts(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    np.testing.assert_array_equal(counts, [[1, 1, 0], [0, 1, 0], [1, 0, 0]])


def test_scores_of_classes_by_hand() -> None:
    scores = ClassScores.of(np.array([[3, 1, 0, 0], [0, 2, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]]))
    np.testing.assert_allclose(scores.precision, [3 / 5, 2 / 3, 0, 0])
    np.testing.assert_allclose(scores.recall, [3 / 4, 1, 0, 0])
    np.testing.assert_allclose(scores.f1, [6 / 9, 4 / 5, 0, 0])
    assert scores.occurs.tolist() == [True, True, True, False]


def test_of_two_classes_the_second_one_counts() -> None:
    y, one = np.array([0, 1, 1, 1]), np.array([[0.6], [0.4], [0.7], [0.9]])
    assert METRICS["precision"].measure(one, y) == pytest.approx(2 / 3)
    assert METRICS["recall"].measure(one, y) == pytest.approx(2 / 3)
    assert METRICS["auc"].measure(one, y) == pytest.approx(2 / 3)
    both = np.hstack([1 - one, one])
    for key in ("precision", "recall", "f1", "auc"):
        assert METRICS[key].measure(both, y) == METRICS[key].measure(one, y)


def test_auc_does_not_depend_on_the_threshold_and_shares_ties() -> None:
    y = np.array([0, 1, 0, 1])
    assert METRICS["auc"].measure(np.array([[-9.0], [-5.0], [-7.0], [-6.0]]), y) == 1.0
    assert METRICS["auc"].measure(np.full((4, 1), 0.3), y) == 0.5
    assert np.isnan(METRICS["auc"].measure(np.full((4, 1), 0.3), np.ones(4, int)))


def test_the_likeliest_classes() -> None:
    outputs = np.array([[0.5, 0.2, 0.15, 0.1, 0.05, 0.0], [0.0, 0.05, 0.1, 0.15, 0.2, 0.5]])
    y = np.array([2, 1])
    assert METRICS["top_3_accuracy"].measure(outputs, y) == 0.5
    assert METRICS["top_5_accuracy"].measure(outputs, y) == 1.0
    assert METRICS["top_3_accuracy"].measure(outputs[:, :3], np.array([2, 1])) == 1.0


def test_r2_of_several_targets_is_their_mean() -> None:
    y = np.array([[1.0, 5.0], [2.0, 5.5], [3.0, 9.0]])
    answers = np.array([[1.5, 5.0], [2.0, 6.0], [2.0, 8.0]])
    each = [METRICS["r2"].measure(answers[:, [i]], y[:, [i]]) for i in (0, 1)]
    assert METRICS["r2"].measure(answers, y) == pytest.approx(np.mean(each))


def test_r2_of_a_target_that_never_changes() -> None:
    y = np.full((5, 1), 7.0)
    assert METRICS["r2"].measure(y, y) == 1.0
    assert METRICS["r2"].measure(y + 1, y) == 0.0


@pytest.mark.parametrize("key", METRICS)
def test_no_samples_give_nan_and_no_warning(key: str) -> None:
    metric = METRICS[key]
    targets = np.zeros(0, int) if metric.task == "classes" else np.zeros((0, 1))
    assert np.isnan(metric.measure(np.zeros((0, 1)), targets))


@pytest.mark.parametrize("key", METRICS)
def test_says_what_it_is(key: str) -> None:
    metric = METRICS[key]
    assert metric.key == key
    assert metric.title and metric.formula and metric.help.endswith(".")
    assert metric.better in ("higher", "lower")
