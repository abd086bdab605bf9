"""A trained network as it leaves the app: all that prediction needs, and how it was reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nn_designer.data.dataset import TargetInfo, Task
    from nn_designer.data.preprocessing import Preprocessing
    from nn_designer.design.document import Document
    from nn_designer.engine.network import Network

Weights = dict[str, dict[str, np.ndarray]]
"""Layer name (slug) → tensor name → array, in the engine's layout: kernel (in, out), bias (out,)."""


class InterchangeError(ValueError):
    """A weights file can't be written, read or used; the text is for people."""


@dataclass(frozen=True)
class TrainedModel:
    """A design with its trained weights and everything done to the data before training.

    ``task`` is "classes" or "number". ``history`` holds one record per epoch, as
    :func:`nn_designer.interchange.history.epoch_record` makes them.
    """

    document: Document
    weights: Mapping[str, Mapping[str, np.ndarray]]
    preprocessing: Preprocessing | None = None
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    task: str = "classes"
    history: tuple[Mapping[str, Any], ...] = ()

    def predict(self, raw: Any) -> np.ndarray:
        """What the network (its first output) answers to data as the person has it, (N, outputs).

        ``raw`` is whatever the preprocessing transforms: a data set, a table's file, a mapping
        of columns, or an array of samples. Numbers come back in the person's units, classes as
        the network's outputs.

        Raises:
            DataError: the data is not of the kind the network was trained on.
            DesignError: the design can't be compiled; WeightError: the weights do not fit it.
        """
        x = raw if self.preprocessing is None else self._encoded(self.preprocessing, raw)
        return next(iter(self.outputs(np.asarray(x, dtype=np.float32)).values()))

    def outputs(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """As :meth:`predict`, of each output by its name, for inputs as the network receives
        them, (N, *sample_shape)."""
        from nn_designer.design.wiring import split_samples

        done = self.preprocessing
        network = self.network()
        samples = x if done is None else split_samples(self.document, done.column_widths, x)
        found = network.predict_each(samples)
        if done is None:
            return found
        # More outputs than targets: of a design that was changed after training.
        scalings = dict(zip(found, done.targets, strict=False))
        return {
            name: scalings[name].inverse(outputs) if name in scalings else outputs
            for name, outputs in found.items()
        }

    @property
    def targets(self) -> tuple[TargetInfo, ...]:
        """What each output answers, as far as it is known: the first one at least."""
        from nn_designer.data.dataset import TargetInfo

        task: Task = "number" if self.task == "number" else "classes"
        first = TargetInfo(self.target_names, task, self.class_names)
        if self.preprocessing is None:
            return (first,)
        return (first, *(target.info for target in self.preprocessing.further_targets))

    @staticmethod
    def _encoded(preprocessing: Preprocessing, raw: Any) -> np.ndarray:
        if isinstance(raw, (str, Path)):
            return preprocessing.transform_table(raw)
        return preprocessing.transform(raw)

    def network(self) -> Network:
        """The compiled network with these weights."""
        from nn_designer.design.compile import compile_design

        network = compile_design(self.document)
        network.set_weights({name: dict(tensors) for name, tensors in self.weights.items()})
        return network


@dataclass(frozen=True)
class LoadedWeights:
    """What a weights file holds. Everything but the weights may be missing in a foreign file."""

    weights: Weights
    preprocessing: Preprocessing | None = None
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    task: str = ""
    document: Document | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    as_in_torch: bool = False
    """Whether the tensors have PyTorch's names and layout: a file without a description does not
    tell of what kind its layers are, the design does."""
