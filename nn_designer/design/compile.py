"""From a document to a network that can be trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.data.dataset import DataSummary
from nn_designer.design.check import Report, check
from nn_designer.design.document import Document
from nn_designer.design.frozen import thaw
from nn_designer.design.inference import read_settings
from nn_designer.design.nodes import nodes_of
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.training_methods import METHODS, own_settings_name
from nn_designer.engine.training_settings import TrainingSettings

if TYPE_CHECKING:
    from nn_designer.engine.network import Network


class DesignError(ValueError):
    """The design can't be trained as it is; the text is the first problem's sentence."""


def compile_design(
    document: Document,
    *,
    summary: DataSummary | None = None,
    dtype: Any = np.float32,
    report: Report | None = None,
) -> Network:
    """The network of a design, with the weights of its seed.

    Its nodes are named by ``document.export_names``; layers that do not lead to an Output are
    left out; its outputs have the order of the Outputs in the document. ``report`` saves a check if there is a fresh one.

    Raises:
        DesignError: the design has errors; nothing was allocated.
    """
    from nn_designer.engine.network import Network

    report = report if report is not None else check(document, summary)
    if not report.ok:
        raise DesignError(report.errors[0].sentence)
    settings = training_settings(document)
    nodes = nodes_of(document, document.export_names)
    return Network(
        nodes,
        loss=settings.loss,
        loss_settings=own_settings(document)[own_settings_name("loss")],
        seed=settings.seed,
        dtype=dtype,
    )


def training_settings(document: Document) -> TrainingSettings:
    """The checked training settings of a design; unknown ones are left out.

    Raises:
        DesignError: one of them is wrong.
    """
    read = read_settings(TrainingSettings, document.training)
    if read.wrong:
        raise DesignError(f"Training: {read.wrong[0]}")
    return TrainingSettings(**read.values)


def preparation(document: Document) -> dict[str, Any]:
    """What ``data.prepare`` wants to know: the split, and whether the loss takes scaled targets.

    Raises:
        DesignError: a training setting is wrong.
    """
    settings = training_settings(document)
    return {
        "validation_split": settings.validation_split,
        "seed": settings.seed,
        "scale_targets": LOSSES[settings.loss].scales_targets,
    }


def own_settings(document: Document) -> dict[str, Any]:
    """The checked settings of the design's loss, optimizer and schedule, under the names that
    ``train`` takes; unknown ones are left out.

    Raises:
        DesignError: one of them is wrong.
    """
    training = training_settings(document)
    found: dict[str, Any] = {}
    for choice, methods in METHODS.items():
        name, method = own_settings_name(choice), methods[getattr(training, choice)]
        read = read_settings(method, getattr(document, name))
        if read.wrong:
            raise DesignError(f"{method.title}: {read.wrong[0]}")
        found[name] = dict(thaw(read.values))
    return found
