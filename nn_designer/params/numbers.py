"""Settings that are a number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from nn_designer.params.base import Param, ParamError, T


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


class Numbers(Param[tuple[float, ...]]):
    """Some finite numbers, such as one for each column: 1 to ``maximum_length``."""

    kind = "numbers"

    def __init__(
        self,
        default: Sequence[float],
        *,
        minimum: float | None = None,
        maximum_length: int = 10_000,
        **keywords: Any,
    ) -> None:
        super().__init__(tuple(default), **keywords)
        self.each = Float(0.0, minimum=minimum)
        self.maximum_length = maximum_length

    def check(self, value: Any) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= self.maximum_length:
            raise self.refuse(value)
        try:
            return tuple(self.each.check(number) for number in value)
        except ParamError:
            raise self.refuse(value) from None

    def expected(self) -> str:
        low = "" if self.each.minimum is None else f", each at least {self.each.minimum:,}"
        return f"a list of 1 to {self.maximum_length:,} numbers{low}"

    def json_schema(self) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "number"}
        if self.each.minimum is not None:
            number["minimum"] = self.each.minimum
        return {
            "type": "array",
            "items": number,
            "minItems": 1,
            "maxItems": self.maximum_length,
            "default": list(self.default),
        }

    def invalid_values(self) -> list[Any]:
        values: list[Any] = [None, 1.0, "1", [], [None], ["1"], [True], [float("nan")]]
        if self.each.minimum is not None:
            values.append([self.each.minimum - 1.0])
        return values
