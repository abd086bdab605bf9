"""The shipped data sets are complete, unchanged, licensed, and quick to load."""

from __future__ import annotations

import hashlib
import struct
import time

import numpy as np
import pytest

from nn_designer.data import DataChoice, load, prepare, summary
from nn_designer.resources import resource_path


def test_mnist_holds_the_original_bytes() -> None:
    data = load(DataChoice("mnist"))
    assert data.x is not None
    assert data.x.dtype == np.uint8

    def md5(header: bytes, values: np.ndarray) -> str:
        return hashlib.md5(header + values.astype(np.uint8).tobytes()).hexdigest()

    train, test = slice(0, 60_000), slice(60_000, 70_000)
    images, labels = (2051, 28, 28), 2049
    sums = [
        md5(struct.pack(">IIII", images[0], 60_000, 28, 28), data.x[train]),
        md5(struct.pack(">II", labels, 60_000), data.y[train]),
        md5(struct.pack(">IIII", images[0], 10_000, 28, 28), data.x[test]),
        md5(struct.pack(">II", labels, 10_000), data.y[test]),
    ]
    assert sums == [
        "6bbc9ace898e44ae57da46a324031adb",
        "a25bea736e30d166cdddb491f175f624",
        "2646ac647ad5339dbf082846283269ea",
        "27ae3e4e09519cfbb04c329615203637",
    ]


def test_mnist_is_packed_small_and_loads_quickly() -> None:
    assert resource_path("datasets", "mnist.zip").stat().st_size < 11_500_000
    start = time.perf_counter()
    prepared = prepare(load(DataChoice("mnist")))
    seconds = time.perf_counter() - start
    assert prepared.x_train.shape == (60_000, 784)
    # Measured 0.2 to 0.6 s; the limit leaves room for a busy machine.
    assert seconds < 3.0


def test_mnist_pixels_are_scaled_and_its_test_part_validates() -> None:
    data = load(DataChoice("mnist"))
    prepared = prepare(data, validation_split=0.5, seed=7)
    assert data.x is not None
    assert prepared.x_validation.shape == (10_000, 784)
    assert prepared.x_train.dtype == np.float32
    assert (prepared.x_train.min(), prepared.x_train.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(prepared.x_validation[0], data.x[60_000] / np.float32(255))
    np.testing.assert_array_equal(prepared.y_validation, data.y[60_000:])


def test_pictures_can_keep_their_rows_and_columns() -> None:
    choice = DataChoice("digits", {"shape": "image"})
    assert summary(choice).sample_shape == (8, 8, 1)
    flat = load(DataChoice("digits"))
    assert flat.sample_shape == (64,)
    assert flat.image_shape == (8, 8, 1)
    pictures = prepare(load(choice), 0.2, 3)
    np.testing.assert_array_equal(pictures.x_train.reshape(-1, 64), prepare(flat, 0.2, 3).x_train)


def test_pictures_can_be_read_row_by_row() -> None:
    choice = DataChoice("digits", {"shape": "rows"})
    assert summary(choice).sample_shape == (8, 8)
    rows, flat = load(choice), load(DataChoice("digits"))
    assert rows.x is not None and flat.x is not None
    np.testing.assert_array_equal(rows.x[5, 3], flat.x[5, 3 * 8 : 4 * 8])
    assert rows.image_shape == (8, 8, 1)


def test_the_summary_of_pictures_needs_no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    from nn_designer.data.pictures import Digits, Mnist

    for key, kind in (("mnist", Mnist), ("digits", Digits)):
        expected = load(DataChoice(key)).summary()

        def refuse(self: object) -> None:
            raise AssertionError("the pixels were read")

        monkeypatch.setattr(kind, "read", refuse)
        assert summary(DataChoice(key)) == expected


@pytest.mark.parametrize(
    ("key", "n_rows", "width", "n_classes"),
    [
        ("iris", 150, 4, 3),
        ("wine", 178, 13, 3),
        ("breast_cancer", 569, 30, 2),
        ("digits", 1_797, 64, 10),
        ("mnist", 70_000, 784, 10),
    ],
)
def test_tables_for_classes(key: str, n_rows: int, width: int, n_classes: int) -> None:
    found = summary(DataChoice(key))
    assert (found.n_rows, found.sample_shape, found.n_classes) == (n_rows, (width,), n_classes)
    assert found.task == "classes"
    assert found.has_test_part == (key == "mnist")


def test_penguins_have_numbers_and_categories() -> None:
    data = load(DataChoice("penguins"))
    assert data.n_rows == 344
    assert data.class_names == ("Adelie", "Chinstrap", "Gentoo")
    assert data.feature_names == (
        *("island=Biscoe", "island=Dream", "island=Torgersen"),
        *("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"),
        *("sex=female", "sex=male", "year"),
    )
    assert "sex: 11 cells missing, all its inputs are 0 there." in data.report
    x = prepare(data).x_train
    assert np.isfinite(x).all()


def test_auto_mpg_drops_the_name_and_turns_the_date_to_a_year() -> None:
    data = load(DataChoice("auto_mpg"))
    assert data.task == "number"
    assert data.target_names == ("Miles_per_Gallon",)
    assert data.n_rows == 398
    assert data.feature_names == (
        *("Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration", "Year"),
        *("Origin=Europe", "Origin=Japan", "Origin=USA"),
    )
    year = next(column for column in data.columns if column.name == "Year")
    assert set(year.values) == {*(1970.0 + i for i in range(11)), 1982.0}
    assert data.report == (
        "8 rows without a value in the target 'Miles_per_Gallon' were left out.",
        "Name: text with 304 different values in 398 rows, like a name; left out.",
        "Horsepower: 6 cells missing, filled with the training mean.",
        "Year: dates, turned to years such as 1970.",
    )


def test_every_source_says_where_it_comes_from() -> None:
    text = resource_path("datasets", "README.md").read_text(encoding="utf-8")
    for key in ("mnist", "digits", "iris", "wine", "breast_cancer", "penguins", "auto_mpg", "co2"):
        found = summary(DataChoice(key))
        assert found.origin
        assert found.licence in text
        assert f"| {key}." in text
