"""Settings that are a word: yes or no, one of a few, a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from nn_designer.params.base import Param, ParamError


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
    """A line of text, at most ``maximum_length`` characters, matching ``pattern`` if given.

    ``problem`` may look closer: it returns what is wrong with a text as a whole sentence, or "".
    """

    kind = "text"

    def __init__(
        self,
        default: str = "",
        *,
        maximum_length: int = 200,
        pattern: str = "",
        pattern_means: str = "",
        problem: Callable[[str], str] | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(default, **keywords)
        self.maximum_length = maximum_length
        self.problem = problem
        self.pattern = pattern
        self.pattern_means = pattern_means

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.maximum_length:
            raise self.refuse(value)
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise self.refuse(value)
        if self.problem is not None and (sentence := self.problem(value)):
            raise ParamError(sentence)
        return value

    def expected(self) -> str:
        means = f", {self.pattern_means}" if self.pattern_means else ""
        return f"text of at most {self.maximum_length} characters{means}"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.maximum_length, "default": self.default}

    def invalid_values(self) -> list[Any]:
        return [None, 3, "x" * (self.maximum_length + 1)]
