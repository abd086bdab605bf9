"""From a choice to data: the list of sources, and loading with a small cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from difflib import get_close_matches

from nn_designer.data.bundled import AutoMpg, BreastCancer, Iris, Penguins, Wine
from nn_designer.data.choice import DataChoice
from nn_designer.data.dataset import Dataset, DataSummary
from nn_designer.data.drawn import Circles, Gauss, Hills, Moons, Plane, Sine, Spiral, Xor
from nn_designer.data.errors import DataError
from nn_designer.data.pictures import Digits, Mnist
from nn_designer.data.reading import forget_latest
from nn_designer.data.series import CarbonDioxide
from nn_designer.data.source import DataSource
from nn_designer.data.table import Table
from nn_designer.params import ParamError

# Listed by name: a bundle made by PyInstaller can't search folders for modules.
SOURCES: dict[str, type[DataSource]] = {
    source.key: source
    for source in (
        *(Mnist, Digits, Iris, Wine, BreastCancer, Penguins, AutoMpg, CarbonDioxide),
        *(Circles, Xor, Gauss, Spiral, Moons, Plane, Hills, Sine),
        Table,
    )
}

_KEPT_DATASETS = 2
_KEPT_SUMMARIES = 64

_CacheKey = tuple[object, ...]
_lock = threading.Lock()  # of the caches, never held while something is read
_turns: dict[_CacheKey, threading.Lock] = {}  # held while reading: the same file once
_datasets: OrderedDict[_CacheKey, Dataset] = OrderedDict()
_summaries: OrderedDict[_CacheKey, DataSummary] = OrderedDict()


def source_of(choice: DataChoice) -> DataSource:
    """The checked source that a choice names.

    Raises:
        DataError: there is no such source, or one of its settings is not allowed.
    """
    kind = SOURCES.get(choice.source)
    if kind is None:
        near = get_close_matches(choice.source, SOURCES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise DataError(
            f"There is no data source {choice.source[:80]!r}; choose one of "
            f"{', '.join(SOURCES)}.{hint}"
        )
    try:
        return kind(**choice.settings)
    except ParamError as error:
        raise DataError(f"A setting of the data {kind.title!r} is not allowed: {error}") from error


def load(choice: DataChoice) -> Dataset:
    """The data of ``choice``, from the cache if neither settings nor file changed.

    Treat the result as read-only: others hold it too.

    Raises:
        DataError: it can't be used; the sentence says why and what to do.
    """
    source = source_of(choice)
    key = (source, *source.stamp())
    dataset = _kept(key)
    if dataset is not None:
        return dataset
    with _lock:
        turn = _turns.setdefault(key, threading.Lock())
    with turn:
        dataset = _kept(key)  # read by another thread, meanwhile
        if dataset is not None:
            return dataset
        try:
            dataset = source.load()
        except MemoryError as error:
            raise DataError(
                f"There is not enough memory to load {source.title!r}. Close other programs, or "
                "use fewer rows."
            ) from error
        finally:
            with _lock:
                _turns.pop(key, None)
        with _lock:
            _datasets[key] = dataset
            while len(_datasets) > _KEPT_DATASETS:
                _datasets.popitem(last=False)
    return dataset


def _kept(key: _CacheKey) -> Dataset | None:
    with _lock:
        if key in _datasets:
            _datasets.move_to_end(key)
        return _datasets.get(key)


def summary(choice: DataChoice) -> DataSummary:
    """What there is to know about the data of ``choice`` without holding it.

    Shipped pictures are not read for it; an own table is read once and kept.

    Raises:
        DataError: as :func:`load`.
    """
    source = source_of(choice)
    key = (source, *source.stamp())
    with _lock:
        found = _summaries.get(key)
    if found is None:
        direct = type(source).summary is not DataSource.summary
        found = source.summary() if direct else load(choice).summary()
    with _lock:
        _summaries[key] = found
        _summaries.move_to_end(key)
        while len(_summaries) > _KEPT_SUMMARIES:
            _summaries.popitem(last=False)
    return found


def summary_at_once(choice: DataChoice) -> DataSummary | None:
    """:func:`summary`, but None if a file of the person's own had to be read for it.

    Raises:
        DataError: as :func:`load`.
    """
    source = source_of(choice)
    stamp = source.stamp()
    if not source.file_settings or not stamp:  # there is no file to read
        return summary(choice)
    with _lock:
        return _summaries.get((source, *stamp))


def data_stamp(choice: DataChoice) -> tuple[object, ...]:
    """A value that changes when a file behind the data changes, appears or goes."""
    try:
        return source_of(choice).stamp()
    except DataError:
        return ()


def clear_cache() -> None:
    """Forget all loaded data and give its memory back."""
    with _lock:
        _datasets.clear()
        _summaries.clear()
        forget_latest()
