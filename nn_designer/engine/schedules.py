"""Schedules: how the learning rate changes while training. ``SCHEDULES`` maps each key to its
schedule."""

from __future__ import annotations

from nn_designer.engine.method import Method


class Schedule(Method):
    """One schedule. Its settings are declared; the learning rate is that of the training."""


class Constant(Schedule):
    """The learning rate as it is set."""

    key = "constant"
    title = "Constant"
    help = "The learning rate stays as it is set."
    formula = "η"


SCHEDULES: dict[str, type[Schedule]] = {schedule.key: schedule for schedule in (Constant,)}
"""Key → schedule, in the order to show."""
