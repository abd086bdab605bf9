"""Data drawn by code: small plane figures to learn on, with noise, size and seed as settings.

The figures follow TensorFlow Playground (circles, XOR, Gaussians, spiral, plane, hills; Apache
2.0) and scikit-learn's ``make_moons`` (BSD), drawn here by our own code within about -1…1.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nn_designer.data.dataset import Column, Dataset
from nn_designer.data.source import DataSource
from nn_designer.params import Float, Int

Points = NDArray[np.float64]
Labels = NDArray[np.int64]
RandomGenerator = np.random.Generator


class DrawnSource(DataSource):
    """Points drawn by code. Noise is the standard deviation, in units of the figure's radius."""

    origin: ClassVar[str] = "Drawn by NN Designer"
    licence: ClassVar[str] = "Free to use (CC0 1.0)"
    group: ClassVar[Literal["shipped", "drawn", "own"]] = "drawn"
    feature_names: ClassVar[tuple[str, ...]] = ("x1", "x2")
    target_name: ClassVar[str] = "class"

    n_samples = Int(
        500, minimum=10, maximum=100_000, title="Points", help="How many points are drawn."
    )
    noise = Float(
        0.05,
        minimum=0.0,
        maximum=1.0,
        decimals=3,
        help="How far points are moved at random: the standard deviation, "
        "where the figure has a radius of 1.",
    )
    seed = Int(1, minimum=0, maximum=2**31 - 1, help="The same seed draws the same points.")

    def features(self, points: Points) -> tuple[Column, ...]:
        return tuple(
            Column(name, "number", np.ascontiguousarray(points[:, index], dtype=np.float64))
            for index, name in enumerate(self.feature_names)
        )

    def even_labels(self, n_classes: int) -> Labels:
        """Class numbers 0, 1, …, 0, 1, … so that all classes have the same size."""
        return np.arange(self.n_samples, dtype=np.int64) % n_classes


class DrawnClasses(DrawnSource):
    """Points that belong to classes."""

    declared_task: ClassVar[Literal["classes", "number", "auto"]] = "classes"
    names: ClassVar[tuple[str, ...]] = ("A", "B")

    def class_names(self) -> tuple[str, ...]:
        return self.names

    def draw(self, random: RandomGenerator) -> tuple[Points, Labels]:
        """Points (N, 2) and class numbers (N,)."""
        raise NotImplementedError

    def load(self) -> Dataset:
        points, labels = self.draw(np.random.default_rng(self.seed))
        return Dataset(
            source=self.key,
            title=self.title,
            task="classes",
            y=labels,
            target_names=(self.target_name,),
            class_names=self.class_names(),
            columns=self.features(points),
            description=self.description,
            origin=self.origin,
            licence=self.licence,
        )


class DrawnNumber(DrawnSource):
    """Points with a number to predict."""

    declared_task: ClassVar[Literal["classes", "number", "auto"]] = "number"
    target_name: ClassVar[str] = "z"

    def height(self, points: Points) -> NDArray[np.float64]:
        """The true number at each point, before noise: (N, features) → (N,)."""
        raise NotImplementedError

    def positions(self, random: RandomGenerator) -> Points:
        return random.uniform(-1.0, 1.0, (self.n_samples, len(self.feature_names)))

    def load(self) -> Dataset:
        random = np.random.default_rng(self.seed)
        points = self.positions(random)
        numbers = self.height(points) + random.normal(0.0, self.noise, self.n_samples)
        return Dataset(
            source=self.key,
            title=self.title,
            task="number",
            y=numbers[:, None],
            target_names=(self.target_name,),
            columns=self.features(points),
            description=self.description,
            origin=self.origin,
            licence=self.licence,
        )


class Circles(DrawnClasses):
    key = "circles"
    title = "Circles"
    description = "Is a point in the disc in the middle or in the ring around it?"
    names = ("middle", "ring")

    def draw(self, random: RandomGenerator) -> tuple[Points, Labels]:
        labels = self.even_labels(2)
        inner, outer = np.array([0.0, 0.7])[labels], np.array([0.5, 1.0])[labels]
        # The square root makes the points as dense outside as inside.
        radius = np.sqrt(random.uniform(inner**2, outer**2))
        angle = random.uniform(0.0, 2.0 * np.pi, self.n_samples)
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return points + random.normal(0.0, self.noise, points.shape), labels


class Xor(DrawnClasses):
    key = "xor"
    title = "XOR"
    description = "Do the two numbers of a point have the same sign or different signs?"
    names = ("same sign", "different signs")
    gap: ClassVar[float] = 0.06

    def draw(self, random: RandomGenerator) -> tuple[Points, Labels]:
        labels = self.even_labels(2)
        points = random.uniform(self.gap, 1.0, (self.n_samples, 2))
        signs = random.choice([-1.0, 1.0], self.n_samples)
        points[:, 0] *= signs
        points[:, 1] *= np.where(labels == 0, signs, -signs)
        return points + random.normal(0.0, self.noise, points.shape), labels


class Gauss(DrawnClasses):
    key = "gauss"
    title = "Gaussians"
    description = "From which of the clouds does a point come?"
    noise = Float(
        0.15,
        minimum=0.0,
        maximum=1.0,
        decimals=3,
        help="How wide each cloud is: its standard deviation, where the centres lie 0.6 from "
        "the middle.",
    )
    n_classes = Int(
        2, minimum=2, maximum=8, title="Classes", help="How many clouds, one class each."
    )

    def class_names(self) -> tuple[str, ...]:
        return tuple("ABCDEFGH"[: self.n_classes])

    def draw(self, random: RandomGenerator) -> tuple[Points, Labels]:
        labels = self.even_labels(self.n_classes)
        angle = np.pi / 4 + 2.0 * np.pi * labels / self.n_classes
        centres = 0.6 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return centres + random.normal(0.0, self.noise, centres.shape), labels


class Spiral(DrawnClasses):
    key = "spiral"
    title = "Spiral"
    description = "On which arm of the spiral does a point lie?"
    noise = Float(
        0.02,
        minimum=0.0,
        maximum=1.0,
        decimals=3,
        help="How far points are moved off their arm: the standard deviation, where the spiral "
        "has a radius of 1.",
    )
    n_classes = Int(2, minimum=2, maximum=6, title="Classes", help="How many arms, one class each.")
    turns: ClassVar[float] = 1.75

    def class_names(self) -> tuple[str, ...]:
        return tuple("ABCDEF"[: self.n_classes])

    def draw(self, random: RandomGenerator) -> tuple[Points, Labels]:
        labels = self.even_labels(self.n_classes)
        along = random.uniform(0.02, 1.0, self.n_samples)
        angle = 2.0 * np.pi * (self.turns * along + labels / self.n_classes)
        points = np.stack([along * np.sin(angle), along * np.cos(angle)], axis=1)
        return points + random.normal(0.0, self.noise, points.shape), labels


class Moons(DrawnClasses):
    key = "moons"
    title = "Moons"
    description = "On which of two interlocked half moons does a point lie?"
    noise = Float(
        0.1,
        minimum=0.0,
        maximum=1.0,
        decimals=3,
        help="How far points are moved off their moon: the standard deviation, where a moon has "
        "a radius of 1.",
    )
    names = ("upper", "lower")

    def draw(self, random: RandomGenerator) -> tuple[Points, Labels]:
        labels = self.even_labels(2)
        angle = random.uniform(0.0, np.pi, self.n_samples)
        x1 = np.where(labels == 0, np.cos(angle), 1.0 - np.cos(angle)) - 0.5
        x2 = np.where(labels == 0, np.sin(angle), 0.5 - np.sin(angle)) - 0.25
        points = np.stack([x1, x2], axis=1)
        return points + random.normal(0.0, self.noise, points.shape), labels


class Plane(DrawnNumber):
    key = "plane"
    title = "Plane"
    description = "How high is a slanted plane above a point?"

    def height(self, points: Points) -> NDArray[np.float64]:
        return np.asarray(points.sum(axis=1) / 2.0)


class Hills(DrawnNumber):
    key = "hills"
    title = "Hills and valleys"
    description = "How high is a landscape of three hills and three valleys above a point?"
    centres: ClassVar[tuple[tuple[float, float, float], ...]] = (
        (-0.65, 0.45, 1.0),
        (0.0, 0.45, -1.0),
        (0.65, 0.45, 1.0),
        (-0.65, -0.45, -1.0),
        (0.0, -0.45, 1.0),
        (0.65, -0.45, -1.0),
    )

    def height(self, points: Points) -> NDArray[np.float64]:
        total = np.zeros(len(points))
        for x1, x2, sign in self.centres:
            squared_distance = (points[:, 0] - x1) ** 2 + (points[:, 1] - x2) ** 2
            total += sign * np.exp(-squared_distance / (2.0 * 0.22**2))
        return total


class Sine(DrawnNumber):
    key = "sine"
    title = "Sine"
    description = "Which height does a sine wave have at a place, as seen in noisy measurements?"
    feature_names = ("x",)
    target_name = "y"
    noise = Float(
        0.1,
        minimum=0.0,
        maximum=1.0,
        decimals=3,
        help="How far measurements lie off the wave: the standard deviation, where the wave has "
        "a height of 1.",
    )

    def positions(self, random: RandomGenerator) -> Points:
        return random.uniform(-2.0 * np.pi, 2.0 * np.pi, (self.n_samples, 1))

    def height(self, points: Points) -> NDArray[np.float64]:
        return np.asarray(np.sin(points[:, 0]))
