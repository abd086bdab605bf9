"""What the window and the training process tell each other. Plain values, no Qt.

Commands go to the process, everything else comes back. ``run`` counts the commands that began
something, so that what a run that was left says late can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn_designer.design.document import Document
from nn_designer.engine.progress import BatchProgress, EpochProgress, Finished, Started

Floats = NDArray[np.float32]

# ---------------------------------------------------------------------- commands


@dataclass(frozen=True)
class Look:
    """Read the data of ``document`` and say how they look: a Scene; and, if the design can be
    compiled, what it answers with ``weights`` or with those it begins with: an Update."""

    run: int
    document: Document
    weights: Mapping[str, Mapping[str, NDArray[Any]]] | None = None


@dataclass(frozen=True)
class Train:
    """Train ``document`` from its seed, or from ``weights``. ``hold``: "" runs at once,
    "batch" or "epoch" does one of these and waits, "now" waits before the first batch."""

    run: int
    document: Document
    weights: Mapping[str, Mapping[str, NDArray[Any]]] | None = None
    hold: str = ""


@dataclass(frozen=True)
class Steer:
    """To the run under way. ``what``: "pause", "resume", "batch", "epoch", "stop",
    "learning_rate" (with ``value``), "snapshot_taken". ``serial`` counts what people asked."""

    run: int
    what: str
    value: float = 0.0
    serial: int = 0


@dataclass(frozen=True)
class Watch:
    """Whether a view wants probes."""

    wanted: bool


@dataclass(frozen=True)
class Quit:
    """End the process."""


# ---------------------------------------------------------------------- answers


@dataclass(frozen=True)
class Ready:
    """The process has imported everything and waits."""


@dataclass(frozen=True)
class Scene:
    """The data as a view shows them, in the person's units, at most some thousand points.

    ``kind``: "surface" (two features, classes), "curve" (one feature, a number), "heat" (two
    features, a number), "pictures" (pictures that are to be rebuilt), "confusion" (other
    classes), "series" (a series), "scatter" (other numbers).
    ``train_x``, ``validation_x`` (n, 1 or 2) and ``train_y``, ``validation_y`` (n,) are the
    points; of a series, ``feature_names`` are those of the axes, and x is the time and the level
    that was known before; empty for pictures, confusion and scatter. ``bounds``: low x, high x,
    low y, high y of the view.
    ``part``: which part confusion and scatter are of, "validation" or "training".
    """

    run: int
    kind: str
    title: str
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...]
    n_train: int
    n_validation: int
    train_x: Floats
    train_y: Floats
    validation_x: Floats
    validation_y: Floats
    bounds: tuple[float, float, float, float]
    part: str = "validation"

    @property
    def drawn(self) -> bool:
        """Whether the data themselves are drawn: there is something to see before training."""
        return self.kind in ("surface", "curve", "heat", "pictures")


@dataclass(frozen=True)
class Probe:
    """What the network answers now. ``values`` by the scene's kind:

    surface: probabilities (rows, columns, classes), row 0 at the lowest y; heat: (rows,
    columns); curve: (n, 2) of x and answer; confusion: counts (classes, classes), a row per
    true class; scatter: (n, 2) of true and predicted; series: (n, 2) of time and forecast;
    pictures: uint8 (2, n, height, width, channels), originals and what the network makes of them.
    ``epoch``: how far training is, in epochs.
    """

    kind: str
    epoch: float
    values: NDArray[Any]


@dataclass(frozen=True)
class WeightPlace:
    """Where one weight lies in the flat vector of variables (offset and strides in bytes)."""

    layer: str
    name: str
    shape: tuple[int, ...]
    offset: int
    strides: tuple[int, ...]


@dataclass(frozen=True)
class Prepared:
    """Data and network are there; the first batch comes next."""

    run: int
    started: Started
    task: str
    class_names: tuple[str, ...]
    target_names: tuple[str, ...]
    preprocessing: Any
    places: tuple[WeightPlace, ...]
    n_variables: int
    memory_name: str  # shared memory that holds snapshots; empty: they come in the messages


@dataclass(frozen=True)
class Update:
    """What happened since the last one: one point for each chunk of batches.

    ``positions`` (n,) are in epochs: 2.5 is the middle of the third. ``accuracies`` is None for
    numbers. ``snapshot``: the flat variables lie in shared memory, or in ``variables``.
    """

    run: int
    position: float
    positions: NDArray[np.float64]
    losses: NDArray[np.float64]
    accuracies: NDArray[np.float64] | None
    latest: BatchProgress | None
    epochs: tuple[EpochProgress, ...] = ()
    probe: Probe | None = None
    snapshot: bool = False
    variables: NDArray[Any] | None = None
    paused_after: int = -1  # the run waits, having done the Steer of this serial; -1: it runs

    @property
    def batch(self) -> BatchProgress | None:
        """The latest batch that was reported, if there was one."""
        return self.latest


@dataclass(frozen=True)
class Ended:
    """The run is over. The last snapshot came before this."""

    run: int
    finished: Finished


@dataclass(frozen=True)
class Failed:
    """The command could not be done: a sentence for people, and for the log, if it is our
    fault, the traceback."""

    run: int
    sentence: str
    traceback: str = ""
