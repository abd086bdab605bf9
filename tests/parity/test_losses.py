"""Values and gradients of losses beside PyTorch and Keras, in float64."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from nn_designer.engine.program import Program
from tests.helpers.losses import VARIANTS, criterion, least_units, scores_for, targets_for
from tests.parity.torch_losses import LOGIT_LOSSES, LOSSES

TOLERANCE = 1e-6

KERAS: dict[str, str] = {
    "huber": "Huber",
    "log_cosh": "LogCosh",
    "poisson": "Poisson",
    "cosine_similarity": "CosineSimilarity",
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "kl_divergence": "KLDivergence",
}


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def ours(
    key: str, settings: dict[str, Any], scores: np.ndarray, y: np.ndarray, *, from_logits: bool
) -> tuple[float, np.ndarray]:
    """The loss and its gradient; scores (batch, units)."""
    attached = criterion(key, scores.shape[1], settings, from_logits=from_logits)
    targets = attached.encode(y)
    program, gradient = Program(np.float64), np.zeros((scores.shape[1], len(scores)))
    attached.emit_gradient(program, np.ascontiguousarray(scores.T), targets, gradient)
    program.run()
    return float(attached.value(scores.T, targets)), gradient.T


def assert_agree(found: tuple[float, np.ndarray], loss: Any, given: torch.Tensor) -> None:
    loss.backward()
    assert given.grad is not None
    value, gradient = found
    assert value == pytest.approx(loss.item(), rel=TOLERANCE, abs=TOLERANCE)
    np.testing.assert_allclose(gradient, given.grad.numpy(), rtol=TOLERANCE, atol=1e-8)


@pytest.mark.parametrize("size", [1.0, 30.0, 1000.0])
@pytest.mark.parametrize("units", [1, 4])
@pytest.mark.parametrize(("key", "settings"), VARIANTS)
def test_as_in_pytorch(key: str, settings: dict[str, Any], units: int, size: float) -> None:
    """Logits and misses up to several thousands."""
    rng, units = np.random.default_rng(3), max(units, least_units(key))
    from_logits = key in LOGIT_LOSSES
    scores = size * scores_for(key, rng, (16, units), from_logits=from_logits)
    y = targets_for(key, rng, 16, units)
    found = ours(key, settings, scores, y, from_logits=from_logits)
    if size == 1000.0 and settings.get("gamma", 1.0) < 1.0:
        assert np.isfinite(found[0]) and np.isfinite(found[1]).all()  # PyTorch's are not
        return
    given = torch.tensor(scores, requires_grad=True)
    loss = (LOGIT_LOSSES | LOSSES)[key](given, torch.tensor(y), **settings)
    assert_agree(found, loss, given)


@pytest.mark.parametrize("units", [1, 4])
@pytest.mark.parametrize(
    ("key", "settings"), [(key, settings) for key, settings in VARIANTS if key in KERAS]
)
def test_as_in_keras(key: str, settings: dict[str, Any], units: int) -> None:
    """Of outputs, as Keras takes them."""
    import keras

    rng, units = np.random.default_rng(4), max(units, least_units(key))
    scores, y = scores_for(key, rng, (16, units)), targets_for(key, rng, 16, units)
    if key in ("categorical_crossentropy", "categorical_focal_crossentropy"):
        scores /= scores.sum(axis=1, keepdims=True)  # Keras divides by the sum
    given = torch.tensor(scores, requires_grad=True)
    hot = np.eye(units)[y] if y.dtype.kind == "i" and units > 1 else y.reshape(16, -1)
    theirs = getattr(keras.losses, KERAS[key])(**settings, dtype="float64")
    value, gradient = ours(key, settings, scores, y, from_logits=False)
    loss = theirs(torch.tensor(hot, dtype=torch.float64), given)
    assert value == pytest.approx(loss.item(), rel=TOLERANCE)
    if "categorical" not in key:  # there the division has a gradient, too
        assert_agree((value, gradient), loss, given)
