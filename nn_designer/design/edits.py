"""Edits: pure functions ``Document → Document``, or an EditError whose sentence says why not.

``add_layer``, ``append_after`` and ``insert_on_wire`` return ``(document, id)``, ``paste`` and
``duplicate`` ``(document, ids)``, ``adapt_to_data`` ``(document, sentences)``; all others the
document. An edit that changes nothing returns an equal document.
"""

from __future__ import annotations

from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.clipboard import copy, duplicate, paste
from nn_designer.design.edit_base import EditError
from nn_designer.design.edit_layers import (
    add_layer,
    append_after,
    insert_on_wire,
    move,
    new_id,
    replace_kind,
    splice_layer,
)
from nn_designer.design.edit_settings import (
    rename,
    set_data,
    set_method_setting,
    set_name,
    set_notes,
    set_setting,
    set_training,
)
from nn_designer.design.edit_wires import can_connect, connect, delete, delete_healing, disconnect

__all__ = [
    "EditError",
    "adapt_to_data",
    "add_layer",
    "append_after",
    "can_connect",
    "connect",
    "copy",
    "delete",
    "delete_healing",
    "disconnect",
    "duplicate",
    "insert_on_wire",
    "move",
    "new_id",
    "paste",
    "rename",
    "replace_kind",
    "set_data",
    "set_method_setting",
    "set_name",
    "set_notes",
    "set_setting",
    "set_training",
    "splice_layer",
]
