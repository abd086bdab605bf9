"""What a data source declares. Lists, forms, checks and the command line derive from it."""

from __future__ import annotations

from typing import ClassVar, Literal

from nn_designer.data.dataset import Dataset, DataSummary
from nn_designer.params import HasParams


class DataSource(HasParams):
    """One source of data. ``description`` says in a sentence what is being learned.

    ``declared_task`` is "auto" where it depends on the settings (the person's own table).
    """

    key: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    origin: ClassVar[str]
    licence: ClassVar[str]
    declared_task: ClassVar[Literal["classes", "number", "auto"]]
    group: ClassVar[Literal["shipped", "drawn", "own"]]
    file_settings: ClassVar[tuple[str, ...]] = ()
    """The settings that name a file of the person's own."""

    def load(self) -> Dataset:
        """Read or draw the data.

        Raises:
            DataError: it can't be used; the sentence says why and what to do.
        """
        raise NotImplementedError

    def summary(self) -> DataSummary:
        """What :meth:`load` would give, as cheaply as the source can say it."""
        return self.load().summary()

    def stamp(self) -> tuple[object, ...]:
        """A value that changes when a file behind the source changes; part of the cache key."""
        return ()
