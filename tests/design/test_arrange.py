"""Arranging: columns, a straight main line, skip wires in sight, nothing on top of another."""

import itertools
import time

from hypothesis import given, settings

from nn_designer.design import edits
from nn_designer.design.arrange import COLUMN, GRID, ROW, arrange
from nn_designer.design.document import Document, Layer, Wire
from tests.helpers.documents import chain, documents, overlapping


def drawing(*ways: str) -> list[str]:
    """The arranged layers as rows of letters; ways are written "a b c", wired in that order."""
    wires = []
    for way in ways:
        names = way.split()
        wires += [Wire(*pair, port=len(wires)) for pair in itertools.pairwise(names)]
    ids = dict.fromkeys(" ".join(ways).split())
    places = arrange(Document(layers=[Layer(id, "dense", id) for id in ids], wires=wires))
    columns, rows = zip(*((x / COLUMN, y / ROW) for x, y in places.values()), strict=True)
    at = {place: id for id, place in places.items()}
    return [
        "".join(
            at.get((column * COLUMN, row * ROW), ".") for column in range(int(max(columns)) + 1)
        )
        for row in range(int(max(rows)) + 1)
    ]


def test_a_chain_is_one_straight_line():
    assert drawing("i a b o") == ["iabo"]


def test_branches_stand_below_each_other():
    assert drawing("i a s o", "i b s", "i c s") == ["iaso", ".b..", ".c.."]


def test_a_skip_wire_runs_straight_and_the_layers_it_skips_stand_below():
    assert drawing("i a b + o", "i +") == ["i..+o", ".ab.."]
    assert drawing("i a + b * o", "i +", "+ *") == ["i.+.*o", ".a.b.."]


def test_nested_skips_step_down():
    assert drawing("i a b c d e o", "a e", "b d") == ["ia...eo", "..b.d..", "...c..."]


def test_a_second_input_stands_next_to_what_it_feeds():
    assert drawing("i a b s o", "j s") == ["iabso", "..j.."]


def test_a_deep_network_goes_on_below_as_text_does():
    way = " ".join("abcdefghijklmnopqrstuvwxyzABCD")
    assert drawing(way) == ["abcdefghij", "klmnopqrst", "uvwxyzABCD"]
    branch = drawing(way, "a ä c", "o ö q")
    assert [line.replace(".", "") for line in branch[1::2]] == ["ä", "ö"]


def test_parts_without_wires_between_them_come_one_below_the_other():
    assert drawing("a b", "c d", "e", "f") == ["ab", "cd", "ef"]


def test_a_loop_is_placed_too():
    assert drawing("a b c a") == ["abc"]


def test_a_huge_and_tangled_design_is_arranged_within_a_second():
    ids = [f"l{n}" for n in range(1000)]
    wires = [Wire(a, b) for a, b in itertools.pairwise(ids)]
    wires += [Wire(ids[n], ids[-1 - n], 1) for n in range(400)]
    document = Document(layers=[Layer(id, "add", id) for id in ids], wires=wires)
    started = time.perf_counter()
    assert len(set(arrange(document).values())) == 1000
    assert time.perf_counter() - started < 1


def test_nothing_to_arrange_is_nothing():
    assert arrange(Document()) == {}
    assert arrange(chain("input", "dense"), ["no such layer"]) == {}


def test_only_the_chosen_layers_are_arranged_and_stay_where_they_are():
    document = chain("input", "dense", "dense", "output")
    places = arrange(document, ["dense_1", "dense_2"])
    assert places == {"dense_1": (280, 0), "dense_2": (280 + COLUMN, 0)}


def test_the_narrow_card_of_a_second_input_stands_in_the_middle_of_its_column():
    document = chain("input", "dense", "dense", "concatenate", "output")
    document, second = edits.add_layer(document, "input", 0, 900)
    places = arrange(edits.connect(document, second, "concatenate_1"))
    assert places["dense_1"][0] == 140 + 60
    assert places[second][0] == places["dense_2"][0] + (180 - 140) / 2


@given(documents())
@settings(max_examples=60, deadline=None)
def test_no_two_cards_touch_and_all_lie_on_the_grid(document):
    places = arrange(document)
    assert places.keys() == document.by_id.keys()
    assert all(value % GRID == 0 for place in places.values() for value in place)
    assert overlapping(edits.move(document, places)) == []
    for wire in document.wires:  # to the right, or on to a band below
        (x, y), (target_x, target_y) = places[wire.source], places[wire.target]
        assert x < target_x or y < target_y
