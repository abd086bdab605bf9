"""The shipped pictures of handwritten digits: MNIST (28×28) and the small ones (8×8).

What is kept: the pixels as uint8, one byte each (MNIST 55 MB). They become float32 0…1 (220 MB)
only in :func:`nn_designer.data.prepare`, for the run that needs them.
"""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.dataset import Dataset, DataSummary
from nn_designer.data.errors import DataError
from nn_designer.data.source import DataSource
from nn_designer.params import Choice
from nn_designer.resources import resource_path

DIGIT_NAMES = tuple("0123456789")


class PictureSource(DataSource):
    """Shipped pictures. Subclasses say how large they are and read the pixels."""

    declared_task: ClassVar[Literal["classes", "number", "auto"]] = "classes"
    group: ClassVar[Literal["shipped", "drawn", "own"]] = "shipped"
    image_shape: ClassVar[tuple[int, int, int]]
    n_rows: ClassVar[int]
    n_test: ClassVar[int]
    brightest: ClassVar[int]
    rebuilding: ClassVar[str]
    """What is learned if the target is the picture itself, in a sentence."""

    shape = Choice(
        "flat",
        {
            "flat": "Flat list of pixels",
            "image": "Picture (height × width × 1)",
            "rows": "Series of rows (height × width)",
        },
        help="How the network receives a picture: as one list of pixels, for Dense layers; as "
        "rows and columns, for layers that look at neighbouring pixels; or row by row, for "
        "layers that read a series.",
    )
    target = Choice(
        "digit",
        {"digit": "The digit", "picture": "The picture itself"},
        help="What the network learns to answer: which digit it is, or, for an autoencoder, the "
        "picture that it was given, pixel by pixel.",
    )

    def read(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Pixels (N, height·width) and labels (N,)."""
        raise NotImplementedError

    @property
    def sample_shape(self) -> tuple[int, ...]:
        height, width, channels = self.image_shape
        return {
            "flat": (height * width * channels,),
            "image": self.image_shape,
            "rows": (height, width * channels),
        }[self.shape]

    @property
    def target_is_input(self) -> bool:
        """Whether the picture itself is to be predicted."""
        return self.target == "picture"

    @property
    def target_names(self) -> tuple[str, ...]:
        """``("digit",)``, or a name for each pixel: ``row 1 column 28``."""
        if not self.target_is_input:
            return ("digit",)
        height, width, _ = self.image_shape
        return tuple(
            f"row {row} column {column}"
            for row in range(1, height + 1)
            for column in range(1, width + 1)
        )

    def load(self) -> Dataset:
        try:
            pixels, labels = self.read()
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise DataError(
                f"The shipped data set {self.title} can't be read ({error}). "
                "Install NN Designer again."
            ) from error
        known = self.summary()
        return Dataset(
            source=known.source,
            title=known.title,
            task=known.task,
            y=pixels if self.target_is_input else labels,
            target_names=known.target_names,
            class_names=known.class_names,
            x=pixels.reshape(-1, *self.sample_shape),
            divide_by=float(self.brightest),
            n_test=self.n_test,
            image_shape=self.image_shape,
            description=known.description,
            origin=self.origin,
            licence=self.licence,
            target_is_input=self.target_is_input,
        )

    def summary(self) -> DataSummary:
        """Known without reading the pixels."""
        rebuilt = self.target_is_input
        return DataSummary(
            source=self.key,
            title=self.title,
            task="number" if rebuilt else "classes",
            sample_shape=self.sample_shape,
            n_rows=self.n_rows,
            class_names=() if rebuilt else DIGIT_NAMES,
            target_names=self.target_names,
            feature_names=(),
            has_test_part=self.n_test > 0,
            description=self.rebuilding if rebuilt else self.description,
            origin=self.origin,
            licence=self.licence,
            image_shape=self.image_shape,
            target_is_input=rebuilt,
        )


class Mnist(PictureSource):
    key = "mnist"
    title = "MNIST digits"
    description = "Which digit is written in a picture of 28×28 pixels?"
    rebuilding = "Can a picture of 28×28 pixels be drawn again from the few numbers left of it?"
    origin = "Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits, 1998"
    licence = "CC BY-SA 3.0"
    image_shape = (28, 28, 1)
    n_rows = 70_000
    n_test = 10_000
    brightest = 255
    n_members: ClassVar[int] = 7
    member_rows: ClassVar[int] = 10_000

    def read(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        path = resource_path("datasets", "mnist.zip")
        pixels = np.empty((self.n_rows, 28 * 28), dtype=np.uint8)

        def read_member(index: int) -> None:
            # A file handle per thread; zlib lets other threads run while it works.
            with zipfile.ZipFile(path) as archive:
                content = archive.read(f"images-{index}.idx3-ubyte")
            if struct.unpack_from(">IIII", content) != (2051, self.member_rows, 28, 28):
                raise ValueError(f"part {index} has a wrong header")
            first = index * self.member_rows
            pixels[first : first + self.member_rows] = np.frombuffer(
                content, np.uint8, offset=16
            ).reshape(self.member_rows, 28 * 28)

        with ThreadPoolExecutor(max_workers=2) as threads:
            list(threads.map(read_member, range(self.n_members)))
        with zipfile.ZipFile(path) as archive:
            labels = np.frombuffer(archive.read("labels.idx1-ubyte"), np.uint8, offset=8)
        if len(labels) != self.n_rows:
            raise ValueError(f"{len(labels):,} labels instead of {self.n_rows:,}")
        return pixels, labels.astype(np.int64)


class Digits(PictureSource):
    key = "digits"
    title = "Small digits"
    description = "Which digit is written in a picture of 8×8 pixels?"
    rebuilding = "Can a picture of 8×8 pixels be drawn again from the few numbers left of it?"
    origin = (
        "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine "
        "Learning Repository, 1998"
    )
    licence = "CC BY 4.0"
    image_shape = (8, 8, 1)
    n_rows = 1_797
    n_test = 0
    brightest = 16

    def read(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        with gzip.open(resource_path("datasets", "digits.csv.gz"), "rt", encoding="ascii") as file:
            table = np.loadtxt(file, dtype=np.uint8, delimiter=",")
        if table.shape != (self.n_rows, 65):
            raise ValueError(f"{table.shape} numbers instead of ({self.n_rows}, 65)")
        return np.ascontiguousarray(table[:, :64]), table[:, 64].astype(np.int64)
