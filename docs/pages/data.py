"""DATA.md: every source of data, with where it comes from and what its licence allows."""

from __future__ import annotations

from docs.pages.markdown import entry, settings_table, table
from nn_designer.data import SOURCES, DataChoice, DataSource, DataSummary, summary
from nn_designer.engine.shapes import shape_text

INTRODUCTION = """# Data

What a network can learn from. **Choose Data…** in the Train menu lists all of it; on the command line
and in a design file a set is called by the name in `code`. Everything is on your computer: the
shipped sets came with the program.
"""

GROUPS = {
    "shipped": (
        "Shipped sets",
        "Their files lie in `resources/datasets`, whose README says what was changed (nothing in "
        "the values). Each keeps its own licence, whatever the licence of the program.",
    ),
    "drawn": (
        "Drawn sets",
        "Made by the program from a formula, a noise and a seed, as many points as you like.",
    ),
    "own": ("Your own", "Read where it lies; nothing is copied or sent anywhere."),
}

TASKS = {
    "classes": "classes",
    "number": "a number",
    "auto": "classes or a number, found from the target column and changeable",
}


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, _overview()]
    for group, (title, told) in GROUPS.items():
        parts.append(f"## {title}\n\n{told}\n")
        parts += [f"{_source_entry(one)}\n" for one in SOURCES.values() if one.group == group]
    return "\n".join(parts)


def _overview() -> str:
    rows = []
    for one in SOURCES.values():
        if one.group != "own":
            known = summary(DataChoice(one.key, {}))
            size = shape_text(known.sample_shape)
            rows.append((f"`{one.key}`", one.title, _rows(known), size, _learned(known)))
    return table(("name", "title", "rows", "numbers per row", "to predict"), rows) + "\n"


def _rows(known: DataSummary) -> str:
    return f"{known.n_rows:,}"


def _learned(known: DataSummary) -> str:
    if known.task == "classes":
        return f"{known.n_classes} classes"
    return ", ".join(known.target_names)


def _source_entry(one: type[DataSource]) -> str:
    facts = [("task", TASKS[one.declared_task]), ("origin", one.origin), ("licence", one.licence)]
    if one.group == "shipped":
        known = summary(DataChoice(one.key, {}))
        facts.append(("rows", _rows(known) + _test_part(known)))
        facts.append(("one row", _features(known)))
        facts.append(("to predict", _targets(known)))
    return entry(one.title, one.key, one.description, table(("", ""), facts), settings_table(one))


def _test_part(known: DataSummary) -> str:
    return ", with a test part of its own, used for validation" if known.has_test_part else ""


def _features(known: DataSummary) -> str:
    if len(known.sample_shape) > 1 or not known.feature_names:
        return f"{shape_text(known.sample_shape)} numbers"
    return ", ".join(known.feature_names)


def _targets(known: DataSummary) -> str:
    if known.task == "classes":
        return ", ".join(known.class_names)
    return ", ".join(known.target_names)
