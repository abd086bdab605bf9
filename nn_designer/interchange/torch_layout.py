"""How a design's weights are called and laid out in PyTorch.

A chain becomes an ``nn.Sequential``, whose index counts every module, also those without
tensors: Dense with ReLU twice gives ``0.weight 0.bias 2.weight 2.bias``. Other designs get the
names of their layers, as a module with these attributes would: ``dense_1.weight``.
A Linear module's weight is (out, in), the transpose of our kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nn_designer.interchange.layout import Step, is_chain

ACTIVATION_MODULES: dict[str, str] = {
    "linear": "",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU(0.01)",
    "elu": "nn.ELU()",
    "selu": "nn.SELU()",
    "gelu": "nn.GELU()",
    "silu": "nn.SiLU()",
    "softplus": "nn.Softplus()",
    "softsign": "nn.Softsign()",
    "hard_sigmoid": "nn.Hardsigmoid()",
    "mish": "nn.Mish()",
    "softmax": "nn.Softmax(dim=-1)",
}
"""Activation key → the module that computes the same; "" for none."""


@dataclass(frozen=True)
class TorchNames:
    """Layer name → prefix of its tensors; ``modules`` is the Sequential as code, "" if none."""

    prefixes: dict[str, str]
    modules: str


def torch_names(steps: tuple[Step, ...]) -> TorchNames:
    """The names that the tensors of these layers have in PyTorch."""
    with_tensors = [step for step in steps if step.tensor_shapes]
    modules: list[str] = []
    prefixes: dict[str, str] = {}
    sequential = is_chain(steps)
    for step in steps:
        found = modules_of(step)
        if found is None:
            sequential = False
            break
        if step.tensor_shapes:
            prefixes[step.name] = str(len(modules))
        modules += found
    if not sequential:
        return TorchNames({step.name: step.name for step in with_tensors}, "")
    lines = "".join(f"\n    {module}," for module in modules)
    return TorchNames(prefixes, f"nn.Sequential({lines}\n)")


def modules_of(step: Step) -> list[str] | None:
    """The modules that do what one layer does, as code; None if no chain of modules can."""
    settings = step.kind.values()
    match step.kind.key:
        case "input" | "output":
            return []
        case "dense":
            ((n_inputs,),) = step.input_shapes
            bias = "" if settings["use_bias"] else ", bias=False"
            return [
                f"nn.Linear({n_inputs}, {settings['units']}{bias})",
                *_activation(settings["activation"]),
            ]
        case "activation":
            return _activation(settings["activation"])
        case "dropout":
            return [f"nn.Dropout({settings['rate']})"]
        case "flatten":
            return ["nn.Flatten()"]
    return None


def _activation(key: str) -> list[str]:
    return [module] if (module := ACTIVATION_MODULES[key]) else []


def to_torch(tensor: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """Our tensor's name and array → PyTorch's."""
    if tensor == "kernel":
        return "weight", np.ascontiguousarray(array.T)
    return tensor, np.ascontiguousarray(array)


def from_torch(tensor: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """PyTorch's tensor name and array → ours."""
    if tensor == "weight" and array.ndim == 2:
        return "kernel", np.ascontiguousarray(array.T)
    return tensor, array
