"""The arithmetic of the speed benchmark, on made-up rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.contenders import CONTENDERS
from benchmarks.engine import loss_problems
from benchmarks.predictors import PREDICTORS
from benchmarks.ratios import ratios, table, verdict
from benchmarks.workloads import GROUPS, WORKLOADS

RATES = {"ours": [100.0, 90.0, 120.0], "fast": [50.0, 30.0, 40.0], "slow": [1.0, 2.0, 3.0]}


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios(RATES, "fast") == [2.0, 3.0, 3.0]


def test_the_fastest_of_a_group_counts() -> None:
    found = verdict("peers", ("slow", "fast", "absent"), RATES, must=2.5)
    assert found is not None
    assert (found.fastest, found.ratio, found.lowest, found.highest) == ("fast", 3.0, 2.0, 3.0)
    assert found.reached
    assert not verdict("peers", ("fast",), RATES, must=3.5).reached


def test_a_group_that_did_not_run_has_no_verdict() -> None:
    assert verdict("peers", ("absent",), RATES, must=1.0) is None


@given(st.floats(0.1, 10.0))
def test_a_machine_that_slows_down_changes_no_ratio(factor: float) -> None:
    slower = {name: [factor * rate for rate in found] for name, found in RATES.items()}
    assert ratios(slower, "fast") == pytest.approx(ratios(RATES, "fast"))


def test_losses_must_agree_where_batches_are_the_same() -> None:
    losses = {"ours": [0.5, 0.4, 0.3], "torch": [0.502, 0.4, 0.31], "sklearn": [0.9, 0.9, 0.9]}
    assert loss_problems(losses) == []
    losses["torch_fused"] = [0.51, 0.4, 0.3]
    assert loss_problems(losses) == ["loss of epoch 1: ours 0.5000, torch_fused 0.5100"]


def test_the_table_lines_up() -> None:
    text = table([["name", "times"], ["a", "1.5"], ["long name", "22.25"]])
    assert text.splitlines() == [
        "name       times",
        "---------  -----",
        "a            1.5",
        "long name  22.25",
    ]


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)
def test_every_workload_has_a_must_for_each_group(workload) -> None:
    groups = {group for group, peers in GROUPS.items() if {*peers} & {*workload.peers}}
    assert set(workload.musts) == groups
    assert {*workload.peers} <= {peer for peers in GROUPS.values() for peer in peers}


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)
def test_every_peer_is_a_contender(workload) -> None:
    assert {"ours", *workload.peers} <= set(PREDICTORS if workload.predicts else CONTENDERS)


def test_predictions_must_agree_whoever_makes_them() -> None:
    losses = {"ours": [0.5] * 3, "sklearn": [0.51] * 3}
    assert loss_problems(losses) == []
    assert len(loss_problems(losses, predicts=True)) == 1
