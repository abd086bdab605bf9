"""Weights that come from elsewhere, checked before any is taken."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np

from nn_designer.engine.shapes import shape_text


class WeightError(ValueError):
    """Weights do not fit a network; the text names the layer and both shapes."""


def put_weights(
    weights: Mapping[str, Mapping[str, np.ndarray]],
    views_of: Mapping[str, Mapping[str, np.ndarray]],
) -> None:
    """Copy ``weights`` (node → tensor → array) into the arrays of a network, named alike.

    Raises WeightError, and then changes nothing.
    """
    checked: list[tuple[np.ndarray, np.ndarray]] = []
    for name, views in views_of.items():
        if name not in weights:
            near = get_close_matches(name, list(weights), n=1)
            hint = f" (there is {near[0]!r})" if near else ""
            raise WeightError(
                f"The weights have nothing for the layer {name!r}{hint}. They belong to "
                "another design."
            )
        for key, view in views.items():
            if key not in weights[name]:
                raise WeightError(f"The weights of the layer {name!r} have no {key}.")
            array = np.asarray(weights[name][key])
            if array.shape != view.shape:
                raise WeightError(
                    f"The {key} of the layer {name!r} must be {shape_text(view.shape)}, but "
                    f"in these weights it is {shape_text(array.shape)}."
                )
            if array.dtype.kind not in "fiu":
                raise WeightError(f"The {key} of the layer {name!r} holds no numbers.")
            checked.append((view, array))
    unknown = sorted(set(weights) - set(views_of))
    if unknown:
        raise WeightError(
            f"The weights have a layer {unknown[0]!r} that the design does not have. They "
            "belong to another design."
        )
    for view, array in checked:
        view[...] = array
