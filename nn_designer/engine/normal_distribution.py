"""The normal distribution, which the exact GELU needs and NumPy does not have.

For w = |x| the upper tail is Q(w) = t p(t) exp(-w²/2) with t = 1 / (1 + c w), the form of
Abramowitz and Stegun 7.1.26. The polynomials p were fitted to scipy.special.erfcx at Chebyshev
nodes, in s = 2 t - 1: one for float32 (largest error of Φ 2.5e-7), one for float64 (1.2e-15).
"""

from __future__ import annotations

import numpy as np

from nn_designer.engine.program import Program

_SINGLE = (
    0.425,
    (
        0.29669466836145064,
        0.17285829014745302,
        0.04314941799235375,
        -0.008974568447136986,
        -0.005714018550409369,
        0.0016418704327327274,
        0.0006456670263189286,
        -0.0003011238245523867,
    ),
)
_DOUBLE = (
    0.175,
    (
        0.13569655796724922,
        0.12116810640859661,
        0.0963656474582724,
        0.06788526632853326,
        0.04195730039204492,
        0.022395028542358364,
        0.01004539921401,
        0.003591687495261484,
        0.0008964490026532832,
        7.532030834533305e-05,
        -5.253470201612428e-05,
        -2.4962168069314395e-05,
        -2.016217989765768e-06,
        2.2254215788700193e-06,
        7.415471925123043e-07,
        -1.250186258290915e-07,
        -1.0356116972881136e-07,
        3.146893897162759e-09,
        8.434880396386942e-09,
    ),
)
_LIMIT = 40.0
"""Beyond it exp(-w²/2) is 0 in both precisions; squares of larger numbers could overflow."""


def emit_normal_distribution(
    program: Program, x: np.ndarray, cumulative: np.ndarray, bell: np.ndarray
) -> None:
    """Steps cumulative = Φ(x) and bell = exp(-x²/2); all arrays have the same shape."""
    constant = program.constant
    scale, coefficients = _SINGLE if program.dtype == np.float32 else _DOUBLE
    w, s = program.scratch(x.shape), program.scratch(x.shape)
    program.step(np.absolute, x, w)
    program.minimum(w, _LIMIT, w)
    program.step(np.square, w, bell)
    program.step(np.multiply, bell, constant(-0.5), bell)
    program.step(np.exp, bell, bell)
    # w = 2 t, s = 2 t - 1
    program.step(np.multiply, w, constant(scale / 2.0), w)
    program.step(np.add, w, constant(0.5), w)
    program.step(np.reciprocal, w, w)
    program.step(np.subtract, w, constant(1.0), s)
    # the tail by Horner's rule; half of each coefficient, because w is 2 t
    highest, *others = (constant(c / 2.0) for c in reversed(coefficients))
    program.step(np.multiply, s, highest, cumulative)
    for c in others[:-1]:
        program.step(np.add, cumulative, c, cumulative)
        program.step(np.multiply, cumulative, s, cumulative)
    program.step(np.add, cumulative, others[-1], cumulative)
    program.step(np.multiply, cumulative, w, cumulative)
    program.step(np.multiply, cumulative, bell, cumulative)
    # Φ(x) = ½ + sign(x) (½ - Q(|x|))
    program.step(np.subtract, constant(0.5), cumulative, cumulative)
    program.step(np.copysign, cumulative, x, cumulative)
    program.step(np.add, cumulative, constant(0.5), cumulative)
