"""The scene: keeps cards and wires in step with the store, and finds what is where."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from nn_designer.app.canvas.box_index import BoxIndex
from nn_designer.app.canvas.card import CardItem
from nn_designer.app.canvas.card_content import card_content, problems_by_layer
from nn_designer.app.canvas.look import Level, Look, level_at
from nn_designer.app.canvas.motion import CardMotion
from nn_designer.app.canvas.overlays import GhostCard, Guides, Marquee, WirePreview
from nn_designer.app.canvas.wire import WireItem
from nn_designer.app.kind_texts import one_line_help
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme
from nn_designer.app.widgets.tips import plain_tip
from nn_designer.design.check import Report
from nn_designer.design.diff import Change
from nn_designer.design.document import Wire
from nn_designer.layers import KINDS
from nn_designer.layers.base import shape_text

PORT_REACH_PX = 14.0
"""How near to a port's centre the mouse takes hold of it, on the screen and at least on the card."""
INNER_PORT_REACH_PX = 8.0
"""Beyond this, a wire under the mouse comes before the port."""
WIRE_REACH_PX = 7.0
ROUTING_REACH = 400.0
"""Cards so far above or below a wire's ends may be in its way, if it has to go around others."""
FEW_CARDS = 12
"""So many may be dragged while their wires look for a way around others."""
FARTHEST = 1_000_000.0


@dataclass(frozen=True)
class Hit:
    """What is at a place: ``part`` is "canvas", "wire", "card", "activation", "problem",
    "input" or "output"."""

    part: str
    card: CardItem | None = None
    port: int = 0
    wire: WireItem | None = None

    @property
    def hover_name(self) -> str:
        """The name by which :meth:`CardItem.set_hovered` knows the part."""
        return f"input {self.port}" if self.part == "input" else self.part


def _placeable(value: float) -> float:
    """A coordinate that Qt can draw: a damaged file must not break the view."""
    return max(-FARTHEST, min(FARTHEST, value)) if math.isfinite(value) else 0.0


class CanvasScene(QGraphicsScene):
    """Cards by layer id, wires by their value. Follows the store; never changes it."""

    def __init__(self, store: Store, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.look = Look(theme)
        self.cards: dict[str, CardItem] = {}
        self.wires: dict[Wire, WireItem] = {}
        self.selected_wires: frozenset[Wire] = frozenset()
        self._top_z = 0.0
        self.motion = CardMotion(self._move_card, self.drag_wires, self.place_wires, self)
        self.preview = WirePreview(self.look)
        self.marquee = Marquee(self.look)
        self.guides = Guides(self.look)
        self.ghost = GhostCard(self.look)
        self._overlays = (self.preview, self.marquee, self.guides, self.ghost)
        for overlay in self._overlays:
            self.addItem(overlay)
        store.changed.connect(self._on_changed)
        store.checked.connect(self._on_checked)
        store.selection_changed.connect(self._on_selection_changed)
        document = store.document
        everything = Change(added=frozenset(document.by_id), wires_added=frozenset(document.wires))
        self._on_changed(everything)
        self._on_checked(store.report)
        self._on_selection_changed(store.selection)

    # ---- following the store

    def set_theme(self, theme: Theme) -> None:
        self.look = Look(theme)
        for overlay in self._overlays:
            overlay.look = self.look
        self._on_checked(self.store.report)
        self.update()

    def _on_changed(self, change: Change) -> None:
        self.motion.finish()
        document = self.store.document
        for wire in change.wires_removed:
            self.removeItem(self.wires.pop(wire))
        for layer_id in change.removed:
            self.removeItem(self.cards.pop(layer_id))
        problems = problems_by_layer(self.store.report.problems)
        for layer_id in (layer.id for layer in document.layers if layer.id in change.added):
            layer = document.layer(layer_id)
            content = card_content(document, layer, self.store.report, problems)
            card = CardItem(layer_id, content, self.look)
            card.move_to(_placeable(layer.x), _placeable(layer.y))
            self.cards[layer_id] = card
            self.addItem(card)
        for wire in change.wires_added:
            item = WireItem(wire, self.look)
            self.wires[wire] = item
            self.addItem(item)
        self._send_cards(change.moved)
        touched = change.added | change.moved
        for wire in change.wires_added | change.wires_removed:
            touched |= {wire.source, wire.target}
        self._refresh_cards(touched | change.changed)
        self.place_wires(touched)
        if change.wires_removed:
            self.select_wires(self.selected_wires & self.wires.keys())

    def _send_cards(self, layer_ids: Iterable[str]) -> None:
        """Let these cards glide to the places that the document gives them."""
        starts, goals = {}, {}
        for layer_id in layer_ids:
            layer = self.store.document.layer(layer_id)
            goal = QPointF(_placeable(layer.x), _placeable(layer.y))
            start = self.cards[layer_id].pos()
            if start != goal:  # a card that was dragged is there already
                starts[layer_id], goals[layer_id] = start, goal
        self.motion.start(starts, goals)

    def _move_card(self, layer_id: str, place: QPointF) -> None:
        self.cards[layer_id].move_to(place.x(), place.y())

    def _on_checked(self, report: Report) -> None:
        self._refresh_cards(self.cards)
        on_wire = {problem.wire: problem.sentence for problem in report.problems if problem.wire}
        for wire, item in self.wires.items():
            shape = report.shapes.get(wire.source)
            label = "" if shape is None else shape_text(shape)
            item.set_content(label, on_wire.get(wire, ""), self.look)

    def _refresh_cards(self, layer_ids: Iterable[str]) -> None:
        document, report = self.store.document, self.store.report
        problems = problems_by_layer(report.problems)
        for layer_id in layer_ids:
            card = self.cards.get(layer_id)
            if card is None:
                continue
            layer = document.layer(layer_id)
            known = (
                (layer.kind, layer.name, layer.settings),
                report.shapes.get(layer_id),
                report.parameters.get(layer_id),
                problems.get(layer_id),
                document.incoming(layer_id),
                document.outgoing(layer_id),
                self.look,
            )
            if card.made_from == known:
                continue
            card.made_from = known
            content = card_content(document, layer, report, problems)
            ports_before = card.content.input_count
            card.set_content(content, self.look)
            inputs = frozenset(wire.port for wire in document.incoming(layer_id))
            card.set_ports_used(inputs, bool(document.outgoing(layer_id)))
            if content.input_count != ports_before:
                self.place_wires({layer_id})

    def _on_selection_changed(self, selection: frozenset[str]) -> None:
        for layer_id, card in self.cards.items():
            card.set_selected(layer_id in selection)

    def place_wires(self, layer_ids: Iterable[str]) -> None:
        """Draw the wires of these layers anew, from where the cards are now, and lead wires
        around those cards."""
        ids = set(layer_ids)
        boxes = [self.cards[i].box for i in ids if i in self.cards]
        cards = self._card_index()
        for wire, item in self.wires.items():
            at_card = wire.source in ids or wire.target in ids
            if at_card or item.routed or item.meets(boxes):
                self._place_wire(wire, item, cards)

    def drag_wires(self, layer_ids: Collection[str]) -> None:
        """While the cards of these layers follow the mouse: the least work that looks right."""
        document = self.store.document
        cards = self._card_index() if len(layer_ids) <= FEW_CARDS else None
        moved = [document.outgoing(i) for i in layer_ids] + [
            document.incoming(i) for i in layer_ids
        ]
        for wire in {wire for wires in moved for wire in wires}:
            item = self.wires[wire]
            both = wire.source in layer_ids and wire.target in layer_ids
            if both and item.shift(*self._ends(wire)):
                continue
            if cards is not None:
                self._place_wire(wire, item, cards)
            else:
                item.place(*self._ends(wire))

    def _ends(self, wire: Wire) -> tuple[QPointF, QPointF]:
        source, target = self.cards[wire.source], self.cards[wire.target]
        return source.pos() + source.output_port(), target.pos() + target.input_port(wire.port)

    def _card_index(self) -> BoxIndex:
        return BoxIndex((layer_id, card.box) for layer_id, card in self.cards.items())

    def _place_wire(self, wire: Wire, item: WireItem, cards: BoxIndex) -> None:
        if wire.source not in self.cards or wire.target not in self.cards:
            return  # a damaged file
        start, end = self._ends(wire)
        left, right = sorted((start.x(), end.x()))
        top, bottom = sorted((start.y(), end.y()))
        top, bottom = top - ROUTING_REACH, bottom + ROUTING_REACH
        # A wire to the right leaves its own cards behind; one to the left comes along them.
        own = (wire.source, wire.target) if start.x() < end.x() else ()
        boxes = cards.meeting((left, top, right, bottom), without=own)
        item.place(start, end, boxes)

    def select_wires(self, wires: Iterable[Wire]) -> None:
        """Mark exactly these wires. Wires are selected on the canvas only, not in the store."""
        self.selected_wires = frozenset(wires)
        for wire, item in self.wires.items():
            item.set_marks(selected=wire in self.selected_wires)

    def raise_card(self, card: CardItem) -> None:
        """Put a card in front of the others."""
        self._top_z += 1.0
        card.setZValue(self._top_z)

    def keep_pictures(self, keep: bool) -> None:
        """Whether cards are painted once and then moved as pictures. Zooming is slower then."""
        modes = QGraphicsItem.CacheMode
        for card in self.cards.values():
            card.setCacheMode(modes.DeviceCoordinateCache if keep else modes.NoCache)

    # ---- finding things

    def hit(self, position: QPointF, zoom: float) -> Hit:
        """What is at a place of the scene: ports first, then cards, then wires."""
        reach = max(PORT_REACH_PX / zoom, 10.0) if level_at(zoom) >= Level.LARGE else 0.0
        best: CardItem | None = None
        for card in self.cards.values():
            local = position - card.pos()
            if not card.boundingRect().adjusted(-reach, -reach, reach, reach).contains(local):
                continue
            if best is not None and card.zValue() < best.zValue():
                continue
            if card.body.contains(local) or self._part_at(card, local, reach, zoom) is not None:
                best = card
        part = None if best is None else self._part_at(best, position - best.pos(), reach, zoom)
        if best is not None and not self._is_beside_port(best, part, position, zoom):
            return part or Hit("card", best)
        wire = self.wire_at(position, WIRE_REACH_PX / zoom)
        return part or Hit("canvas") if wire is None else Hit("wire", wire=wire)

    @staticmethod
    def _is_beside_port(card: CardItem, part: Hit | None, at: QPointF, zoom: float) -> bool:
        """Whether a port was hit from so far outside of its card that a wire comes first: short
        wires would be all port otherwise."""
        if (
            part is None
            or part.part not in ("input", "output")
            or card.body_in_scene().contains(at)
        ):
            return False
        port = card.output_port() if part.part == "output" else card.input_port(part.port)
        away = at - card.pos() - port
        return math.hypot(away.x(), away.y()) * zoom > INNER_PORT_REACH_PX

    @staticmethod
    def _part_at(card: CardItem, local: QPointF, reach: float, zoom: float) -> Hit | None:
        def near(port: QPointF) -> float:
            return math.hypot(port.x() - local.x(), port.y() - local.y())

        if card.content.has_output and near(card.output_port()) <= reach:
            return Hit("output", card)
        if card.content.input_count and abs(local.x()) <= reach:
            port = card.nearest_input(card.pos() + local)
            if near(card.input_port(port)) <= reach:
                return Hit("input", card, port)
        if card.chip_at(zoom).contains(local):
            return Hit("activation", card)
        if card.badge_at(zoom).contains(local):
            return Hit("problem", card)
        return None

    def tooltip(self, hit: Hit) -> str:
        """What to say about a part: all problems of a card, or what the part is for."""
        if hit.wire is not None:
            return plain_tip(hit.wire.problem)
        if hit.card is None:
            return ""
        if hit.part == "activation":
            return f"{hit.card.content.activation_title}: click to choose the activation"
        wrong = problems_by_layer(self.store.report.problems).get(hit.card.layer_id, [])
        if wrong:
            return plain_tip("\n".join(problem.sentence for problem in wrong))
        if hit.part == "output":
            return "Output: drag a wire from here to another layer"
        if hit.part == "input":
            used = hit.port in hit.card.used_inputs
            return "Input: drag to take the wire elsewhere" if used else "Input: drag a wire here"
        kind = KINDS.get(hit.card.content.kind)
        return one_line_help(kind) if kind is not None else ""

    def card_at(self, position: QPointF, margin: float = 0.0) -> CardItem | None:
        """The front card whose body (grown by ``margin``) holds the place."""
        found = [
            card
            for card in self.cards.values()
            if card.body_in_scene().adjusted(-margin, -margin, margin, margin).contains(position)
        ]
        return max(found, key=lambda card: card.zValue()) if found else None

    def wire_at(
        self, position: QPointF, reach: float, without: Iterable[str] = ()
    ) -> WireItem | None:
        """The wire nearest to a place within ``reach``, leaving out those of some layers."""
        left_out = frozenset(without)
        nearest, distance = None, reach
        for wire, item in self.wires.items():
            if wire.source in left_out or wire.target in left_out or not item.isVisible():
                continue
            away = item.distance_to(position)
            if away <= distance:
                nearest, distance = item, away
        return nearest

    def cards_in(self, rect: QRectF) -> frozenset[str]:
        """Ids of layers whose card touches a rectangle."""
        return frozenset(
            layer_id
            for layer_id, card in self.cards.items()
            if card.body_in_scene().intersects(rect)
        )

    def content_rect(self, layer_ids: Iterable[str] | None = None) -> QRectF:
        """The smallest rectangle around some cards (all if not said), problems included."""
        chosen = self.cards if layer_ids is None else layer_ids
        rect = QRectF()
        for layer_id in chosen:
            card = self.cards.get(layer_id)
            if card is not None:
                place = self.motion.goals.get(layer_id, card.pos())
                rect = rect.united(card.body.united(card.badge).translated(place))
        return rect
