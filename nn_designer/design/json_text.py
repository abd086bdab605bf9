"""JSON as designs are kept: two spaces, stable order, one line for what is short and belongs together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nn_designer.design.frozen import FrozenMap

LINE_LENGTH = 88


def json_text(value: Mapping[str, Any]) -> str:
    """``value`` as JSON text that people can read and compare line by line.

    Lists of plain values and the members of "wires" stand on one line each.

    Raises:
        ValueError: it holds NaN, an infinity or another thing that JSON can't say.
    """
    return "".join(_pieces(value, "", one_line=False)) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, FrozenMap):
        return dict(value)
    raise ValueError(f"{value!r} can't be written as JSON.")


def _short(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # 120 reads better than 120.0 and means the same
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)


def _pieces(value: Any, indent: str, *, one_line: bool) -> list[str]:
    if isinstance(value, Mapping) and value and not one_line:
        inner = indent + "  "
        pieces = ["{\n"]
        for number, (key, item) in enumerate(value.items()):
            pieces.append(",\n" if number else "")
            pieces.append(f"{inner}{_short(key)}: ")
            pieces.extend(_pieces(item, inner, one_line=False) if key != "wires" else ())
            pieces.extend(_wires(item, inner) if key == "wires" else ())
        return [*pieces, f"\n{indent}}}"]
    if isinstance(value, (list, tuple)) and value and not one_line:
        short = "[" + ", ".join(_short(item) for item in value) + "]"
        plain = not any(isinstance(item, (Mapping, list, tuple)) for item in value)
        if plain and len(indent) + len(short) <= LINE_LENGTH:
            return [short]
        return _list(value, indent, one_line=False)
    return [_short(value)]


def _wires(value: Any, indent: str) -> list[str]:
    if isinstance(value, (list, tuple)) and value:
        return _list(value, indent, one_line=True)
    return _pieces(value, indent, one_line=False)


def _list(value: Any, indent: str, *, one_line: bool) -> list[str]:
    inner = indent + "  "
    pieces = ["[\n"]
    for number, item in enumerate(value):
        pieces.append(",\n" if number else "")
        pieces.append(inner)
        pieces.extend(_pieces(item, inner, one_line=one_line))
    return [*pieces, f"\n{indent}]"]
