"""Classes with declared settings."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, ClassVar, Self

from nn_designer.params.base import Param, ParamError, matters


class HasParams:
    """Base of everything with declared settings. Instances are checked and immutable.

    ``params`` maps each setting's name to its declaration, in order of declaration, base
    classes first; a class moves those of ``first_params`` to the front.
    """

    params: ClassVar[dict[str, Param[Any]]] = {}
    first_params: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        collected: dict[str, Param[Any]] = {}
        for base in reversed(cls.__mro__):
            collected.update({k: v for k, v in vars(base).items() if isinstance(v, Param)})
        cls.params = {name: collected[name] for name in (*cls.first_params, *collected)}

    def __init__(self, **values: Any) -> None:
        unknown = set(values) - set(self.params)
        if unknown:
            name = sorted(unknown)[0]
            near = get_close_matches(name, self.params, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            known = ", ".join(self.params) or "none"
            raise ParamError(
                f"{type(self).__name__} has no setting {name!r}; its settings are {known}.{hint}"
            )
        for name, param in self.params.items():
            object.__setattr__(self, name, param.check(values.get(name, param.default)))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.params:
            raise AttributeError(f"{name} can't be set; use replace({name}=...)")
        object.__setattr__(self, name, value)

    def values(self) -> dict[str, Any]:
        """All settings as plain values (tuples for dimensions)."""
        return {name: getattr(self, name) for name in self.params}

    def replace(self, **values: Any) -> Self:
        """A copy with some settings changed and everything checked again."""
        return type(self)(**{**self.values(), **values})

    def in_force(self) -> Self:
        """A copy with the default of every setting that has no effect (``visible_if``)."""
        values = self.values()
        idle = [name for name in values if not matters(self.params, name, values)]
        return self.replace(**{name: self.params[name].default for name in idle})

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        return {name: param.default for name, param in cls.params.items()}

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        properties = {name: param.json_schema() for name, param in cls.params.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values() == other.values()

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.values().items())))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.values().items())
        return f"{type(self).__name__}({shown})"
