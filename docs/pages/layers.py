"""LAYERS.md: every layer kind, from its declaration; its shape rule is shown by asking it."""

from __future__ import annotations

from docs.pages.markdown import entry, help_text, settings_table, table
from nn_designer.engine.shapes import Shape, ShapeError, shape_text
from nn_designer.layers import KINDS, Category, LayerKind

INTRODUCTION = """# Layers

Everything that the palette offers, with the settings that the panel on the right shows. The name in
`code` is the one that a design file uses. What a layer makes of its inputs was asked of the
layer itself.
"""

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


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for category in Category:
        kinds = [kind for kind in KINDS.values() if kind.category is category]
        if kinds:
            parts.append(f"## {category.value}\n")
            parts += [f"{_kind_entry(kind)}\n" for kind in kinds]
    return "\n".join(parts)


def _kind_entry(kind: type[LayerKind]) -> str:
    parts = (help_text(kind), settings_table(kind), _shape_table(kind), _in_torch(kind))
    return entry(kind.title, kind.key, *parts)


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
