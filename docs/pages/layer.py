"""layers/<key>.md: one layer kind, from its declaration; its shape rule is shown by asking it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from docs.pages.markdown import code, help_text, settings_table, source_text, table
from nn_designer.engine.shapes import Shape, ShapeError, shape_text
from nn_designer.layers import KINDS, LayerKind
from nn_designer.layers.base import statements

FOLDER = "layers"

# Inputs that each kind is asked about; those with another number of inputs are passed over.
EXAMPLES: tuple[tuple[Shape, ...], ...] = (
    (),
    ((4,),),
    ((28, 28, 1),),
    ((8,), (8,)),
    ((8,), (2,)),
    ((4, 4, 8), (4, 4, 2)),
    ((8,), (28, 28, 1)),
)


def pages() -> dict[str, Callable[[], str]]:
    """File name → what makes its text, for all kinds."""
    return {f"{FOLDER}/{kind.key}.md": partial(page, kind) for kind in KINDS.values()}


def page(kind: type[LayerKind]) -> str:
    """The page of one kind."""
    parts = [
        f"# {kind.title} {code(kind.key)}",
        f"[All layers](../LAYERS.md) · {kind.category.value}",
        help_text(kind),
        _formulas(kind),
        "## Settings",
        settings_table(kind, functions="../FUNCTIONS.md"),
        "## Shapes and weights",
        "With default settings:",
        _shape_table(kind),
        _in_torch(kind),
        f"## Source\n\n{source_text(kind.source)}." if kind.source else "",
    ]
    return "\n\n".join(filter(None, parts))


def _formulas(kind: type[LayerKind]) -> str:
    """Forward and backward, a statement a line."""
    told = (("Formula", kind.formula), ("Backward", kind.backward))
    return "\n\n".join(
        "\n".join((f"## {heading}\n", "```", *statements(text), "```"))
        for heading, text in told
        if text
    )


def _in_torch(kind: type[LayerKind]) -> str:
    """What an export for PyTorch makes of it; nothing for the ends, which need no module."""
    if kind.maximum_inputs == 0 or not kind.has_output:
        return ""
    modules = kind().torch_modules(input_shapes(kind))
    if modules:
        return "In PyTorch: " + ", then ".join(f"`{module}`" for module in modules) + "."
    return (
        "In PyTorch: no module for an `nn.Sequential`; what a design with it exports carries the "
        "names of the layers."
    )


def input_shapes(kind: type[LayerKind]) -> tuple[Shape, ...]:
    """Inputs that the kind takes with its default settings."""
    return kind.example_inputs or ((4,),) * kind.minimum_inputs


def _shape_table(kind: type[LayerKind]) -> str:
    """What a layer with default settings makes of example inputs."""
    layer = kind()
    own = [] if kind.example_inputs is None else [kind.example_inputs]
    others = [shapes for shapes in EXAMPLES if shapes not in own and _takes(kind, len(shapes))]
    rows = [_row(layer, shapes) for shapes in (*own, *others)]
    return table(("receives", "hands on", "weights"), rows)


def _takes(kind: type[LayerKind], count: int) -> bool:
    most = kind.maximum_inputs
    return kind.minimum_inputs <= count and (most is None or count <= most)


def _row(layer: LayerKind, shapes: tuple[Shape, ...]) -> tuple[str, str, str]:
    received = " and ".join(shape_text(shape) for shape in shapes) or "the data"
    try:
        handed_on = shape_text(layer.output_shape(shapes))
    except ShapeError as error:
        return received, f"refused: {error}", ""
    if not layer.has_output:
        handed_on = f"{handed_on}, the prediction"
    weights = [
        f"`{spec.name}` {shape_text(spec.shape)} = {spec.size:,}"
        for spec in layer.weight_specs(shapes)
    ]
    return received, handed_on, ", ".join(weights) or "none"
