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
from time import perf_counter
from typing import Any

import numpy as np

from nn_designer.engine.batch_loop import BatchLoop
from nn_designer.engine.batches import Batches
from nn_designer.engine.checkpoint import Checkpoint
from nn_designer.engine.control import Control
from nn_designer.engine.divergence import divergence_message
from nn_designer.engine.early_stopping import BestEpoch
from nn_designer.engine.ending import finished
from nn_designer.engine.evaluation import Evaluator, Measures
from nn_designer.engine.halving import halving, has_large_steps
from nn_designer.engine.lbfgs import LBFGS
from nn_designer.engine.learning_rates import LearningRates
from nn_designer.engine.loops import loop_over
from nn_designer.engine.network import Network
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.parallel import one_blas_thread
from nn_designer.engine.progress import BatchProgress, EpochProgress, Finished, Progress, Started
from nn_designer.engine.readiness import attach_loss, require_that_it_learns
from nn_designer.engine.schedules import SCHEDULES
from nn_designer.engine.speed import Speed
from nn_designer.engine.tallies import tally_of
from nn_designer.engine.training_data import TrainingData, TrainingError, training_parts
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.engine.update import Update

__all__ = ["Control", "TrainingData", "TrainingError", "TrainingRun", "train"]


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
        attach_loss(network, settings.loss, loss_settings)
        self.optimizer = OPTIMIZERS[settings.optimizer](**(optimizer_settings or {}))
        self.network = network
        self.settings = settings = settings.in_force()
        self.control = control if control is not None else Control()
        self.train_part, self._validation_part = training_parts(network, data, settings)
        n, sees_all = len(self.train_part), self.optimizer.sees_all_samples
        require_that_it_learns(network, self.optimizer, n)
        network.set_weighted(self.train_part.weights is not None)
        self._tally = tally_of(network, data)
        self._evaluator = (
            Evaluator(network, self._validation_part, tally_of(network, data))
            if self._validation_part is not None
            else None
        )
        self._batches = Batches(
            n,
            n if sees_all else min(settings.batch_size, n),
            seed=settings.seed,
            shuffles=settings.shuffle and not sees_all,
        )
        self.learning_rates = LearningRates(
            SCHEDULES[settings.schedule](**(schedule_settings or {})),
            warm_up=settings.warm_up,
            steps_per_epoch=self.steps_per_epoch,
            epochs=settings.epochs,
        )
        self._epoch = 0
        self._batch = 0
        self._best = BestEpoch(
            settings.patience if settings.early_stopping else None, settings.minimum_improvement
        )
        self._speed = Speed()
        self._replaced: np.ndarray | None = None
        self._diverged = False
        for i, random in enumerate((network.random, network.second_random), start=1):
            fresh = np.random.default_rng([settings.seed, i])
            random.bit_generator.state = fresh.bit_generator.state
        if checkpoint is not None:
            checkpoint.require(self._identity)
            np.copyto(network.variables, checkpoint.variables)
        self._halved = halving(network, self._batches.size).halved
        try:
            self._first_variables = network.variables.copy()
            self.update = Update(network, self.optimizer, settings)
        except MemoryError:
            raise TrainingError(
                f"Training keeps several copies of the {network.parameter_count:,} parameters; "
                "they do not fit into memory. Use fewer units."
            ) from None
        if checkpoint is not None:
            self._load(checkpoint)

    @property
    def steps_per_epoch(self) -> int:
        return self._batches.per_epoch

    # --- checkpoints ---

    @property
    def _identity(self) -> dict[str, Any]:
        s = self.settings
        return {
            "number of parameters": self.network.parameter_count,
            "number of trainable parameters": self.network.parameters.size,
            "number of training samples": self._batches.n,
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
        with self.update.raw():
            variables = self.network.variables if self._replaced is None else self._replaced
            variables = variables.copy()
        return Checkpoint(
            variables=variables,
            optimizer_state=self.optimizer.state(),
            update_state=self.update.state(),
            schedule_state=self.learning_rates.state(),
            epoch=self._epoch,
            batch=self._batch,
            order_state=self._batches.state,
            network_states=(
                self.network.random.bit_generator.state,
                self.network.second_random.bit_generator.state,
            ),
            sums=self._tally.state(),
            best=self._best.state(),
            identity=self._identity,
        )

    def _load(self, checkpoint: Checkpoint) -> None:
        self.optimizer.load_state(checkpoint.optimizer_state)
        self.update.load_state(checkpoint.update_state)
        self.learning_rates.load_state(checkpoint.schedule_state)
        self._epoch, self._batch = checkpoint.epoch, checkpoint.batch
        self._batches.load_state(checkpoint.order_state, in_epoch=self._batch > 0)
        first, second = checkpoint.network_states
        self.network.random.bit_generator.state = first
        self.network.second_random.bit_generator.state = second
        self._tally.load_state(checkpoint.sums)
        self._best.load_state(checkpoint.best)

    # --- running ---

    def progress(self) -> Generator[Progress, None, None]:
        """Train, reporting. Closing it at any report leaves the network as it is then.

        At each report the network holds the averaged weights, if weights are averaged.
        """
        helper = self.network.helper
        with one_blas_thread():
            if has_large_steps(self.network, self._batches.size):
                helper.start()
            try:
                for report in self._progress():
                    if self._replaced is None and not self._diverged:
                        self.update.show_average()
                    yield report
                    if not isinstance(report, Finished):
                        self.update.show_raw()
            finally:
                helper.stop()

    def _progress(self) -> Generator[Progress, None, None]:
        settings, part, batches = self.settings, self._validation_part, self._batches
        whole = self._loop(batches.size, batches.whole)
        rest = self._loop(batches.rest, 1) if batches.rest else None
        yield Started(
            steps_per_epoch=self.steps_per_epoch,
            epochs=settings.epochs,
            n_train=batches.n,
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
        return loop_over(
            self.network, self.update, self.train_part, batch_size, n_batches, halved=self._halved
        )

    def _begin_epoch(self) -> None:
        self._tally.reset()
        self._speed.begin_epoch()
        self._batches.draw()

    def _chunk(self, whole: BatchLoop, rest: BatchLoop | None) -> BatchProgress:
        """Train some batches."""
        begin = perf_counter()
        left = self._batches.whole - self._batch
        if left > 0:
            loop, count = whole, min(self._chunk_size(), whole.capacity, left)
        else:
            assert rest is not None
            loop, count = rest, 1
        samples = self._batches.samples(self._batch, count)
        step = self._epoch * self.steps_per_epoch + self._batch
        learning_rates = self._base_rate() * self.learning_rates.factors(step, count)
        rates, turns = self.update.next(learning_rates)
        part = self.train_part
        with np.errstate(all="ignore"):  # what overflows shows in the loss
            penalties = loop.run(samples, rates, turns)
            batch_loss = self._tally.add(
                loop.ring[:count],
                part.targets.take(samples, 0),
                [answers.take(samples, 0) for answers in part.answers],
                penalties,
                None if part.weights is None else part.weights.take(samples),
            )
        self._batch += count
        seconds = perf_counter() - begin
        if loop is whole:
            self._speed.measure_step(seconds / count)
        self._speed.add(seconds, samples.size)
        return BatchProgress(
            epoch=self._epoch + 1,
            batch=self._batch,
            step=self._epoch * self.steps_per_epoch + self._batch,
            loss=self._tally.loss,
            accuracy=self._tally.accuracy,
            samples_per_second=self._speed.samples_per_second,
            samples_seen=self._epoch * self._batches.n + self._batches.seen(self._batch),
            batch_loss=batch_loss,
            by_output=self._tally.by_output(),
        )

    def _chunk_size(self) -> int:
        return 1 if self.control.granularity == "batch" else self._speed.steps_per_chunk

    def _base_rate(self) -> float:
        """The learning rate that is set, which the schedule multiplies."""
        changed = self.control.learning_rate
        return self.settings.learning_rate if changed is None else changed

    def _learning_rate(self) -> float:
        """That of the last step; how far a line search went, where it decides."""
        if isinstance(self.optimizer, LBFGS):
            return self.optimizer.step_length
        last = max(self._epoch * self.steps_per_epoch + self._batch - 1, 0)
        return self._base_rate() * float(self.learning_rates.factors(last, 1)[0])

    def _end_epoch(self) -> EpochProgress | None:
        """The report of the epoch; None if the weights are no numbers any more."""
        begin = perf_counter()
        network, part = self.network, self._validation_part
        train = self._tally.measures()
        validation, outputs = Measures(math.nan), dict[str, np.ndarray]()
        with np.errstate(all="ignore"), self.update.averaged():
            if self._evaluator is not None:
                validation, outputs = self._evaluator.evaluate()
                watched = validation.loss
            else:
                watched = train.loss
            if not (math.isfinite(watched) and np.isfinite(network.variables).all()):
                return None
            is_best = self._best.update(self._epoch + 1, watched, network.variables)
        rate = self._learning_rate()
        self._epoch += 1
        self._batch = 0
        self._batches.end_epoch()
        self.learning_rates.end_epoch(watched)
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
            seconds=self._speed.seconds + perf_counter() - begin,
            samples_per_second=self._speed.samples_per_second,
            learning_rate=rate,
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
        return finished(
            reason,
            epochs=self._epoch,
            patience=settings.patience,
            best_epoch=best.epoch,
            kept=restores,
        )

    def _finished_diverged(self) -> Finished:
        self._diverged = True
        network, best = self.network, self._best
        back_to = self._first_variables if best.variables is None else best.variables
        np.copyto(network.variables, back_to)
        message = divergence_message(
            epoch=self._epoch + 1,
            batch=self._batch,
            best_epoch=best.epoch,
            learning_rate=self._base_rate(),
            optimizer=self.settings.optimizer,
            part=self.train_part,
        )
        return Finished("diverged", best.epoch, message)


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
