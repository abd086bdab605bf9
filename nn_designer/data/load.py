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
from nn_designer.data.source import DataSource
from nn_designer.data.table import Table
from nn_designer.params import ParamError

# Listed by name: a bundle made by PyInstaller can't search folders for modules.
SOURCES: dict[str, type[DataSource]] = {
    source.key: source
    for source in (
        *(Mnist, Digits, Iris, Wine, BreastCancer, Penguins, AutoMpg),
        *(Circles, Xor, Gauss, Spiral, Moons, Plane, Hills, Sine),
        Table,
    )
}

_KEPT_DATASETS = 2
_KEPT_SUMMARIES = 64

_CacheKey = tuple[object, ...]
_lock = threading.RLock()
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
    with _lock:
        if key in _datasets:
            _datasets.move_to_end(key)
            return _datasets[key]
        try:
            dataset = source.load()
        except MemoryError as error:
            raise DataError(
                f"There is not enough memory to load {source.title!r}. Close other programs, or "
                "use fewer rows."
            ) from error
        _datasets[key] = dataset
        while len(_datasets) > _KEPT_DATASETS:
            _datasets.popitem(last=False)
        return dataset


def summary(choice: DataChoice) -> DataSummary:
    """What there is to know about the data of ``choice`` without holding it.

    Shipped pictures are not read for it; an own table is read once and kept.

    Raises:
        DataError: as :func:`load`.
    """
    source = source_of(choice)
    key = (source, *source.stamp())
    with _lock:
        if key not in _summaries:
            direct = type(source).summary is not DataSource.summary
            _summaries[key] = source.summary() if direct else load(choice).summary()
            while len(_summaries) > _KEPT_SUMMARIES:
                _summaries.popitem(last=False)
        _summaries.move_to_end(key)
        return _summaries[key]


def clear_cache() -> None:
    """Forget all loaded data and give its memory back."""
    with _lock:
        _datasets.clear()
        _summaries.clear()
