"""Losses in PyTorch, as functions of outputs or logits (batch, units), targets and settings."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F


def rows(y: torch.Tensor, units: int) -> torch.Tensor:
    """Classes as one-hot rows, numbers as they are."""
    if y.is_floating_point():
        return y
    if units == 1:
        return y[:, None].to(torch.get_default_dtype())
    return F.one_hot(y, units).to(torch.get_default_dtype())


def signs(y: torch.Tensor, units: int) -> torch.Tensor:
    return 2.0 * rows(y, units) - 1.0


def log_cosh(o: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    d = (o - rows(y, o.shape[1])).abs()
    return (d + F.softplus(-2.0 * d) - torch.log(torch.tensor(2.0))).mean()


def quantile(o: torch.Tensor, y: torch.Tensor, quantile: float = 0.5) -> torch.Tensor:
    d = rows(y, o.shape[1]) - o
    return torch.maximum(quantile * d, (quantile - 1.0) * d).mean()


def poisson(o: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.poisson_nll_loss(o, rows(y, o.shape[1]), log_input=False, eps=1e-7)


def cosine_similarity(o: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return -F.cosine_similarity(o, rows(y, o.shape[1]), dim=1).mean()


def kl_divergence(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.kl_div(F.log_softmax(z, dim=1), rows(y, z.shape[1]), reduction="batchmean")


def binary_focal(
    z: torch.Tensor,
    y: torch.Tensor,
    gamma: float = 2.0,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
) -> torch.Tensor:
    s = signs(y, z.shape[1])
    loss = torch.sigmoid(-s * z) ** gamma * F.softplus(-s * z, threshold=50.0)
    if apply_class_balancing:
        loss = loss * torch.where(s > 0, alpha, 1.0 - alpha)
    return loss.mean()


def categorical_focal(
    z: torch.Tensor, y: torch.Tensor, gamma: float = 2.0, alpha: float = 0.25
) -> torch.Tensor:
    hot = rows(y, z.shape[1])
    others = (F.softmax(z, dim=1) * (1.0 - hot)).sum(dim=1)
    loss = -(F.log_softmax(z, dim=1) * hot).sum(dim=1)
    return (alpha * others**gamma * loss).mean()


def binary_crossentropy(
    z: torch.Tensor, y: torch.Tensor, label_smoothing: float = 0.0
) -> torch.Tensor:
    smoothed = rows(y, z.shape[1]) * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return F.binary_cross_entropy_with_logits(z, smoothed)


def categorical_crossentropy(
    z: torch.Tensor, y: torch.Tensor, label_smoothing: float = 0.0
) -> torch.Tensor:
    return F.cross_entropy(z, rows(y, z.shape[1]), label_smoothing=label_smoothing)


LOSSES: dict[str, Any] = {
    "mean_squared_error": lambda o, y: F.mse_loss(o, rows(y, o.shape[1])),
    "mean_absolute_error": lambda o, y: F.l1_loss(o, rows(y, o.shape[1])),
    "huber": lambda o, y, delta=1.0: F.huber_loss(o, rows(y, o.shape[1]), delta=delta),
    "log_cosh": log_cosh,
    "quantile": quantile,
    "poisson": poisson,
    "cosine_similarity": cosine_similarity,
    "hinge": lambda o, y: (1.0 - o * signs(y, o.shape[1])).clamp(min=0.0).mean(),
}
"""Losses of outputs."""

LOGIT_LOSSES: dict[str, Any] = {
    "binary_crossentropy": binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "sparse_categorical_crossentropy": F.cross_entropy,
    "binary_focal_crossentropy": binary_focal,
    "categorical_focal_crossentropy": categorical_focal,
    "kl_divergence": kl_divergence,
}
"""Losses of what comes before the last sigmoid or softmax."""
