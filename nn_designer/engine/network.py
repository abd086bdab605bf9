"""A network: layers wired into a graph, with all they hold in one flat vector."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from nn_designer.engine.allocation import empty_like
from nn_designer.engine.cost import Cost, cost_of
from nn_designer.engine.graph import (
    LayerLike,
    NetworkError,
    Node,
    check_shares,
    ends,
    in_order,
    only_user,
    shared_before_last,
)
from nn_designer.engine.halves import Half
from nn_designer.engine.heads import attached
from nn_designer.engine.initializers import initializer
from nn_designer.engine.inputs import Arrays, Inputs
from nn_designer.engine.lanes import run_blocks
from nn_designer.engine.loss import Criterion
from nn_designer.engine.parallel import Helper
from nn_designer.engine.plan import Plan
from nn_designer.engine.program import Program, Step
from nn_designer.engine.shapes import Shape, samples_at_once
from nn_designer.engine.variables import LayerVariables, Variables
from nn_designer.engine.weights import WeightError, put_weights

__all__ = ["LayerLike", "Network", "NetworkError", "Node", "WeightError"]

PLANS_KEPT = 8
"""So many compiled plans stay in memory; each holds buffers for its batch size."""


class Network:
    """Nodes compiled into something that predicts, gives gradients and can be trained.

    ``variables`` is a flat vector of all that layers hold, ``parameters`` its beginning, which
    is what training changes, and ``gradients`` fits that (variables.py). ``weights`` maps each
    node's name to views of the variables, ``{"kernel": (in, out), "bias": (out,)}``. One network
    belongs to one thread: its plans share buffers.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        *,
        loss: str | None = None,
        loss_settings: Mapping[str, Any] | None = None,
        seed: int | None = 0,
        dtype: Any = np.float32,
    ) -> None:
        """With ``seed`` None, all weights are 0: for a network that only is to be looked at.

        Raises NetworkError for a graph that cannot run, ShapeError for sizes that differ."""
        self.dtype = np.dtype(dtype)
        self.nodes = in_order(nodes)
        self.shapes: dict[str, Shape] = {}
        self.activations: dict[str, str] = {}
        for node in self.nodes:
            shapes = self._input_shapes(node)
            self.shapes[node.name] = node.layer.output_shape(shapes)
            activations = [self.activations[name] for name in node.inputs]
            self.activations[node.name] = node.layer.output_activation(activations)
        input_names, self.output_names = ends(nodes)
        ordered = [node.name for node in self.nodes if node.name in input_names]
        self.inputs = Inputs({name: self.shapes[name] for name in ordered}, self.dtype)
        self.input_name, self.output_name = input_names[0], self.output_names[0]
        self.input_shape = self.shapes[self.input_name]
        self.output_shape = self.shapes[self.output_name]
        check_shares(self.nodes, self.shapes)
        self._shared = shared_before_last(self.nodes)
        held = Variables([(node, self._input_shapes(node)) for node in self.nodes], self.dtype)
        self.variables, self.parameters, self.gradients = (
            held.values,
            held.parameters,
            held.gradients,
        )
        self.weights, self.weight_gradients = held.weights, held.weight_gradients
        self.weight_specs, self.state_specs = held.weight_specs, held.state_specs
        self._held = held
        self.random = np.random.default_rng()
        """Draws what is random in training steps (Dropout); a checkpoint keeps its state."""
        self.second_random = np.random.default_rng()
        """As ``random``, for the second half of batches that are split (half_plan)."""
        self.helper = Helper()
        """A second thread for large products, while a training run has started it."""
        self._plans: OrderedDict[tuple[int, bool, bool, int], Plan] = OrderedDict()
        self._weighted = False
        self.set_loss(loss, loss_settings)
        if seed is not None:
            self.initialize(seed)

    def _input_shapes(self, node: Node) -> list[Shape]:
        return [self.shapes[name] for name in node.inputs]

    @property
    def parameter_count(self) -> int:
        """How many numbers the layers hold: parameters, also frozen ones, and state."""
        return self.variables.size

    @property
    def loss(self) -> str | None:
        """The key of the loss."""
        return self._loss

    @property
    def criterion(self) -> Criterion:
        """The loss, attached to the (first) output: encodes targets, gives values. Needs a loss."""
        return self.heads[0].loss

    @property
    def loss_settings(self) -> Mapping[str, Any]:
        """The settings of the loss that are not at their default."""
        return self._loss_settings

    def set_loss(self, loss: str | None, settings: Mapping[str, Any] | None = None) -> None:
        """Attach another loss (a key of LOSSES) with settings of its own, or none, to all outputs
        without one of their own.

        Raises NetworkError if it does not exist or suit, ParamError for wrong settings.
        """
        self._plans.clear()
        self._loss, self._loss_settings = loss, dict(settings or {})
        self.heads = attached(
            self.nodes, self.output_names, self.shapes, loss, self._loss_settings, self.dtype
        )

    def set_weighted(self, weighted: bool) -> None:
        """Whether samples have weights, which plans with gradients then want in ``weights``."""
        if weighted != self._weighted:
            self._plans.clear()
            self._weighted = weighted

    # --- weights ---

    def initialize(self, seed: int) -> None:
        """New weights from the layers' initializers.

        Each layer's weights depend on the seed, its name and its own settings only, so that a
        change of one layer leaves the others' first weights as they were.
        """
        for name in self.weights:
            rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
            for spec in (*self.weight_specs.get(name, ()), *self.state_specs.get(name, ())):
                drawn_by = initializer(spec.initializer)
                values = drawn_by.initialize(rng, spec.shape, spec.fan, self.dtype)
                if spec.ones is not None:
                    values[..., slice(*spec.ones)] = 1.0
                self.weights[name][spec.name][...] = values
        fresh = np.random.default_rng([seed, len(self.nodes)])
        # The state is replaced, not the generator: compiled steps hold on to it.
        self.random.bit_generator.state = fresh.bit_generator.state

    def get_weights(self) -> dict[str, dict[str, np.ndarray]]:
        """Copies of all weights: node name → tensor name → array."""
        return {
            name: {key: np.array(view, order="C") for key, view in views.items()}
            for name, views in self.weights.items()
        }

    def set_weights(self, weights: Mapping[str, Mapping[str, np.ndarray]]) -> None:
        """Take all weights from ``weights``. Raises WeightError, and then changes nothing."""
        put_weights(weights, self.weights)

    def regularization(self) -> float:
        """What L1 and L2 add to the loss with the present weights."""
        total = 0.0
        for name in self.weight_gradients:
            for spec in self.weight_specs[name]:
                weight = self.weights[name][spec.name]
                if spec.l1:
                    total += spec.l1 * float(np.abs(weight).sum(dtype=np.float64))
                if spec.l2:
                    total += spec.l2 * float(np.square(weight).sum(dtype=np.float64))
        return total

    # --- running ---

    def plan(self, batch_size: int, training: bool) -> Plan:
        """Compiled steps for one batch size, cached.

        Training plans run forward and backward; others only forward, with predictions.
        """
        return self._compiled(batch_size, training, training)

    def forward_plan(self, batch_size: int, lane: int = 0) -> Plan:
        """As ``plan(batch_size, False)``; each lane has one of its own, for another thread."""
        return self._compiled(batch_size, False, False, lane)

    def _compiled(
        self, batch_size: int, training: bool, differentiates: bool, lane: int = 0
    ) -> Plan:
        key = (batch_size, training, differentiates, lane)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._compile(batch_size, training, differentiates)
            self._plans[key] = plan
            if len(self._plans) > PLANS_KEPT:
                self._plans.popitem(last=False)
        self._plans.move_to_end(key)
        return plan

    def half_plan(self, half: Half) -> Plan:
        """A training plan for half of a batch, without what comes after both halves: the
        gradients of weights are brought together, regularization is added. Not cached."""
        random = self.second_random if half.is_second else self.random
        plan = Plan(half.size, self.dtype, training=True, random=random, half=half)
        variables = self._held.with_gradients(half.gradients)
        self._emit(plan, True, variables, share=half.size / half.batch_size)
        return plan

    def regularization_steps(self) -> list[Step]:
        """Steps that add regularization to ``gradients``; a plan's own steps hold them too."""
        program = Program(self.dtype)
        self._emit_regularization(program)
        return program.steps

    def _compile(
        self,
        batch_size: int,
        training: bool,
        differentiates: bool,
        *,
        keeps_gradients: bool = False,
    ) -> Plan:
        plan = Plan(
            batch_size,
            self.dtype,
            training=training,
            random=self.random,
            keeps_gradients=keeps_gradients,
        )
        plan.helper = self.helper if training else None  # others may run on the helper's thread
        self._emit(plan, differentiates, self._held.layers, takes_shortcuts=not keeps_gradients)
        if differentiates:
            self._emit_regularization(plan)
        return plan

    def _emit(
        self,
        plan: Plan,
        differentiates: bool,
        variables: Mapping[str, LayerVariables],
        share: float = 1.0,
        takes_shortcuts: bool = True,
    ) -> None:
        """Emit all steps but regularization; the gradients of ``variables`` are scaled by
        ``share``. Without shortcuts, each layer leaves what it gives when predicting."""
        plan.begin_inputs(self.inputs.width)
        for node in self.nodes:
            inputs = [plan.values[name] for name in node.inputs]
            looks_ahead = differentiates and takes_shortcuts
            plan.only_user = only_user(self.nodes, node) if looks_ahead else None
            held = variables[node.name]
            if differentiates and node.name in self._shared:
                held = plan.adding_gradients(node.name, held)
            plan.begin_layer(
                node.name,
                held,
                inputs,
                differentiates=differentiates,
                defers_activation=node.name in self.heads.fused_names,
            )
            plan.values[node.name] = node.layer.emit(plan, inputs)
        self.heads.emit(plan, differentiates=differentiates, weighted=self._weighted, share=share)

    def _emit_regularization(self, program: Program) -> None:
        """Add the gradients of l1 · Σ|w| + l2 · Σw²."""
        program.release_scratch()
        for name, gradients in self.weight_gradients.items():
            for spec in self.weight_specs[name]:
                weight = self.weights[name][spec.name]
                gradient = gradients[spec.name]
                share = empty_like(weight, name) if spec.l1 or spec.l2 else weight
                if spec.l1:
                    program.step(np.sign, weight, share)
                    program.step(np.multiply, share, program.constant(spec.l1), share)
                    program.step(np.add, gradient, share, gradient)
                if spec.l2:
                    program.step(np.multiply, weight, program.constant(2.0 * spec.l2), share)
                    program.step(np.add, gradient, share, gradient)

    def predict(self, x: Arrays, batch_size: int | None = None) -> Any:
        """Predictions (N, *output shape) for samples (N, *input shape); for several outputs the
        mapping that :meth:`predict_each` gives."""
        answers = self.predict_each(x, batch_size)
        return answers if len(answers) > 1 else answers[self.output_name]

    def predict_each(self, x: Arrays, batch_size: int | None = None) -> dict[str, np.ndarray]:
        """Name of each output → its predictions (N, *output shape).

        Several Inputs take a mapping of their names to samples.
        """
        samples = self.inputs.checked(x)
        count = len(samples[self.input_name])
        batch_size = batch_size or samples_at_once(self.shapes.values())
        rows = np.empty((count, self.heads.size), self.dtype)

        def load(plan: Plan, part: slice) -> None:
            self.inputs.write(plan.inputs, samples, part)

        def unload(plan: Plan, part: slice) -> None:
            assert plan.outputs is not None
            rows[part] = plan.outputs.T

        run_blocks(self, count, batch_size, load, unload)
        return self.heads.separated(rows)

    def trace(self, x: Arrays) -> dict[str, np.ndarray]:
        """Every node's output for samples as :meth:`predict` takes them: copies with the samples
        first."""
        samples = self.inputs.checked(x)
        plan = self._compiled(len(samples[self.input_name]), False, False)
        self.inputs.write(plan.inputs, samples)
        plan.run()
        return {
            name: np.ascontiguousarray(np.moveaxis(value.data, -1, 0))
            for name, value in plan.values.items()
        }

    def loss_and_gradients(self, x: Arrays, y: Arrays, weights: np.ndarray | None = None) -> float:
        """The loss of one whole batch; fills ``gradients``. Dropout is off.

        Mean over the batch, of several outputs the weighted sum, plus regularization. With
        ``weights`` (N,), each sample's loss is multiplied by its weight.
        """
        self.set_weighted(weights is not None)
        samples = self.inputs.checked(x)
        plan = self._compiled(len(samples[self.input_name]), False, True)
        self._run(plan, samples, y, weights)
        values = self.heads.values(plan.logits, plan.targets, plan.weights)
        return float(self.heads.total(values)) + self.regularization()

    def trace_gradients(self, x: Arrays, y: Arrays) -> dict[str, np.ndarray]:
        """∂loss/∂output of each node at or before which anything learns, for samples as
        :meth:`trace` takes them: copies (N, *shape). Fills ``gradients`` as
        :meth:`loss_and_gradients` does.

        Where the loss works out the last activation itself, that node's gradient is the one of
        the logits. Nodes that hand on the very same numbers (Flatten) have the gradient of these
        numbers from all that use them. The plan is compiled anew each time, for those who look
        now and then.
        """
        samples = self.inputs.checked(x)
        count = len(samples[self.input_name])
        plan = self._compile(count, False, True, keeps_gradients=True)
        self._run(plan, samples, y)
        return {
            name: np.ascontiguousarray(np.moveaxis(gradient, -1, 0))
            for name, gradient in plan.kept_gradients().items()
        }

    def _run(
        self,
        plan: Plan,
        samples: Mapping[str, np.ndarray],
        y: Arrays,
        weights: np.ndarray | None = None,
    ) -> None:
        """Run a plan with gradients on one whole batch."""
        self.inputs.write(plan.inputs, samples)
        plan.targets[...] = self.heads.encode(y)
        if plan.weights is not None:
            plan.weights[...] = 1.0 if weights is None else weights
        plan.run()

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of one sample, forward."""
        return self.cost().macs

    def cost(self) -> Cost:
        """Parameters and multiply-accumulates, in all and per node."""
        return cost_of(
            {node.name: (node.layer, self._input_shapes(node)) for node in self.nodes},
            sharing=frozenset(node.name for node in self.nodes if node.shares is not None),
        )
