"""What each training sample counts: by its class, and by a weight of its own.

As in Keras, a sample's loss is multiplied by its weight, and the mean is over the number of
samples, not over the sum of the weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_designer.engine.training_settings import TrainingSettings


def class_weight_problem(
    settings: TrainingSettings, task: str | None, n_classes: int | None, n_outputs: int = 1
) -> str | None:
    """Why the class weights of the settings do not suit the data, with the way out, or None.

    ``task`` and ``n_classes`` are None where they are not known.
    """
    if settings.class_weight == "none":
        return None
    if task == "number":
        return (
            "Class weights are for classes, but the data's target is a number. Set the class "
            "weights to none."
        )
    if n_outputs > 1:
        return (
            f"Class weights are for one output, but the network has {n_outputs}. Set them to none, "
            "and give the outputs a loss weight each."
        )
    if settings.class_weight == "balanced":
        return None
    count = len(settings.class_weights)
    if n_classes and count != n_classes:
        given = "is 1 class weight" if count == 1 else f"are {count:,} class weights"
        return (
            f"There {given}, but the data has {n_classes:,} classes. Give one weight for each "
            "class, in their order."
        )
    if not any(settings.class_weights):
        return "All class weights are 0, so that nothing is learned. Set at least one above 0."
    return None


def class_weights(settings: TrainingSettings, classes: np.ndarray) -> np.ndarray | None:
    """What the samples ``classes`` (N,) count by their class, float64 (N,); None: all alike.

    "balanced" gives each class that occurs the same total, as in scikit-learn:
    samples / (classes · samples of the class).
    """
    if settings.class_weight == "none":
        return None
    flat = classes.reshape(-1)
    if settings.class_weight == "own":
        return np.asarray(np.array(settings.class_weights, np.float64)[flat])
    counts = np.bincount(flat)
    share = len(flat) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return np.asarray(share[flat])


def checked_weights(weights: Any, n_samples: int, part: str) -> np.ndarray:
    """A person's sample weights as float64 (N,). Raises ValueError with a sentence."""
    found = np.asarray(weights, np.float64).reshape(-1)
    if len(found) != n_samples:
        raise ValueError(
            f"The {part} part has {n_samples:,} samples but {len(found):,} weights. Each sample "
            "needs one."
        )
    for wrong, what in (
        (~np.isfinite(found), "missing or infinite numbers"),
        (found < 0, "numbers below 0"),
    ):
        if wrong.any():
            raise ValueError(
                f"The {part} weights hold {what} in {int(wrong.sum()):,} of {n_samples:,} "
                "samples. Correct them, or train without weights."
            )
    if n_samples and not found.any():
        raise ValueError(
            f"All {part} weights are 0, so that no sample counts. Set some above 0, or train "
            "without weights."
        )
    return found
