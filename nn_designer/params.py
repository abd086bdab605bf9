"""Declared settings: one declaration gives default, range, unit, help, check, form and JSON schema.

A class that has settings derives from :class:`HasParams` and declares them as class attributes::

    class Dense(HasParams):
        units = Int(10, minimum=1, maximum=1_000_000, help="How many neurons the layer has.")

``Dense(units=32).units`` is 32; ``Dense(units=0)`` raises :class:`ParamError` with a sentence
that says what was expected, what was received and what to do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

T = TypeVar("T")


class ParamError(ValueError):
    """A setting has a value that its declaration does not allow; the text is for people."""


def _shown(value: object) -> str:
    """``value`` as shown in an error sentence: short, and never a page of text."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


class Param(Generic[T]):
    """One declared setting. Subclasses say what a right value is in :meth:`check`.

    On the class, ``Dense.units`` is the declaration; on an instance, ``dense.units`` is the
    checked value (kept in the instance's dictionary, which comes before this descriptor).

    ``visible_if`` names another setting and the values of it for which this one matters
    (``("activation", ("leaky_relu",))``); a form hides it otherwise, checks still apply.
    """

    kind: ClassVar[str] = "param"

    def __init__(
        self,
        default: Any,
        *,
        title: str = "",
        help: str = "",
        unit: str = "",
        advanced: bool = False,
        visible_if: tuple[str, tuple[Any, ...]] | None = None,
    ) -> None:
        self.name = ""
        self.default = default
        self._title = title
        self.help = help
        self.unit = unit
        self.advanced = advanced
        self.visible_if = visible_if

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else self.default

    @property
    def title(self) -> str:
        """Label for a form: ``kernel_size`` becomes "Kernel size"."""
        return self._title or self.name.replace("_", " ").capitalize()

    def check(self, value: Any) -> T:
        """Return ``value`` in its normal form, or raise :class:`ParamError`."""
        raise NotImplementedError

    def expected(self) -> str:
        """What a right value is, as the middle of a sentence: "a whole number from 1 to 10"."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def invalid_values(self) -> list[Any]:
        """Values just outside the declaration, for tests."""
        return [None, [], {}]

    def refuse(self, value: object) -> ParamError:
        return ParamError(f"{self.title} must be {self.expected()}, but it is {_shown(value)}.")


class _Number(Param[T]):
    number_name: ClassVar[str] = "a number"

    def __init__(
        self,
        default: Any,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        step: float | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(default, **keywords)
        self.minimum = minimum
        self.maximum = maximum
        self.step = step

    def expected(self) -> str:
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return f"{self.number_name} from {low:,} to {high:,}"
        if low is not None:
            return f"{self.number_name} of at least {low:,}"
        if high is not None:
            return f"{self.number_name} of at most {high:,}"
        return self.number_name

    def in_range(self, value: float) -> bool:
        return (self.minimum is None or value >= self.minimum) and (
            self.maximum is None or value <= self.maximum
        )

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": self.kind, "default": self.default}
        if self.minimum is not None:
            schema["minimum"] = self.minimum
        if self.maximum is not None:
            schema["maximum"] = self.maximum
        return schema


class Int(_Number[int]):
    """A whole number."""

    kind = "integer"
    number_name = "a whole number"

    def check(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refuse(value)
        if isinstance(value, float) and not value.is_integer():
            raise self.refuse(value)
        if not self.in_range(value):
            raise self.refuse(value)
        return int(value)

    def invalid_values(self) -> list[Any]:
        values: list[Any] = [None, "many", 1.5, True, float("nan"), float("inf")]
        if self.minimum is not None:
            values.append(self.minimum - 1)
        if self.maximum is not None:
            values.append(self.maximum + 1)
        return values


class Float(_Number[float]):
    """A finite number. ``exclusive_minimum`` leaves the minimum itself out.

    ``logarithmic`` tells a form that steps should multiply (learning rates).
    """

    kind = "number"

    def __init__(
        self,
        default: float,
        *,
        exclusive_minimum: bool = False,
        exclusive_maximum: bool = False,
        logarithmic: bool = False,
        decimals: int = 6,
        **keywords: Any,
    ) -> None:
        super().__init__(default, **keywords)
        self.exclusive_minimum = exclusive_minimum
        self.exclusive_maximum = exclusive_maximum
        self.logarithmic = logarithmic
        self.decimals = decimals

    def expected(self) -> str:
        if self.exclusive_minimum and self.minimum is not None:
            high = "" if self.maximum is None else f" and at most {self.maximum:,}"
            return f"a number above {self.minimum:,}{high}"
        if self.exclusive_maximum and self.minimum is not None and self.maximum is not None:
            return f"a number from {self.minimum:,} to below {self.maximum:,}"
        return super().expected()

    def check(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refuse(value)
        try:
            number = float(value)
        except OverflowError:
            raise self.refuse(value) from None
        if not math.isfinite(number) or not self.in_range(number):
            raise self.refuse(value)
        if self.exclusive_minimum and number == self.minimum:
            raise self.refuse(value)
        if self.exclusive_maximum and number == self.maximum:
            raise self.refuse(value)
        return number

    def invalid_values(self) -> list[Any]:
        values: list[Any] = [None, "much", True, float("nan"), float("inf")]
        if self.minimum is not None:
            values.append(self.minimum if self.exclusive_minimum else self.minimum - 1.0)
        if self.maximum is not None:
            values.append(self.maximum if self.exclusive_maximum else self.maximum + 1.0)
        return values


class Bool(Param[bool]):
    """Yes or no."""

    kind = "boolean"

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def expected(self) -> str:
        return "true or false"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean", "default": self.default}

    def invalid_values(self) -> list[Any]:
        return [None, 1, "yes"]


class Choice(Param[str]):
    """One of a few named values. ``choices`` maps each stable key to its title.

    A callable is asked each time, so that a registry can be declared before it is filled.
    """

    kind = "choice"

    def __init__(
        self,
        default: str,
        choices: Mapping[str, str] | Iterable[str] | Callable[[], Mapping[str, str]],
        **keywords: Any,
    ) -> None:
        super().__init__(default, **keywords)
        self._choices = choices

    @property
    def choices(self) -> dict[str, str]:
        """Key → title, in the order to show."""
        given = self._choices() if callable(self._choices) else self._choices
        if isinstance(given, Mapping):
            return dict(given)
        return {key: key.replace("_", " ").capitalize() for key in given}

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise self.refuse(value)
        return value

    def expected(self) -> str:
        return "one of " + ", ".join(self.choices)

    def refuse(self, value: object) -> ParamError:
        near = get_close_matches(value, self.choices, n=1) if isinstance(value, str) else []
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return ParamError(f"{super().refuse(value)}{hint}")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices), "default": self.default}

    def invalid_values(self) -> list[Any]:
        return [None, 3, "no such choice"]


class Text(Param[str]):
    """A line of text, at most ``maximum_length`` characters, matching ``pattern`` if given."""

    kind = "text"

    def __init__(
        self,
        default: str = "",
        *,
        maximum_length: int = 200,
        pattern: str = "",
        pattern_means: str = "",
        **keywords: Any,
    ) -> None:
        super().__init__(default, **keywords)
        self.maximum_length = maximum_length
        self.pattern = pattern
        self.pattern_means = pattern_means

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.maximum_length:
            raise self.refuse(value)
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise self.refuse(value)
        return value

    def expected(self) -> str:
        means = f", {self.pattern_means}" if self.pattern_means else ""
        return f"text of at most {self.maximum_length} characters{means}"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.maximum_length, "default": self.default}

    def invalid_values(self) -> list[Any]:
        return [None, 3, "x" * (self.maximum_length + 1)]


class Dimensions(Param[tuple[int, ...]]):
    """A sample shape: a list of 1 to ``maximum_rank`` whole numbers, such as ``[28, 28, 1]``."""

    kind = "dimensions"

    def __init__(
        self,
        default: Sequence[int],
        *,
        minimum: int = 1,
        maximum: int = 1_000_000,
        maximum_rank: int = 4,
        rank: int | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(tuple(default), **keywords)
        self.minimum = minimum
        self.maximum = maximum
        self.minimum_rank = rank or 1
        self.maximum_rank = rank or maximum_rank

    def check(self, value: Any) -> tuple[int, ...]:
        if not isinstance(value, (list, tuple)):
            raise self.refuse(value)
        if not self.minimum_rank <= len(value) <= self.maximum_rank:
            raise self.refuse(value)
        for size in value:
            if isinstance(size, bool) or not isinstance(size, int):
                raise self.refuse(value)
            if not self.minimum <= size <= self.maximum:
                raise self.refuse(value)
        return tuple(value)

    def expected(self) -> str:
        ranks = (
            str(self.minimum_rank)
            if self.minimum_rank == self.maximum_rank
            else f"{self.minimum_rank} to {self.maximum_rank}"
        )
        return f"a list of {ranks} whole numbers from {self.minimum:,} to {self.maximum:,}"

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": {"type": "integer", "minimum": self.minimum, "maximum": self.maximum},
            "minItems": self.minimum_rank,
            "maxItems": self.maximum_rank,
            "default": list(self.default),
        }

    def invalid_values(self) -> list[Any]:
        return [None, 3, "3", [], [self.minimum - 1], [1.5], [1] * (self.maximum_rank + 1)]


class Pair(Dimensions):
    """Two whole numbers, such as a kernel size."""

    kind = "pair"

    def __init__(self, default: tuple[int, int], **keywords: Any) -> None:
        super().__init__(default, rank=2, **keywords)


class HasParams:
    """Base of everything with declared settings. Instances are checked and immutable.

    ``params`` maps each setting's name to its declaration, in order of declaration, base
    classes first.
    """

    params: ClassVar[dict[str, Param[Any]]] = {}

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        collected: dict[str, Param[Any]] = {}
        for base in reversed(cls.__mro__):
            collected.update({k: v for k, v in vars(base).items() if isinstance(v, Param)})
        cls.params = collected

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
