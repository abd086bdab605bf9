"""The right side of the data dialog for the person's own table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nn_designer.app.background import Background
from nn_designer.app.data_card import facts
from nn_designer.app.settings import AppSettings
from nn_designer.app.theme import ThemeManager
from nn_designer.app.widgets.fields import CalmComboBox
from nn_designer.app.widgets.form import Form
from nn_designer.app.widgets.plain_table import fit_height, listed, plain_table
from nn_designer.app.widgets.section import Fold, label
from nn_designer.data import (
    Column,
    DataChoice,
    Dataset,
    TablePreview,
    load,
    read_preview,
    source_of,
)
from nn_designer.data.column_types import COLUMN_TYPES, format_column_types, parse_column_types
from nn_designer.data.errors import DataError
from nn_designer.data.reading import TABLE_ENDINGS
from nn_designer.data.table import Table, target_columns

FILTER = f"Tables ({' '.join(f'*{ending}' for ending in TABLE_ENDINGS)});;All files (*)"
READING = ("separator", "decimal", "encoding", "header", "sheet")
SHOWN_ROWS = 30
MOST_TYPE_BOXES = 60
MOST_COLUMNS, MOST_SENTENCES = 200, 40
"""So many are shown of each: a table may have thousands, and nobody reads them all."""
TYPE_TITLES = {
    "number": "Number",
    "category": "Categories",
    "date": "Date",
    "index": "Index for Embedding",
    "ignore": "Leave out",
}


class TablePage(QWidget):
    """File, preview, target column, task, and what is done to each column."""

    choice_changed = Signal(object)  # DataChoice, or None while it can't be used

    def __init__(self, settings: AppSettings, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("data_table_page")
        self._settings = settings
        self._values: dict[str, Any] = {}
        self._preview: TablePreview | None = None
        self.ask_path: Callable[[], str] = self._ask_path
        self._path = QLineEdit()
        self._path.setObjectName("table_path")
        self._path.setAccessibleName("File")
        self._path.setPlaceholderText("A CSV, TSV, Excel or JSON file")
        self._path.editingFinished.connect(self._on_path_typed)
        browse = QPushButton("Browse…")
        browse.setObjectName("table_browse")
        browse.setAutoDefault(False)  # Enter after a path means the path
        browse.clicked.connect(self._on_browse)
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self._path, 1)
        file_row.addWidget(browse)
        self._error = label("", "error", wrap=True, selectable=True)
        self._error.setObjectName("table_error")
        self._error.hide()
        self._waiting = label("", "muted", wrap=True)
        self._waiting.setObjectName("table_waiting")
        self._waiting.hide()
        self.target = CalmComboBox()
        self.target.setObjectName("table_target")
        self.target.setAccessibleName("Column to predict")
        self.target.activated.connect(self._on_target_chosen)
        self.task = CalmComboBox()
        self.task.setObjectName("table_task")
        self.task.setAccessibleName("What to predict")
        for key, title in Table.params["task"].choices.items():
            self.task.addItem(title, key)
        self.task.activated.connect(self._on_task_chosen)
        choices = QHBoxLayout()
        choices.setSpacing(8)
        choices.addWidget(QLabel("Column to predict"))
        choices.addWidget(self.target, 3)
        choices.addSpacing(8)
        choices.addWidget(QLabel("as"))
        choices.addWidget(self.task, 2)
        self.cells = plain_table("table_cells", "First rows")
        self.columns = plain_table("table_columns", "Columns")
        self._facts = label("", wrap=True)
        self._facts.setObjectName("table_facts")
        self._report = label("", "muted", wrap=True, selectable=True)
        self._report.setObjectName("table_report")
        self._reading_form = Form({name: Table.params[name] for name in READING})
        self._reading_form.edited.connect(self._on_reading_edited)
        reading = Fold("How the file is read", opened=False)
        reading.setObjectName("table_reading")
        reading.body_layout.addWidget(self._reading_form)
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(8)
        details.addLayout(choices)
        details.addWidget(label("FIRST ROWS", "section"))
        details.addWidget(self.cells)
        details.addWidget(label("WHAT IS DONE TO EACH COLUMN", "section"))
        details.addWidget(self.columns)
        details.addWidget(self._facts)
        details.addWidget(self._report)
        self._details.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(label("Own table", "title"))
        column.addWidget(
            label(
                "Predict one column of your table from the others. The file stays where it is and "
                "is only read.",
                "muted",
                wrap=True,
            )
        )
        column.addLayout(file_row)
        column.addWidget(self._waiting)
        column.addWidget(self._error)
        column.addWidget(reading)
        column.addWidget(self._details)
        column.addStretch(1)
        self._looking = Background(self)
        self._looking.ready.connect(self._on_previewed)
        self._looking.failed.connect(self._on_failed)
        self._checking = Background(self)
        self._checking.ready.connect(self._on_checked)
        self._checking.failed.connect(self._on_refused)

    @property
    def choice(self) -> DataChoice:
        """What is chosen now; it may still turn out to be unusable."""
        defaults = Table.defaults()
        changed = {name: value for name, value in self._values.items() if value != defaults[name]}
        return DataChoice("table", changed)

    def show_choice(self, choice: DataChoice) -> None:
        """Show these settings and read the file they name."""
        self._values = {**Table.defaults(), **choice.settings}
        self._path.setText(str(self._values["path"]))
        self.task.setCurrentIndex(self.task.findData(self._values["task"]))
        self._reading_form.set_values(self._values)
        self._look()

    def open_file(self, path: str) -> None:
        """Read another file; the choices made for the one before are forgotten."""
        self._settings.remember_folder("data", path)
        kept = {name: self._values[name] for name in READING if name in self._values}
        kept.pop("sheet", None)
        self.show_choice(DataChoice("table", {**kept, "path": path}))

    def abandon(self) -> None:
        """Nothing is to be shown any more; what is being read is read to its end by itself."""
        self._looking.abandon()
        self._checking.abandon()

    def _look(self) -> None:
        self.choice_changed.emit(None)
        self._checking.forget()
        path = str(self._values["path"])
        if not path:
            self._details.hide()
            self._waiting.hide()
            self._error.hide()
            return
        try:
            source = source_of(self.choice)
        except DataError as error:
            self._on_failed(str(error))
            return
        assert isinstance(source, Table)
        options = source.options()
        self._show_error("")
        self._waiting.setText(f"Reading {Path(path).name}…")
        self._waiting.show()
        self._looking.request(lambda: read_preview(path, SHOWN_ROWS, options))

    def _on_previewed(self, preview: TablePreview) -> None:
        self._preview = preview
        self._waiting.hide()
        names = [column.name for column in preview.columns]
        self.target.clear()
        self.target.addItems(names)
        wanted = self._values["target"] or preview.suggested_target
        if set(target_columns(wanted, names)) <= set(names) and wanted not in names:
            self.target.addItem(wanted)  # several columns between commas
        place = self.target.findText(wanted)
        self.target.setCurrentIndex(place if place >= 0 else len(names) - 1)
        self._show_cells(preview)
        self._show_columns(preview)
        self._details.show()
        self._check()

    def _check(self) -> None:
        choice = self.choice
        self.choice_changed.emit(None)
        self.task.setItemText(0, "Found by itself")  # what was found was of another choice
        self._facts.setText("Reading the whole file…")
        self._report.setText("")
        self._checking.request(lambda: (choice, load(choice)))

    def _on_checked(self, result: tuple[DataChoice, Dataset]) -> None:
        choice, dataset = result
        found = dataset.summary()
        self._show_error("")
        task = "classes" if found.task == "classes" else "a number"
        by_itself = self.task.currentIndex() == 0
        self.task.setItemText(0, f"Found: {task}" if by_itself else "Found by itself")
        self._show_outcome(dataset)
        self._facts.setText(facts(found))
        self._report.setText(listed(found.report, MOST_SENTENCES))
        self.choice_changed.emit(choice)

    def _on_refused(self, sentence: str) -> None:
        self._facts.setText("")
        self._report.setText("")
        self._show_error(sentence)

    def _on_failed(self, sentence: str) -> None:
        self._details.hide()
        self._waiting.hide()
        self._show_error(sentence)

    def _show_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))

    def _show_cells(self, preview: TablePreview) -> None:
        rows = max((len(column.cells) for column in preview.columns), default=0)
        self.cells.clear()
        shown = preview.columns[:MOST_COLUMNS]
        self.cells.setColumnCount(len(shown))
        self.cells.setRowCount(rows)
        self.cells.setHorizontalHeaderLabels([column.name for column in shown])
        for c, column in enumerate(shown):
            for r, cell in enumerate(column.cells):
                item = QTableWidgetItem(cell)
                if column.kind == "number":
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.cells.setItem(r, c, item)
        self.cells.resizeColumnsToContents()
        fit_height(self.cells, 5)

    def _show_columns(self, preview: TablePreview) -> None:
        types = self._column_types()
        self.columns.clear()
        self.columns.setColumnCount(4)
        self.columns.setHorizontalHeaderLabels(["Column", "Read as", "Missing", "Becomes"])
        shown = preview.columns[:MOST_COLUMNS]
        more = len(preview.columns) - len(shown)
        header = self.columns.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # measured once, at the end
        self.columns.setRowCount(len(shown) + bool(more))
        if more:
            self.columns.setItem(len(shown), 0, QTableWidgetItem(f"and {more:,} more"))
        target = self.target.currentText()
        for row, column in enumerate(shown):
            kind = types.get(column.name, column.kind)
            missing = f"{column.n_missing:,}" if column.n_missing else "none"
            becomes = "what is predicted" if column.name == target else "…"
            for place, text in ((0, column.name), (2, missing), (3, becomes)):
                self.columns.setItem(row, place, QTableWidgetItem(text))
            if row < MOST_TYPE_BOXES:
                self.columns.setCellWidget(row, 1, self._type_box(column.name, kind))
            else:
                self.columns.setItem(row, 1, QTableWidgetItem(TYPE_TITLES.get(kind, kind)))
        self.columns.resizeColumnsToContents()
        self.columns.setColumnWidth(1, 130)
        header.setStretchLastSection(True)
        fit_height(self.columns, 9)

    def _show_outcome(self, dataset: Dataset) -> None:
        """What became of each column, now that the whole file has been read."""
        kept = {column.name: column for column in dataset.columns}
        for row in range(min(self.columns.rowCount(), MOST_COLUMNS)):
            name = self.columns.item(row, 0).text()
            if any(name in target.names for target in dataset.summary().targets):
                text = "what is predicted"
            elif name in kept:
                text = _becomes(kept[name])
            else:
                text = "left out"
            self.columns.item(row, 3).setText(text)

    def _type_box(self, name: str, kind: str) -> CalmComboBox:
        box = CalmComboBox()
        box.setProperty("role", "cell")
        box.setProperty("column", name)
        box.setAccessibleName(f"Type of {name}")
        for key in COLUMN_TYPES:
            box.addItem(TYPE_TITLES[key], key)
        box.setCurrentIndex(box.findData(kind))
        box.activated.connect(self._on_type_chosen)
        return box

    def _column_types(self) -> dict[str, str]:
        try:
            return parse_column_types(str(self._values.get("column_types", "")))
        except DataError:
            return {}

    def _on_type_chosen(self, index: int) -> None:
        box = self.sender()
        if not isinstance(box, CalmComboBox) or self._preview is None:
            return
        name = str(box.property("column"))
        types = self._column_types()
        types[name] = str(box.itemData(index))
        found = {column.name: column.kind for column in self._preview.columns}
        types = {column: kind for column, kind in types.items() if found.get(column) != kind}
        self._values["column_types"] = format_column_types(types) if types else ""
        self._show_columns(self._preview)
        self._check()

    def _on_target_chosen(self, index: int) -> None:
        self._values["target"] = self.target.itemText(index)
        if self._preview is not None:
            self._show_columns(self._preview)
        self._check()

    def _on_task_chosen(self, index: int) -> None:
        self._values["task"] = self.task.itemData(index)
        self._check()

    def _on_reading_edited(self, name: str, value: object) -> None:
        self._values[name] = value
        self._look()

    def _on_path_typed(self) -> None:
        path = self._path.text().strip()
        if path != self._values.get("path", ""):
            self.open_file(path)

    def _on_browse(self) -> None:
        path = self.ask_path()
        if path:
            self.open_file(path)

    def _ask_path(self) -> str:
        folder = self._settings.folder("data")
        return QFileDialog.getOpenFileName(self, "Open table", folder, FILTER)[0]


def _becomes(column: Column) -> str:
    """What the network receives of a column; more is in the report."""
    filled = ", missing ones filled with the mean" if column.missing.any() else ""
    if column.kind == "category":
        return f"{column.width} inputs, one for each category"
    if column.kind == "date":
        return f"1 input: the year, standardized{filled}"
    if column.is_index:
        return "1 input, just as it is"
    return f"1 input, standardized{filled}"
