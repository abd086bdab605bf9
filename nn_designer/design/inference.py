"""What a layer does to shapes, and what it costs; remembered, so that checking stays quick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from nn_designer.design.frozen import FrozenMap, as_frozen
from nn_designer.engine.cost import layer_cost
from nn_designer.layers import LayerKind, Shape, ShapeError
from nn_designer.params import HasParams, ParamError


@dataclass(frozen=True)
class SettingsFound:
    """Settings as read: those that are right, sentences for the wrong and the unknown ones."""

    values: FrozenMap
    wrong: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read_settings(owner: type[HasParams], settings: Mapping[str, Any]) -> SettingsFound:
    """The settings of a layer, of the training or of an optimizer, each checked by itself."""
    key: Any = owner  # mypy takes a class for unhashable if its instances have a __hash__
    return _read_settings(key, as_frozen(settings))


@lru_cache(maxsize=8192)
def _read_settings(owner: type[HasParams], settings: FrozenMap) -> SettingsFound:
    values: dict[str, Any] = {}
    wrong: list[str] = []
    unknown: list[str] = []
    for name, value in settings.items():
        param = owner.params.get(name)
        if param is None:
            near = get_close_matches(name, owner.params, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            unknown.append(
                f"setting {name!r}, which this version does not know; it has no effect.{hint}"
            )
            continue
        try:
            values[name] = param.check(value)
        except ParamError as error:
            wrong.append(str(error))
    return SettingsFound(FrozenMap(values), tuple(wrong), tuple(unknown))


def made(kind: type[LayerKind], settings: FrozenMap) -> LayerKind:
    """The layer of a kind with settings that were found right."""
    key: Any = kind  # as above
    return _made(key, settings)


@lru_cache(maxsize=8192)
def _made(kind: type[LayerKind], settings: FrozenMap) -> LayerKind:
    return kind(**settings)


@dataclass(frozen=True)
class Facts:
    """What a layer gives for certain inputs. With ``error``, the rest means nothing."""

    shape: Shape = ()
    activation: str = "linear"
    parameters: int = 0
    """All numbers that the layer holds."""
    weights: int = 0
    """Those that can be learned; of these, training changes the ``trainable`` ones."""
    trainable: int = 0
    macs: int = 0
    error: str = ""


@lru_cache(maxsize=8192)
def facts(layer: LayerKind, shapes: tuple[Shape, ...], activations: tuple[str, ...]) -> Facts:
    """Shape, size and cost of a layer for these inputs. Allocates no weights."""
    try:
        shape = layer.output_shape(shapes)
        specs = layer.weight_specs(shapes)
        cost = layer_cost(layer, shapes)
        return Facts(
            shape,
            layer.output_activation(activations),
            cost.parameters,
            sum(spec.size for spec in specs),
            cost.trainable,
            cost.macs,
        )
    except ShapeError as error:
        return Facts(error=str(error))
