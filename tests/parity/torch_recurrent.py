"""Torch twins of the recurrent layers: step by step, by the formulas of Keras' documentation."""

from __future__ import annotations

from typing import Any

import torch


def _activations() -> dict[str, Any]:
    from tests.parity.torch_twin import ACTIVATIONS

    return ACTIVATIONS


def simple_cell(layer: Any, x: torch.Tensor, h: torch.Tensor, state: dict, w: Any) -> torch.Tensor:
    z = x @ w["kernel"] + h @ w["recurrent_kernel"] + w.get("bias", 0.0)
    return _activations()[layer.activation](z)


def lstm_cell(layer: Any, x: torch.Tensor, h: torch.Tensor, state: dict, w: Any) -> torch.Tensor:
    inner = _activations()[layer.activation]
    outer = _activations()[layer.recurrent_activation]
    z = x @ w["kernel"] + h @ w["recurrent_kernel"] + w.get("bias", 0.0)
    i, f, g, o = z.chunk(4, dim=-1)
    state["c"] = outer(f) * state.get("c", torch.zeros_like(h)) + outer(i) * inner(g)
    return outer(o) * inner(state["c"])


def gru_cell(layer: Any, x: torch.Tensor, h: torch.Tensor, state: dict, w: Any) -> torch.Tensor:
    inner = _activations()[layer.activation]
    outer = _activations()[layer.recurrent_activation]
    u = layer.units
    bias = w["bias"] if "bias" in w else torch.zeros(3 * u)
    of_inputs, of_state = (bias[0], bias[1]) if bias.ndim == 2 else (bias, torch.zeros(3 * u))
    from_x = x @ w["kernel"] + of_inputs
    kernel = w["recurrent_kernel"]
    z, r = outer(from_x[:, : 2 * u] + h @ kernel[:, : 2 * u] + of_state[: 2 * u]).chunk(2, dim=-1)
    if layer.reset_after:
        from_h = r * (h @ kernel[:, 2 * u :] + of_state[2 * u :])
    else:
        from_h = (r * h) @ kernel[:, 2 * u :]
    return z * h + (1.0 - z) * inner(from_x[:, 2 * u :] + from_h)


def recurrent(cell: Any) -> Any:
    """The twin of a layer with this cell: directions and what becomes of their states."""

    def one_way(layer: Any, x: torch.Tensor, weights: Any) -> list[torch.Tensor]:
        h, state, states = torch.zeros(len(x), layer.units), {}, []
        for step in x.unbind(1):
            h = cell(layer, step, h, state, weights)
            states.append(h)
        return states

    def layer_of(layer: Any, inputs: list[torch.Tensor], weights: Any) -> torch.Tensor:
        (x,) = inputs
        if layer.direction != "both":
            states = one_way(layer, x.flip(1) if layer.direction == "backward" else x, weights)
            return torch.stack(states, 1) if layer.return_sequences else states[-1]
        ways = []
        for prefix, series in (("forward_", x), ("backward_", x.flip(1))):
            own = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
            states = one_way(layer, series, own)
            ordered = states if prefix == "forward_" else states[::-1]
            ways.append(torch.stack(ordered, 1) if layer.return_sequences else states[-1])
        merge = {
            "concat": lambda a, b: torch.cat([a, b], dim=-1),
            "sum": lambda a, b: a + b,
            "ave": lambda a, b: (a + b) / 2.0,
            "mul": lambda a, b: a * b,
        }
        return merge[layer.merge_mode](*ways)

    return layer_of


TWINS = {
    "simple_rnn": recurrent(simple_cell),
    "lstm": recurrent(lstm_cell),
    "gru": recurrent(gru_cell),
}
