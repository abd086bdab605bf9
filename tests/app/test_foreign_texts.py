"""Names of layers, columns and files are shown letter by letter, however long or odd."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from nn_designer.app.main_window import MainWindow
from nn_designer.app.message_bar import LONGEST, shortened
from nn_designer.app.theme import ThemeManager
from nn_designer.app.views.plot_frame import PlotFrame
from nn_designer.app.widgets.tips import plain_tip
from nn_designer.design import codec, edits

ODD = "<h1>big</h1><img src='x'>"


def shown(text: str) -> str:
    """What a tooltip or a pyqtgraph label makes of a text."""
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


def test_tips_show_what_looks_like_html(qapp: object) -> None:
    assert shown(plain_tip(f"{ODD} is not connected.")) == f"{ODD} is not connected."
    assert plain_tip("a < b, as ever") == "a < b, as ever"


def test_axes_show_what_looks_like_html(qtbot: QtBot) -> None:
    frame = PlotFrame("Plane", ThemeManager(), name="plane", axes={})
    qtbot.addWidget(frame)
    frame.set_axis_labels(ODD, "y")
    assert frame.plot.getAxis("bottom").label.toPlainText().strip() == ODD


def test_the_unsaved_question_shows_what_looks_like_html(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    window.store.edit("Name", edits.set_name, ODD)
    texts = []

    def read() -> None:
        box = window.findChild(QMessageBox, "unsaved_question")
        assert isinstance(box, QMessageBox)
        texts.append((box.textFormat().name, box.text()))
        box.reject()

    QTimer.singleShot(0, read)
    assert window.files._ask_unsaved(window.files.shown_name) == "cancel"
    assert texts == [("PlainText", f"Save the changes to “{ODD}”?")]


def test_a_long_path_does_not_fill_the_window(window: MainWindow) -> None:
    window.files.new_from_template("xor")
    assert not window.files.open("/" + "x" * 4000)
    assert len(window.message_bar.text) < LONGEST
    assert window.message_bar.height() < 200
    assert len(window.message_bar.history[-1][1]) > 4000, "the messages keep all of it"


def test_a_long_sentence_is_cut_a_usual_one_is_not() -> None:
    assert shortened("word " * 1000).endswith("…") and len(shortened("word " * 1000)) < 700
    sentence = "Layer 'a' expects a flat list of 2 numbers."
    assert shortened(sentence) == sentence


@pytest.mark.parametrize("what", ["folder", "too large"])
def test_a_refused_file_is_named_once_in_one_sentence(tmp_path: Path, what: str) -> None:
    path = tmp_path
    if what == "too large":
        path = tmp_path / "large.nnd"
        with path.open("wb") as file:
            file.truncate(codec.MAXIMUM_BYTES + 1)
    with pytest.raises(codec.CodecError) as caught:
        codec.load(path)
    sentence = str(caught.value)
    assert sentence.count(str(path)) == 1 and ".." not in sentence
