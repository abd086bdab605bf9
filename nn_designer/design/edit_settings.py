"""Edits of settings: of layers, of the training, of the design itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from nn_designer.data.choice import DataChoice
from nn_designer.design.document import MAXIMUM_NOTES_LENGTH, Document, Layer, slug
from nn_designer.design.edit_base import EditError, checked_name, found, known_kind, with_layers
from nn_designer.design.frozen import as_frozen, thaw
from nn_designer.design.sharing import SETTING as SHARING
from nn_designer.design.sharing import find_layer
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.params import HasParams, ParamError


def checked_value(owner: type[HasParams], title: str, name: str, value: Any) -> Any:
    """One setting's value in its normal form, or EditError naming ``title``."""
    param = owner.params.get(name)
    if param is None:
        near = get_close_matches(str(name), owner.params, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        known = ", ".join(owner.params) or "none"
        raise EditError(f"{title} has no setting {name!r}; its settings are {known}.{hint}")
    try:
        return param.check(value)
    except ParamError as error:
        raise EditError(f"{title}: {error}") from None


def set_setting(document: Document, ids: str | Iterable[str], name: str, value: Any) -> Document:
    """Change one setting of one or several layers; the value is checked first."""
    changed: dict[str, Layer] = {}
    for id in [ids] if isinstance(ids, str) else ids:
        layer = found(document, id)
        checked = checked_value(known_kind(layer.kind), layer.name, name, value)
        if name == SHARING and checked:
            owner = find_layer(document, checked)
            checked = owner.id if owner is not None else checked
        settings = as_frozen(layer.settings).with_values(**{name: checked})
        changed[id] = replace(layer, settings=settings)
    return with_layers(document, changed)


def rename(document: Document, id: str, name: str) -> Document:
    """Change the name people see. Names differ also in exported files, so "A b" bars "a-b"."""
    layer = found(document, id)
    name = checked_name(name)
    for other in document.layers:
        if other.id != id and slug(other.name) == slug(name):
            same = "" if other.name == name else f" (as {other.name!r})"
            raise EditError(f"The name {name!r} is taken{same}; choose another.")
    return with_layers(document, {id: replace(layer, name=name)})


def set_name(document: Document, name: str) -> Document:
    """Change the design's name; it may be empty."""
    if isinstance(name, str) and not name.strip():
        return replace(document, name="")
    return replace(document, name=checked_name(name))


def set_notes(document: Document, notes: str) -> Document:
    """Change the design's notes: any text of at most 100,000 characters."""
    if not isinstance(notes, str):
        raise EditError(f"Notes must be text, but they are {notes!r}.")
    if len(notes) > MAXIMUM_NOTES_LENGTH:
        raise EditError(
            f"The notes have {len(notes):,} characters; at most {MAXIMUM_NOTES_LENGTH:,} fit."
        )
    if any("\ud800" <= c <= "\udfff" for c in notes):
        raise EditError("The notes hold characters that can't be written to a file.")
    return replace(document, notes=notes)


def set_training(document: Document, name: str, value: Any) -> Document:
    """Change one of the TrainingSettings; another optimizer starts with its own defaults."""
    checked = checked_value(TrainingSettings, "Training", name, value)
    training = as_frozen(document.training).with_values(**{name: checked})
    if name == "optimizer" and checked != optimizer_key(document):
        return replace(document, training=training, optimizer_settings={})
    return replace(document, training=training)


def optimizer_key(document: Document) -> str:
    """The key of the chosen optimizer, also if this version does not know it."""
    return str(document.training.get("optimizer", TrainingSettings.params["optimizer"].default))


def set_optimizer_setting(document: Document, name: str, value: Any) -> Document:
    """Change one setting of the chosen optimizer."""
    from nn_designer.engine.optimizers import OPTIMIZERS

    key = optimizer_key(document)
    optimizer = OPTIMIZERS.get(key)
    if optimizer is None:
        raise EditError(f"There is no optimizer {key!r} in this version; choose another first.")
    checked = checked_value(optimizer, optimizer.title, name, value)
    settings = as_frozen(document.optimizer_settings).with_values(**{name: checked})
    return replace(document, optimizer_settings=settings)


def set_data(document: Document, choice: DataChoice) -> Document:
    """Choose other data; the layers stay as they are (``adapt_to_data`` fits them)."""
    # Settings come back from a file as lists; kept alike, a saved document equals the live one.
    choice = DataChoice(choice.source, thaw(choice.settings))
    return replace(document, data=choice, extra=as_frozen(document.extra).without("data"))
