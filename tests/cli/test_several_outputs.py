"""Training, exporting and predicting a design with two outputs on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from nn_designer.design import edits, templates
from nn_designer.design.codec import save
from nn_designer.resources import resource_path


@pytest.mark.parametrize("weights", ["w.npz", "w.safetensors"])
def test_from_new_to_predictions_of_each_output(command, weights):
    command("new", "multi-output", "a.nnd")
    trained = command("train", "a.nnd", "--weights", weights, "--history", "h.csv", "--json")
    assert trained.status == 0, trained.err
    *_, last = map(json.loads, trained.out.splitlines())
    assert last["val_species_accuracy"] > 0.95 and last["val_body_mass_r2"] > 0.75
    assert last["val_accuracy"] == last["val_species_accuracy"]
    assert last["val_loss"] == pytest.approx(last["val_species_loss"] + last["val_body_mass_loss"])
    with Path("h.csv").open(encoding="utf-8", newline="") as file:
        assert {"species_accuracy", "body_mass_mae"} <= set(next(csv.reader(file)))
    done = command("predict", "a.nnd", "--weights", weights, "--data", "penguins", "--out", "p.csv")
    assert done.status == 0, done.err
    with Path("p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "species.prediction",
        "species.Adelie",
        "species.Chinstrap",
        "species.Gentoo",
        "body_mass.prediction",
        "body_mass.body_mass_g",
    ]
    with resource_path("datasets", "penguins.csv").open(encoding="utf-8", newline="") as file:
        # two penguins were never weighed: no row of this data set, which predicts the mass
        right = [row for row in csv.DictReader(file) if row["body_mass_g"].isdigit()]
    assert len(rows) == len(right)
    told = [r["species.prediction"] == t["species"] for r, t in zip(rows, right, strict=True)]
    assert np.mean(told) > 0.95
    grams = [
        abs(float(r["body_mass.prediction"]) - float(t["body_mass_g"]))
        for r, t in zip(rows, right, strict=True)
    ]
    assert np.mean(grams) < 400


def test_what_is_shown_of_an_epoch_names_the_outputs(command):
    command("new", "multi-output", "a.nnd")
    done = command("train", "a.nnd", "--epochs", 1)
    (line,) = [line for line in done.out.splitlines() if line.startswith("Epoch")]
    for words in (" loss: ", " species_accuracy: ", " val_body_mass_r2: "):
        assert words in line
    assert " - accuracy: " not in line


def test_an_own_table_with_two_columns_to_predict(command, folder):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 200))
    kind = np.where(a > 0, "high", "low")
    rows = [f"{x:.4f},{y:.4f},{k},{3 * x - y:.4f}" for x, y, k in zip(a, b, kind, strict=True)]
    Path("t.csv").write_text("\n".join(["a,b,kind,size", *rows]), encoding="utf-8")
    design = edits.set_training(templates.new("multi-output"), "epochs", 30)
    save(design, "d.nnd")
    words = ("--data", "t.csv", "--target", "kind, size", "--json")
    done = command("train", "d.nnd", *words)
    assert done.status == 0, done.err
    assert "Which species has 2 units now" in done.err
    *_, last = map(json.loads, done.out.splitlines())
    assert last["val_species_accuracy"] > 0.9 and last["val_body_mass_r2"] > 0.9


def test_two_inputs_and_an_input_of_few_columns_travel_with_the_weights(command):
    document = templates.new("multi-output")
    document, _ = edits.append_after(document, "input")
    (wire,) = document.outgoing("input_1")
    document, merge = edits.insert_on_wire(document, "concatenate", wire)
    document = edits.connect(document, "input_2", merge)
    document = edits.set_setting(document, "input_2", "features", "island, sex")
    document = edits.set_setting(document, "input_2", "shape", (5,))
    document = edits.set_setting(document, "input_1", "shape", (4,))
    save(document, "a.nnd")
    assert command("train", "a.nnd", "--epochs", 20, "--weights", "w.npz").status == 0
    done = command("predict", "a.nnd", "--weights", "w.npz", "--data", "penguins", "--out", "p.csv")
    assert done.status == 0, done.err
    assert len(Path("p.csv").read_text(encoding="utf-8").splitlines()) > 300
