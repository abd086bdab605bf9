"""The designs that are shipped, ready to train."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from nn_designer.design.codec import load
from nn_designer.design.document import Document
from nn_designer.resources import resource_path


class Group(Enum):
    """The headings of the welcome page, in its order."""

    START = "Start here"
    PICTURES = "Pictures"
    TABLES = "Tables"
    SEQUENCES = "Sequences"
    IDEAS = "Ideas"


@dataclass(frozen=True)
class Template:
    """A shipped design: stable key, title, one sentence for the welcome page, and its heading."""

    key: str
    title: str
    sentence: str
    group: Group

    @property
    def path(self) -> Path:
        return resource_path("templates", f"{self.key}.nnd")


_SHIPPED = (
    Template(
        "article",
        "The article's model",
        "Reads handwritten digits with two hidden layers of ten neurons, as in the article.",
        Group.START,
    ),
    Template(
        "mnist-mlp",
        "Digits, done well",
        "A larger network that reads 98 of 100 handwritten digits right.",
        Group.PICTURES,
    ),
    Template(
        "lenet",
        "Digits, seen as pictures",
        "Filters slide over the picture: 993 of 1,000 handwritten digits right.",
        Group.PICTURES,
    ),
    Template(
        "resnet-mini",
        "Digits, with shortcuts",
        "A small ResNet: blocks add what they find to what they were given.",
        Group.PICTURES,
    ),
    Template(
        "lstm-rows",
        "Digits, row by row",
        "An LSTM reads the picture from top to bottom: 98 of 100 handwritten digits right.",
        Group.SEQUENCES,
    ),
    Template(
        "attention-mini",
        "Digits, read with attention",
        "Each row of the picture looks at all the others: a transformer in small.",
        Group.SEQUENCES,
    ),
    Template(
        "xor",
        "XOR",
        "The small puzzle that a single neuron can't solve.",
        Group.START,
    ),
    Template(
        "spiral",
        "Spiral",
        "Two spirals wound into each other: watch the border between them bend.",
        Group.START,
    ),
    Template(
        "circles",
        "Circles",
        "A disc inside a ring: six neurons draw the lines that separate them.",
        Group.START,
    ),
    Template(
        "penguins",
        "Penguins",
        "Tells three kinds of penguins apart by beak, flipper and weight.",
        Group.TABLES,
    ),
    Template(
        "iris",
        "Iris",
        "Tells three kinds of iris apart by the size of their petals.",
        Group.TABLES,
    ),
    Template(
        "multi-output",
        "Two outputs",
        "One network, two answers: the kind of a penguin, and how heavy it is.",
        Group.IDEAS,
    ),
    Template(
        "auto-mpg",
        "Fuel consumption",
        "Predicts how far a car goes on a gallon: a number instead of a class.",
        Group.TABLES,
    ),
    Template(
        "forecast",
        "Forecast",
        "Reads how the carbon dioxide in the air changed, month by month, and says what comes next.",
        Group.SEQUENCES,
    ),
    Template(
        "skip",
        "Skip connection",
        "A branch that is added to what it came from: the idea behind very deep networks.",
        Group.IDEAS,
    ),
    Template(
        "autoencoder",
        "Autoencoder",
        "Squeezes a digit through 32 numbers and draws it again from them.",
        Group.PICTURES,
    ),
)

TEMPLATES: tuple[Template, ...] = tuple(
    template for group in Group for template in _SHIPPED if template.group is group
)
"""In the order of the welcome page."""

BY_KEY = {template.key: template for template in TEMPLATES}


def new(key: str) -> Document:
    """A fresh document from a template.

    Raises:
        KeyError: there is no such template.
    """
    return load(BY_KEY[key].path).document
