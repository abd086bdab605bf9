"""The commands predict, export and import."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nn_designer import data
from nn_designer.interchange.formats import read_weights


def rows_of(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


@pytest.fixture
def iris(command):
    """a.nnd, trained on iris, with its weights in w.npz."""
    command("new", "iris", "a.nnd")
    assert command("train", "a.nnd", "--epochs", 60, "--weights", "w.npz").status == 0
    return command


def test_classes_get_their_name_and_a_probability_each(iris):
    done = iris("predict", "a.nnd", "--weights", "w.npz", "--data", "iris", "--out", "p.csv")
    assert done.status == 0, done.err
    header, rows = rows_of("p.csv")
    assert header == ["prediction", "setosa", "versicolor", "virginica"]
    dataset = data.load(data.DataChoice("iris", {}))
    assert len(rows) == 150
    probabilities = np.array([row[1:] for row in rows], dtype=float)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert [header[1 + i] for i in probabilities.argmax(axis=1)] == [row[0] for row in rows]
    names = np.array(dataset.class_names)[dataset.y]
    assert np.mean([row[0] == name for row, name in zip(rows, names, strict=True)]) > 0.8


def test_numbers_are_in_the_persons_units_with_a_column_per_target(command):
    command("new", "auto-mpg", "a.nnd")
    command("train", "a.nnd", "--epochs", 60, "--weights", "w.safetensors")
    words = ("--weights", "w.safetensors", "--data", "auto_mpg", "--out", "p.csv")
    assert command("predict", "a.nnd", *words).status == 0
    header, rows = rows_of("p.csv")
    dataset = data.load(data.DataChoice("auto_mpg", {}))
    assert header == ["prediction", *dataset.target_names]
    predicted = np.array([row[0] for row in rows], dtype=float)
    assert len(predicted) == dataset.n_rows
    assert np.abs(predicted - dataset.y[:, 0]).mean() < 5  # miles per gallon
    assert all(row[0] == row[1] for row in rows)


def test_a_data_set_with_a_test_part_is_predicted_on_that_part(command):
    command("new", "article", "a.nnd")
    command("export", "a.nnd", "--to", "npz", "w.npz")
    done = command("predict", "a.nnd", "--weights", "w.npz", "--data", "mnist", "--out", "p.csv")
    assert done.status == 0, done.err
    header, rows = rows_of("p.csv")
    assert header == ["prediction", *"0123456789"]
    assert len(rows) == 10_000


def test_a_new_table_is_matched_by_column_names_in_any_order(iris):
    dataset = data.load(data.DataChoice("iris", {}))
    columns = list(reversed(dataset.columns))
    with Path("new.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["note", *(column.name for column in columns)])
        writer.writerows(
            ["x", *(column.values[i] for column in columns)] for i in range(0, 150, 10)
        )
    iris("predict", "a.nnd", "--weights", "w.npz", "--data", "iris", "--out", "all.csv")
    done = iris("predict", "a.nnd", "--weights", "w.npz", "--data", "new.csv", "--out", "p.csv")
    assert done.status == 0, done.err
    assert rows_of("p.csv")[1] == rows_of("all.csv")[1][::10]


def test_weights_of_a_design_fitted_to_other_data_predict_that_data(command):
    command("new", "iris", "a.nnd")
    command("train", "a.nnd", "--data", "auto_mpg", "--epochs", 2, "--weights", "w.npz")
    words = ("--weights", "w.npz", "--data", "auto_mpg", "--out", "p.csv")
    done = command("predict", "a.nnd", *words)
    assert done.status == 0, done.err
    assert "fitted to other data" in done.err
    assert rows_of("p.csv")[0][0] == "prediction"


def test_weights_that_do_not_fit_are_refused(iris):
    iris("new", "spiral", "s.nnd")
    done = iris("predict", "s.nnd", "--weights", "w.npz", "--data", "iris", "--out", "p.csv")
    assert (done.status, done.out) == (1, "")
    assert "Use the design the weights were trained with" in done.err
    assert not Path("p.csv").exists()


@pytest.mark.parametrize("other", ["wine", "digits", "penguins"])
def test_data_of_another_kind_is_refused(iris, other):
    done = iris("predict", "a.nnd", "--weights", "w.npz", "--data", other, "--out", "p.csv")
    assert (done.status, done.out) == (1, "")
    assert "trained on" in done.err
    assert not Path("p.csv").exists()


@pytest.mark.parametrize("out", ["a.nnd", "w.npz"])
def test_no_file_of_the_command_itself_is_overwritten(iris, out):
    before = Path(out).read_bytes()
    done = iris("predict", "a.nnd", "--weights", "w.npz", "--data", "iris", "--out", out)
    assert (done.status, done.out) == (1, "")
    assert "would be overwritten" in done.err
    assert Path(out).read_bytes() == before


def test_a_table_without_the_columns_is_refused(iris):
    Path("t.csv").write_text("a,b\n1,2\n")
    done = iris("predict", "a.nnd", "--weights", "w.npz", "--data", "t.csv", "--out", "p.csv")
    assert (done.status, done.out) == (1, "")
    assert "misses the columns" in done.err


@pytest.mark.parametrize(
    ("name", "content"),
    [("w.npz", b""), ("w.npz", b"PK\3\4"), ("w.safetensors", b"\xff" * 9), ("w.txt", b"x")],
)
def test_damaged_weights_are_refused_with_one_sentence(command, name, content):
    command("new", "iris", "a.nnd")
    Path(name).write_bytes(content)
    done = command("predict", "a.nnd", "--weights", name, "--data", "iris", "--out", "p.csv")
    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1


# ------------------------------------------------------------------------------- export, import
def test_export_turns_one_format_into_the_other(iris):
    done = iris("export", "a.nnd", "--weights", "w.npz", "--to", "safetensors", "w.safetensors")
    assert done.status == 0, done.err
    first, second = read_weights("w.npz"), read_weights("w.safetensors")
    np.testing.assert_array_equal(
        first.weights["dense_1"]["kernel"], second.weights["dense_1"]["kernel"]
    )
    assert first.preprocessing == second.preprocessing
    assert first.history == second.history


def test_export_without_weights_says_that_they_are_not_trained(command):
    command("new", "iris", "a.nnd")
    done = command("export", "a.nnd", "--to", "npz", "w.npz")
    assert done.status == 0
    assert "not trained" in done.err
    assert not read_weights("w.npz").weights["dense_1"]["bias"].any()


def test_an_unknown_format_is_refused_with_the_ones_there_are(iris):
    done = iris("export", "a.nnd", "--weights", "w.npz", "--to", "onix", "w.onnx")
    assert (done.status, done.out) == (1, "")
    assert "npz, safetensors" in done.err
    assert not Path("w.onnx").exists()


def test_import_takes_the_design_out_again(iris):
    done = iris("import", "w.npz", "--out", "b.nnd", "--weights", "b.safetensors")
    assert done.status == 0, done.err
    words = ("--data", "iris", "--out")
    iris("predict", "a.nnd", "--weights", "w.npz", *words, "a.csv")
    iris("predict", "b.nnd", "--weights", "b.safetensors", *words, "b.csv")
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()


def test_import_of_a_foreign_file_is_refused_with_the_reason(command):
    np.savez("w.npz", **{"dense_1.kernel": np.ones((2, 2))})
    done = command("import", "w.npz", "--out", "b.nnd")
    assert (done.status, done.out) == (1, "")
    assert "no design" in done.err
    assert not Path("b.nnd").exists()


def test_a_foreign_file_borrows_the_preprocessing_of_the_designs_data(iris):
    with np.load("w.npz", allow_pickle=False) as file:
        np.savez("bare.npz", **{name: file[name] for name in file.files if name != "__meta__"})
    words = ("--data", "iris", "--out")
    iris("predict", "a.nnd", "--weights", "w.npz", *words, "a.csv")
    done = iris("predict", "a.nnd", "--weights", "bare.npz", *words, "b.csv")
    assert "without their preprocessing" in done.err
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()


def test_how_an_own_table_is_read_travels_with_design_and_weights(command):
    """A decimal comma that nobody could guess: 1,234 is one and a bit, says the design."""
    rows = "".join(f"{i},{i}00;{2 * i},5\n" for i in range(1, 40))
    Path("t.csv").write_text("size;price\n" + rows, encoding="utf-8")
    command("new", "auto-mpg", "a.nnd")
    design = json.loads(Path("a.nnd").read_text(encoding="utf-8"))
    settings = {"path": "t.csv", "target": "price", "decimal": "comma"}
    design["data"] = {"source": "table", "settings": settings}
    next(one for one in design["layers"] if one["kind"] == "input")["settings"]["shape"] = [1]
    Path("a.nnd").write_text(json.dumps(design), encoding="utf-8")
    done = command("train", "a.nnd", "--epochs", 1, "--weights", "w.npz")
    assert done.status == 0, done.err
    loaded = read_weights("w.npz")
    assert loaded.preprocessing.columns[0].mean < 100
    command("predict", "a.nnd", "--weights", "w.npz", "--data", "t.csv", "--out", "own.csv")
    shutil.copy("t.csv", "new.csv")
    command("predict", "a.nnd", "--weights", "w.npz", "--data", "new.csv", "--out", "new_p.csv")
    assert rows_of("own.csv") == rows_of("new_p.csv")
    # What the design says now of its own file comes first.
    Path("t.csv").write_text(Path("t.csv").read_text().replace(",", "."), encoding="utf-8")
    settings["decimal"] = "point"
    Path("a.nnd").write_text(json.dumps(design), encoding="utf-8")
    command("predict", "a.nnd", "--weights", "w.npz", "--data", "t.csv", "--out", "now.csv")
    assert rows_of("now.csv") == rows_of("own.csv")
