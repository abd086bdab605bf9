"""The shipped tables: iris, wine, breast cancer, penguins, auto MPG."""

from __future__ import annotations

import csv
from typing import ClassVar, Literal

from nn_designer.data.build import build_dataset
from nn_designer.data.columns import FoundColumn, column_from_cells
from nn_designer.data.dataset import Dataset
from nn_designer.data.errors import DataError
from nn_designer.data.source import DataSource
from nn_designer.params import Bool
from nn_designer.resources import resource_path


class BundledTable(DataSource):
    """A shipped table. It takes the same road as the person's own, with the target known."""

    group: ClassVar[Literal["shipped", "drawn", "own"]] = "shipped"
    file: ClassVar[str]
    target: ClassVar[str]

    @property
    def further(self) -> tuple[str, ...]:
        """More columns to predict than :attr:`target`."""
        return ()

    def read(self) -> list[FoundColumn]:
        """The columns of the file, in order."""
        # The csv module is quicker here than importing pandas.
        with resource_path("datasets", self.file).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        return [
            column_from_cells(name, [row[index] for row in rows])
            for index, name in enumerate(header)
        ]

    def load(self) -> Dataset:
        try:
            columns = self.read()
        except (OSError, ValueError, IndexError) as error:
            raise DataError(
                f"The shipped data set {self.title} can't be read ({error}). "
                "Install NN Designer again."
            ) from error
        return build_dataset(
            columns,
            target=self.target,
            further=self.further,
            task=self.declared_task,
            source=self.key,
            title=self.title,
            description=self.description,
            origin=self.origin,
            licence=self.licence,
        )


class Iris(BundledTable):
    key = "iris"
    title = "Iris flowers"
    description = "To which of three species does a flower belong, by four measures?"
    origin = (
        "R. A. Fisher: The use of multiple measurements in taxonomic problems, 1936; "
        "UCI Machine Learning Repository"
    )
    licence = "CC BY 4.0"
    declared_task = "classes"
    file = "iris.csv"
    target = "species"


class Wine(BundledTable):
    key = "wine"
    title = "Wines"
    description = "From which of three cultivars is a wine, by thirteen chemical measures?"
    origin = "M. Forina et al.: Wine recognition data, UCI Machine Learning Repository, 1991"
    licence = "CC BY 4.0"
    declared_task = "classes"
    file = "wine.csv"
    target = "cultivar"


class BreastCancer(BundledTable):
    key = "breast_cancer"
    title = "Breast cancer"
    description = "Is a tumour benign or malignant, by thirty measures of its cells?"
    origin = (
        "W. Wolberg, O. Mangasarian, N. Street: Breast Cancer Wisconsin (Diagnostic), "
        "UCI Machine Learning Repository, 1995"
    )
    licence = "CC BY 4.0"
    declared_task = "classes"
    file = "breast_cancer.csv"
    target = "diagnosis"


class Penguins(BundledTable):
    key = "penguins"
    title = "Palmer penguins"
    description = "To which of three species does a penguin belong, by its body, sex and island?"
    origin = "K. Gorman, A. Horst, A. Hill: palmerpenguins, Palmer Station LTER, 2020"
    licence = "CC0 1.0"
    declared_task = "classes"
    file = "penguins.csv"
    target = "species"

    body_mass = Bool(
        False,
        help="Whether the body mass is a second thing to predict, by an Output of its own, "
        "instead of one of the inputs.",
    )

    @property
    def further(self) -> tuple[str, ...]:
        return ("body_mass_g",) if self.body_mass else ()


class AutoMpg(BundledTable):
    key = "auto_mpg"
    title = "Auto MPG"
    description = "How many miles does a car of 1970–1982 drive on a gallon of fuel?"
    origin = "StatLib, Carnegie Mellon University, 1983; UCI Machine Learning Repository"
    licence = "CC BY 4.0"
    declared_task = "number"
    file = "auto_mpg.csv"
    target = "Miles_per_Gallon"
