"""Edits: what they do, what they refuse and in which words, and what they always keep."""

import pytest
from hypothesis import given, settings

from nn_designer.data import DataChoice
from nn_designer.design import edits
from nn_designer.design.arrange import arrange
from nn_designer.design.codec import dumps, loads
from nn_designer.design.document import Document, Wire
from nn_designer.design.edits import EditError
from tests.helpers.documents import (
    EDITS,
    chain,
    chances,
    documents,
    overlapping,
    skip_design,
)


def wires_of(document: Document) -> set[tuple[str, str, int]]:
    return {(wire.source, wire.target, wire.port) for wire in document.wires}


def test_a_new_layer_has_all_its_settings_written_down():
    document, id = edits.add_layer(Document(), "dense", 40, 60, {"units": 3})
    layer = document.layer(id)
    assert (id, layer.name, layer.x, layer.y) == ("dense_1", "Dense 1", 40, 60)
    assert layer.settings["units"] == 3
    assert layer.settings["activation"] == "relu"


def test_ids_and_names_of_new_layers_are_the_next_free_ones():
    document = edits.rename(chain("dense", "dense"), "dense_1", "Dense 3")
    document, id = edits.add_layer(document, "dense")
    assert (id, document.layer(id).name) == ("dense_3", "Dense 1")
    assert edits.new_id(document, "dense") == "dense_4"


def test_appending_builds_a_whole_network_from_nothing():
    document = Document()
    for kind in ("input", "dense", "dense", "output"):
        document, _ = edits.append_after(document, kind)
    assert document.wires == chain("input", "dense", "dense", "output").wires
    assert [layer.x for layer in document.layers] == [0, 200, 440, 680]


def test_appending_to_a_whole_network_puts_the_layer_before_the_output():
    document, id = edits.append_after(chain("input", "dense", "output"), "dropout")
    assert wires_of(document) == {
        ("input_1", "dense_1", 0),
        ("dense_1", id, 0),
        (id, "output_1", 0),
    }
    xs = [document.layer(i).x for i in document.order]
    assert xs == sorted(set(xs))


def test_appending_to_an_output_puts_the_layer_before_it():
    document, id = edits.append_after(chain("input", "output"), "dense", "output_1")
    assert wires_of(document) == {("input_1", id, 0), (id, "output_1", 0)}


def test_appending_to_an_output_without_wire_feeds_it():
    document, id = edits.append_after(chain("output"), "dense", "output_1")
    assert wires_of(document) == {(id, "output_1", 0)}


def test_appending_to_a_layer_that_feeds_two_others_starts_a_branch_beside_them():
    document, id = edits.append_after(skip_design(), "dense", "dense_1")
    assert wires_of(document) == wires_of(skip_design()) | {("dense_1", id, 0)}
    places = [(layer.x, layer.y) for layer in document.layers]
    assert len(set(places)) == len(places)


def test_an_appended_input_feeds_the_layer_that_lacks_one():
    document, id = edits.append_after(chain("dense", "output"), "input")
    assert (id, "dense_1", 0) in wires_of(document)
    assert document.layer(id).x < document.layer("dense_1").x


def test_a_layer_dropped_on_a_wire_stands_in_it_and_what_follows_makes_room():
    document = chain("input", "dense", "output")
    document, id = edits.insert_on_wire(document, "activation", document.wires[0])
    assert wires_of(document) == {
        ("input_1", id, 0),
        (id, "dense_1", 0),
        ("dense_1", "output_1", 0),
    }
    assert [document.layer(i).x for i in document.order] == [0, 200, 440, 720]


def test_a_layer_put_on_a_long_wire_stands_in_its_middle():
    document = edits.move(chain("input", "output"), {"output_1": (1000, 0)})
    moved, id = edits.insert_on_wire(document, "dense", document.wires[0])
    assert (moved.layer(id).x, moved.layer(id).y) == (480, 0)
    assert moved.layer("output_1").x == 1000


def test_a_layer_put_on_a_branch_stands_in_the_branchs_row():
    document = edits.move(skip_design(), {"dense_2": (560, 160)})
    (wire,) = document.incoming("dense_2")
    document, id = edits.insert_on_wire(document, "dense", wire)
    assert document.layer(id).y == 160
    assert overlapping(document) == []


def test_what_makes_room_pushes_on_what_it_would_lie_on():
    """Dense 2 has no part in the wire, but stands where the Output must go."""
    document = chain("input", "output")
    document = edits.move(document, {"output_1": (200, 0)})
    document, loose = edits.add_layer(document, "dense", 400, 20)
    document, _ = edits.insert_on_wire(document, "dense", document.wires[0])
    assert document.layer("output_1").x == 440
    assert document.layer(loose).x == 640
    assert overlapping(document) == []


def test_a_layer_put_between_two_bands_of_a_deep_network_moves_no_band():
    document = chain("input", *["dense"] * 17, "output")
    document = edits.move(document, arrange(document))
    before = {layer.id: (layer.x, layer.y) for layer in document.layers}
    wire = next(
        wire
        for wire in document.wires
        if document.layer(wire.target).x < document.layer(wire.source).x
    )
    document, id = edits.insert_on_wire(document, "dense", wire)
    assert {i: (document.layer(i).x, document.layer(i).y) for i in before} == before
    assert document.layer(id).y == before[wire.source][1]
    document, id = edits.insert_on_wire(document, "dense", document.wires[0])
    lower = [i for i, (_, y) in before.items() if y > 0]
    assert lower and all((document.layer(i).x, document.layer(i).y) == before[i] for i in lower)
    assert overlapping(document) == []


@given(documents(), chances())
@settings(max_examples=60, deadline=None)
def test_a_tidy_design_stays_without_overlaps_as_layers_are_added(document, chance):
    document = edits.move(document, arrange(document))
    for _ in range(6):
        edit = chance.choice(["append", "append", "insert", "insert"])
        try:
            document = EDITS[edit](document, chance)
        except EditError:
            continue
    assert overlapping(document) == []


def test_an_insertion_keeps_the_port_of_a_merge():
    document = skip_design()
    wire = document.incoming("add_1")[1]
    document, id = edits.insert_on_wire(document, "dense", wire)
    assert [w.source for w in document.incoming("add_1")] == ["dense_2", id]


def test_a_loose_layer_can_be_spliced_into_a_wire():
    document, id = edits.add_layer(chain("input", "output"), "dense")
    document = edits.splice_layer(document, id, document.wires[0])
    assert wires_of(document) == {("input_1", id, 0), (id, "output_1", 0)}


def test_a_spliced_layer_stays_where_it_was_put_if_there_is_room():
    document = edits.move(chain("input", "output"), {"output_1": (600, 0)})
    document, id = edits.add_layer(document, "dense", 250, 30)
    document = edits.splice_layer(document, id, document.wires[0])
    assert (document.layer(id).x, document.layer(id).y) == (250, 30)


def test_a_layer_spliced_where_there_is_no_room_makes_some():
    document, id = edits.add_layer(chain("input", "output"), "dense", 130, 30)
    document = edits.splice_layer(document, id, document.wires[0])
    assert [document.layer(i).x for i in document.order] == [0, 200, 440]
    assert document.layer(id).y == 0


def test_connecting_to_an_occupied_single_input_replaces_its_wire():
    document, id = edits.add_layer(chain("input", "dense", "output"), "input")
    document = edits.connect(document, id, "dense_1")
    assert wires_of(document) == {(id, "dense_1", 0), ("dense_1", "output_1", 0)}


def test_a_merge_takes_wires_one_behind_the_other_and_closes_gaps():
    document = chain("input", "add")
    for _ in range(2):
        document, id = edits.add_layer(document, "dense")
        document = edits.connect(document, id, "add_1")
    assert [w.source for w in document.incoming("add_1")] == ["input_1", "dense_1", "dense_2"]
    document = edits.disconnect(document, Wire("dense_1", "add_1", 1))
    assert wires_of(document) == {("input_1", "add_1", 0), ("dense_2", "add_1", 1)}
    document = edits.connect(document, "dense_1", "add_1", 0)
    assert [w.source for w in document.incoming("add_1")] == ["dense_1", "dense_2"]


@pytest.mark.parametrize(
    ("source", "target", "port", "sentence"),
    [
        ("dense_1", "dense_1", None, "Dense 1 can't feed itself; wires lead to other layers."),
        (
            "output_1",
            "dense_1",
            None,
            "Output 1 is where the network ends: no wire leaves it. Draw the wire from the layer "
            "before it.",
        ),
        (
            "dense_1",
            "input_1",
            None,
            "Input 1 is where data enters: no wire leads to it. Draw the wire from it to the next "
            "layer.",
        ),
        (
            "add_1",
            "dense_1",
            None,
            "A wire from Add 1 to Dense 1 would close a loop, because Dense 1 feeds Add 1. Data "
            "flow one way, from Input to Output.",
        ),
        ("dense_1", "add_1", None, "Dense 1 and Add 1 are connected already."),
        ("input_1", "dense_2", 1, "Dense 2 has only one input; take a wire away first."),
        ("input_1", "add_1", -1, "Input number -1 does not exist; inputs are counted from 0."),
        ("dense_9", "add_1", None, "There is no layer 'dense_9' in this design."),
    ],
)
def test_wires_that_can_not_be_are_refused_with_the_reason(source, target, port, sentence):
    document = skip_design()
    assert edits.can_connect(document, source, target, port) == sentence
    with pytest.raises(EditError) as caught:
        edits.connect(document, source, target, port)
    assert str(caught.value) == sentence


def test_what_can_be_connected_is_not_refused():
    assert edits.can_connect(skip_design(), "input_1", "add_1") is None


def test_deleting_layers_takes_their_wires_along():
    document = edits.delete(skip_design(), ["dense_2"])
    assert wires_of(document) == {
        ("input_1", "dense_1", 0),
        ("dense_1", "add_1", 0),
        ("add_1", "output_1", 0),
    }


def test_deleting_with_healing_wires_the_neighbours():
    document = edits.delete_healing(chain("input", "dense", "dense", "output"), ["dense_1"])
    assert wires_of(document) == {("input_1", "dense_2", 0), ("dense_2", "output_1", 0)}
    document = edits.delete_healing(document, ["dense_2"])
    assert wires_of(document) == {("input_1", "output_1", 0)}


def test_healing_leaves_a_gap_where_nobody_can_know_which_input_was_meant():
    document = edits.delete_healing(skip_design(), ["add_1"])
    assert wires_of(document) == {("input_1", "dense_1", 0), ("dense_1", "dense_2", 0)}


def test_healing_makes_no_second_wire_between_the_same_two():
    document = edits.delete_healing(skip_design(), ["dense_2"])
    assert wires_of(document) == {
        ("input_1", "dense_1", 0),
        ("dense_1", "add_1", 0),
        ("add_1", "output_1", 0),
    }


def test_a_position_must_be_an_ordinary_number():
    with pytest.raises(EditError, match="too far away"):
        edits.move(chain("dense"), {"dense_1": (float("inf"), 0)})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "units",
            0,
            "Dense 1: Units must be a whole number from 1 to 1,000,000,000, but it is 0.",
        ),
        (
            "unit",
            3,
            "Dense 1 has no setting 'unit'; its settings are units, activation, use_bias, "
            "kernel_initializer, bias_initializer, l1, l2, trainable. Did you mean 'units'?",
        ),
    ],
)
def test_a_wrong_setting_is_refused_by_the_layers_name(name, value, sentence):
    with pytest.raises(EditError) as caught:
        edits.set_setting(chain("dense"), "dense_1", name, value)
    assert str(caught.value) == sentence


def test_one_setting_of_several_layers_changes_at_once():
    document = edits.set_setting(skip_design(), ["dense_1", "dense_2"], "activation", "tanh")
    assert {document.layer(f"dense_{n}").settings["activation"] for n in (1, 2)} == {"tanh"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Dense 2", "The name 'Dense 2' is taken; choose another."),
        ("dense-2", "The name 'dense-2' is taken (as 'Dense 2'); choose another."),
        ("  ", "The name is empty; give at least one letter."),
        ("x" * 61, "The name has 61 characters; at most 60 fit."),
        ("a\ud800", "The name holds characters that can't be shown; leave them out."),
    ],
)
def test_names_that_can_not_be_are_refused(name, sentence):
    with pytest.raises(EditError) as caught:
        edits.rename(skip_design(), "dense_1", name)
    assert str(caught.value) == sentence


def test_a_layer_may_be_given_its_own_name_in_other_letters():
    document = edits.rename(skip_design(), "dense_1", "DENSE  1")
    assert document.layer("dense_1").name == "DENSE 1"


def test_replacing_a_kind_keeps_place_wires_and_common_settings():
    document = chain("input", "dense", "output", dense_1={"activation": "tanh"})
    document = edits.replace_kind(document, "dense_1", "activation")
    layer = document.layer("dense_1")
    assert (layer.kind, layer.name, layer.x) == ("activation", "Activation 1", 280)
    assert layer.settings == {"activation": "tanh"}
    assert len(document.wires) == 2


def test_replacing_a_merge_keeps_only_the_wires_the_new_kind_takes():
    document = edits.replace_kind(skip_design(), "add_1", "dense")
    assert [wire.source for wire in document.incoming("add_1")] == ["dense_2"]


def test_replacing_a_layer_in_the_middle_by_an_end_is_refused():
    with pytest.raises(EditError, match="Dense 1 feeds other layers, and Output can't do that"):
        edits.replace_kind(skip_design(), "dense_1", "output")


def test_copies_come_with_the_wires_among_them_and_names_of_their_own():
    document, ids = edits.duplicate(skip_design(), ["dense_1", "dense_2", "add_1"])
    assert ids == ("dense_3", "dense_4", "add_2")
    assert [document.layer(id).name for id in ids] == ["Dense 3", "Dense 4", "Add 2"]
    assert wires_of(document) - wires_of(skip_design()) == {
        ("dense_3", "dense_4", 0),
        ("dense_4", "add_2", 0),
        ("dense_3", "add_2", 1),
    }
    assert document.layer("dense_3").x == document.layer("dense_1").x + 40


def test_a_clip_can_be_pasted_into_another_design_at_a_place():
    clip = edits.copy(skip_design(), ["dense_1", "dense_2"])
    document, ids = edits.paste(Document(), clip, 100, 200)
    assert [(layer.x, layer.y) for layer in document.layers] == [(100, 200), (380, 200)]
    assert wires_of(document) == {(ids[0], ids[1], 0)}


@pytest.mark.parametrize("clip", ["", "hello", "{}", "[1]", dumps(skip_design())])
def test_other_text_on_the_clipboard_is_refused(clip):
    with pytest.raises(EditError, match="The clipboard holds no layers; copy some first"):
        edits.paste(Document(), clip)


def test_another_optimizer_starts_with_its_own_settings():
    document = edits.set_method_setting(Document(), "optimizer", "beta_1", 0.5)
    assert document.optimizer_settings == {"beta_1": 0.5}
    assert edits.set_training(document, "optimizer", "adam") == edits.set_method_setting(
        edits.set_training(Document(), "optimizer", "adam"), "optimizer", "beta_1", 0.5
    )
    assert edits.set_training(document, "optimizer", "sgd").optimizer_settings == {}


def test_a_wrong_training_setting_is_refused():
    with pytest.raises(EditError) as caught:
        edits.set_training(Document(), "epochs", "many")
    assert str(caught.value) == (
        "Training: Epochs must be a whole number from 1 to 100,000, but it is 'many'."
    )


def test_data_settings_are_kept_as_a_file_would_give_them_back():
    document = edits.set_data(Document(), DataChoice("table", {"columns": ("a", "b")}))
    assert document.data.settings == {"columns": ["a", "b"]}
    assert loads(dumps(document)).document == document
