"""Losses: values, gradients, targets, and the sentences of what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn_designer.engine.class_metrics import answered_classes
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.program import Program
from nn_designer.params import ParamError
from tests.helpers.gradients import numeric_gradient, relative_error
from tests.helpers.losses import VARIANTS, criterion, scores_for, targets_for

KEYS = list(LOSSES)
FUSED = [key for key in KEYS if LOSSES[key].fused_activation]


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
        "log_cosh",
        "quantile",
        "poisson",
        "cosine_similarity",
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "binary_focal_crossentropy",
        "categorical_focal_crossentropy",
        "kl_divergence",
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
    assert value("log_cosh", [[2.0], [0.0]], [0.0, 0.0]) == pytest.approx(np.log(np.cosh(2)) / 2)
    assert value("quantile", [[3.0], [0.0]], [1.0, 4.0]) == pytest.approx((0.5 * 2 + 0.5 * 4) / 2)
    assert value("poisson", [[2.0]], [3.0]) == pytest.approx(2.0 - 3.0 * np.log(2.0), rel=1e-5)
    assert value("cosine_similarity", [[3.0, 0.0], [0.0, -2.0]], [[1.0, 1.0], [0.0, 5.0]]) == (
        pytest.approx((-np.sqrt(0.5) + 1.0) / 2)
    )
    half = np.log(2.0)
    assert value("binary_crossentropy", [[0.5]], [1]) == pytest.approx(half)
    assert value("binary_crossentropy", [[0.0]], [0], from_logits=True) == pytest.approx(half)
    probabilities = [[0.25, 0.75]]
    for key in ("categorical_crossentropy", "sparse_categorical_crossentropy"):
        assert value(key, probabilities, [1]) == pytest.approx(-np.log(0.75))
        logits = np.log(probabilities) + 3.0
        assert value(key, logits.tolist(), [1], from_logits=True) == pytest.approx(-np.log(0.75))


def test_settings_by_hand() -> None:
    def with_settings(key: str, score: list[float], y: object, **settings: float) -> float:
        attached = criterion(key, len(score), settings)
        targets = attached.encode(np.array([y]))
        return float(attached.value(np.array([score]).T, targets))

    assert with_settings("huber", [3.0], 0.0, delta=2.0) == pytest.approx(2.0 * (3.0 - 1.0))
    assert with_settings("quantile", [3.0], 1.0, quantile=0.9) == pytest.approx(0.1 * 2.0)
    assert with_settings("quantile", [1.0], 3.0, quantile=0.9) == pytest.approx(0.9 * 2.0)
    smoothed = -0.95 * np.log(0.75) - 0.05 * np.log(0.25)
    for key, score in (
        ("binary_crossentropy", [0.75]),
        ("categorical_crossentropy", [0.25, 0.75]),
        ("sparse_categorical_crossentropy", [0.25, 0.75]),
    ):
        assert with_settings(key, score, 1, label_smoothing=0.1) == pytest.approx(smoothed)
    focal = -(0.25**3) * np.log(0.75)
    assert with_settings("binary_focal_crossentropy", [0.75], 1, gamma=3.0) == pytest.approx(focal)
    balanced = {"gamma": 3.0, "apply_class_balancing": True, "alpha": 0.4}
    for y, share in ((1, 0.4 * focal), (0, -0.6 * 0.75**3 * np.log(0.25))):
        found = with_settings("binary_focal_crossentropy", [0.75], y, **balanced)
        assert found == pytest.approx(share)
    found = with_settings("categorical_focal_crossentropy", [0.25, 0.75], 1, gamma=3.0, alpha=0.4)
    assert found == pytest.approx(0.4 * focal)


def test_kl_divergence_is_0_at_best_and_else_more() -> None:
    assert value("kl_divergence", [[0.2, 0.8]], [[0.2, 0.8]]) == pytest.approx(0.0)
    expected = 0.2 * np.log(0.2 / 0.5) + 0.8 * np.log(0.8 / 0.5)
    assert value("kl_divergence", [[0.5, 0.5]], [[0.2, 0.8]]) == pytest.approx(expected)
    assert value("kl_divergence", [[0.5, 0.5]], [[0.0, 1.0]]) == pytest.approx(np.log(2.0))


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ParamError, match="Delta must be a number above 0"):
        LOSSES["huber"](delta=0.0)
    with pytest.raises(ParamError, match="q must be"):
        LOSSES["quantile"](quantile=1.0)


def test_soft_targets() -> None:
    """Rows of probabilities are targets too, for the losses that do not want a class number."""
    rows = [[0.2, 0.8]]
    expected = -0.2 * np.log(0.4) - 0.8 * np.log(0.6)
    assert value("categorical_crossentropy", [[0.4, 0.6]], rows) == pytest.approx(expected)
    expected = -0.2 * np.log(0.6) - 0.8 * np.log(0.4)
    assert value("binary_crossentropy", [[0.6]], [[0.2]]) == pytest.approx(expected)


@pytest.mark.parametrize("units", [2, 5])
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(("key", "settings"), VARIANTS)
def test_gradient(key: str, settings: dict[str, Any], from_logits: bool, units: int) -> None:
    if from_logits and key not in FUSED:
        assert LOSSES[key].fused_activation is None
        return
    attached = criterion(key, units, settings, from_logits=from_logits)
    rng = np.random.default_rng(1)
    scores = scores_for(key, rng, (units, 6), from_logits=from_logits)
    targets = attached.encode(targets_for(key, rng, 6, units))
    program, gradient = Program(np.float64), np.zeros_like(scores)
    attached.emit_gradient(program, scores, targets, gradient)
    program.run()
    expected = numeric_gradient(lambda: float(attached.value(scores, targets)), scores)
    assert relative_error(gradient, expected) < 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("key", FUSED)
def test_logits_of_any_size_are_fine(key: str, dtype: type) -> None:
    scores = np.array([[1e4, -1e4, 0.0, 88.0], [-1e4, 1e4, 0.0, -88.0]], dtype)
    attached = criterion(key, 2, from_logits=True, dtype=dtype)
    targets = attached.encode(np.array([0, 0, 1, 1]))
    program, gradient = Program(dtype), np.zeros_like(scores)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        attached.emit_gradient(program, scores, targets, gradient)
        program.run()
        losses = attached.loss.logits_losses(scores, targets)
    assert np.isfinite(gradient).all()
    assert losses[0] == 0.0
    wrong = {"binary_crossentropy": 1e4, "binary_focal_crossentropy": 1e4}
    wrong["categorical_focal_crossentropy"] = 0.25 * 2e4
    assert losses[1] == pytest.approx(wrong.get(key, 2e4))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e3, 1e10])
def test_misses_of_any_size_are_fine(size: float, dtype: type) -> None:
    for key in ("huber", "log_cosh", "quantile"):
        attached = criterion(key, 1, dtype=dtype)
        scores, targets = np.array([[size, -size, 0.0]], dtype), np.zeros((3, 1), dtype)
        program, gradient = Program(dtype), np.zeros_like(scores)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            attached.emit_gradient(program, scores, targets, gradient)
            program.run()
            losses = attached.loss.losses(scores, targets)
        slope = 0.5 if key == "quantile" else 1.0
        np.testing.assert_allclose(gradient, np.array([[slope, -slope, 0.0]]) / 3, rtol=1e-6)
        np.testing.assert_allclose(losses, [slope * size, slope * size, 0.0], rtol=1e-3, atol=1e-6)


def test_an_output_of_nothing_has_no_direction_and_no_infinite_gradient() -> None:
    attached = criterion("cosine_similarity", 2)
    scores, targets = np.zeros((2, 1)), attached.encode(np.array([[3.0, 4.0]]))
    program, gradient = Program(np.float64), np.zeros_like(scores)
    with np.errstate(all="raise"):
        attached.emit_gradient(program, scores, targets, gradient)
        program.run()
    assert np.isfinite(gradient).all()
    assert attached.value(scores, targets) == 0.0
    np.testing.assert_array_equal(attached.encode(np.zeros((1, 2))), [[0.0, 0.0]])


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
    expected = -np.log(1e-7) / 2
    if key == "categorical_focal_crossentropy":
        expected *= 0.25
    assert float(attached.value(scores, targets)) == pytest.approx(expected, rel=1e-3)


def test_signs_are_targets_of_hinge_as_they_are() -> None:
    signs = [[1.0, -1.0], [-1.0, 1.0]]
    np.testing.assert_array_equal(criterion("hinge", 2).encode(np.array(signs)), signs)
    np.testing.assert_array_equal(criterion("hinge", 2).encode(np.array([0, 1])), signs)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(("key", "settings"), VARIANTS)
def test_a_ring_of_batches_gives_each_batch_its_value(
    key: str, settings: dict[str, Any], from_logits: bool
) -> None:
    from_logits = from_logits and key in FUSED
    attached = criterion(key, 3, settings, from_logits=from_logits)
    rng = np.random.default_rng(2)
    scores = scores_for(key, rng, (4, 3, 5), from_logits=from_logits)
    targets = [attached.encode(targets_for(key, rng, 5, 3)) for _ in range(4)]
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
def test_encoded_targets_are_the_scores_of_right_answers(key: str, units: int) -> None:
    attached = criterion(key, units)
    if attached.loss.target == "classes" or (units == 1 and key == "kl_divergence"):
        return  # whole numbers are no scores; problem_with refuses the other
    y = classes(9, units)
    scores = attached.encode(y).T
    np.testing.assert_array_equal(answered_classes(scores, attached.threshold), y)


def test_one_output_is_class_1_above_its_middle() -> None:
    def answers(key: str, **logits: bool) -> list[int]:
        scores = np.array([[-0.1, 0.1, 0.4, 0.6]])
        threshold = criterion(key, 1, **logits).threshold
        return answered_classes(scores, threshold).astype(int).tolist()

    assert answers("hinge") == [0, 1, 1, 1]
    assert answers("binary_crossentropy") == [0, 0, 0, 1]
    assert answers("binary_crossentropy", from_logits=True) == [0, 1, 1, 1]


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


def test_targets_that_do_not_suit_are_told_before_training() -> None:
    with pytest.raises(ValueError, match=r"targets of 0 or more, but the smallest is -2\..*error"):
        criterion("poisson", 1).encode(np.array([3.0, -2.0]))
    with pytest.raises(ValueError, match=r"add up to 1, but 2 of 3 samples have others\. Choose"):
        criterion("kl_divergence", 2).encode(np.array([[0.5, 0.5], [0.5, 0.6], [1.5, -0.5]]))
    for key in ("binary_focal_crossentropy", "categorical_focal_crossentropy"):
        with pytest.raises(ValueError, match=r"expects classes, but.*shares.*Choose"):
            criterion(key, 2).encode(np.array([[0.5, 0.5]]))


FITS = [
    ("mean_squared_error", (1,), "linear", "number", None, 1),
    ("mean_squared_error", (3,), "softmax", "classes", 3, None),
    ("mean_absolute_error", (1,), "sigmoid", "classes", 2, None),
    ("huber", (2,), "linear", "number", None, 2),
    ("log_cosh", (2,), "linear", "number", None, 2),
    ("quantile", (1,), "linear", "number", None, 1),
    ("poisson", (1,), "softplus", "number", None, 1),
    ("poisson", (1,), "softplus", None, None, None),
    ("cosine_similarity", (3,), "linear", "number", None, 3),
    ("cosine_similarity", (3,), "softmax", "classes", 3, None),
    ("kl_divergence", (3,), "softmax", "number", None, 3),
    ("kl_divergence", (3,), "softmax", "classes", 3, None),
    ("binary_focal_crossentropy", (1,), "sigmoid", "classes", 2, None),
    ("categorical_focal_crossentropy", (5,), "softmax", "classes", 5, None),
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
    ("poisson", (1,), "linear", "number", None, "is Linear, which gives others too. Set it to"),
    ("poisson", (1,), "softplus", "classes", 2, "is for counts"),
    ("poisson", (2,), "softplus", "number", None, "units of the last layer to 1."),
    ("cosine_similarity", (1,), "linear", "number", None, "ends with 1 output"),
    ("kl_divergence", (1,), "softmax", "number", None, "there is one number to predict"),
    ("kl_divergence", (3,), "linear", "classes", 3, "Set it to softmax."),
    ("binary_focal_crossentropy", (1,), "tanh", "classes", 2, "is Tanh. Set it to sigmoid."),
    ("categorical_focal_crossentropy", (2,), "softmax", "number", None, "is for classes"),
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
