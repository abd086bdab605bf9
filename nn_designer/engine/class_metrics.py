"""Metrics for classes. Averages over classes are macro: every class counts the same.

A class that neither is right for any sample nor is ever answered is left out of averages, as in
scikit-learn. With two classes, precision, recall, F1 and AUC are those of the second one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nn_designer.engine.metric import Metric, SummedMetric


def answered_classes(outputs: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """The class of each answer: (..., outputs, B) → (..., B) whole numbers, or true for class 1
    if a single output is above ``threshold``."""
    if outputs.shape[-2] == 1:
        return np.asarray(outputs[..., 0, :] > threshold)
    return np.asarray(outputs.argmax(axis=-2))


def class_sums(outputs: np.ndarray, classes: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """Sums of all batches for the metrics of classes, float64 (2,): right answers, answers.

    They are whole numbers, whose sum is exact in any order.

    ``outputs`` (K, outputs, B), probabilities or logits; ``classes`` (K, B). A single output
    above ``threshold`` means class 1 (0.5 for probabilities, 0 for logits).
    """
    answers = answered_classes(outputs, threshold)
    return np.array([np.count_nonzero(answers == classes), answers.size], np.float64)


def confusion_counts(classes: np.ndarray, answers: np.ndarray, n_classes: int) -> np.ndarray:
    """Counts (n_classes, n_classes): a row for each right class, a column for each answered one.

    ``classes`` and ``answers`` (N,). The counts of several parts add up to those of the whole.
    """
    flat = classes.astype(np.int64) * n_classes + answers
    counts = np.bincount(flat, minlength=n_classes * n_classes)
    return counts[: n_classes * n_classes].reshape(n_classes, n_classes)


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 of each class, (classes,); 0 where nothing is to be divided."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    occurs: np.ndarray
    """Whether the class is right or answered for any sample."""

    @classmethod
    def of(cls, counts: np.ndarray) -> ClassScores:
        """The scores from :func:`confusion_counts`."""
        right = np.diag(counts)
        answered, true = counts.sum(axis=0), counts.sum(axis=1)
        return cls(
            _share(right, answered),
            _share(right, true),
            _share(2 * right, answered + true),
            answered + true > 0,
        )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(part / np.maximum(whole, 1))


class Accuracy(SummedMetric):
    key = "accuracy"
    title = "Accuracy"
    formula = "right answers / all answers"
    help = "The share of samples whose class is answered rightly."
    task = "classes"
    better = "higher"

    def value(self, sums: np.ndarray, scale: np.ndarray | None = None) -> float:
        right, answers = sums
        return float(right / answers) if answers else float("nan")

    def measure(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> float:
        batch, right = np.asarray(outputs).T[np.newaxis], np.asarray(targets)[np.newaxis]
        return self.value(class_sums(batch, right, threshold))


class TopAccuracy(Metric):
    """Base of the accuracies that let the network answer several classes."""

    formula = "samples whose class is among the k likeliest / all samples"
    source = "https://scikit-learn.org/stable/modules/model_evaluation.html#top-k-accuracy-score"
    task = "classes"
    better = "higher"
    k: ClassVar[int]

    def measure(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> float:
        if not len(targets):
            return float("nan")
        if outputs.shape[1] <= self.k:
            return 1.0
        own = np.take_along_axis(outputs, np.asarray(targets)[:, np.newaxis], 1)
        return float(((outputs > own).sum(axis=1) < self.k).mean())


class Top3Accuracy(TopAccuracy):
    key = "top_3_accuracy"
    title = "Top-3 accuracy"
    help = "The share of samples whose class is among the three likeliest answers."
    k = 3


class Top5Accuracy(TopAccuracy):
    key = "top_5_accuracy"
    title = "Top-5 accuracy"
    help = "The share of samples whose class is among the five likeliest answers."
    k = 5


class ConfusionMetric(Metric):
    """Base of the metrics worked out from the counts of which class is taken for which."""

    source = "https://en.wikipedia.org/wiki/Precision_and_recall"
    task = "classes"
    better = "higher"

    def of_classes(self, scores: ClassScores) -> np.ndarray:
        """The metric of each class, (classes,)."""
        raise NotImplementedError

    def measure(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> float:
        n_classes = max(outputs.shape[1], 2)
        answers = answered_classes(np.asarray(outputs).T, threshold)
        scores = ClassScores.of(confusion_counts(np.asarray(targets), answers, n_classes))
        each = self.of_classes(scores)
        if not len(targets):
            return float("nan")
        return float(each[1] if n_classes == 2 else each[scores.occurs].mean())


class Precision(ConfusionMetric):
    key = "precision"
    title = "Precision"
    formula = "right answers of a class / all answers of that class"
    help = "How far an answer can be trusted: the share of its answers that are right."

    def of_classes(self, scores: ClassScores) -> np.ndarray:
        return scores.precision


class Recall(ConfusionMetric):
    key = "recall"
    title = "Recall"
    formula = "right answers of a class / all samples of that class"
    help = "How much is found: the share of a class's samples that are answered rightly."

    def of_classes(self, scores: ClassScores) -> np.ndarray:
        return scores.recall


class F1(ConfusionMetric):
    key = "f1"
    title = "F1"
    formula = "2 · precision · recall / (precision + recall)"
    help = "Precision and recall in one number, which is high only if both are."
    source = "https://en.wikipedia.org/wiki/F-score"

    def of_classes(self, scores: ClassScores) -> np.ndarray:
        return scores.f1


class AreaUnderCurve(Metric):
    """Worked out from the ranks of all scores (Mann and Whitney), so that it is exact."""

    key = "auc"
    title = "AUC"
    formula = "P(a sample of the class scores higher than one of another class)"
    help = (
        "The area under the ROC curve: 1 if all samples of the class score higher than all "
        "others, 0.5 if by chance, whatever the threshold. Several classes: the mean of each "
        "against the rest."
    )
    source = "https://en.wikipedia.org/wiki/Receiver_operating_characteristic"
    task = "classes"
    better = "higher"

    def measure(
        self,
        outputs: np.ndarray,
        targets: np.ndarray,
        *,
        threshold: float = 0.5,
        scale: np.ndarray | None = None,
    ) -> float:
        classes = np.asarray(targets)
        if outputs.shape[1] <= 2:
            return _area(outputs[:, -1], classes == 1)
        areas = [_area(outputs[:, i], classes == i) for i in range(outputs.shape[1])]
        known = [area for area in areas if not np.isnan(area)]
        return float(np.mean(known)) if known else float("nan")


def _area(scores: np.ndarray, positive: np.ndarray) -> float:
    """The area under the ROC curve; NaN if all samples are on one side."""
    n_positive = int(positive.sum())
    n_pairs = n_positive * (len(positive) - n_positive)
    if not n_pairs:
        return float("nan")
    _, place, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2.0)[place]  # equal scores share their mean rank
    above = ranks[positive].sum() - n_positive * (n_positive + 1) / 2.0
    return float(above / n_pairs)
