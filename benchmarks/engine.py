"""Speed of training and predicting beside the field: ``python -m benchmarks.engine``.

Every contender stays in a process of its own, one works at a time. In each round each trains
whole epochs for about half a second or more; our rate is divided by the peer's of the same
round, and the median over the rounds counts: the machine's own ups and downs cancel. Rounds in
which other programs were busy are repeated. Exit status 1 if a "must" is missed or losses
disagree.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.contenders import SAME_ORDER, module_of
from benchmarks.machine import OthersLoad, wait_for_calm
from benchmarks.ratios import Verdict, table, verdict
from benchmarks.workloads import GROUPS, WORKLOADS, Workload, flops_per_sample

ROUND_SECONDS = 0.5
CALM_CORES = 0.25
"""A round in which others used more is left out, as long as three calm ones are left."""
LONGEST = 3
"""At most so many times the wanted rounds are tried."""
CHECKED_EPOCHS = {1: 0.01, 3: 0.05}
"""Epoch → how far losses of contenders with the same batches may differ."""


@dataclass(frozen=True)
class Round:
    """Samples per second of each contender, and the cores that others used meanwhile (in the
    turn that was disturbed most)."""

    rates: dict[str, float]
    others: float


def calm(rounds: Sequence[Round]) -> list[Round]:
    """The rounds in which others left the machine alone."""
    return [found for found in rounds if found.others <= CALM_CORES]


class Contender:
    """A worker process."""

    def __init__(self, workload: Workload, name: str, python: str) -> None:
        self.name = name
        samples = [] if workload.samples is None else [str(workload.samples)]
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", workload.key, name, *samples],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        self.n_samples = int(self._answer()["ready"])
        self.losses: list[float] = []
        self.epochs_per_round = 1

    @property
    def pid(self) -> int:
        return self._process.pid

    def train(self, epochs: int) -> float:
        """Train; returns samples per second."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{epochs}\n")
        self._process.stdin.flush()
        answer = self._answer()
        self.losses += answer["losses"]
        return self.n_samples * epochs / answer["seconds"]

    def warm_up(self) -> None:
        """The first three epochs, and how many make a round."""
        self.train(3)
        rate = self.train(1)
        self.epochs_per_round = max(1, math.ceil(ROUND_SECONDS * rate / self.n_samples))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: {self._process.stderr.read()[-2000:]}")
        answer: dict[str, object] = json.loads(line)
        return answer


def measure(
    workload: Workload,
    names: list[str],
    rounds: int,
    pythons: dict[str, str],
    patience: float,
) -> tuple[list[Round], dict[str, list[float]]]:
    """The rounds, and the losses per epoch of each contender."""
    contenders: list[Contender] = []
    try:
        for name in names:
            print(f"  starting {name}", end="\r", file=sys.stderr, flush=True)
            contender = Contender(workload, name, pythons.get(name, sys.executable))
            contenders.append(contender)
            contender.warm_up()
        measured: list[Round] = []
        while len(measured) < LONGEST * rounds and len(calm(measured)) < rounds:
            shift = len(measured) % len(contenders)  # nobody always comes after the same one
            rates: dict[str, float] = {}
            others = 0.0
            for contender in contenders[shift:] + contenders[:shift]:
                status = f"  round {len(measured) + 1}, {len(calm(measured))} calm of {rounds}"
                print(f"{status}: {contender.name:24}", end="\r", file=sys.stderr, flush=True)
                wait_for_calm(CALM_CORES, patience)
                load = OthersLoad([contender.pid for contender in contenders])
                rates[contender.name] = contender.train(contender.epochs_per_round)
                others = max(others, load.cores())
            measured.append(Round(rates, others))
        losses = {contender.name: contender.losses for contender in contenders}
    finally:
        for contender in contenders:
            contender.close()
        print(" " * 60, end="\r", file=sys.stderr, flush=True)
    return measured, losses


def loss_problems(losses: dict[str, list[float]], predicts: bool = False) -> list[str]:
    """Where contenders with the same weights and batches come to other losses than we."""
    problems = []
    for name in (name for name in losses if name != "ours" and (predicts or name in SAME_ORDER)):
        for epoch, tolerance in CHECKED_EPOCHS.items():
            ours, theirs = losses["ours"][epoch - 1], losses[name][epoch - 1]
            if abs(ours - theirs) > tolerance * theirs:
                problems.append(f"loss of epoch {epoch}: ours {ours:.4f}, {name} {theirs:.4f}")
    return problems


def report(
    workload: Workload,
    measured: list[Round],
    losses: dict[str, list[float]],
) -> bool:
    """Print the tables of a workload; whether everything was reached."""
    counted = calm(measured)
    if len(counted) < 3:
        counted = measured
    rates = {name: [found.rates[name] for found in counted] for name in measured[0].rates}
    rows = [
        [
            "contender",
            "samples/s",
            "best",
            "µs/call" if workload.predicts else "µs/step",
            "loss 1",
            "loss 3",
        ]
    ]
    for name, found in rates.items():
        middle = median(found)
        rows.append(
            [
                name,
                f"{middle:,.0f}",
                f"{max(found):,.0f}",
                f"{1e6 * workload.batch_size / middle:,.1f}",
                f"{losses[name][0]:.4f}",
                f"{losses[name][2]:.4f}",
            ]
        )
    print(f"\n{workload.title}\n")
    print(table(rows))
    best = max(rates["ours"])
    print(
        f"\nours: {flops_per_sample(workload) * best / 1e9:,.1f} GFLOP/s at best; "
        f"{len(counted)} rounds of {len(measured)} count; others used "
        f"{median(found.others for found in counted):.2f} cores meanwhile\n"
    )
    verdicts: list[Verdict] = []
    rows = [["we are faster than", "times", "lowest", "highest", "must", "", "against"]]
    for group, must in workload.musts.items():
        found_verdict = verdict(group, GROUPS[group], rates, must)
        if found_verdict is None:
            rows.append([group, "-", "-", "-", f"{must:g}", "not run", "-"])
            continue
        verdicts.append(found_verdict)
        rows.append(
            [
                group,
                f"{found_verdict.ratio:.2f}",
                f"{found_verdict.lowest:.2f}",
                f"{found_verdict.highest:.2f}",
                f"{must:g}",
                "reached" if found_verdict.reached else "MISSED",
                found_verdict.fastest,
            ]
        )
    print(table(rows))
    problems = loss_problems(losses, workload.predicts)
    for problem in problems:
        print(f"MISSED: {problem}")
    return not problems and all(found.reached for found in verdicts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--contenders", nargs="+", help="only these, beside ours")
    parser.add_argument(
        "--tensorflow-python",
        help="the Python of another environment, for Keras on TensorFlow",
    )
    parser.add_argument(
        "--samples", type=int, help="only so many samples: a quick look, no verdict"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=5.0,
        help="seconds to wait for other programs to calm down, before each turn (default 5)",
    )
    parser.add_argument("--json", type=Path, help="write rates and losses to this file")
    options = parser.parse_args()
    pythons = {}
    if options.tensorflow_python:
        pythons["keras_tensorflow"] = options.tensorflow_python
    reached = True
    written = {}
    for key in options.workloads:
        workload = replace(WORKLOADS[key], samples=options.samples)
        peers = [p for p in workload.peers if not options.contenders or p in options.contenders]
        names = ["ours", *(p for p in peers if p in pythons or find_spec(module_of(p)))]
        measured, losses = measure(workload, names, options.rounds, pythons, options.patience)
        reached &= report(workload, measured, losses)
        written[key] = {"rounds": [asdict(found) for found in measured], "losses": losses}
    if options.json:
        options.json.write_text(json.dumps(written, indent=1))
    print("\nEvery must that could be measured is reached." if reached else "\nA must is missed.")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
