"""Series: numbers in the order of time, served as windows of the last ones and what came next.

A network that is to go on where a series has never been (prices, populations, the carbon dioxide
in the air) is given changes from step to step, not levels: they stay in the range that was
trained. The last part of the series is the test part, never shuffled into training.
"""

from __future__ import annotations

import csv
from typing import ClassVar, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nn_designer.data.dataset import Dataset, Timeline
from nn_designer.data.errors import DataError
from nn_designer.data.source import DataSource
from nn_designer.params import Int
from nn_designer.resources import resource_path

Floats = NDArray[np.float64]

TEST_SHARE = 0.2


class SeriesSource(DataSource):
    """A shipped series of numbers, one for each month."""

    declared_task: ClassVar[Literal["classes", "number", "auto"]] = "number"
    group: ClassVar[Literal["shipped", "drawn", "own"]] = "shipped"
    file: ClassVar[str]
    quantity: ClassVar[str]
    """What the numbers are, with their unit."""

    window = Int(
        24,
        minimum=2,
        maximum=240,
        unit="months",
        help="How many steps of the past the network sees: the change in each of them.",
    )
    horizon = Int(
        1,
        minimum=1,
        maximum=60,
        unit="months",
        help="How many steps ahead it is to look.",
    )

    def read(self) -> tuple[Floats, Floats]:
        """Times in years, and levels, NaN where there is none."""
        with resource_path("datasets", self.file).open(encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        times = [int(month[:4]) + (int(month[5:7]) - 0.5) / 12.0 for month, _ in rows]
        levels = [float(cell) if cell else np.nan for _, cell in rows]
        return np.array(times), np.array(levels)

    def load(self) -> Dataset:
        try:
            times, levels = self.read()
        except (OSError, ValueError, IndexError) as error:
            raise DataError(
                f"The shipped data set {self.title} can't be read ({error}). "
                "Install NN Designer again."
            ) from error
        missing = np.isnan(levels)
        levels[missing] = np.interp(times[missing], times[~missing], levels[~missing])
        return self.windows(times, levels, int(missing.sum()))

    def windows(self, times: Floats, levels: Floats, n_filled: int) -> Dataset:
        """A sample for each step that has enough steps before it and behind it."""
        now = np.arange(self.window, len(levels) - self.horizon)
        x = sliding_window_view(np.diff(levels), self.window)[: len(now)]
        steps = "month" if self.horizon == 1 else f"{self.horizon} months"
        filled = f"{n_filled} months without a value lie on the line between their neighbours."
        return Dataset(
            source=self.key,
            title=self.title,
            task="number",
            y=(levels[now + self.horizon] - levels[now])[:, None],
            target_names=(f"change of {self.quantity} in the next {steps}",),
            x=x[:, :, None].astype(np.float32),
            standardizes=True,
            timeline=Timeline(times[now + self.horizon], levels[now], self.quantity),
            n_test=round(TEST_SHARE * len(now)),
            description=self.description,
            origin=self.origin,
            licence=self.licence,
            report=(filled,) if n_filled else (),
        )


class CarbonDioxide(SeriesSource):
    key = "co2"
    title = "Carbon dioxide"
    description = "How will the carbon dioxide in the air at Mauna Loa, Hawaii, change next?"
    origin = (
        "C. D. Keeling, T. P. Whorf: Atmospheric CO2 concentrations derived from flask air "
        "samples at sites in the SIO network, 2004"
    )
    licence = "Public domain"
    file = "co2.csv"
    quantity = "CO2 (ppm)"
