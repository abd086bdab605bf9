"""Losses: values, gradients, targets, and the sentences of what does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.losses import LOSSES, Criterion
from nn_designer.engine.program import Program
from tests.helpers.gradients import numeric_gradient, relative_error

KEYS = list(LOSSES)
FUSED = [key for key in KEYS if LOSSES[key].fused_activation]


def criterion(key: str, units: int, *, from_logits: bool = False) -> Criterion:
    return Criterion(LOSSES[key](), units, from_logits=from_logits, dtype=np.float64)


def classes(n: int, units: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, max(units, 2), n)


def value(key: str, scores: list[list[float]], y: object, *, from_logits: bool = False) -> float:
    """Mean loss; scores as people write them, samples first."""
    rows = np.array(scores)
    attached = criterion(key, rows.shape[1], from_logits=from_logits)
    return float(attached.value(rows.T, attached.encode(np.array(y))))


def test_the_keys_are_those_that_files_use() -> None:
    assert KEYS == [
        "mean_squared_error",
        "mean_absolute_error",
        "huber",
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "hinge",
    ]


@pytest.mark.parametrize("key", KEYS)
def test_texts(key: str) -> None:
    loss = LOSSES[key]
    assert loss.key == key
    assert loss.title and loss.formula and loss.source and loss.help.endswith(".")
    assert loss.target in ("number", "one_hot", "classes", "sign")


def test_values_worked_out_by_hand() -> None:
    assert value("mean_squared_error", [[1.0], [3.0]], [[0.0], [1.0]]) == pytest.approx(2.5)
    assert value("mean_squared_error", [[1.0, 2.0]], [[0.0, 0.0]]) == pytest.approx(2.5)
    assert value("mean_absolute_error", [[1.0], [3.0]], [0.0, 5.0]) == pytest.approx(1.5)
    assert value("huber", [[0.5], [3.0]], [0.0, 0.0]) == pytest.approx((0.125 + 2.5) / 2)
    assert value("hinge", [[0.5], [-2.0]], [1, 0]) == pytest.approx(0.25)
    assert value("hinge", [[2.0, -0.5, 0.0]], [0]) == pytest.approx((0.0 + 0.5 + 1.0) / 3)
    half = np.log(2.0)
    assert value("binary_crossentropy", [[0.5]], [1]) == pytest.approx(half)
    assert value("binary_crossentropy", [[0.0]], [0], from_logits=True) == pytest.approx(half)
    probabilities = [[0.25, 0.75]]
    for key in ("categorical_crossentropy", "sparse_categorical_crossentropy"):
        assert value(key, probabilities, [1]) == pytest.approx(-np.log(0.75))
        logits = np.log(probabilities) + 3.0
        assert value(key, logits.tolist(), [1], from_logits=True) == pytest.approx(-np.log(0.75))


def test_soft_targets() -> None:
    """Rows of probabilities are targets too, for the losses that do not want a class number."""
    rows = [[0.2, 0.8]]
    expected = -0.2 * np.log(0.4) - 0.8 * np.log(0.6)
    assert value("categorical_crossentropy", [[0.4, 0.6]], rows) == pytest.approx(expected)
    expected = -0.2 * np.log(0.6) - 0.8 * np.log(0.4)
    assert value("binary_crossentropy", [[0.6]], [[0.2]]) == pytest.approx(expected)


@pytest.mark.parametrize("units", [2, 5])
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("key", KEYS)
def test_gradient(key: str, from_logits: bool, units: int) -> None:
    if from_logits and key not in FUSED:
        assert LOSSES[key].fused_activation is None
        return
    attached = criterion(key, units, from_logits=from_logits)
    rng = np.random.default_rng(1)
    probabilities = LOSSES[key].fused_activation and not from_logits
    scores = rng.uniform(0.05, 0.95, (units, 6)) if probabilities else rng.normal(size=(units, 6))
    number = LOSSES[key].target == "number"
    y = rng.normal(size=(6, units)) if number else classes(6, units)
    targets = attached.encode(y)
    program, gradient = Program(np.float64), np.zeros_like(scores)
    attached.emit_gradient(program, scores, targets, gradient)
    program.run()
    expected = numeric_gradient(lambda: float(attached.value(scores, targets)), scores)
    assert relative_error(gradient, expected) < 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("key", FUSED)
def test_logits_of_any_size_are_fine(key: str, dtype: type) -> None:
    scores = np.array([[1e4, -1e4, 0.0, 88.0], [-1e4, 1e4, 0.0, -88.0]], dtype)
    attached = Criterion(LOSSES[key](), 2, from_logits=True, dtype=dtype)
    targets = attached.encode(np.array([0, 0, 1, 1]))
    program, gradient = Program(dtype), np.zeros_like(scores)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        attached.emit_gradient(program, scores, targets, gradient)
        program.run()
        losses = attached.loss.logits_losses(scores, targets)
    assert np.isfinite(gradient).all()
    assert losses[0] == 0.0
    assert losses[1] == pytest.approx(2e4 if "categorical" in key else 1e4)


@pytest.mark.parametrize("key", FUSED)
def test_probabilities_of_exactly_0_and_1_are_fine(key: str) -> None:
    attached = criterion(key, 2)
    scores, targets = np.array([[1.0, 0.0], [0.0, 1.0]]), attached.encode(np.array([0, 0]))
    program, gradient = Program(np.float64), np.zeros_like(scores)
    with np.errstate(all="raise"):
        attached.emit_gradient(program, scores, targets, gradient)
        program.run()
    # Where a probability had to be moved into its range, moving it further changes nothing.
    np.testing.assert_array_equal(gradient, 0.0)
    assert float(attached.value(scores, targets)) == pytest.approx(-np.log(1e-7) / 2, rel=1e-3)


def test_signs_are_targets_of_hinge_as_they_are() -> None:
    signs = [[1.0, -1.0], [-1.0, 1.0]]
    np.testing.assert_array_equal(criterion("hinge", 2).encode(np.array(signs)), signs)
    np.testing.assert_array_equal(criterion("hinge", 2).encode(np.array([0, 1])), signs)


@pytest.mark.parametrize("key", KEYS)
def test_a_ring_of_batches_gives_each_batch_its_value(key: str) -> None:
    attached = criterion(key, 3, from_logits=key in FUSED)
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(4, 3, 5))
    number = LOSSES[key].target == "number"
    targets = [attached.encode(rng.normal(size=(5, 3)) if number else classes(5, 3))] * 4
    values = attached.value(scores, np.array(targets))
    assert values.shape == (4,)
    for one, batch, target in zip(values, scores, targets, strict=True):
        assert one == pytest.approx(float(attached.value(batch, target)))


@pytest.mark.parametrize("key", KEYS)
def test_targets_buffer_takes_encoded_rows(key: str) -> None:
    attached = criterion(key, 3)
    rows = attached.encode(classes(7, 3))
    buffer = attached.targets_buffer(4)
    rows.take(np.arange(4), 0, buffer, "clip")
    np.testing.assert_array_equal(buffer, rows[:4])


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("units", [1, 4])
def test_classes_come_back_from_targets_and_from_right_scores(key: str, units: int) -> None:
    y = classes(9, units)
    attached = criterion(key, units)
    if attached.loss.target == "classes" and units == 1:
        return  # one unit cannot say which class; problem_with refuses it
    targets = attached.encode(y)
    np.testing.assert_array_equal(attached.target_classes(targets), y)
    if attached.loss.target != "classes":
        np.testing.assert_array_equal(attached.predicted_classes(targets.T), y)


def test_one_output_is_class_1_above_its_middle() -> None:
    scores = np.array([[-0.1, 0.1, 0.4, 0.6]])
    assert criterion("hinge", 1).predicted_classes(scores).tolist() == [0, 1, 1, 1]
    probability = criterion("binary_crossentropy", 1)
    assert probability.predicted_classes(scores).tolist() == [0, 0, 0, 1]
    logits = criterion("binary_crossentropy", 1, from_logits=True)
    assert logits.predicted_classes(scores).tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("key", ["mean_squared_error", "sparse_categorical_crossentropy"])
def test_more_classes_than_outputs_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"classes from 0 to 3.*Change the units"):
        criterion(key, 3).encode(np.array([0, 3, 1]))


@pytest.mark.parametrize("key", KEYS)
def test_classes_below_zero_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="classes from -1 to 1"):
        criterion(key, 2).encode(np.array([-1, 0, 1]))


def test_more_targets_than_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"2 numbers per sample.*3 outputs"):
        criterion("huber", 3).encode(np.zeros((4, 2)))


FITS = [
    ("mean_squared_error", (1,), "linear", "number", None, 1),
    ("mean_squared_error", (3,), "softmax", "classes", 3, None),
    ("mean_absolute_error", (1,), "sigmoid", "classes", 2, None),
    ("huber", (2,), "linear", "number", None, 2),
    ("binary_crossentropy", (1,), "sigmoid", "classes", 2, None),
    ("categorical_crossentropy", (2,), "softmax", "classes", 2, None),
    ("sparse_categorical_crossentropy", (10,), "softmax", "classes", 10, None),
    ("sparse_categorical_crossentropy", (10,), "softmax", None, None, None),
    ("hinge", (1,), "tanh", "classes", 2, None),
    ("hinge", (3,), "linear", "classes", 3, None),
]


@pytest.mark.parametrize(("key", "shape", "activation", "task", "n_classes", "n_targets"), FITS)
def test_what_suits(key, shape, activation, task, n_classes, n_targets) -> None:  # type: ignore[no-untyped-def]
    assert LOSSES[key]().problem_with(shape, activation, task, n_classes, n_targets) is None


UNSUITED = [
    ("mean_squared_error", (2, 2), "linear", None, None, "Insert a Flatten layer"),
    ("mean_squared_error", (2,), "linear", "number", None, "units of the last layer to 1."),
    ("mean_squared_error", (1,), "softmax", "number", None, "to linear"),
    ("mean_squared_error", (2,), "linear", "classes", 3, "units of the last layer to 3."),
    ("binary_crossentropy", (1,), "sigmoid", "number", None, "Choose mean squared error"),
    ("binary_crossentropy", (1,), "sigmoid", "classes", 3, "sparse categorical cross-entropy"),
    ("binary_crossentropy", (2,), "sigmoid", "classes", 2, "units of the last layer to 1,"),
    ("binary_crossentropy", (1,), "relu", "classes", 2, "is ReLU. Set it to sigmoid."),
    ("sparse_categorical_crossentropy", (1,), "softmax", "classes", 2, "layer to 2,"),
    ("sparse_categorical_crossentropy", (4,), "softmax", "classes", 3, "3 classes"),
    ("sparse_categorical_crossentropy", (3,), "linear", "classes", 3, "Set it to softmax."),
    ("categorical_crossentropy", (3,), "softmax", "number", None, "is for classes"),
    ("hinge", (1,), "sigmoid", "classes", 2, "linear or tanh"),
    ("hinge", (2,), "linear", "classes", 3, "units of the last layer to 3."),
    ("hinge", (1,), "linear", "number", None, "is for classes"),
]


@pytest.mark.parametrize(("key", "shape", "activation", "task", "n_classes", "words"), UNSUITED)
def test_what_does_not_suit_says_the_way_out(
    key, shape, activation, task, n_classes, words
) -> None:  # type: ignore[no-untyped-def]
    problem = LOSSES[key]().problem_with(shape, activation, task, n_classes, 1)
    assert problem is not None
    assert words in problem
    assert problem.endswith(".")
