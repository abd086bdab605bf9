"""Clipping, weight decay, averages and accumulation beside Keras: 50 batches, the same weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn_designer.engine.network import Network, Node
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.program import run_steps
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.engine.update import Update
from nn_designer.layers import Dense, Input, Output

RATE = 2.0**-6
BATCHES = 50

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "value": ({"clipping": "value", "clip_limit": 0.25}, {"clipvalue": 0.25}),
    "norm": ({"clipping": "norm", "clip_limit": 0.5}, {"clipnorm": 0.5}),
    "global norm": ({"clipping": "global_norm", "clip_limit": 0.5}, {"global_clipnorm": 0.5}),
    "decay": ({"weight_decay": 0.25}, {"weight_decay": 0.25}),
    "average": ({"use_ema": True, "ema_momentum": 0.75}, {"use_ema": True, "ema_momentum": 0.75}),
    "accumulation": ({"gradient_accumulation_steps": 4}, {"gradient_accumulation_steps": 4}),
    "all but the average": (
        {
            "clipping": "norm",
            "clip_limit": 0.5,
            "weight_decay": 0.25,
            "gradient_accumulation_steps": 3,
        },
        {"clipnorm": 0.5, "weight_decay": 0.25, "gradient_accumulation_steps": 3},
    ),
}
KERAS = {"sgd": "SGD", "adam": "Adam", "lion": "Lion", "adadelta": "Adadelta"}


def small() -> Network:
    nodes = [
        Node("input", Input(shape=(3,))),
        Node("a", Dense(units=4), ("input",)),
        Node("b", Dense(units=2), ("a",)),
        Node("output", Output(), ("b",)),
    ]
    return Network(nodes, loss="mean_squared_error", seed=2, dtype=np.float64)


@pytest.mark.parametrize("key", KERAS)
@pytest.mark.parametrize("case", CASES)
def test_same_as_keras(key: str, case: str) -> None:
    import keras

    mine, theirs = CASES[case]
    network = small()
    update = Update(network, OPTIMIZERS[key](), TrainingSettings(optimizer=key, **mine))
    steps = {turn: update.steps(turn) for turn in update.turns}
    weights = [
        keras.Variable(value, dtype="float64")
        for views in network.get_weights().values()
        for value in views.values()
    ]
    peer = getattr(keras.optimizers, KERAS[key])(RATE, **theirs)
    peer.build(weights)
    rates, turns = update.next(np.full(BATCHES, RATE))
    random = np.random.default_rng(5)
    for rate, turn, _ in zip(rates, turns, range(BATCHES), strict=False):
        given = []
        for views in network.weight_gradients.values():
            for view in views.values():
                view[...] = random.standard_normal(view.shape) * 10.0 ** random.uniform(-2, 1)
                given.append(keras.ops.convert_to_tensor(np.array(view)))
        peer.apply(given)
        update.set_rate(rate)
        run_steps(steps[turn])
    if update.optimizer.n_steps and "use_ema" in mine:
        peer.finalize_variable_values(weights)
        update.show_average()
    received = np.concatenate([w.value.detach().numpy().ravel() for w in weights])
    ours = np.concatenate([v.ravel() for views in network.weights.values() for v in views.values()])
    np.testing.assert_allclose(ours, received, rtol=0, atol=1e-6)
