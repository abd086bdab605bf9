"""Context menus: one for the empty canvas, one for cards, one for wires."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from nn_designer.app import icons
from nn_designer.app.canvas import steps
from nn_designer.app.canvas.card_painting import glyph_name
from nn_designer.app.canvas.scene import Hit
from nn_designer.design import edits
from nn_designer.design.document import Wire
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView


def menu_for(canvas: CanvasView, hit: Hit) -> QMenu:
    """The menu for what is under the mouse; owned by the canvas."""
    menu = QMenu(canvas)
    if hit.wire is not None:
        menu.setObjectName("canvas_wire_menu")
        _fill_for_wire(menu, canvas, hit.wire.wire)
    elif hit.card is not None:
        menu.setObjectName("canvas_card_menu")
        _fill_for_card(menu, canvas, hit.card.layer_id)
    else:
        menu.setObjectName("canvas_menu")
        _fill_for_canvas(menu, canvas)
    return menu


def _fill_for_canvas(menu: QMenu, canvas: CanvasView) -> None:
    for key in ("quick_add", "", "paste", "select_all", "", "arrange", "fit", "zoom_reset"):
        _add(menu, canvas, key)


def _fill_for_card(menu: QMenu, canvas: CanvasView, layer_id: str) -> None:
    layer = canvas.store.document.layer(layer_id)
    kind = KINDS.get(layer.kind)
    if kind is not None and "activation" in kind.params:
        _add(menu, canvas, "activation")
    rename = menu.addAction("Rename")
    rename.setObjectName("canvas_card_rename")
    rename.setShortcut(QKeySequence("F2"))  # only shown: the key belongs to the window's action
    rename.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    rename.triggered.connect(partial(_rename, canvas, layer_id))
    _add(menu, canvas, "connect")
    _fill_disconnect(menu, canvas, layer_id)
    replace = menu.addMenu("Replace with")
    replace.setObjectName("canvas_card_replace")
    others = [found for found in KINDS.values() if found.key != layer.kind]
    _add_kinds(replace, canvas, others, partial(_replace, canvas, layer_id))
    for key in ("", "cut", "copy", "duplicate", "", "delete", "delete_healing"):
        _add(menu, canvas, key)
    if len(canvas.store.selection) > 1:
        for key in ("", "arrange", "fit_selection"):
            _add(menu, canvas, key)


def _fill_disconnect(menu: QMenu, canvas: CanvasView, layer_id: str) -> None:
    """One entry per wire of the layer, and one for all."""
    document = canvas.store.document
    incoming, outgoing = document.incoming(layer_id), document.outgoing(layer_id)
    if not incoming and not outgoing:
        return
    submenu = menu.addMenu("Disconnect")
    submenu.setObjectName("canvas_card_disconnect")
    ends = [("From", wire.source, wire) for wire in incoming]
    ends += [("To", wire.target, wire) for wire in outgoing]
    for word, other, wire in ends:
        name = document.layer(other).name.replace("&", "&&")
        action = submenu.addAction(f"{word} {name}")
        action.setObjectName(f"canvas_card_disconnect_{word.lower()}_{other}")
        action.triggered.connect(partial(_disconnect, canvas, wire))
    if len(ends) > 1:
        submenu.addSeparator()
        unplug = submenu.addAction("All wires")
        unplug.setObjectName("canvas_card_disconnect_all")
        unplug.triggered.connect(partial(_disconnect_all, canvas, layer_id))


def _fill_for_wire(menu: QMenu, canvas: CanvasView, wire: Wire) -> None:
    insert = menu.addMenu("Insert layer")
    insert.setObjectName("canvas_wire_insert")
    _add_kinds(insert, canvas, steps.kinds_inside(), partial(_insert, canvas, wire))
    remove = menu.addAction("Delete wire")
    remove.setObjectName("canvas_wire_delete")
    remove.setIcon(icons.icon("delete", canvas.themes.theme))
    remove.triggered.connect(partial(_disconnect, canvas, wire))


def _add(menu: QMenu, canvas: CanvasView, key: str) -> None:
    if key:
        menu.addAction(canvas.action(key))
    else:
        menu.addSeparator()


def _add_kinds(
    menu: QMenu,
    canvas: CanvasView,
    kinds: Iterable[type[LayerKind]],
    act: Callable[[str], None],
) -> None:
    theme = canvas.themes.theme
    for kind in kinds:
        action = menu.addAction(kind.title)
        action.setObjectName(f"{menu.objectName()}_{kind.key}")
        colour = theme.categories[kind.category]
        action.setIcon(icons.icon(glyph_name(kind.key), theme, colour))
        action.triggered.connect(partial(_call, act, kind.key))


def _call(act: Callable[[str], None], key: str, _checked: bool = False) -> None:
    act(key)


def _insert(canvas: CanvasView, wire: Wire, kind: str) -> None:
    canvas.commands.edit_adding(f"Insert {KINDS[kind].title}", edits.insert_on_wire, kind, wire)


def _replace(canvas: CanvasView, layer_id: str, kind: str) -> None:
    canvas.store.edit(f"Replace with {KINDS[kind].title}", edits.replace_kind, layer_id, kind)


def _rename(canvas: CanvasView, layer_id: str, _checked: bool = False) -> None:
    canvas.rename(layer_id)


def _disconnect(canvas: CanvasView, wire: Wire, _checked: bool = False) -> None:
    canvas.store.edit("Disconnect", edits.disconnect, wire)


def _disconnect_all(canvas: CanvasView, layer_id: str, _checked: bool = False) -> None:
    document = canvas.store.document
    wires = (*document.incoming(layer_id), *document.outgoing(layer_id))
    canvas.store.edit("Disconnect", edits.delete, (), wires)
