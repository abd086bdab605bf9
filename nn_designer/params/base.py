"""One declared setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    (``("activation", ("leaky_relu",))``); a form hides it otherwise, checks still apply. Values
    that are only known later come from a function without arguments.
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
        visible_if: tuple[str, tuple[Any, ...] | Callable[[], tuple[Any, ...]]] | None = None,
    ) -> None:
        self.name = ""
        self.default = default
        self._title = title
        self.help = help
        self.unit = unit
        self.advanced = advanced
        self._visible_if = visible_if

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else self.default

    @property
    def visible_if(self) -> tuple[str, tuple[Any, ...]] | None:
        """Another setting, and the values of it for which this one matters; None: always."""
        if self._visible_if is None:
            return None
        name, values = self._visible_if
        return name, values() if callable(values) else values

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


def matters(
    params: Mapping[str, Param[Any]], name: str, values: Mapping[str, Any], *, open: Any = None
) -> bool:
    """Whether the setting ``name`` has an effect with these values, by its ``visible_if``.

    A setting without effect rules no other. A ruling value that is ``open`` counts as any.
    """
    param = params.get(name)
    if param is None or param.visible_if is None:
        return True
    ruling, wanted = param.visible_if
    value = values.get(ruling)
    is_wanted = value in wanted or (open is not None and value is open)
    return is_wanted and matters(params, ruling, values, open=open)
