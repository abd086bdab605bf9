"""What can be plotted over the epochs of a run, and the numbers of it. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

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


def metrics_for(outputs: Sequence[tuple[str, str]]) -> tuple[Quantity, ...]:
    """The metrics to plot for outputs, each a name and its task ("classes" or "number").

    The first output's have the keys of the only one's; those of others have the output's name in
    front, as in the records of the epochs: ``body_mass_mae``. Several outputs have one metric
    each, for there is no room for more to choose from.
    """
    if len(outputs) == 1:
        return (ACCURACY,) if outputs[0][1] == "classes" else (MAE, R2)
    found: list[Quantity] = []
    for place, (name, task) in enumerate(outputs):
        each, metric = (ACCURACY, "accuracy") if task == "classes" else (MAE, "MAE")
        key = f"{name}_{each.key}" if place else each.key
        title = f"{name.replace('_', ' ').capitalize()} {metric}"
        found.append(replace(each, key=key, title=title))
    return tuple(found)


@dataclass
class Curves:
    """The numbers of one quantity."""

    batches: Series = field(default_factory=lambda: Series(stretches=True))
    training: Series = field(default_factory=Series)  # a point per epoch
    validation: Series = field(default_factory=Series)

    def clear(self) -> None:
        for series in (self.batches, self.training, self.validation):
            series.clear()
