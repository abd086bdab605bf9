"""Reading stored preprocessing back, with every part checked: the file may come from anywhere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn

from nn_designer.data.dataset import TargetInfo, Task
from nn_designer.data.errors import DataError
from nn_designer.data.preprocessing import (
    FORMAT,
    VERSION,
    ColumnInput,
    Preprocessing,
    TargetScaling,
)
from nn_designer.data.reading_options import CHOICES, LONGEST_SHEET_NAME, ReadingOptions


def read_preprocessing(data: object) -> Preprocessing:
    """The value that :meth:`Preprocessing.to_json` was called on.

    Raises:
        DataError: ``data`` is something else, damaged, or of a newer version.
    """
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        _refuse("format", FORMAT, data.get("format") if isinstance(data, Mapping) else data)
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise DataError(
            f"The preprocessing stored with the weights is of version {version}, and this program "
            f"knows up to {VERSION}. Use a newer NN Designer."
        )
    image_shape = data.get("image_shape")
    shape = _sizes(data, "sample_shape")
    result = Preprocessing(
        task=_task(data),
        sample_shape=shape,
        target_names=_texts(data, "target_names"),
        class_names=_texts(data, "class_names"),
        columns=tuple(_column(item) for item in _list(data, "columns")),
        divide_by=_number(data, "divide_by"),
        center=_number({"center": 0.0, **data}, "center"),  # older files have none
        target_mean=_numbers(data, "target_mean"),
        target_scale=_numbers(data, "target_scale"),
        source=_text(data, "source"),
        image_shape=None if image_shape is None else _image_shape(data),
        reading=_reading(data.get("reading", {})),
        further_targets=tuple(
            _target(item)
            for item in (_list(data, "further_targets") if "further_targets" in data else [])
        ),
    )
    _check_together(result)
    return result


def _check_together(result: Preprocessing) -> None:
    width = sum(column.width for column in result.columns)
    if result.columns and result.sample_shape != (width,):
        _refuse("sample_shape", f"[{width}], as the columns make", list(result.sample_shape))
    for target in result.targets:
        info = target.info
        n_targets = len(info.names) if info.task == "number" else 0
        for key, numbers in (("target_mean", target.mean), ("target_scale", target.scale)):
            if len(numbers) != n_targets:
                _refuse(key, f"a list of {n_targets} numbers", list(numbers))
        if info.task == "classes" and len(info.class_names) < 2:
            _refuse("class_names", "at least two names", list(info.class_names))
    scales = [result.divide_by, *(column.scale for column in result.columns)]
    scales += [scale for target in result.targets for scale in target.scale]
    if not all(scale > 0 for scale in scales):
        _refuse("scale", "a number above 0", min(scales))


def _task(data: Mapping[str, Any]) -> Task:
    task = data.get("task")
    if task == "classes":
        return "classes"
    if task == "number":
        return "number"
    _refuse("task", '"classes" or "number"', task)


def _target(item: object) -> TargetScaling:
    if not isinstance(item, Mapping):
        _refuse("further_targets", "a list of records", item)
    info = TargetInfo(_texts(item, "names"), _task(item), _texts(item, "class_names"))
    return TargetScaling(info, _numbers(item, "mean"), _numbers(item, "scale"))


def _column(item: object) -> ColumnInput:
    if not isinstance(item, Mapping):
        _refuse("columns", "a list of records", item)
    kind = item.get("kind")
    name = _text(item, "name")
    if kind == "category":
        has_other = item.get("has_other")
        if not isinstance(has_other, bool):
            _refuse("has_other", "true or false", has_other)
        return ColumnInput(
            name, "category", categories=_texts(item, "categories"), has_other=has_other
        )
    if kind == "number":
        return ColumnInput(name, "number", _number(item, "mean"), _number(item, "scale"))
    if kind == "date":
        order = _text(item, "date_order")
        return ColumnInput(
            name, "date", _number(item, "mean"), _number(item, "scale"), date_order=order
        )
    _refuse("kind", '"number", "category" or "date"', kind)


def _reading(item: object) -> ReadingOptions:
    if not isinstance(item, Mapping):
        _refuse("reading", "a record", item)
    for key, value in item.items():
        known = isinstance(value, str) and (
            value in CHOICES.get(key, ()) or (key == "sheet" and len(value) <= LONGEST_SHEET_NAME)
        )
        if not known:
            _refuse("reading", "a record of known reading settings", dict(item))
    return ReadingOptions(**item)


def _refuse(key: str, expected: str, received: object) -> NoReturn:
    raise DataError(
        f"The preprocessing stored with the weights is damaged: {key!r} must be {expected}, but "
        f"it is {repr(received)[:80]}. Export the weights again."
    )


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    if not isinstance(value, (list, tuple)):
        _refuse(key, "a list", value)
    return list(value)


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        _refuse(key, "text", value)
    return value


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _list(data, key)
    if not all(isinstance(value, str) for value in values):
        _refuse(key, "a list of texts", values)
    return tuple(values)


def _number(data: Mapping[str, Any], key: str) -> float:
    return _as_number(key, data.get(key))


def _numbers(data: Mapping[str, Any], key: str) -> tuple[float, ...]:
    return tuple(_as_number(key, value) for value in _list(data, key))


def _as_number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        _refuse(key, "a number", value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        _refuse(key, "a finite number", value)
    return number


def _sizes(data: Mapping[str, Any], key: str) -> tuple[int, ...]:
    values = _list(data, key)
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10**9:
            _refuse(key, "a list of sizes", values)
    if not values:
        _refuse(key, "a list of sizes", values)
    return tuple(values)


def _image_shape(data: Mapping[str, Any]) -> tuple[int, int, int]:
    sizes = _sizes(data, "image_shape")
    if len(sizes) != 3:
        _refuse("image_shape", "height, width and channels", list(sizes))
    return sizes[0], sizes[1], sizes[2]
