"""What the engine says about the plan it picks: the rules that it goes by, in sentences."""

from __future__ import annotations

import pytest

from nn_designer.engine.halving import halving
from nn_designer.engine.network import Network, Node
from nn_designer.engine.plan_report import plan_report
from nn_designer.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D


def convolutions(size: int = 28, activation: str = "relu") -> Network:
    nodes = [
        Node("input", Input(shape=(size, size, 1))),
        Node("conv2d", Conv2D(filters=16, activation=activation), ("input",)),
        Node("max_pooling2d", MaxPooling2D(), ("conv2d",)),
        Node("flatten", Flatten(), ("max_pooling2d",)),
        Node("dense", Dense(units=100), ("flatten",)),
    ]
    return Network(nodes, loss="mean_squared_error")


def test_large_steps_are_halved_and_the_numbers_say_why() -> None:
    network = convolutions()
    macs = 26 * 26 * 16 * 9 + 13 * 13 * 16 * 100
    assert plan_report(network, 64)[0] == (
        f"Batches of 64 are halved for two threads: a training step takes some 3 · {macs:,} · 64 "
        f"= {192 * macs:,} multiply-accumulates, and halves pay from 40,000,000 on."
    )


def test_small_steps_stay_whole() -> None:
    assert halving(convolutions(), 2).reason.startswith(
        "Batches of 2 stay whole, on one thread: a training step takes some 3 · "
    )
    assert halving(convolutions(), 1).reason == (
        "A batch of one sample can't be halved for two threads."
    )


def test_the_layer_that_forbids_halves_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MaxPooling2D, "halves_batches", False)
    assert halving(convolutions(), 64).reason == (
        "Batches of 64 stay whole, on one thread: the samples of a batch can't be parted in "
        "'max_pooling2d'."
    )


def test_what_convolutions_leave_to_maxima_is_told() -> None:
    behind = "leaves bias and activation to the layer behind it, where only maxima are left"
    assert plan_report(convolutions(28), 8)[1:-1] == [f"While training, 'conv2d' {behind}."]
    assert plan_report(convolutions(29), 8)[1:-1] == [
        f"While training, 'conv2d' {behind}, and computes only what that looks at."
    ]
    assert plan_report(convolutions(activation="tanh"), 8)[1:-1]
    assert not plan_report(convolutions(activation="silu"), 8)[1:-1]  # it falls below zero


def test_predictions_are_made_in_blocks_that_suit_the_cache() -> None:
    network = convolutions()
    assert plan_report(network, 8)[-1] == (
        "Predictions are made for 193 samples at a time: of 10,816 numbers for each at most, so "
        "many stay in the processor's cache. From 272 samples on, two threads share them."
    )
    assert 271 * network.macs < 100_000_000 <= 272 * network.macs
