"""The setting weights_of: a layer that uses another layer's weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nn_designer import data
from nn_designer.data import DataChoice
from nn_designer.design import edits
from nn_designer.design.check import check
from nn_designer.design.codec import dumps, loads
from nn_designer.design.compile import compile_design
from nn_designer.design.document import Document
from nn_designer.interchange.formats import format_of_path, read_weights
from nn_designer.interchange.model import TrainedModel
from tests.helpers.documents import chain


def twice() -> Document:
    """Input 4 → Dense 1 (4) → Dense 2 (4), with the weights of Dense 1 → Dense 3 (3) → Output."""
    document = chain(
        "input", "dense", "dense", "dense", "output", dense_1={"units": 4}, dense_2={"units": 4}
    )
    document = edits.adapt_to_data(document, data.summary(DataChoice("iris")))[0]
    return edits.set_setting(document, "dense_2", "weights_of", "Dense 1")


def errors(document: Document) -> list[str]:
    return [problem.sentence for problem in check(document).errors]


def test_a_shared_layer_is_counted_once_and_compiled_so():
    document = twice()
    report = check(document)
    assert report.errors == ()
    assert report.parameters["dense_2"] == 0
    assert report.total_parameters == (16 + 4) + (12 + 3)
    network = compile_design(document)
    assert network.parameter_count == report.total_parameters
    assert set(network.weights) == {"dense_1", "dense_3"}


def test_a_layer_is_named_by_its_id_so_that_it_can_be_renamed():
    document = twice()
    assert document.layer("dense_2").settings["weights_of"] == "dense_1"
    renamed = edits.rename(document, "dense_1", "Tower")
    assert errors(renamed) == []
    assert set(compile_design(renamed).weights) == {"tower", "dense_3"}
    assert loads(dumps(renamed)).document == renamed


def test_deleting_the_other_layer_gives_own_weights_back():
    document = edits.delete_healing(twice(), ["dense_1"])
    assert document.layer("dense_2").settings["weights_of"] == ""
    assert errors(document) == []


def test_copies_share_with_what_was_copied_with_them():
    document = twice()
    both, ids = edits.duplicate(document, ["dense_1", "dense_2"])
    assert both.layer(ids[1]).settings["weights_of"] == ids[0]
    one, (id,) = edits.duplicate(document, ["dense_2"])
    assert one.layer(id).settings["weights_of"] == "dense_1"
    elsewhere, (id,) = edits.paste(Document(), edits.copy(document, ["dense_2"]))
    assert elsewhere.layer(id).settings["weights_of"] == ""


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("Dense 9", "Dense 2 is to use the weights of 'Dense 9', which is not there."),
        ("dense_2", "Dense 2 is to use its own weights as another layer's."),
        ("input_1", "can't use the weights of Input 1, which is a layer of another kind."),
        (
            "dense_3",
            "Dense 2 can't use the weights of Dense 3: its own would be kernel 4 × 4, bias 4, those "
            "are kernel 4 × 3, bias 3.",
        ),
    ],
)
def test_what_cannot_be_shared_is_said(wanted: str, sentence: str):
    document = edits.set_setting(twice(), "dense_2", "weights_of", wanted)
    (found,) = errors(document)
    assert sentence in found


def test_layers_do_not_borrow_in_a_circle():
    document = edits.set_setting(twice(), "dense_1", "weights_of", "dense_2")
    assert any("which uses another layer's itself" in sentence for sentence in errors(document))


def test_the_other_layer_takes_part():
    document, id = edits.add_layer(twice(), "dense", 0, 400, {"units": 4})
    document = edits.connect(document, "input_1", id)
    document = edits.set_setting(document, "dense_2", "weights_of", id)
    assert any("which takes no part in the training" in sentence for sentence in errors(document))


@pytest.mark.parametrize("name", ["w.npz", "w.safetensors"])
def test_weights_files_hold_shared_weights_once(tmp_path: Path, name: str):
    document = twice()
    network = compile_design(document)
    model = TrainedModel(document, network.get_weights(), class_names=("a", "b", "c"))
    path = tmp_path / name
    format_of_path(path).write(model, path)
    found = read_weights(path)
    assert set(found.weights) == {"dense_1", "dense_3"}
    loaded = TrainedModel(document, found.weights)
    x = np.ones((2, 4), np.float32)
    np.testing.assert_array_equal(loaded.predict(x), network.predict(x))
