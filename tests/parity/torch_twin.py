"""The same network in PyTorch: the graph interpreted with torch's own functions."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from nn_designer.engine.inputs import Arrays, by_name
from nn_designer.engine.network import Network
from tests.parity import (
    torch_convolutions,
    torch_formulas,
    torch_merges,
    torch_normalization,
    torch_recurrent,
    torch_sequences,
    torch_shapes,
)

ACTIVATIONS: dict[str, Any] = {
    "linear": lambda x: x,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": F.gelu,
    "silu": F.silu,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "hard_sigmoid": F.hardsigmoid,
    "mish": F.mish,
    "softmax": lambda x: F.softmax(x, dim=-1),
}


def signs(y: torch.Tensor, units: int) -> torch.Tensor:
    return 2.0 * rows(y, units) - 1.0


def rows(y: torch.Tensor, units: int) -> torch.Tensor:
    """Classes as one-hot rows, numbers as they are."""
    if y.is_floating_point():
        return y
    return y[:, None].to(torch.float32) if units == 1 else F.one_hot(y, units).to(torch.float32)


def hinge(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (1.0 - outputs * signs(y, outputs.shape[1])).clamp(min=0.0).mean()


LOSSES: dict[str, Any] = {
    "mean_squared_error": lambda o, y: F.mse_loss(o, rows(y, o.shape[1])),
    "mean_absolute_error": lambda o, y: F.l1_loss(o, rows(y, o.shape[1])),
    "huber": lambda o, y: F.huber_loss(o, rows(y, o.shape[1])),
    "hinge": hinge,
}
"""Losses of outputs."""

LOGIT_LOSSES: dict[str, Any] = {
    "binary_crossentropy": lambda z, y: F.binary_cross_entropy_with_logits(z, rows(y, z.shape[1])),
    "categorical_crossentropy": lambda z, y: F.cross_entropy(z, rows(y, z.shape[1])),
    "sparse_categorical_crossentropy": F.cross_entropy,
}
"""Losses of what comes before the last sigmoid or softmax."""


TWINS: dict[str, Any] = {
    **torch_merges.TWINS,
    **torch_normalization.TWINS,
    **torch_recurrent.TWINS,
    **torch_shapes.TWINS,
    **torch_convolutions.TWINS,
    **torch_formulas.TWINS,
    **torch_sequences.TWINS,
}
"""Kind → what it does: a function of the layer, its inputs and its weights by name."""


class Twin:
    """A torch copy of a network (Dropout off)."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.weights: dict[str, dict[str, torch.Tensor]] = {
            name: {k: torch.tensor(v) for k, v in tensors.items()}
            for name, tensors in network.get_weights().items()
        }
        for name, gradients in network.weight_gradients.items():
            for key in gradients:
                self.weights[name][key].requires_grad_()

    def forward(self, x: Arrays) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        """Every node's output, and what its activation was applied to."""
        seen: dict[str, torch.Tensor] = {}
        before: dict[str, torch.Tensor] = {}
        samples = self.network.inputs.checked(x)
        for node in self.network.nodes:
            inputs = [seen[name] for name in node.inputs]
            kind = type(node.layer).key
            if kind == "input":
                out = torch.tensor(samples[node.name])
            elif kind == "dense":
                weights = self.weights[node.shares or node.name]
                logits = inputs[0] @ weights["kernel"]
                if "bias" in weights:
                    logits = logits + weights["bias"]
                before[node.name] = logits
                out = ACTIVATIONS[node.layer.activation](logits)
            elif kind == "activation":
                before[node.name] = inputs[0]
                out = ACTIVATIONS[node.layer.activation](inputs[0])
            elif kind == "add":
                out = torch.stack(inputs).sum(dim=0)
            elif kind == "concatenate":
                out = torch.cat(inputs, dim=-1)
            elif kind == "flatten":
                out = inputs[0].flatten(1)
            elif kind in TWINS:
                out = TWINS[kind](
                    node.layer, inputs, self.weights.get(node.shares or node.name, {})
                )
            else:
                assert kind in ("dropout", "output"), f"no torch twin of {kind}"
                (out,) = inputs
            seen[node.name] = out
        return seen, before

    def loss(self, x: Arrays, y: Arrays) -> torch.Tensor:
        """The weighted sum of the losses of all outputs, and regularization."""
        seen, before = self.forward(x)
        heads = self.network.heads
        targets = by_name(y, heads.names, "output")
        total = self.regularization()
        for head in heads:
            key, target = head.loss.loss.key, torch.tensor(targets[head.name])
            if key in LOGIT_LOSSES:
                loss = LOGIT_LOSSES[key](before[self.maker_of(head.name)], target)
            else:
                loss = LOSSES[key](seen[head.name], target)
            total = total + head.weight * loss
        return total

    def maker_of(self, output: str) -> str:
        """The name of the layer that makes what arrives at an Output."""
        inputs = {node.name: node.inputs for node in self.network.nodes}
        return inputs[output][0]

    def regularization(self) -> torch.Tensor:
        """What L1 and L2 add to the loss."""
        total = torch.zeros(())
        for name in self.network.weight_gradients:
            for spec in self.network.weight_specs[name]:
                weight = self.weights[name][spec.name]
                total = total + spec.l1 * weight.abs().sum() + spec.l2 * weight.square().sum()
        return total

    def gradients(self, x: Arrays, y: Arrays) -> tuple[float, dict[str, Any]]:
        """The loss, and its gradient of every weight."""
        loss = self.loss(x, y)
        loss.backward()
        gradients = {
            name: {k: v.grad.numpy() for k, v in tensors.items() if v.grad is not None}
            for name, tensors in self.weights.items()
        }
        return loss.item(), gradients
