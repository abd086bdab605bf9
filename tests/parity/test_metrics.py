"""Metrics beside scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from nn_designer.engine.class_metrics import answered_classes, confusion_counts
from nn_designer.engine.metrics import METRICS

TOLERANCE = 1e-12


def answers_of(n: int, n_classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, n_classes) that are somewhat right, and the right classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n)
    logits = rng.normal(size=(n, n_classes)).round(1)  # rounded: some scores are equal
    logits[np.arange(n), y] += 1.0
    p = np.exp(logits)
    return p / p.sum(axis=1, keepdims=True), y


@pytest.mark.parametrize("n_classes", [2, 3, 8])
def test_metrics_of_classes(n_classes: int) -> None:
    p, y = answers_of(300, n_classes)
    said = p.argmax(axis=1)
    average = "binary" if n_classes == 2 else "macro"
    expected = {
        "accuracy": sklearn_metrics.accuracy_score(y, said),
        "precision": sklearn_metrics.precision_score(y, said, average=average),
        "recall": sklearn_metrics.recall_score(y, said, average=average),
        "f1": sklearn_metrics.f1_score(y, said, average=average),
        "auc": sklearn_metrics.roc_auc_score(y, p[:, 1])
        if n_classes == 2
        else sklearn_metrics.roc_auc_score(y, p, multi_class="ovr"),
    }
    for key, value in expected.items():
        assert METRICS[key].measure(p, y) == pytest.approx(value, abs=TOLERANCE), key
    counts = confusion_counts(y, answered_classes(p.T), n_classes)
    np.testing.assert_array_equal(counts, sklearn_metrics.confusion_matrix(y, said))


def test_metrics_of_one_output() -> None:
    p, y = answers_of(200, 2, seed=3)
    said = p[:, 1] > 0.5
    for key, score in {
        "precision": sklearn_metrics.precision_score(y, said),
        "recall": sklearn_metrics.recall_score(y, said),
        "f1": sklearn_metrics.f1_score(y, said),
        "auc": sklearn_metrics.roc_auc_score(y, p[:, 1]),
    }.items():
        assert METRICS[key].measure(p[:, 1:], y) == pytest.approx(score, abs=TOLERANCE), key


def test_classes_that_do_not_occur_are_left_out() -> None:
    p, y = answers_of(100, 5, seed=4)
    p[:, 3] = 0.0
    p, y = p[y != 3], y[y != 3]
    expected = sklearn_metrics.f1_score(y, p.argmax(axis=1), average="macro")
    assert METRICS["f1"].measure(p, y) == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize("k", [3, 5])
def test_top_k(k: int) -> None:
    rng = np.random.default_rng(5)
    scores, y = rng.normal(size=(300, 10)), rng.integers(0, 10, 300)
    expected = sklearn_metrics.top_k_accuracy_score(y, scores, k=k, labels=np.arange(10))
    assert METRICS[f"top_{k}_accuracy"].measure(scores, y) == pytest.approx(expected)


@pytest.mark.parametrize("n_targets", [1, 3])
def test_metrics_of_numbers(n_targets: int) -> None:
    rng = np.random.default_rng(6)
    y = rng.normal(size=(200, n_targets))
    said = y + 0.3 * rng.normal(size=y.shape)
    for key, value in {
        "mae": sklearn_metrics.mean_absolute_error(y, said),
        "rmse": np.sqrt(sklearn_metrics.mean_squared_error(y, said)),
        "r2": sklearn_metrics.r2_score(y, said),
    }.items():
        assert METRICS[key].measure(said, y) == pytest.approx(value, rel=1e-10), key
