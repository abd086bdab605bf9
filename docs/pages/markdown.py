"""Small pieces of Markdown that all pages use."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.engine.initializers import INITIALIZERS
from nn_designer.engine.losses import LOSSES
from nn_designer.engine.optimizers import OPTIMIZERS
from nn_designer.engine.schedules import SCHEDULES
from nn_designer.params import Choice, HasParams, Numbers, Param

# Long lists of choices, each told once on FUNCTIONS.md: the keys in order → title and heading.
_TOLD_ELSEWHERE = {
    tuple(ACTIVATIONS): ("an activation", "activations"),
    tuple(INITIALIZERS): ("an initializer", "initializers"),
    tuple(LOSSES): ("a loss", "losses"),
    tuple(OPTIMIZERS): ("an optimizer", "optimizers"),
    tuple(SCHEDULES): ("a schedule", "schedules"),
}


def cell(text: object) -> str:
    """Text for a cell of a table: on one line, with its bars kept."""
    return " ".join(str(text).split()).replace("|", "\\|")


def code(text: object) -> str:
    """``text`` as code; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table. Every row has a cell for every head."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell(one) for one in line)} |" for line in lines)


def settings_table(declared: type[HasParams], *, functions: str = "FUNCTIONS.md") -> str:
    """The settings of a class: name in the file, default, what is allowed, what it does.

    ``functions`` is the way from the page to FUNCTIONS.md.
    """
    if not declared.params:
        return "It has no settings."
    rows = [
        (
            f"{param.title} {code(name)}",
            _shown(param),
            _allowed(param, functions),
            _told(declared, param),
        )
        for name, param in declared.params.items()
    ]
    return table(("setting", "default", "allowed", "what it does"), rows)


def _shown(param: Param[Any]) -> str:
    """The default, as the form and the file show it."""
    value = param.default
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(param, Numbers):
        return ", ".join(f"{number:g}" for number in value)
    if isinstance(value, tuple):
        return " × ".join(str(size) for size in value)
    return code(value) if isinstance(value, str) else f"{value:g}"


def _allowed(param: Param[Any], functions: str) -> str:
    """What the form and the file take."""
    if isinstance(param, Choice):
        elsewhere = _TOLD_ELSEWHERE.get(tuple(param.choices))
        if elsewhere is not None:
            title, heading = elsewhere
            return f"[{title}]({functions}#{heading})"
        return ", ".join(_choice(key, title) for key, title in param.choices.items())
    if param.kind == "boolean":
        return "yes or no"
    return f"{param.expected()} {param.unit}".strip()


def _choice(key: str, title: str) -> str:
    """The key, and the title where it says more."""
    return code(key) if title.casefold() == key.replace("_", " ") else f"{code(key)}: {title}"


def _told(declared: type[HasParams], param: Param[Any]) -> str:
    """Its help, and when it matters."""
    if param.visible_if is None:
        return param.help
    name, values = param.visible_if
    when = " or ".join(_value_text(value) for value in values)
    return f"{param.help} (If {declared.params[name].title} is {when}.)"


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def help_text(declared: type) -> str:
    """A docstring that people see, without its indentation."""
    return inspect.cleandoc(declared.__doc__ or "")


def source_text(source: str) -> str:
    """Where a formula comes from, as a link if it is one."""
    return f"<{source}>" if source.startswith("http") else source


def entry(title: str, key: str, *paragraphs: str, level: int = 3) -> str:
    """A heading with the key that files use, then paragraphs; empty ones are left out."""
    return "\n\n".join([f"{'#' * level} {title} {code(key)}", *filter(None, paragraphs)])
