"""Settings that are one of a few things which have settings of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nn_designer.params.base import ParamError
from nn_designer.params.has_params import HasParams
from nn_designer.params.numbers import Float, Int
from nn_designer.params.words import Choice

_CALL = re.compile(r"(\w+)\s*(?:\((.*)\))?\s*")
_SETTING = re.compile(r"\s*(\w+)\s*=\s*([^\s=(),]+)\s*")


class ChoiceWithSettings(Choice):
    """One of a few things, told as text: ``"zeros"``, ``"constant(value=0.5)"``.

    ``classes`` gives each key its class: a HasParams with a ``title``, whose settings are
    numbers and choices. In the normal form of a value, settings at their default are left out
    and the others come in the order of their declaration.
    """

    def __init__(
        self, default: str, classes: Callable[[], Mapping[str, type[HasParams]]], **keywords: Any
    ) -> None:
        super().__init__(default, self._titles, **keywords)
        self.classes = classes

    def _titles(self) -> dict[str, str]:
        return {key: str(getattr(one, "title", key)) for key, one in self.classes().items()}

    def check(self, value: Any) -> str:
        key = self.key_of(value)
        return self.text(key, self.make(value).values())

    def key_of(self, value: Any) -> str:
        """The key of what ``value`` chooses."""
        key, _ = self._parts(value)
        return key

    def make(self, value: Any) -> HasParams:
        """What ``value`` chooses, with its settings. Raises ParamError."""
        key, settings = self._parts(value)
        try:
            return self.classes()[key](**settings)
        except ParamError as error:
            raise ParamError(f"{self.refuse(value)} {error}") from None

    def text(self, key: str, settings: Mapping[str, Any]) -> str:
        """The value in its normal form."""
        defaults = self.classes()[key].defaults()
        told = [f"{k}={settings[k]}" for k in defaults if settings[k] != defaults[k]]
        return f"{key}({', '.join(told)})" if told else key

    def _parts(self, value: Any) -> tuple[str, dict[str, Any]]:
        found = _CALL.fullmatch(value) if isinstance(value, str) else None
        if found is None or found[1] not in self.classes():
            raise self.refuse(value)
        key, inside = found[1], found[2]
        if inside is None or not inside.strip():
            return key, {}
        settings: dict[str, Any] = {}
        params = self.classes()[key].params
        for part in inside.split(","):
            setting = _SETTING.fullmatch(part)
            if setting is None or setting[1] in settings:
                raise self.refuse(value)
            name, text = setting[1], setting[2]
            settings[name] = _number(text) if isinstance(params.get(name), Int | Float) else text
        return key, settings

    def json_schema(self) -> dict[str, Any]:
        keys = "|".join(self.choices)
        return {"type": "string", "pattern": rf"^({keys})(\(.*\))?$", "default": self.default}

    def invalid_values(self) -> list[Any]:
        first = next(iter(self.choices))
        return [*super().invalid_values(), f"{first}(", f"{first}(no_such_setting=1)"]


def _number(text: str) -> float | str:
    """The number that ``text`` says; the text itself if it says none."""
    try:
        return float(text)
    except ValueError:
        return text
