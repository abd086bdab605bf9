"""Formulas drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

ONE = (
    "exp", "log", "sqrt", "abs", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "sigmoid",
    "softplus", "erf", "relu", "sign", "log2", "log10", "ln", "square", "silu", "gelu",
)  # fmt: skip
LEAVES = st.sampled_from(["x", "x", "x", "0.5", "2", "3.25", "pi", "e"])


def _larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    comparison = st.sampled_from(["<", "<=", ">", ">="])
    return st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from("+-*/"), parts),
        st.builds("({})^{}".format, parts, st.sampled_from(["2", "3", "-1", "0.5", "7", "1.5"])),
        st.builds("({})**({})".format, parts, parts),
        st.builds("-{}".format, parts),
        st.builds("{}({})".format, st.sampled_from(ONE), parts),
        st.builds("{}({}, {})".format, st.sampled_from(["max", "min"]), parts, parts),
        st.builds("where({} {} {}, {}, {})".format, parts, comparison, parts, parts, parts),
    )


def formulas() -> st.SearchStrategy[str]:
    """Texts in the grammar; some have no value anywhere and are refused."""
    return st.recursive(LEAVES, _larger, max_leaves=8)
