"""Scenes and probes as the training process makes them, and snapshots on their way."""

from __future__ import annotations

from dataclasses import replace
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest

from nn_designer.app.snapshots import (
    SMALL_BYTES,
    SnapshotReader,
    SnapshotWriter,
    places_of,
    weights_at,
)
from nn_designer.app.training_messages import Probe, Update
from nn_designer.app.training_run import Sometimes
from nn_designer.app.training_scenes import (
    MOST_POINTS,
    Prober,
    answers,
    confusion_counts,
    grid,
    kind_of_scene,
    look_at,
    probabilities,
)
from nn_designer.app.training_thread import merged
from nn_designer.data import DataChoice, load, prepare
from nn_designer.design.adapt import adapt_to_data
from nn_designer.design.compile import compile_design
from nn_designer.design.templates import new


def test_a_forecast_stands_at_the_times_and_levels_of_the_series() -> None:
    """A network that expects no change at all says the same level as last time."""
    document = new("forecast")
    dataset = load(document.data)
    prepared = prepare(dataset)
    scene = look_at(dataset, prepared, 1)
    assert scene.train_x[-1, 0] < scene.validation_x[0, 0]
    network = compile_design(document, summary=dataset.summary())
    network.parameters[...] = 0.0
    unchanged = prepared.preprocessing.transform_target(np.zeros((1, 1)))[0, 0]
    network.weights["dense_1"]["bias"][...] = unchanged
    probe = Prober(network, dataset, prepared, scene).answer(0.0, None)
    np.testing.assert_allclose(probe.values[:, 0], scene.validation_x[:, 0], atol=1e-3)
    np.testing.assert_allclose(probe.values[:, 1], scene.validation_x[:, 1], atol=1e-3)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("spiral", "surface"),
        ("circles", "surface"),
        ("plane", "heat"),
        ("hills", "heat"),
        ("sine", "curve"),
        ("iris", "confusion"),
        ("digits", "confusion"),
        ("auto_mpg", "scatter"),
        ("co2", "series"),
    ],
)
def test_every_sort_of_data_has_its_view_and_its_answers(source: str, kind: str) -> None:
    dataset = load(DataChoice(source))
    document = replace(new("xor"), data=DataChoice(source))
    document = adapt_to_data(document, dataset.summary())[0]
    prepared = prepare(dataset, 0.2, 1)
    scene = look_at(dataset, prepared, 1)
    assert kind_of_scene(dataset) == scene.kind == kind
    network = compile_design(document, summary=dataset.summary())
    probe = Prober(network, dataset, prepared, scene).answer(0.0, None)
    assert probe.kind == kind and np.all(np.isfinite(probe.values))
    if scene.drawn:
        low_x, high_x, low_y, high_y = scene.bounds
        assert np.all((scene.train_x[:, 0] > low_x) & (scene.train_x[:, 0] < high_x))
        below = scene.train_y if kind == "curve" else scene.train_x[:, 1]
        assert np.all((below > low_y) & (below < high_y))
    if kind == "confusion":
        assert probe.values.sum() == len(prepared.y_validation)


def test_points_and_answers_are_in_the_persons_units() -> None:
    """A network that answers exactly what it is given, standardized, gives back the data."""
    dataset = load(DataChoice("sine"))
    prepared = prepare(dataset, 0.2, 1)
    scene = look_at(dataset, prepared, 1)
    column = dataset.columns[0].values
    assert scene.train_x[:, 0] == pytest.approx(column[prepared.train_rows], rel=1e-5)
    assert scene.train_y == pytest.approx(dataset.y[prepared.train_rows, 0], rel=1e-5)


def test_without_a_validation_part_the_training_part_is_shown() -> None:
    dataset = load(DataChoice("iris"))
    prepared = prepare(dataset, 0.0, 1)
    scene = look_at(dataset, prepared, 1)
    assert scene.part == "training" and scene.n_validation == 0
    document = replace(new("iris"))
    network = compile_design(document, summary=dataset.summary())
    counts = Prober(network, dataset, prepared, scene).answer(0.0, None).values
    assert counts.sum() == dataset.n_rows


def test_many_points_are_not_a_carpet() -> None:
    dataset = load(DataChoice("circles", {"n_samples": 50_000}))
    scene = look_at(dataset, prepare(dataset, 0.2, 1), 1)
    assert len(scene.train_x) == len(scene.validation_x) == MOST_POINTS


def test_the_grid_goes_row_by_row_from_the_lowest_y() -> None:
    points = grid((0.0, 1.0, 10.0, 20.0))
    assert points[0].tolist() == [0.0, 10.0] and points[-1].tolist() == [1.0, 20.0]
    assert points[1][1] == 10.0


def test_every_sort_of_output_becomes_probabilities() -> None:
    one = probabilities(np.array([[0.2], [0.9]]), 2, signed=False)
    np.testing.assert_allclose(one, [[0.8, 0.2], [0.1, 0.9]], rtol=1e-6)
    signs = probabilities(np.array([[-3.0], [0.0], [0.5]]), 2, signed=True)
    np.testing.assert_allclose(signs, [[1, 0], [0.5, 0.5], [0.25, 0.75]])
    linear = probabilities(np.array([[-1.0, 3.0, 1.0], [-1.0, -1.0, -1.0]]), 3, signed=False)
    np.testing.assert_allclose(linear, [[0, 0.75, 0.25], [1 / 3] * 3], rtol=1e-6)


def test_the_answer_is_the_most_likely_class() -> None:
    assert answers(np.array([[0.2], [0.9]]), signed=False).tolist() == [0, 1]
    assert answers(np.array([[-0.2], [0.3]]), signed=True).tolist() == [0, 1]
    assert answers(np.array([[0.1, 0.7, 0.2], [3.0, -1.0, 2.0]]), signed=False).tolist() == [1, 0]


def test_confusion_counts_have_a_row_for_each_true_class() -> None:
    counts = confusion_counts(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


# ---------------------------------------------------------------------- snapshots


def test_weights_come_out_of_the_flat_vector_as_they_lie_in_it() -> None:
    document = new("spiral")
    network = compile_design(document, summary=load(document.data).summary())
    places = places_of(network.weights, network.variables)
    found = weights_at(places, network.variables.copy())
    for layer, named in network.get_weights().items():
        for name, values in named.items():
            np.testing.assert_array_equal(found[layer][name], values)


def test_small_snapshots_are_copies_in_the_message() -> None:
    variables = np.arange(10, dtype=np.float32)
    writer, reader = SnapshotWriter(variables), SnapshotReader(10, "")
    taken = writer.take()
    variables[:] = 0
    assert writer.memory_name == "" and not writer.busy
    assert reader.read(taken) is taken and taken is not None and taken[9] == 9


def test_big_snapshots_wait_until_the_last_one_was_taken() -> None:
    variables = np.ones(SMALL_BYTES, dtype=np.float32)
    writer = SnapshotWriter(variables)
    reader = SnapshotReader(variables.size, writer.memory_name)
    assert writer.take() is None and writer.busy
    got = reader.read(None)
    writer.taken()
    assert not writer.busy and got is not None and got.sum() == SMALL_BYTES
    variables[:] = 2
    writer.take()
    assert got[0] == 1.0  # a copy, not the memory itself
    name = writer.memory_name
    reader.close()
    writer.close()
    with pytest.raises(FileNotFoundError):
        SharedMemory(name=name)


def test_something_now_and_then_never_takes_more_than_its_share() -> None:
    due = Sometimes(0.1, 0.05)
    assert due.is_due(0.0)
    due.was_done(10.0, 10.02)  # took 20 ms: not again for 400 ms
    assert not due.is_due(10.4) and due.is_due(10.43)
    due.was_done(20.0, 20.0001)
    assert not due.is_due(20.09) and due.is_due(20.11)


def test_updates_merge_without_losing_anything() -> None:
    probe = Probe("surface", 1.0, np.zeros(1))
    first = Update(
        1,
        1.0,
        np.array([0.5, 1.0]),
        np.array([3.0, 2.0]),
        None,
        None,
        probe=probe,
        snapshot=True,
        variables=np.array([1.0]),
    )
    second = Update(1, 2.0, np.array([2.0]), np.array([1.0]), np.array([0.5]), None)
    both = merged(first, second)
    assert both.position == 2.0 and both.losses.tolist() == [3.0, 2.0, 1.0]
    assert both.probe is probe and both.variables is first.variables
    assert both.accuracies is not None and both.accuracies.tolist() == [0.5]
