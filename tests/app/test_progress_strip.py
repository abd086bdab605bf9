"""The line above the curves: what it says of a run, and what gives way where it is narrow."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from nn_designer.app.progress_strip import ProgressStrip, shown_duration, shown_epoch
from nn_designer.app.theme import ThemeManager


@pytest.mark.parametrize(
    ("position", "state", "said"),
    [
        (0.0, "running", "Epoch 1 of 150"),
        (2.4, "running", "Epoch 3 of 150"),
        (53.0, "running", "Epoch 54 of 150"),  # goes on after a pause
        (150.0, "running", "Epoch 150 of 150"),
        (0.0, "paused", "Epoch 1 of 150"),
        (0.2, "paused", "Epoch 1 of 150"),  # Step
        (1.0, "paused", "1 of 150 epochs"),  # Step Epoch
        (53.0, "idle", "53 of 150 epochs"),  # stopped early
        (53.4, "idle", "53.4 of 150 epochs"),  # stopped, or diverged
        (150.0, "idle", "150 of 150 epochs"),
    ],
)
def test_the_epoch_under_way_or_the_epochs_done(position: float, state: str, said: str) -> None:
    assert shown_epoch(position, 150, state) == said


def test_one_epoch_is_no_epochs() -> None:
    assert shown_epoch(1.0, 1, "idle") == "1 of 1 epoch"


@pytest.mark.parametrize("width", [300, 360, 480, 560, 900, 1400])
def test_nothing_in_the_strip_is_cut_however_narrow_it_is(qtbot: QtBot, width: int) -> None:
    strip = ProgressStrip(ThemeManager())
    qtbot.addWidget(strip)
    strip.show_state("Stopped early", "success")
    strip.show_epoch(1_000, 100_000, "idle")
    strip.show_speed(312_000, 754.0, 12.0)
    strip.resize(width, strip.height())
    strip.show()
    qtbot.wait(1)  # the layout follows
    assert strip.state_label.isVisible() and strip.epoch_label.isVisible()
    # The first of these stays longest.
    others = (strip.left_label, strip.elapsed_label, strip.rate_label)
    seen = [label.isVisible() for label in others]
    assert seen == sorted(seen, reverse=True)
    assert all(seen) == (width >= 900)
    for label in (strip.state_label, strip.epoch_label, *others):
        if label.isVisible():
            assert label.width() >= label.sizeHint().width()
            assert strip.rect().contains(label.geometry())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.0 s"), (0.04, "0.04 s"), (0.44, "0.4 s"), (12, "0:12"), (750, "12:30")],
)
def test_times_are_shown_as_people_read_them(seconds: float, text: str) -> None:
    assert shown_duration(seconds) == text
