"""From a document to a network that can be trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn_designer.data.dataset import DataSummary
from nn_designer.design.check import Report, check
from nn_designer.design.document import Document
from nn_designer.design.frozen import thaw
from nn_designer.design.inference import made, read_settings
from nn_designer.design.sharing import owner_of
from nn_designer.design.wiring import used_layers, used_outputs
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import kind_of

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
    from nn_designer.engine.network import Network, Node

    report = report if report is not None else check(document, summary)
    if not report.ok:
        raise DesignError(report.errors[0].sentence)
    settings = training_settings(document)
    used = used_layers(document)
    outputs = [layer.id for layer in used_outputs(document)]
    order = [id for id in document.order if id in used and id not in outputs]
    names = document.export_names
    nodes = []
    for id in (*order, *outputs):  # outputs in the order of the document
        layer = document.layer(id)
        kind = kind_of(layer.kind)
        values = read_settings(kind, layer.settings).values  # all right, says the check
        inputs = tuple(names[wire.source] for wire in document.incoming(id))
        owner = owner_of(document, layer)
        shares = None if owner is None else names[owner.id]
        nodes.append(Node(names[id], made(kind, values), inputs, shares))
    return Network(nodes, loss=settings.loss, seed=settings.seed, dtype=dtype)


def training_settings(document: Document) -> TrainingSettings:
    """The checked training settings of a design; unknown ones are left out.

    Raises:
        DesignError: one of them is wrong.
    """
    read = read_settings(TrainingSettings, document.training)
    if read.wrong:
        raise DesignError(f"Training: {read.wrong[0]}")
    return TrainingSettings(**read.values)


def optimizer_settings(document: Document) -> dict[str, Any]:
    """The checked settings of the design's optimizer; unknown ones are left out.

    Raises:
        DesignError: one of them is wrong.
    """
    optimizer = OPTIMIZERS[training_settings(document).optimizer]
    read = read_settings(optimizer, document.optimizer_settings)
    if read.wrong:
        raise DesignError(f"{optimizer.title}: {read.wrong[0]}")
    return dict(thaw(read.values))
