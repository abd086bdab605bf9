"""Settings that are several whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn_designer.params.base import Param


class Dimensions(Param[tuple[int, ...]]):
    """A sample shape: a list of 1 to ``maximum_rank`` whole numbers, such as ``[28, 28, 1]``.

    With ``minimum_rank=0`` the list may be empty: none of them.
    """

    kind = "dimensions"

    def __init__(
        self,
        default: Sequence[int],
        *,
        minimum: int = 1,
        maximum: int = 1_000_000,
        minimum_rank: int = 1,
        maximum_rank: int = 4,
        rank: int | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(tuple(default), **keywords)
        self.minimum = minimum
        self.maximum = maximum
        self.minimum_rank = minimum_rank if rank is None else rank
        self.maximum_rank = maximum_rank if rank is None else rank

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
        few: list[Any] = [[]] if self.minimum_rank else []
        return [None, 3, "3", *few, [self.minimum - 1], [1.5], [1] * (self.maximum_rank + 1)]


class Pair(Dimensions):
    """Two whole numbers, such as a kernel size."""

    kind = "pair"

    def __init__(self, default: tuple[int, int], **keywords: Any) -> None:
        super().__init__(default, rank=2, **keywords)
