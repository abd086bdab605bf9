"""The document as a value: equal, hashable, quick to look things up in, free of Qt."""

import pickle
import random
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given, settings

from nn_designer.design.diff import Change, diff
from nn_designer.design.document import Document, Layer, Wire, slug
from nn_designer.design.frozen import FrozenMap, freeze, thaw
from tests.helpers.documents import chain, chances, random_document, random_edit, skip_design


def test_documents_with_equal_parts_are_equal_and_hash_alike():
    assert chain("input", "dense") == chain("input", "dense")
    assert hash(chain("input", "dense")) == hash(chain("input", "dense"))
    assert chain("input", "dense") != chain("input", "dense", dense_1={"units": 3})


def test_nothing_in_a_document_can_be_changed():
    document = chain("input", "dense")
    with pytest.raises(FrozenInstanceError):
        document.name = "other"
    with pytest.raises(TypeError):
        document.layer("dense_1").settings["units"] = 3


def test_a_document_does_not_see_changes_of_what_it_was_made_from():
    settings = {"shape": [2, 3]}
    layer = Layer("a", "input", "A", settings)
    settings["shape"].append(4)
    assert layer.settings["shape"] == (2, 3)


def test_a_document_can_be_sent_to_another_process():
    document = skip_design()
    assert document.order  # an index is cached now, and must not travel
    again = pickle.loads(pickle.dumps(document))
    assert again == document
    assert "order" not in vars(again)


def test_incoming_wires_come_by_port_whatever_the_order_of_the_document():
    wires = (Wire("b", "c", 1), Wire("a", "c", 0))
    document = Document(layers=[Layer(id, "add", id) for id in "abc"], wires=wires)
    assert [wire.source for wire in document.incoming("c")] == ["a", "b"]
    assert document.outgoing("a") == (Wire("a", "c", 0),)
    assert document.incoming("no such layer") == ()


def test_the_order_puts_each_layer_behind_its_inputs():
    document = skip_design()
    place = {id: number for number, id in enumerate(document.order)}
    assert all(place[wire.source] < place[wire.target] for wire in document.wires)
    assert not document.has_cycle


def test_layers_on_and_behind_a_loop_are_not_in_the_order():
    layers = [Layer(id, "dense", id) for id in "abcd"]
    wires = [Wire("a", "b"), Wire("b", "c"), Wire("c", "b", 1), Wire("c", "d")]
    document = Document(layers=layers, wires=wires)
    assert document.order == ("a",)
    assert document.has_cycle


def test_ancestors_and_descendants_hold_the_layer_itself():
    document = skip_design()
    assert document.ancestors("dense_2") == {"input_1", "dense_1", "dense_2"}
    assert document.descendants("dense_2") == {"dense_2", "add_1", "output_1"}


def test_a_wire_to_a_layer_that_is_not_there_is_not_followed():
    document = Document(layers=[Layer("a", "dense", "A")], wires=[Wire("a", "x"), Wire("x", "a")])
    assert document.order == ("a",)
    assert document.outgoing("a") == document.incoming("a") == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Dense 1", "dense_1"), ("  A--b.c ", "a_b_c"), ("Größe", "grösse"), ("!?", "layer")],
)
def test_the_name_of_a_layer_in_files(name, expected):
    assert slug(name) == expected


def test_names_in_files_are_unique_even_if_a_hand_written_design_has_doubles():
    layers = [Layer("a", "dense", "X y"), Layer("b", "dense", "x-y"), Layer("c", "dense", "x y 2")]
    names = Document(layers=layers).export_names
    assert names == {"a": "x_y", "b": "x_y_2", "c": "x_y_2_2"}


def test_a_frozen_map_is_equal_to_what_it_was_made_from_whatever_the_order_of_keys():
    values = {"b": [1, {"c": None}], "a": 2.5}
    frozen = freeze(values)
    assert frozen == values
    assert hash(frozen) == hash(FrozenMap({"a": 2.5, "b": (1, {"c": None})}))
    assert thaw(frozen) == values
    assert frozen.with_values(a=1).without("b") == {"a": 1}


def test_true_is_not_one_and_one_is_one_point_zero():
    assert FrozenMap({"a": True}) == {"a": True} != FrozenMap({"a": 1})
    assert FrozenMap({"a": [0, {"b": [False]}]}) != FrozenMap({"a": [0, {"b": [0]}]})
    assert FrozenMap({"a": [True, 1]}) != FrozenMap({"a": [1, True]})
    assert FrozenMap({"a": 1}) == FrozenMap({"a": 1.0})  # JSON does not tell them apart
    assert hash(FrozenMap({"a": [1], "b": True})) == hash(FrozenMap({"b": True, "a": [1.0]}))


def test_nothing_changed_is_a_false_change():
    document = skip_design()
    assert not diff(document, document)
    assert not diff(document, skip_design())


def test_a_change_names_what_differs_and_nothing_else():
    old = skip_design()
    dense = old.layer("dense_1")
    moved = replace(dense, y=dense.y + 20)
    layers = tuple(moved if layer is dense else layer for layer in old.layers)
    new = replace(old, layers=layers, notes="n")
    assert diff(old, new) == Change(moved=frozenset({"dense_1"}), notes_changed=True)
    assert not diff(old, new).structure_changed


@given(chances())
@settings(max_examples=60, deadline=None)
def test_a_change_is_true_exactly_if_the_documents_differ(chance: random.Random):
    from nn_designer.design.edits import EditError

    old = random_document(chance, 12)
    try:
        new = random_edit(old, chance)
    except EditError:
        return
    change = diff(old, new)
    assert bool(change) == (old != new)
    back = diff(new, old)
    assert (back.added, back.removed) == (change.removed, change.added)
    assert (back.wires_added, back.wires_removed) == (change.wires_removed, change.wires_added)
    assert (back.changed, back.moved) == (change.changed, change.moved)
