"""The page of the property panel for one or several selected layers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nn_designer.app.icons import icon
from nn_designer.app.kind_help import KindHelp
from nn_designer.app.store import Store
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.fields import MIXED, TextField
from nn_designer.app.widgets.form import Form
from nn_designer.app.widgets.function_plot import FunctionPlot, curve_icon
from nn_designer.app.widgets.section import ElidedLabel, Notice, label
from nn_designer.app.widgets.stats import Facts, Stats, short_count, short_shape
from nn_designer.app.widgets.tab_order import set_reading_order
from nn_designer.design import edits
from nn_designer.design.document import MAXIMUM_NAME_LENGTH, Layer
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind
from nn_designer.params import Param, Text


class LayerPage(QWidget):
    """Name, numbers, problems, form, activation curves and help of the selection."""

    pointed = Signal(object)  # Param or None
    data_wanted = Signal()

    def __init__(self, store: Store, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("layer_page")
        self.store = store
        self._themes = themes
        self._layers: tuple[Layer, ...] = ()
        self._built_for: tuple[Any, ...] = ()
        self._form: Form | None = None
        self._swatch = QLabel()
        self._swatch.setFixedSize(4, 20)
        self._title = ElidedLabel(role="heading")
        self._category = label("", "small")
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self._swatch)
        header.addWidget(self._title, 1)
        header.addWidget(self._category)
        self._name = TextField(Text("", maximum_length=MAXIMUM_NAME_LENGTH, title="Name"))
        self._name.editor.setObjectName("layer_name")
        self._name.edited.connect(self._on_name_edited)
        self._name.settled.connect(self.store.end_merge)
        self._stats = Facts(("Input", "Output", "Parameters"))
        self._sums = Stats(("Layers", "Parameters"))
        self._problems = QVBoxLayout()
        self._problems.setSpacing(6)
        self._form_place = QVBoxLayout()
        self._nothing_shared = label(
            "These layers have no setting in common. Select layers of one kind to change them "
            "together.",
            "muted",
            wrap=True,
        )
        self._nothing_shared.setObjectName("nothing_shared")
        self._data_button = QPushButton("Choose data…")
        self._data_button.setObjectName("layer_choose_data")
        self._data_button.clicked.connect(self.data_wanted.emit)
        self._plot_title = label("ACTIVATION", "section")
        self._plot = FunctionPlot(themes)
        self._help = KindHelp()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(header)
        column.addWidget(self._name)
        column.addWidget(self._stats)
        column.addWidget(self._sums)
        column.addLayout(self._problems)
        column.addLayout(self._form_place)
        column.addWidget(self._nothing_shared)
        column.addWidget(self._data_button)
        column.addWidget(self._plot_title)
        column.addWidget(self._plot)
        column.addWidget(self._help)
        store.selection_changed.connect(self._refresh)
        store.changed.connect(self._on_changed)
        store.checked.connect(self._on_checked)
        themes.changed.connect(self._on_theme_changed)
        self._refresh()

    @property
    def form(self) -> Form | None:
        """The form of the selected layers; None while nothing is selected."""
        return self._form

    def focus_first(self) -> None:
        """Put the cursor into the first setting."""
        if self._form is not None and self._form.params:
            field = self._form.field(next(iter(self._form.params)))
            field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self, change: Any) -> None:
        touched = change.changed | change.added | change.removed
        if touched & self.store.selection or change.wires_added or change.wires_removed:
            self._refresh()

    def _on_checked(self, _report: object) -> None:
        self._show_report()

    def _refresh(self, _selection: object = None) -> None:
        document = self.store.document
        self._layers = tuple(layer for layer in document.layers if layer.id in self.store.selection)
        if not self._layers:
            return
        self._show_header()
        self._show_form()
        self._show_report()

    def _show_header(self) -> None:
        theme = self._themes.theme
        kinds = {layer.kind for layer in self._layers}
        first = self._layers[0]
        kind = KINDS.get(first.kind)
        single = len(self._layers) == 1
        if single:
            title = kind.title if kind is not None else f"Unknown kind “{first.kind}”"
        elif len(kinds) == 1 and kind is not None:
            title = f"{len(self._layers)} × {kind.title}"
        else:
            title = f"{len(self._layers)} layers"
        same_category = len({KINDS[k].category for k in kinds if k in KINDS}) == 1
        colour = theme.border
        if kind is not None and same_category:
            colour = theme.categories[kind.category]
        self._swatch.setStyleSheet(f"background: {colour}; border-radius: 2px;")
        self._title.set_text(title)
        self._category.setText(kind.category.value if kind is not None and same_category else "")
        self._name.setVisible(single)
        self._stats.setVisible(single)
        self._sums.setVisible(not single)
        if single:
            self._name.set_value(first.name)
        self._data_button.setVisible(single and first.kind == "input")
        told = kind if len(kinds) == 1 else None
        self._help.show_kind(told, f"ABOUT {title.upper()}" if single else "ABOUT")

    def _show_form(self) -> None:
        params = shared_params([KINDS.get(layer.kind) for layer in self._layers])
        key = tuple((layer.id, layer.kind) for layer in self._layers)
        if key != self._built_for or self._form is None:
            self._built_for = key
            if self._form is not None:
                self._form_place.removeWidget(self._form)
                self._form.hide()
                self._form.deleteLater()
            self._form = Form(params, {"activation": self._activation_icon})
            self._form.edited.connect(self._on_edited)
            self._form.settled.connect(self._on_settled)
            self._form.pointed.connect(self.pointed.emit)
            self._form_place.addWidget(self._form)
            set_reading_order(self)
        self._nothing_shared.setVisible(len(self._layers) > 1 and not params)
        values = {name: self._shared_value(name, param) for name, param in params.items()}
        self._form.set_values(values)
        activation = values.get("activation")
        shown = isinstance(activation, str)
        self._plot_title.setVisible(shown)
        self._plot.setVisible(shown)
        if isinstance(activation, str):
            self._plot.show_function(activation)

    def _shared_value(self, name: str, param: Param[Any]) -> Any:
        values = [_value(layer, name, param) for layer in self._layers]
        return values[0] if all(value == values[0] for value in values) else MIXED

    def _show_report(self) -> None:
        while self._problems.count():
            old = self._problems.takeAt(0).widget()
            old.hide()
            old.deleteLater()
        if not self._layers:
            return
        report = self.store.report
        theme = self._themes.theme
        for layer in self._layers[:4]:
            for problem in report.of_layer(layer.id):
                colour = theme.error if problem.severity == "error" else theme.warning
                picture = icon(problem.severity, theme, colour)
                self._problems.addWidget(Notice(problem.severity, problem.sentence, picture))
        first = self._layers[0]
        shapes = report.shapes
        sources = [wire.source for wire in self.store.document.incoming(first.id)]
        inputs = [shapes.get(source) for source in sources]
        known = [short_shape(shape) for shape in inputs if shape is not None]
        output = shapes.get(first.id)
        self._stats.show_values(
            Input=" + ".join(known) if known else "–",
            Output=short_shape(output) if output is not None else "–",
            Parameters=short_count(report.parameters.get(first.id, 0)),
        )
        total = sum(report.parameters.get(layer.id, 0) or 0 for layer in self._layers)
        self._sums.show_values(Layers=str(len(self._layers)), Parameters=short_count(total))

    def _on_edited(self, name: str, value: object) -> None:
        ids = tuple(layer.id for layer in self._layers)
        title = self._form.params[name].title if self._form is not None else name
        self.store.edit(
            f"Change {title.lower()}",
            edits.set_setting,
            ids,
            name,
            value,
            merge_key=f"setting {' '.join(ids)} {name}",
        )

    def _on_settled(self, _name: str) -> None:
        self.store.end_merge()

    def _on_name_edited(self, name: str) -> None:
        if len(self._layers) == 1:
            id = self._layers[0].id
            self.store.edit("Rename", edits.rename, id, name, merge_key=f"rename {id}")

    def _activation_icon(self, key: str) -> QIcon:
        return curve_icon(key, self._themes.theme)

    def _on_theme_changed(self, _theme: Theme) -> None:
        if self._layers:
            self._show_header()
            self._show_report()
            if self._form is not None and "activation" in self._form.params:
                self._form.set_icons("activation", self._activation_icon)


def shared_params(kinds: list[type[LayerKind] | None]) -> dict[str, Param[Any]]:
    """The settings that all these kinds have, declared alike, in the first one's order."""
    if not kinds or any(kind is None for kind in kinds):
        return {}
    first, *others = [kind for kind in kinds if kind is not None]
    return {
        name: param
        for name, param in first.params.items()
        if all(name in other.params and type(other.params[name]) is type(param) for other in others)
    }


def _value(layer: Layer, name: str, param: Param[Any]) -> Any:
    value = layer.settings.get(name, param.default)
    return tuple(value) if isinstance(value, list | tuple) else value
