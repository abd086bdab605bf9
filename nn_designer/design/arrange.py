"""Where to put the cards: columns from left to right, the main line straight, few crossings.

A layer's column is the longest way to it. A wire that jumps over columns gets a place to pass
in each of them, so that it runs beside the cards and not behind them. Within the columns,
layers are ordered by the mean place of their neighbours (the barycentre method of Sugiyama,
Tagawa and Toda 1981), above and below the longest path, which stays on one line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from nn_designer.design.document import Document
from nn_designer.layers import KINDS

CARD_WIDTH = 180.0
END_WIDTH = 140.0
"""Width of the card of an Input or Output, which has less to say."""
CARD_HEIGHT = 112.0
COLUMN_GAP = 60.0
ROW_GAP = 40.0
GRID = 20.0

MOST_COLUMNS = 14
"""A deeper network goes on below, in bands, as lines of text do: else it is too long to be read."""
SWEEPS = 4
LONG_WIRE = 60  # a wire over so many columns gets no place to pass, so that any design is quick

Key = tuple[str, ...]
"""A layer ("id",), or the place where a wire passes a column: (source, target, column)."""


def _on_grid(length: float) -> float:
    return math.ceil(length / GRID) * GRID


COLUMN = _on_grid(CARD_WIDTH + COLUMN_GAP)
ROW = _on_grid(CARD_HEIGHT + ROW_GAP)


def card_width(kind: str) -> float:
    """How wide the card of a layer of this kind is."""
    known = KINDS.get(kind)
    at_end = known is not None and (known.maximum_inputs == 0 or not known.has_output)
    return END_WIDTH if at_end else CARD_WIDTH


def arrange(document: Document, ids: Iterable[str] | None = None) -> dict[str, tuple[float, float]]:
    """New positions, id → (x, y) of the card's top left corner, for ``edits.move``.

    Deep networks go on below the first MOST_COLUMNS columns. All lie on the grid, none overlap;
    narrow cards stand in the middle of their column. The top left corner of the whole stays
    where it was. With ``ids``, only these layers are arranged, by the wires among them.
    """
    chosen = {layer.id for layer in document.layers}
    if ids is not None:
        chosen &= set(ids)
    if not chosen:
        return {}
    wires = [(w.source, w.target) for w in document.wires if {w.source, w.target} <= chosen]
    order = [id for id in document.order if id in chosen]
    looped = chosen - set(order)
    order += [layer.id for layer in document.layers if layer.id in looped]
    places: dict[str, tuple[int, int]] = {}
    next_row = 0
    loose: list[str] = []
    for part in _connected_parts(order, wires):
        if len(part) == 1:
            loose.extend(part)
            continue
        members = set(part)
        placed = _in_bands(_place(part, [wire for wire in wires if wire[0] in members]))
        top = min(row for _, row in placed.values())
        for id, (column, row) in placed.items():
            places[id] = column, row - top + next_row
        next_row = max(row for _, row in places.values()) + 1
    for number, id in enumerate(loose):
        places[id] = number % 8, next_row + number // 8
    left = min(document.layer(id).x for id in chosen)
    top_y = min(document.layer(id).y for id in chosen)
    left, top_y = round(left / GRID) * GRID, round(top_y / GRID) * GRID
    width = {id: card_width(document.layer(id).kind) for id in chosen}
    widths: dict[int, float] = {}
    for id, (column, _) in places.items():
        widths[column] = max(widths.get(column, 0.0), width[id])
    start = {0: left}
    for column in range(max(widths)):
        start[column + 1] = start[column] + _on_grid(widths.get(column, 0.0) + COLUMN_GAP)
    return {
        id: (start[column] + (widths[column] - width[id]) / 2, top_y + row * ROW)
        for id, (column, row) in places.items()
    }


def _connected_parts(order: Sequence[str], wires: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The layers in groups without wires between them, each in the given order."""
    neighbours: dict[str, list[str]] = {id: [] for id in order}
    for source, target in wires:
        neighbours[source].append(target)
        neighbours[target].append(source)
    part_of: dict[str, int] = {}
    for number, id in enumerate(order):
        waiting = [] if id in part_of else [id]
        while waiting:
            at = waiting.pop()
            if at not in part_of:
                part_of[at] = number
                waiting.extend(neighbours[at])
    parts: dict[int, list[str]] = {}
    for id in order:
        parts.setdefault(part_of[id], []).append(id)
    return list(parts.values())


def _place(ids: Sequence[str], wires: Sequence[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """(column, row) of each layer of one connected part; ``ids`` in topological order."""
    column = _columns(ids, wires)
    members: list[list[Key]] = [[] for _ in range(max(column.values()) + 1)]
    before: dict[Key, list[Key]] = {}
    after: dict[Key, list[Key]] = {}
    for id in ids:
        members[column[id]].append((id,))
    for source, target in wires:
        way: list[Key] = [(source,)]
        distance = column[target] - column[source]
        for passed in range(column[source] + 1, column[target] if distance < LONG_WIRE else 0):
            way.append((source, target, str(passed)))
            members[passed].append(way[-1])
        way.append((target,))
        for one, other in pairwise(way):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    main = _main_line(members, before)
    row: dict[Key, int] = {}
    for sweep in range(SWEEPS):
        for keys in members if sweep % 2 == 0 else reversed(members):
            near = {key: [*before.get(key, ()), *after.get(key, ())] for key in keys}
            row.update(_place_column(near, row, main))
    return {id: (column[id], row[(id,)]) for id in ids}


def _in_bands(placed: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """(column, row) with at most MOST_COLUMNS columns: the rest goes on below, band after band."""
    columns = max(column for column, _ in placed.values()) + 1
    bands = math.ceil(columns / MOST_COLUMNS)
    length = math.ceil(columns / bands)
    rows: dict[int, list[int]] = {}
    for column, row in placed.values():
        rows.setdefault(column // length, []).append(row)
    shift, next_row = {}, 0
    for band in sorted(rows):
        shift[band] = next_row - min(rows[band])
        next_row += max(rows[band]) - min(rows[band]) + 1
    return {
        id: (column % length, row + shift[column // length]) for id, (column, row) in placed.items()
    }


def _columns(ids: Sequence[str], wires: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The column of each layer: the number of layers on the longest way to it."""
    sources: dict[str, list[str]] = {id: [] for id in ids}
    targets: dict[str, list[str]] = {id: [] for id in ids}
    for source, target in wires:
        sources[target].append(source)
        targets[source].append(target)
    column: dict[str, int] = {}
    for id in ids:
        # A source without column closes a loop; it counts as not there.
        column[id] = max((column[s] + 1 for s in sources[id] if s in column), default=0)
    first = next(id for id in ids if column[id] == 0)
    for id in ids:  # a second Input stands next to the layer it feeds
        if id != first and not sources[id] and targets[id]:
            column[id] = max(0, min(column[target] for target in targets[id]) - 1)
    return column


def _main_line(members: Sequence[Sequence[Key]], before: Mapping[Key, Sequence[Key]]) -> set[Key]:
    """The way from the first to the last column that meets the fewest cards.

    It is the one to keep straight: where a wire skips some layers, the wire runs straight on
    and the layers stand below it, where both can be seen.
    """
    cost: dict[Key, int] = {key: len(key) == 1 for key in members[0]}
    best: dict[Key, Key] = {}
    for number, keys in enumerate(members[1:], start=1):
        column_before = set(members[number - 1])
        for key in keys:
            ways = [one for one in before.get(key, ()) if one in column_before and one in cost]
            if ways:
                best[key] = min(ways, key=lambda one: cost[one])
                cost[key] = cost[best[key]] + (len(key) == 1)
    at: Key | None = min((key for key in members[-1] if key in cost), key=lambda key: cost[key])
    main: set[Key] = set()
    while at is not None:
        main.add(at)
        at = best.get(at)
    return main


def _place_column(
    near: Mapping[Key, Sequence[Key]], row: Mapping[Key, int], main: set[Key]
) -> dict[Key, int]:
    """Rows for one column: the main line on row 0, the others around it.

    ``near`` has the neighbours of each member. Where the wishes are equal, a passing wire is
    nearer to the line than a card, for the same reason as in :func:`_main_line`.
    """
    wish: dict[Key, float] = {}
    for key, others in near.items():
        rows = [row[other] for other in others if other in row]
        wish[key] = sum(rows) / len(rows) if rows else 0.0
    placed: dict[Key, int] = {key: 0 for key in near if key in main}
    rest = sorted((k for k in near if k not in main), key=lambda k: (abs(wish[k]), len(k) == 1))
    below = above = 0
    for key in rest:
        if wish[key] >= 0:
            below = max(below + 1, math.floor(wish[key]))
            placed[key] = below
        else:
            above = min(above - 1, math.ceil(wish[key]))
            placed[key] = above
    return placed
