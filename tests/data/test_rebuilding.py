"""Pictures that are their own target, as an autoencoder wants them."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.data import DataChoice, load, prepare, summary
from nn_designer.data.preprocessing import Preprocessing

FLAT = DataChoice("digits", {"target": "picture"})
PICTURES = DataChoice("digits", {"target": "picture", "shape": "image"})


@pytest.mark.parametrize("choice", [FLAT, PICTURES], ids=["flat", "pictures"])
def test_the_summary_says_what_loading_gives(choice: DataChoice) -> None:
    found = summary(choice)
    assert found == load(choice).summary()
    assert (found.task, found.n_targets, found.n_classes) == ("number", 64, 0)
    assert found.target_is_input and found.target_text == "the picture itself"
    assert found.target_names[0] == "row 1 column 1" and found.target_names[-1] == "row 8 column 8"
    assert summary(DataChoice("digits")).target_text == "digit"


@pytest.mark.parametrize("choice", [FLAT, PICTURES], ids=["flat", "pictures"])
def test_the_targets_are_the_inputs_scaled_alike_and_held_once(choice: DataChoice) -> None:
    dataset = load(choice)
    assert dataset.x is not None and np.shares_memory(dataset.x, dataset.y)
    prepared = prepare(dataset)
    for x, y in (
        (prepared.x_train, prepared.y_train),
        (prepared.x_validation, prepared.y_validation),
    ):
        assert np.shares_memory(x, y)
        np.testing.assert_array_equal(x.reshape(len(x), -1), y)
    assert (prepared.y_train.min(), prepared.y_train.max()) == (0.0, 1.0)


def test_answers_come_back_as_the_pixels_of_the_file() -> None:
    dataset = load(FLAT)
    prepared = prepare(dataset)
    back = prepared.preprocessing.inverse_target(prepared.y_train)
    np.testing.assert_allclose(back, dataset.y[prepared.train_rows], atol=1e-5)
    again = Preprocessing.from_json(prepared.preprocessing.to_json())
    assert again == prepared.preprocessing


def test_mnist_keeps_its_test_part() -> None:
    found = summary(DataChoice("mnist", {"target": "picture"}))
    assert found.has_test_part and found.n_targets == 784
