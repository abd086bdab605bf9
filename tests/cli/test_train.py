"""The command train: what it prints, what it writes, what it changes, how it is stopped."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nn_designer.cli.train import _duration
from nn_designer.interchange.formats import read_weights
from tests.helpers.models import edit_file

KEYS = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds", "samples_per_second"]
ROOT = Path(__file__).resolve().parents[2]


def epochs_of(done):
    assert done.status == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_json_prints_one_object_per_epoch_with_the_promised_keys(command):
    command("new", "iris", "a.nnd")
    epochs = epochs_of(command("train", "a.nnd", "--epochs", 3, "--json"))
    assert [list(epoch) for epoch in epochs] == [KEYS] * 3
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3]
    for epoch in epochs:
        assert 0 <= epoch["val_accuracy"] <= 1
        assert epoch["loss"] > 0
        assert epoch["seconds"] > 0
        assert epoch["samples_per_second"] > 0


def test_numbers_have_no_accuracy_but_mae_and_r2(command):
    command("new", "auto-mpg", "a.nnd")
    epochs = epochs_of(command("train", "a.nnd", "--epochs", 3, "--json"))
    assert [list(epoch) for epoch in epochs] == [[*KEYS, "mae", "r2"]] * 3
    assert epochs[-1]["accuracy"] is None
    assert epochs[-1]["val_accuracy"] is None
    assert epochs[-1]["mae"] < epochs[0]["mae"]
    assert epochs[-1]["r2"] > epochs[0]["r2"]


def test_metrics_that_are_asked_for_come_last(command):
    command("new", "iris", "a.nnd")
    words = ("--epochs", 30, "--metrics", "precision, recall,f1,auc,top_3_accuracy")
    epochs = epochs_of(command("train", "a.nnd", *words, "--json", "--history", "h.csv"))
    asked = ["val_precision", "val_recall", "val_f1", "val_auc", "val_top_3_accuracy"]
    assert list(epochs[-1]) == [*KEYS, *asked]
    assert all(0.5 < epochs[-1][name] <= 1.0 for name in asked)
    rows = csv.DictReader(Path("h.csv").read_text(encoding="utf-8").splitlines())
    assert float(list(rows)[-1]["val_f1"]) == epochs[-1]["val_f1"]
    assert "val_auc: " in command("train", "a.nnd", "--epochs", 1, "--metrics", "auc").out


def test_metrics_that_do_not_exist_or_suit_are_refused(command):
    command("new", "auto-mpg", "a.nnd")
    done = command("train", "a.nnd", "--metrics", "precison")
    assert done.status == 2
    assert "There is no metric 'precison'" in done.err
    assert "Did you mean 'precision'?" in done.err
    done = command("train", "a.nnd", "--metrics", "auc")
    assert done.status == 1
    assert "whose target is a number. Choose from mae, rmse, r2." in done.err


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0004, "0.4 ms"), (0.0999, "99.9 ms"), (2.04, "2.0 s")]
)
def test_short_epochs_are_told_in_milliseconds(seconds, shown):
    assert _duration(seconds) == shown


def test_people_get_a_line_per_epoch(command):
    command("new", "iris", "a.nnd")
    done = command("train", "a.nnd", "--epochs", 12)
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("Training Iris on Iris flowers: 120 samples, 30 to validate, ")
    assert lines[1].startswith("Epoch  1/12 - ")
    assert lines[12].startswith("Epoch 12/12 - ")
    for word in (" - loss: ", " - accuracy: ", " - val_loss: ", " - val_accuracy: "):
        assert word in lines[1]
    assert lines[1].endswith(" samples/s")


def test_the_articles_model_learns_all_of_mnist_as_python_m(folder):
    """The two commands of the manual, in processes of their own, as a person types them."""
    words = [sys.executable, "-m", "nn_designer"]
    place = {"cwd": folder, "env": {**os.environ, "PYTHONPATH": str(ROOT)}, "timeout": 200}
    subprocess.run([*words, "new", "article", "a.nnd"], check=True, stdout=subprocess.PIPE, **place)
    done = subprocess.run(
        [*words, "train", "a.nnd", "--json"], stdout=subprocess.PIPE, check=True, **place
    )
    epochs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(epoch) for epoch in epochs] == [KEYS] * 10
    assert 0.92 < epochs[-1]["val_accuracy"] < 0.96
    assert epochs[-1]["val_loss"] < epochs[0]["val_loss"]


def without_times(epochs):
    return [{k: v for k, v in e.items() if not k.startswith("s")} for e in epochs]


def test_the_same_seed_gives_the_same_curve(command):
    command("new", "iris", "a.nnd")
    words = ("train", "a.nnd", "--epochs", 3, "--json", "--seed")
    first, again, other = (epochs_of(command(*words, seed)) for seed in (7, 7, 8))
    assert without_times(first) == without_times(again)
    assert without_times(first) != without_times(other)


@pytest.mark.parametrize("extension", [".npz", ".safetensors"])
def test_weights_and_history_are_written(command, extension):
    command("new", "iris", "a.nnd")
    done = command(
        *("train", "a.nnd", "--epochs", 4, "--weights", f"w{extension}", "--history", "h.csv")
    )
    assert done.status == 0
    assert f"w{extension}" in done.out
    loaded = read_weights(f"w{extension}")
    assert set(loaded.weights) == {"dense_1", "dense_2"}
    assert loaded.class_names == ("setosa", "versicolor", "virginica")
    assert len(loaded.history) == 4
    with Path("h.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert list(rows[0])[: len(KEYS)] == KEYS
    assert sorted(path.name for path in Path().iterdir()) == ["a.nnd", "h.csv", f"w{extension}"]


def test_json_stays_clean_when_files_are_written(command):
    command("new", "iris", "a.nnd")
    words = ("--json", "--weights", "w.npz", "--history", "h.csv")
    assert len(epochs_of(command("train", "a.nnd", "--epochs", 2, *words))) == 2


# ------------------------------------------------------------------------------- other data
def test_other_data_changes_input_ending_and_loss_and_says_so(command):
    command("new", "iris", "a.nnd")
    before = Path("a.nnd").read_bytes()
    done = command("train", "a.nnd", "--data", "auto_mpg", "--epochs", 2, "--json")
    epochs = epochs_of(done)
    assert epochs[-1]["mae"] > 0
    changes = [line for line in done.err.splitlines() if line.startswith("changed: ")]
    assert len(changes) == 4
    for word in ("shape of Input", "1 unit now", "linear now", "mean squared error now"):
        assert any(word in line for line in changes)
    assert Path("a.nnd").read_bytes() == before


DATA = [
    *("digits", "iris", "wine", "breast_cancer", "penguins", "auto_mpg", "circles", "xor"),
    *("gauss", "spiral", "moons", "plane", "sine"),
]


@pytest.mark.parametrize("name", DATA)
def test_every_data_set_trains_by_name(command, name):
    command("new", "article", "a.nnd")
    epochs = epochs_of(command("train", "a.nnd", "--data", name, "--epochs", 2, "--json"))
    assert len(epochs) == 2
    assert (epochs[0]["accuracy"] is None) == (name in ("auto_mpg", "plane", "sine"))


TABLE = "size;colour;price\n" + "".join(
    f"{i};{'red' if i % 3 else 'blue'};{i * 2 + i % 3}\n" for i in range(1, 61)
)


def test_an_own_table_with_a_target_column(command):
    command("new", "iris", "a.nnd")
    Path("häuser.csv").write_text(TABLE, encoding="utf-8")
    words = ("train", "a.nnd", "--data", "häuser.csv", "--epochs", 2, "--json", "--target")
    assert epochs_of(command(*words, "price"))[0]["mae"] > 0
    assert epochs_of(command(*words, "colour"))[0]["accuracy"] >= 0


def test_an_unknown_target_is_refused_with_the_columns_there_are(command):
    command("new", "iris", "a.nnd")
    Path("t.csv").write_text(TABLE, encoding="utf-8")
    done = command("train", "a.nnd", "--data", "t.csv", "--target", "prise")
    assert (done.status, done.out) == (1, "")
    assert "price" in done.err
    assert len(done.err.splitlines()) == 1


def test_unknown_data_is_refused_with_the_nearest_name(command):
    command("new", "iris", "a.nnd")
    done = command("train", "a.nnd", "--data", "pengins")
    assert (done.status, done.out) == (1, "")
    assert "Did you mean 'penguins'?" in done.err


def test_a_target_for_data_that_has_a_fixed_one_is_wrong_usage(command):
    command("new", "iris", "a.nnd")
    assert command("train", "a.nnd", "--data", "wine", "--target", "price").status == 2


def test_a_table_beside_the_design_is_found_from_anywhere(command, monkeypatch, tmp_path):
    Path("t.csv").write_text(TABLE, encoding="utf-8")
    command("new", "iris", "a.nnd")
    document = json.loads(Path("a.nnd").read_text())
    document["data"] = {"source": "table", "settings": {"path": "t.csv", "target": "price"}}
    document["training"]["loss"] = "mean_squared_error"
    document["training"]["epochs"] = 1
    dense = [layer for layer in document["layers"] if layer["kind"] == "dense"]
    dense[-1]["settings"] |= {"units": 1, "activation": "linear"}
    document["layers"][0]["settings"]["shape"] = [3]
    Path("a.nnd").write_text(json.dumps(document))
    design = Path("a.nnd").resolve()
    monkeypatch.chdir(tmp_path)
    done = command("train", design, "--json")
    assert len(epochs_of(done)) == 1
    document["data"]["settings"]["path"] = r"C:\somewhere\else\t.csv"
    design.write_text(json.dumps(document))
    done = command("train", design, "--json")
    assert len(epochs_of(done)) == 1
    assert "t.csv is taken from " in done.err and "beside the design" in done.err


BAD_TABLES = {
    "empty": b"",
    "header only": b"a,b,c\n",
    "one column": b"a\n1\n2\n3\n",
    "one class": b"a,b\n" + b"1,x\n2,x\n3,x\n" * 5,
    "all missing": b"a,b\n,\n,\n,\n",
    "binary": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_table_is_refused_with_one_sentence(command, case):
    command("new", "iris", "a.nnd")
    Path("t.csv").write_bytes(BAD_TABLES[case])
    done = command("train", "a.nnd", "--data", "t.csv", "--weights", "w.npz")
    assert (done.status, done.out) == (1, ""), done
    assert done.err.count("error: ") == 1
    assert "Traceback" not in done.err
    assert not Path("w.npz").exists()


# ------------------------------------------------------------------------------- refusals
@pytest.mark.parametrize(("name", "value"), [("--epochs", 0), ("--epochs", -1), ("--seed", -5)])
def test_settings_out_of_range_are_wrong_usage(command, name, value):
    command("new", "iris", "a.nnd")
    done = command("train", "a.nnd", name, value)
    assert (done.status, done.out) == (2, "")
    assert f"error: {name}: " in done.err


@pytest.mark.parametrize("place", ["none/w.npz", ".", "w.onnx", "w", "x" * 300 + ".npz"])
def test_places_are_looked_at_before_training_begins(command, place):
    command("new", "iris", "a.nnd")
    done = command("train", "a.nnd", "--epochs", 100_000, "--weights", place)
    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("--history", "a.nnd"), ("--weights", "h.npz", "--history", "h.npz")]
)
def test_no_file_of_the_command_itself_is_overwritten(command, words):
    command("new", "iris", "a.nnd")
    before = Path("a.nnd").read_bytes()
    done = command("train", "a.nnd", *words)
    assert (done.status, done.out) == (1, "")
    assert "would be overwritten" in done.err
    assert Path("a.nnd").read_bytes() == before


def test_a_name_of_the_designs_own_data_keeps_its_settings_of_them(command):
    command("new", "spiral", "a.nnd")
    edit_file("a.nnd", data={"source": "spiral", "settings": {"n_samples": 100}})
    assert "80 samples, 20 to" in command("train", "a.nnd", "--data", "spiral", "--epochs", 1).out
    assert "400 samples, 100" in command("train", "a.nnd", "--data", "moons", "--epochs", 1).out


def test_another_target_says_itself_whether_it_holds_classes_or_a_number(command):
    rows = "".join(f"{size},{'yes' if size > 20 else 'no'},{3 * size}\n" for size in range(40))
    Path("t.csv").write_text("size,large,price\n" + rows, encoding="utf-8")
    command("new", "auto-mpg", "a.nnd")
    settings = {"path": "t.csv", "target": "price", "task": "number"}
    edit_file("a.nnd", data={"source": "table", "settings": settings})
    number = command("train", "a.nnd", "--target", "price", "--epochs", 1, "--json")
    assert epochs_of(number)[0]["accuracy"] is None
    classes = command("train", "a.nnd", "--target", "large", "--epochs", 1, "--json")
    assert epochs_of(classes)[0]["accuracy"] is not None
