"""Settings that several kinds declare alike. Each call declares one anew: it takes the name that the
kind gives it."""

from __future__ import annotations

from nn_designer.layers.initializer_choice import InitializerChoice
from nn_designer.params import Float, Int


def axis_of_channels_setting(most: int) -> Int:
    return Int(
        -1,
        minimum=-most,
        maximum=most,
        help="The axis of the channels: -1 the last, 1 the first.",
        advanced=True,
    )


def kernel_initializer_setting(what: str = "weights") -> InitializerChoice:
    return InitializerChoice(
        "glorot_uniform", help=f"How the {what} are drawn before training.", advanced=True
    )


def bias_initializer_setting() -> InitializerChoice:
    return InitializerChoice(
        "zeros",
        help="How the biases are drawn before training.",
        advanced=True,
        visible_if=("use_bias", (True,)),
    )


def l1_setting(whose: str = "") -> Float:
    help = f"Adds L1 × Σ|w| to the loss{whose}: pulls weights towards exactly zero."
    return Float(0.0, minimum=0.0, maximum=10.0, title="L1", help=help, advanced=True)


def l2_setting(whose: str = "") -> Float:
    help = f"Adds L2 × Σw² to the loss{whose}: keeps weights small."
    return Float(0.0, minimum=0.0, maximum=10.0, title="L2", help=help, advanced=True)


def dropout_setting(default: float, help: str, *, advanced: bool = False) -> Float:
    """From 0, which leaves out nothing, to below 1."""
    return Float(
        default,
        minimum=0.0,
        maximum=1.0,
        exclusive_maximum=True,
        step=0.05,
        help=help,
        advanced=advanced,
    )
