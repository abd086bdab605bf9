"""How data and a network's answers are shown: scenes and probes, made in the training process.

A probe is small whatever the data: a grid, a curve, a table of counts, or some thousand points.
No Qt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nn_designer.app.training_messages import Probe, Scene
from nn_designer.design.wiring import split_samples
from nn_designer.engine.class_metrics import confusion_counts

if TYPE_CHECKING:
    from nn_designer.data import Dataset, Prepared
    from nn_designer.data.dataset import Timeline
    from nn_designer.design.document import Document
    from nn_designer.engine.inputs import Arrays
    from nn_designer.engine.network import Network

MOST_POINTS = 1500  # of each part; more would be a carpet
_GRID = 72  # points along each side of a surface
_CURVE = 241
_PICTURES = 10  # shown with what is made of them
_MARGIN = 0.12  # of the data's span, around it
_MOST_ROWS = 10_000  # asked for a confusion matrix or a scatter plot
# A quarter of a core's usual rate: a probe expected to take longer than _CHEAP_S is left out
# where somebody waits (before the first batch, at Stop).
_MACS_PER_S = 5e9
_CHEAP_S = 0.04


Points = dict[str, tuple[NDArray[Any], NDArray[Any]]]
"""Part → its x (n, 1 or 2) and y (n,)."""


def kind_of_scene(dataset: Dataset) -> str:
    """The view that suits the data; see :class:`Scene`."""
    if dataset.target_is_input and dataset.image_shape is not None:
        return "pictures"
    if dataset.timeline is not None:
        return "series"
    plane = bool(dataset.columns) and all(column.kind != "category" for column in dataset.columns)
    features = len(dataset.columns) if plane else 0
    if dataset.task == "classes":
        return "surface" if features == 2 else "confusion"
    return {1: "curve", 2: "heat"}.get(features, "scatter")


def look_at(dataset: Dataset, prepared: Prepared, run: int) -> Scene:
    """The scene of data that were split and scaled as ``prepared``."""
    kind = kind_of_scene(dataset)
    points: Points = {}
    bounds = (0.0, 1.0, 0.0, 1.0)
    if kind in ("surface", "curve", "heat"):
        raw = np.stack([column.values for column in dataset.columns], axis=1)
        bounds = _bounds(raw, dataset.y[:, 0] if kind == "curve" else None)
        for part, rows in (
            ("train", prepared.train_rows),
            ("validation", prepared.validation_rows),
        ):
            # The rows come shuffled, so the first ones are a fair choice; missing values can't
            # be drawn.
            kept = rows[np.isfinite(raw[rows]).all(axis=1)][:MOST_POINTS]
            y = dataset.y[kept]
            points[part] = (raw[kept], y if y.ndim == 1 else y[:, 0])
    feature_names = tuple(column.name for column in dataset.columns)
    if dataset.timeline is not None:
        points, bounds = _series(dataset, dataset.timeline, prepared)
        feature_names = ("year", dataset.timeline.quantity)
    empty = (np.empty((0, 1)), np.empty(0))
    train_x, train_y = points.get("train", empty)
    validation_x, validation_y = points.get("validation", empty)
    return Scene(
        run=run,
        kind=kind,
        title=dataset.title,
        feature_names=feature_names,
        target_names=tuple(dataset.target_names),
        class_names=tuple(dataset.class_names),
        n_train=len(prepared.x_train),
        n_validation=len(prepared.x_validation),
        train_x=train_x.astype(np.float32),
        train_y=train_y.astype(np.float32),
        validation_x=validation_x.astype(np.float32),
        validation_y=validation_y.astype(np.float32),
        bounds=bounds,
        part="validation" if len(prepared.x_validation) else "training",
    )


def _series(
    dataset: Dataset, timeline: Timeline, prepared: Prepared
) -> tuple[Points, tuple[float, float, float, float]]:
    """The points of both parts in the order of time, and bounds around the one that is shown:
    times and the levels before in a plane, levels as they were."""
    points: Points = {}
    for part, rows in (
        ("train", prepared.train_rows),
        ("validation", prepared.validation_rows),
    ):
        kept = np.sort(rows)[-MOST_POINTS:]
        x = np.stack((timeline.times[kept], timeline.base[kept]), axis=1)
        points[part] = (x, timeline.base[kept] + dataset.y[kept, 0])
    shown = points["validation" if len(prepared.validation_rows) else "train"]
    return points, _bounds(shown[0][:, :1], shown[1])


def _bounds(raw: NDArray[np.float64], y: NDArray[Any] | None) -> tuple[float, float, float, float]:
    """Around all points, with a margin; a plane of two features gets sides of equal length if
    the features have about the same span, so that a circle looks round."""
    sides = [_span(raw[:, 0]), _span(raw[:, 1] if y is None else y)]
    if y is None and 0.5 < sides[0][1] / sides[1][1] < 2.0:
        half = max(sides[0][1], sides[1][1])
        sides = [(middle, half) for middle, _ in sides]
    (x_middle, x_half), (y_middle, y_half) = sides
    grow = 1.0 + 2.0 * _MARGIN
    x_half, y_half = x_half * grow, y_half * grow
    return x_middle - x_half, x_middle + x_half, y_middle - y_half, y_middle + y_half


def _span(values: NDArray[Any]) -> tuple[float, float]:
    """The middle of the values and half their span, which is never 0."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low + high) / 2, max((high - low) / 2, 1e-6 * max(abs(low), abs(high)), 1e-9)


def probabilities(outputs: NDArray[Any], n_classes: int, *, signed: bool) -> NDArray[np.float32]:
    """A probability for each class, (n, classes), whatever the network ends with: one output
    per class, one sigmoid for two classes, or (``signed``, hinge loss) a number around 0."""
    outputs = np.asarray(outputs, dtype=np.float32).reshape(len(outputs), -1)
    if outputs.shape[1] == 1:
        second = np.clip((outputs + 1.0) / 2.0 if signed else outputs, 0.0, 1.0)
        return np.concatenate((1.0 - second, second), axis=1)
    if signed:
        outputs = (outputs + 1.0) / 2.0
    positive = np.clip(outputs, 0.0, None)
    total = positive.sum(axis=1, keepdims=True)
    even = np.float32(1.0 / outputs.shape[1])
    return np.where(total > 0, positive / np.where(total > 0, total, 1.0), even)


def answers(outputs: NDArray[Any], *, signed: bool) -> NDArray[np.intp]:
    """The class each row of outputs stands for, (n,); see :func:`probabilities`."""
    outputs = np.asarray(outputs).reshape(len(outputs), -1)
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > (0.0 if signed else 0.5)).astype(np.intp)
    return outputs.argmax(axis=1)


class Prober:
    """Asks the network, about its first output, what a view wants to know. Never changes the
    course of training."""

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        prepared: Prepared,
        scene: Scene,
        document: Document | None = None,
    ) -> None:
        """``document`` says which columns enter at which Input; without, there is one for all."""
        self._network = network
        self._document = document
        self._prepared = prepared
        self._scene = scene
        self._timeline = dataset.timeline
        self._signed = network.criterion.loss.key == "hinge"
        self._n_classes = len(prepared.class_names)
        validation = scene.part == "validation"
        self._all_x = prepared.x_validation if validation else prepared.x_train
        self._all_y = prepared.y_validation if validation else prepared.y_train
        if scene.kind in ("surface", "heat"):
            raw = grid(scene.bounds)
        elif scene.kind == "curve":
            raw = np.linspace(scene.bounds[0], scene.bounds[1], _CURVE)[:, None]
        else:
            raw = None
        self._raw = raw
        most = _PICTURES if scene.kind == "pictures" else _MOST_ROWS
        asked = self._all_x[:most] if raw is None else prepared.preprocessing.transform(raw)
        self._asked: NDArray[np.float32] = asked
        expected_s = network.cost().macs * len(asked) / _MACS_PER_S
        self.is_cheap = expected_s < _CHEAP_S

    def answer(self, epoch: float, validation_outputs: NDArray[Any] | None) -> Probe:
        """What the network answers now. ``validation_outputs``: its answers to the whole
        validation part, if somebody has them already; saves asking."""
        kind = self._scene.kind
        if kind == "series":
            return Probe(kind, epoch, self._forecast(validation_outputs))
        if kind in ("confusion", "scatter"):
            return Probe(kind, epoch, self._compared(validation_outputs))
        if kind == "pictures":
            return Probe(kind, epoch, self._rebuilt(validation_outputs))
        outputs = self._ask()
        if kind == "surface":
            shares = probabilities(outputs, self._n_classes, signed=self._signed)
            return Probe(kind, epoch, shares.reshape(_GRID, _GRID, -1))
        numbers = self._in_units(outputs)
        if kind == "heat":
            return Probe(kind, epoch, numbers.reshape(_GRID, _GRID).astype(np.float32))
        return Probe(kind, epoch, np.stack((self._raw[:, 0], numbers), axis=1))

    def _ask(self) -> NDArray[Any]:
        """The first output's answers to what is asked."""
        x: Arrays = self._asked
        if self._document is not None:
            x = split_samples(self._document, self._prepared.preprocessing.column_widths, x)
        return self._network.predict_each(x)[self._network.output_name]

    def _compared(self, validation_outputs: NDArray[Any] | None) -> NDArray[Any]:
        """Counts of a confusion matrix, or (true, predicted) numbers of the first target."""
        if validation_outputs is None or self._scene.part != "validation":
            validation_outputs = self._ask()
        true = self._all_y[: len(validation_outputs)]
        if self._scene.kind == "confusion":
            return confusion_counts(
                true, answers(validation_outputs, signed=self._signed), self._n_classes
            )
        true, outputs = true[:MOST_POINTS], validation_outputs[:MOST_POINTS]
        return np.stack((self._in_units(true), self._in_units(outputs)), axis=1)

    def _rebuilt(self, validation_outputs: NDArray[Any] | None) -> NDArray[np.uint8]:
        """Pictures and what the network makes of them, (2, n, height, width, channels)."""
        image_shape = self._prepared.preprocessing.image_shape
        assert image_shape is not None
        asked = self._asked
        if validation_outputs is None or self._scene.part != "validation":
            validation_outputs = self._ask()
        pair = np.stack(
            [one[: len(asked)].reshape(-1, *image_shape) for one in (asked, validation_outputs)]
        )
        return np.clip(np.round(pair * 255.0), 0.0, 255.0).astype(np.uint8)

    def _forecast(self, validation_outputs: NDArray[Any] | None) -> NDArray[np.float64]:
        """Times and the levels that are predicted for them, of the scene's points."""
        validation = self._scene.part == "validation"
        if validation_outputs is None or not validation:
            validation_outputs = self._ask()
        rows = self._prepared.validation_rows if validation else self._prepared.train_rows
        order = np.argsort(rows[: len(validation_outputs)])[-MOST_POINTS:]
        assert self._timeline is not None
        kept = rows[order]
        levels = self._timeline.base[kept] + self._in_units(validation_outputs[order])
        return np.stack((self._timeline.times[kept], levels), axis=1)

    def _in_units(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """The first target in the person's units, (n,)."""
        table = np.asarray(outputs).reshape(len(outputs), -1)
        return self._prepared.preprocessing.inverse_target(table)[:, 0]


def grid(bounds: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Points of the plane, (rows * columns, 2): row by row from the lowest y."""
    low_x, high_x, low_y, high_y = bounds
    x, y = np.linspace(low_x, high_x, _GRID), np.linspace(low_y, high_y, _GRID)
    columns, rows = np.meshgrid(x, y)
    return np.stack((columns.ravel(), rows.ravel()), axis=1)
