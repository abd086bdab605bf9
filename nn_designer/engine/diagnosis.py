"""What goes on inside a network: values for each layer, for who wants to know why it learns badly.

They come from the network's own compiled plans, run once on the samples given; nobody who does
not ask pays anything. The network is left as it was, in the middle of a training too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.graph import NetworkError, Node
from nn_designer.engine.inputs import Arrays
from nn_designer.engine.network import Network, WeightError

Tensors = Mapping[str, Mapping[str, np.ndarray]]
"""Layer → tensor → numbers, as ``Network.get_weights`` gives them."""


@dataclass(frozen=True)
class Distribution:
    """Of many numbers, leaving out those that are infinite or NaN; without any, mean, standard
    deviation, smallest and largest are NaN."""

    mean: float
    std: float
    smallest: float
    largest: float
    not_finite_share: float
    """The share that was left out."""
    counts: tuple[int, ...]
    """The histogram: so many numbers lie from ``edges[i]`` to ``edges[i + 1]``."""
    edges: tuple[float, ...]
    """One more than counts."""


@dataclass(frozen=True)
class TensorDiagnosis:
    """A tensor that a layer learns. Norms are √Σw² over all of its numbers."""

    weight_norm: float
    gradient_norm: float | None = None
    """Of ∂loss/∂w with regularization, as training follows it; None without targets, or if the
    layer is frozen."""
    update_ratio: float | None = None
    """|w - w before| / |w before|; about 0.001 for each step is usual. None without weights from
    before, if these are all 0, or if the layer is frozen."""


@dataclass(frozen=True)
class LayerDiagnosis:
    """What a layer gives for the samples that were looked at, and what it learns from them."""

    activation: str
    """The key of the activation that made the output; "linear" if none did."""
    is_last: bool
    """Whether nothing but Outputs follows."""
    output: Distribution
    """Of all numbers of all samples."""
    n_units: int
    """Units, or channels: the size of the output's last axis."""
    dead_units: int
    """Units that give nothing but the activation's ``dead_value``, for all samples and at all
    places."""
    saturated_share: float
    """The share of numbers beyond the activation's ``saturates_beyond``."""
    gradient_norm: float | None = None
    """Of ∂loss/∂output (``Network.trace_gradients``) over all samples, the loss being their mean.
    None without targets, or if nothing up to here learns."""
    tensors: Mapping[str, TensorDiagnosis] = field(default_factory=dict)
    """What the layer learns; of layers that share weights, the one that owns them has them."""

    @property
    def dead_share(self) -> float:
        """The share of dead units."""
        return self.dead_units / self.n_units


def diagnose(
    network: Network,
    x: Arrays,
    y: Arrays | None = None,
    *,
    before: Tensors | None = None,
    bins: int = 30,
) -> dict[str, LayerDiagnosis]:
    """Layer → its diagnosis, for all layers that hand something on, inputs before their users.

    ``x`` is as for ``Network.predict``; a few hundred samples say enough, and more take memory:
    every layer's output is held at once. Targets ``y`` add gradients, the copy of weights
    ``before`` (``Network.get_weights``, taken before one step or several) adds update ratios.
    Layers act as when predicting: Dropout is off, BatchNormalization uses its moving averages.

    Raises NetworkError for samples or targets that do not fit or a missing loss, WeightError for
    weights of another network, ValueError for less than one bin.
    """
    if bins < 1:
        raise ValueError(f"A histogram needs at least one bin, but it was asked for {bins}.")
    samples = network.inputs.checked(x)
    if not len(samples[network.input_name]):
        raise NetworkError("A diagnosis needs at least one sample, but there are none.")
    ratios = {} if before is None else update_ratios(network, before)
    kept = network.gradients.copy()  # of who has not yet made a step along them
    with np.errstate(all="ignore"):  # what overflows shows in the values
        outputs = network.trace(samples)
        output_gradients = {} if y is None else network.trace_gradients(samples, y)
        tensors = {
            name: _tensors(network, name, y is not None, ratios.get(name, {}))
            for name in network.weight_specs
        }
    network.gradients[...] = kept
    return {
        node.name: _layer(
            network,
            node,
            outputs[node.name],
            output_gradients.get(node.name),
            tensors.get(node.name, {}),
            bins,
        )
        for node in network.nodes
        if node.layer.has_output
    }


def update_ratios(network: Network, before: Tensors) -> dict[str, dict[str, float | None]]:
    """Layer → tensor → |w - w before| / |w before|, for all that is learned; None where all
    numbers were 0. Raises WeightError if ``before`` belongs to another network."""
    ratios: dict[str, dict[str, float | None]] = {}
    for name in network.weight_gradients:
        ratios[name] = {}
        for spec in network.weight_specs[name]:
            now, old = network.weights[name][spec.name], before.get(name, {}).get(spec.name)
            if old is None or old.shape != now.shape:
                raise WeightError(
                    f"The weights from before have no {spec.name} of this size for the layer "
                    f"{name!r}. Take them from the same network with get_weights."
                )
            size = _norm(old)
            change = _norm(np.subtract(now, old, dtype=np.float64))
            ratios[name][spec.name] = change / size if size else None
    return ratios


def _layer(
    network: Network,
    node: Node,
    output: np.ndarray,
    gradient: np.ndarray | None,
    tensors: Mapping[str, TensorDiagnosis],
    bins: int,
) -> LayerDiagnosis:
    """From a layer's output (N, *shape), and ∂loss/∂output of the same shape."""
    key = network.activations[node.name]
    activation = ACTIVATIONS[key]
    numbers = output.astype(np.float64)
    units = numbers.reshape(-1, numbers.shape[-1] if numbers.ndim > 1 else 1)
    dead = saturated = 0
    if activation.dead_value is not None:
        dead = int((units == activation.dead_value).all(axis=0).sum())
    if activation.saturates_beyond is not None:
        low, high = activation.saturates_beyond
        saturated = int(((numbers <= low) | (numbers >= high)).sum())
    users = [user for user in network.nodes if node.name in user.inputs]
    return LayerDiagnosis(
        activation=key,
        is_last=not any(user.layer.has_output for user in users),
        output=_distribution(numbers, bins),
        n_units=units.shape[1],
        dead_units=dead,
        saturated_share=saturated / numbers.size,
        gradient_norm=None if gradient is None else _norm(gradient),
        tensors=tensors,
    )


def _distribution(numbers: np.ndarray, bins: int) -> Distribution:
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    edges = np.linspace(low, high, bins + 1)
    if not (np.diff(edges) > 0).all():  # all the same, or so close that bins would have no width
        margin = 0.5 * max(1.0, abs(low))
        edges = np.linspace(low - margin, high + margin, bins + 1)
    counts, _ = np.histogram(finite, bins, (edges[0], edges[-1]))
    if not finite.size:
        low = high = np.nan
    return Distribution(
        mean=float(finite.mean()) if finite.size else np.nan,
        std=float(finite.std()) if finite.size else np.nan,
        smallest=low,
        largest=high,
        not_finite_share=1.0 - finite.size / numbers.size,
        counts=tuple(counts.tolist()),
        edges=tuple(edges.tolist()),
    )


def _tensors(
    network: Network, name: str, has_gradients: bool, ratios: Mapping[str, float | None]
) -> dict[str, TensorDiagnosis]:
    """The tensors of a layer that has some; gradients are those that the network holds."""
    gradients = network.weight_gradients.get(name, {}) if has_gradients else {}
    return {
        spec.name: TensorDiagnosis(
            weight_norm=_norm(network.weights[name][spec.name]),
            gradient_norm=_norm(gradients[spec.name]) if gradients else None,
            update_ratio=ratios.get(spec.name),
        )
        for spec in network.weight_specs[name]
    }


def _norm(numbers: np.ndarray) -> float:
    """√Σx² in float64, where squares of float32 can't overflow."""
    return float(np.linalg.norm(numbers.astype(np.float64)))
