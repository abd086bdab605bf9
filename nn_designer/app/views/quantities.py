"""What can be plotted over the epochs of a run, and the numbers of it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

from nn_designer.app.views.series import Series


@dataclass(frozen=True)
class Quantity:
    """One thing that can be plotted: ``percent`` and "from zero" say how its axis reads."""

    key: str
    title: str
    percent: bool = False
    from_zero: bool = True


LOSS = Quantity("loss", "Loss")
ACCURACY = Quantity("accuracy", "Accuracy", percent=True)
MAE = Quantity("mae", "MAE")
R2 = Quantity("r2", "R²", from_zero=False)


@dataclass
class Curves:
    """The numbers of one quantity."""

    batches: Series = field(default_factory=lambda: Series(stretches=True))
    training: Series = field(default_factory=Series)  # a point per epoch
    validation: Series = field(default_factory=Series)

    def clear(self) -> None:
        for series in (self.batches, self.training, self.validation):
            series.clear()
