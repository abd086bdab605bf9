"""Initial weights beside Keras: the same mean and variance, the same identity."""

from __future__ import annotations

import numpy as np
import pytest

from nn_designer.engine.initializers import initializer

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)

SHAPE = (400, 250)

SAME = {
    "glorot_uniform": ("GlorotUniform", {}),
    "glorot_normal": ("GlorotNormal", {}),
    "he_uniform": ("HeUniform", {}),
    "he_normal": ("HeNormal", {}),
    "lecun_uniform": ("LecunUniform", {}),
    "lecun_normal": ("LecunNormal", {}),
    "orthogonal(gain=1.5)": ("Orthogonal", {"gain": 1.5}),
    "normal(mean=0.3, stddev=0.2)": ("RandomNormal", {"mean": 0.3, "stddev": 0.2}),
    "uniform(limit=0.4)": ("RandomUniform", {"minval": -0.4, "maxval": 0.4}),
    "constant(value=0.7)": ("Constant", {"value": 0.7}),
    "zeros": ("Zeros", {}),
    "ones": ("Ones", {}),
} | {
    f"variance_scaling(scale={scale}, mode={mode}, distribution={distribution})": (
        "VarianceScaling",
        {"scale": scale, "mode": mode, "distribution": distribution},
    )
    for scale, mode, distribution in [
        (1.0, "fan_in", "truncated_normal"),
        (2.0, "fan_out", "untruncated_normal"),
        (0.5, "fan_avg", "uniform"),
        (3.0, "fan_avg", "truncated_normal"),
    ]
}


@pytest.mark.parametrize("setting", SAME)
def test_mean_and_variance(setting: str) -> None:
    import keras

    name, settings = SAME[setting]
    seed = {} if name in ("Zeros", "Ones", "Constant") else {"seed": 3}
    theirs = keras.ops.convert_to_numpy(
        getattr(keras.initializers, name)(**settings, **seed)(SHAPE)
    ).astype(np.float64)
    ours = initializer(setting).initialize(np.random.default_rng(1), SHAPE, SHAPE)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.02 * theirs.std() + 1e-6)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.01, abs=1e-6)
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.15)


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2)])
def test_identity(shape: tuple[int, int]) -> None:
    import keras

    theirs = keras.ops.convert_to_numpy(keras.initializers.Identity(gain=0.5)(shape))
    ours = initializer("identity(gain=0.5)").initialize(np.random.default_rng(1), shape, shape)
    np.testing.assert_array_equal(ours, theirs)


def test_identity_of_a_convolution_is_the_dirac_of_pytorch() -> None:
    import torch

    theirs = torch.nn.init.dirac_(torch.empty(4, 2, 3, 5)).numpy().transpose(2, 3, 1, 0)
    ours = initializer("identity").initialize(np.random.default_rng(1), (3, 5, 2, 4), (30, 60))
    np.testing.assert_array_equal(ours, theirs)
