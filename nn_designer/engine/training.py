"""Training: a plain generator that reports what happens. It needs no window and no thread.

One step is: gather a batch, run the network's steps forward and backward, run the optimizer's
steps. All are array calls over buffers that exist before the first step. What the loss reads is
copied into a ring, so that losses and metrics of many batches are worked out in a few calls;
reports come about every 30 ms. So a small network trains at the speed of its array calls.

The numbers do not depend on time: the same seed gives the same curve, bit for bit, however the
batches are reported, interrupted and continued.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from nn_designer.engine.batch_loop import BatchLoop
from nn_designer.engine.checkpoint import Checkpoint
from nn_designer.engine.divergence import divergence_message
from nn_designer.engine.early_stopping import BestEpoch
from nn_designer.engine.evaluation import Evaluator, Measures
from nn_designer.engine.halved_loop import HalvedLoop
from nn_designer.engine.halving import halving, has_large_steps
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.network import Network, NetworkError
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.parallel import one_blas_thread
from nn_designer.engine.progress import BatchProgress, EpochProgress, Finished, Progress, Started
from nn_designer.engine.schedules import SCHEDULES
from nn_designer.engine.tallies import tally_of
from nn_designer.engine.training_data import TrainingData, TrainingError, training_parts
from nn_designer.engine.training_settings import TrainingSettings

__all__ = ["Control", "TrainingData", "TrainingError", "TrainingRun", "train"]

CHUNK_SECONDS = 0.03
"""About this long the loop runs between two reports. A report costs some 0.1 ms."""


@dataclass
class Control:
    """What can be changed while training; it is read between reports.

    ``learning_rate`` None: the settings'. ``granularity``: "chunk" reports about every 30 ms
    and at the end of each epoch, "batch" after each batch. ``stop`` ends the run with a last
    report.
    """

    learning_rate: float | None = None
    granularity: str = "chunk"
    stop: bool = False


class TrainingRun:
    """One run. :meth:`progress` is the generator; :meth:`checkpoint` holds its state between
    two reports."""

    def __init__(
        self,
        network: Network,
        data: TrainingData,
        settings: TrainingSettings,
        *,
        loss_settings: Mapping[str, Any] | None = None,
        optimizer_settings: Mapping[str, Any] | None = None,
        schedule_settings: Mapping[str, Any] | None = None,
        control: Control | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """Raises TrainingError if they do not fit together, ParamError for bad settings."""
        _attach_loss(network, settings.loss, loss_settings)
        if network.weight_specs and not network.weight_gradients:
            raise TrainingError(
                "All layers with weights are frozen, so that nothing can learn. Switch on "
                "Trainable for at least one of them."
            )
        self.network = network
        self.settings = settings
        self.control = control if control is not None else Control()
        self.train_part, self._validation_part = training_parts(network, data, settings)
        network.set_weighted(self.train_part.weights is not None)
        self._tally = tally_of(network, data)
        self._evaluator = (
            Evaluator(network, self._validation_part, tally_of(network, data))
            if self._validation_part is not None
            else None
        )
        self.schedule = SCHEDULES[settings.schedule](**(schedule_settings or {}))
        self.optimizer = OPTIMIZERS[settings.optimizer](**(optimizer_settings or {}))
        self._n = len(self.train_part)
        self._batch_size = min(settings.batch_size, self._n)
        self._whole_batches, self._rest = divmod(self._n, self._batch_size)
        self.steps_per_epoch = self._whole_batches + (self._rest > 0)
        self._order_random = np.random.default_rng(settings.seed)
        self._order = np.arange(self._n)
        self._order_state: Mapping[str, Any] = self._order_random.bit_generator.state
        self._epoch = 0
        self._batch = 0
        self._best = BestEpoch(
            settings.patience if settings.early_stopping else None, settings.minimum_improvement
        )
        self._train_seconds = 0.0
        self._samples_timed = 0
        self._epoch_seconds = 0.0
        self._step_seconds = math.inf
        self._replaced: np.ndarray | None = None
        self._diverged = False
        for i, random in enumerate((network.random, network.second_random), start=1):
            fresh = np.random.default_rng([settings.seed, i])
            random.bit_generator.state = fresh.bit_generator.state
        if checkpoint is not None:
            self._check_identity(checkpoint)
            np.copyto(network.variables, checkpoint.variables)
        self._splits = halving(network, self._batch_size).halved
        try:
            self._first_variables = network.variables.copy()
            self.optimizer.bind(network.parameters, network.gradients, network.helper)
        except MemoryError:
            raise TrainingError(
                f"Training keeps several copies of the {network.parameter_count:,} parameters; "
                "they do not fit into memory. Use fewer units."
            ) from None
        if checkpoint is not None:
            self._load(checkpoint)

    # --- checkpoints ---

    @property
    def _identity(self) -> dict[str, Any]:
        s = self.settings
        return {
            "number of parameters": self.network.parameter_count,
            "number of trainable parameters": self.network.parameters.size,
            "number of training samples": self._n,
            "batch size": s.batch_size,
            "loss": s.loss,
            "optimizer": s.optimizer,
            "schedule": s.schedule,
            "class weights": s.class_weights if s.class_weight == "own" else s.class_weight,
            "seed": s.seed,
            "shuffle": s.shuffle,
        }

    def checkpoint(self) -> Checkpoint:
        """The state now, copied. Call it between two reports.

        Raises TrainingError after the run diverged: there is nothing to go on with.
        """
        if self._diverged:
            raise TrainingError("The run diverged; start again with a smaller learning rate.")
        variables = self.network.variables if self._replaced is None else self._replaced
        return Checkpoint(
            variables=variables.copy(),
            optimizer_state=self.optimizer.state(),
            epoch=self._epoch,
            batch=self._batch,
            order_state=self._order_state,
            network_states=(
                self.network.random.bit_generator.state,
                self.network.second_random.bit_generator.state,
            ),
            sums=self._tally.state(),
            best=self._best.state(),
            identity=self._identity,
        )

    def _check_identity(self, checkpoint: Checkpoint) -> None:
        for name, value in self._identity.items():
            there = checkpoint.identity.get(name)
            if there != value:
                raise TrainingError(
                    f"The checkpoint belongs to another run: its {name} is {there}, here it is "
                    f"{value}. Use the settings and data of that run, or start anew."
                )

    def _load(self, checkpoint: Checkpoint) -> None:
        self.optimizer.load_state(checkpoint.optimizer_state)
        self._epoch, self._batch = checkpoint.epoch, checkpoint.batch
        self._order_random.bit_generator.state = checkpoint.order_state
        first, second = checkpoint.network_states
        self.network.random.bit_generator.state = first
        self.network.second_random.bit_generator.state = second
        self._tally.load_state(checkpoint.sums)
        self._best.load_state(checkpoint.best)
        self._order_state = checkpoint.order_state
        if self._batch:
            self._draw_order()

    # --- running ---

    def progress(self) -> Generator[Progress, None, None]:
        """Train, reporting. Closing it at any report leaves the network as it is then."""
        helper = self.network.helper
        with one_blas_thread():
            if has_large_steps(self.network, self._batch_size):
                helper.start()
            try:
                yield from self._progress()
            finally:
                helper.stop()

    def _progress(self) -> Generator[Progress, None, None]:
        settings, part = self.settings, self._validation_part
        whole = self._loop(self._batch_size, self._whole_batches)
        rest = self._loop(self._rest, 1) if self._rest else None
        yield Started(
            steps_per_epoch=self.steps_per_epoch,
            epochs=settings.epochs,
            n_train=self._n,
            n_validation=0 if part is None else len(part),
            epoch=self._epoch,
            batch=self._batch,
        )
        while self._epoch < settings.epochs:
            if self._batch == 0:
                self._begin_epoch()
            while self._batch < self.steps_per_epoch:
                if self.control.stop:
                    yield self._finished("stopped")
                    return
                report = self._chunk(whole, rest)
                if not math.isfinite(self._tally.loss):
                    yield self._finished_diverged()
                    return
                yield report
            epoch_report = self._end_epoch()
            if epoch_report is None:
                yield self._finished_diverged()
                return
            yield epoch_report
            if self._best.exhausted:
                yield self._finished("early_stopping")
                return
        yield self._finished("completed")

    def _loop(self, batch_size: int, n_batches: int) -> BatchLoop:
        kind = HalvedLoop if self._splits and batch_size > 1 else BatchLoop
        return kind(self.network, self.optimizer, self.train_part, batch_size, n_batches)

    def _begin_epoch(self) -> None:
        self._tally.reset()
        self._train_seconds, self._samples_timed, self._epoch_seconds = 0.0, 0, 0.0
        self._draw_order()

    def _draw_order(self) -> None:
        if self.settings.shuffle:
            self._order = self._order_random.permutation(self._n)

    def _chunk(self, whole: BatchLoop, rest: BatchLoop | None) -> BatchProgress:
        """Train some batches."""
        begin = perf_counter()
        first = self._batch * self._batch_size
        if self._batch < self._whole_batches:
            loop, batch_size = whole, self._batch_size
            count = min(self._chunk_size(), whole.capacity, self._whole_batches - self._batch)
        else:
            assert rest is not None
            loop, batch_size, count = rest, self._rest, 1
        samples = self._order[first : first + count * batch_size]
        part = self.train_part
        rates = self.optimizer.rates(self._learning_rate(), count)
        with np.errstate(all="ignore"):  # what overflows shows in the loss
            penalties = loop.run(samples.reshape(count, batch_size), rates)
            targets = part.targets.take(samples, 0)
            weights = None if part.weights is None else part.weights.take(samples)
            batch_loss = self._tally.add(
                loop.ring[:count],
                targets.reshape(count, batch_size, *targets.shape[1:]),
                [
                    answers.take(samples, 0).reshape(count, batch_size, *answers.shape[1:])
                    for answers in part.answers
                ],
                penalties,
                None if weights is None else weights.reshape(count, batch_size),
            )
        self._batch += count
        seconds = perf_counter() - begin
        if loop is whole:
            self._step_seconds = seconds / count
        self._train_seconds += seconds
        self._samples_timed += len(samples)
        return BatchProgress(
            epoch=self._epoch + 1,
            batch=self._batch,
            step=self._epoch * self.steps_per_epoch + self._batch,
            loss=self._tally.loss,
            accuracy=self._tally.accuracy,
            samples_per_second=self._samples_per_second,
            samples_seen=self._epoch * self._n + first + len(samples),
            batch_loss=batch_loss,
            by_output=self._tally.by_output(),
        )

    def _chunk_size(self) -> int:
        if self.control.granularity == "batch":
            return 1
        return max(1, round(CHUNK_SECONDS / self._step_seconds))

    def _learning_rate(self) -> float:
        changed = self.control.learning_rate
        return self.settings.learning_rate if changed is None else changed

    @property
    def _samples_per_second(self) -> float:
        return self._samples_timed / self._train_seconds if self._train_seconds else 0.0

    def _end_epoch(self) -> EpochProgress | None:
        """The report of the epoch; None if the weights are no numbers any more."""
        begin = perf_counter()
        network, part = self.network, self._validation_part
        train = self._tally.measures()
        validation, outputs = Measures(math.nan), dict[str, np.ndarray]()
        with np.errstate(all="ignore"):
            if self._evaluator is not None:
                validation, outputs = self._evaluator.evaluate()
                watched = validation.loss
            else:
                watched = train.loss
            finite = math.isfinite(watched) and bool(np.isfinite(network.variables).all())
        if not finite:
            return None
        self._epoch += 1
        self._batch = 0
        self._order_state = self._order_random.bit_generator.state
        is_best = self._best.update(self._epoch, watched, network.variables)
        self._epoch_seconds = self._train_seconds + perf_counter() - begin
        return EpochProgress(
            epoch=self._epoch,
            loss=train.loss,
            accuracy=train.accuracy,
            mae=train.mae,
            r2=train.r2,
            val_loss=None if part is None else validation.loss,
            val_accuracy=validation.accuracy,
            val_mae=validation.mae,
            val_r2=validation.r2,
            seconds=self._epoch_seconds,
            samples_per_second=self._samples_per_second,
            learning_rate=self._learning_rate(),
            is_best=is_best,
            val_outputs=outputs.get(network.output_name),
            val_targets=None if part is None else part.answers[0],
            rmse=train.rmse,
            val_rmse=validation.rmse,
            by_output=train.by_output,
            val_by_output=validation.by_output,
        )

    # --- the end ---

    def _finished(self, reason: str) -> Finished:
        settings, best = self.settings, self._best
        restores = settings.early_stopping and settings.keep_best and reason != "stopped"
        if restores and best.variables is not None and best.epoch != self._epoch:
            self._replaced = self.network.variables.copy()
            np.copyto(self.network.variables, best.variables)
        kept = f" The weights are those of epoch {best.epoch:,}, the best." if restores else ""
        messages = {
            "completed": f"Training is complete: {_epochs(self._epoch)}.{kept}",
            "early_stopping": f"Training stopped after {_epochs(self._epoch)}: no improvement for "
            f"{_epochs(settings.patience)}.{kept}",
            "stopped": f"Training was stopped after {_epochs(self._epoch)}.",
        }
        return Finished(reason, best.epoch, messages[reason])

    def _finished_diverged(self) -> Finished:
        self._diverged = True
        network, best = self.network, self._best
        back_to = self._first_variables if best.variables is None else best.variables
        np.copyto(network.variables, back_to)
        message = divergence_message(
            epoch=self._epoch + 1,
            batch=self._batch,
            best_epoch=best.epoch,
            learning_rate=self._learning_rate(),
            optimizer=self.settings.optimizer,
            part=self.train_part,
        )
        return Finished("diverged", best.epoch, message)


def _attach_loss(network: Network, key: str, settings: Mapping[str, Any] | None) -> None:
    """Give the network this loss, if it has another one or with other settings."""
    if network.loss == key and settings is None:
        return
    if network.loss == key and network.criterion.loss == LOSSES[key](**(settings or {})):
        return
    try:
        network.set_loss(key, settings)
    except NetworkError as error:
        raise TrainingError(str(error)) from None


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count:,} epochs"


def train(
    network: Network,
    data: TrainingData,
    settings: TrainingSettings,
    *,
    loss_settings: Mapping[str, Any] | None = None,
    optimizer_settings: Mapping[str, Any] | None = None,
    schedule_settings: Mapping[str, Any] | None = None,
    control: Control | None = None,
    checkpoint: Checkpoint | None = None,
) -> Generator[Progress, None, None]:
    """Train ``network`` from its present weights, or go on from a checkpoint.

    ``…_settings`` are those of the chosen loss, optimizer and schedule; without
    ``loss_settings``, a network that has this loss already keeps it as it is. A plain generator
    of reports: ask for no next one to pause, close it to stop. Raises TrainingError, at the
    first report, if data, network and settings do not fit together.
    """
    run = TrainingRun(
        network,
        data,
        settings,
        loss_settings=loss_settings,
        optimizer_settings=optimizer_settings,
        schedule_settings=schedule_settings,
        control=control,
        checkpoint=checkpoint,
    )
    yield from run.progress()
