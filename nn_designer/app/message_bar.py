"""The message bar: one message at a time above the canvas, never a stack of dialogs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from nn_designer.app.icons import icon
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.section import label

KEPT_MESSAGES = 200
LONGEST = 600
"""Characters of a sentence that are shown; all of it is under Help, Messages."""
MARGIN_PX = 12
WIDEST_PX = 760
NARROWEST_PX = 320
AROUND_TEXT_PX = 112
READING_MS_PER_CHARACTER = 60
SHORTEST_MS = 5_000

_ICONS = {"error": "error", "warning": "warning", "success": "success", "info": "info"}


def shortened(sentence: str) -> str:
    """Without the middle of words too long for a line (paths), and cut off if still too long."""
    words = [w if len(w) <= 120 else f"{w[:60]}…{w[-40:]}" for w in sentence.split(" ")]
    text = " ".join(words)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


class MessageBar(QFrame):
    """Floats over the top of ``host``. Errors stay until closed, the rest leaves by itself.

    ``history`` keeps what was shown, as (kind, sentence).
    """

    shown = Signal(str, str)  # kind, sentence

    def __init__(self, themes: ThemeManager, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("message_bar")
        self.setAccessibleName("Message")
        self.history: list[tuple[str, str]] = []
        self.kind = ""
        self._themes = themes
        self._host = host
        self._at_bottom = False
        self._mark = label()
        self._text = label(wrap=True, selectable=True)
        self._text.setObjectName("message_text")
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons = (_ActionButton("message_action"), _ActionButton("message_second_action"))
        self._close = QToolButton()
        self._close.setObjectName("message_close")
        self._close.setAccessibleName("Close message")
        self._close.setToolTip("Close")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(10)
        layout.addWidget(self._mark, 0)
        layout.addWidget(self._text, 1)
        for button in self._buttons:
            layout.addWidget(button, 0)
            button.clicked.connect(partial(self._on_button_clicked, button))
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_message)
        self._close.clicked.connect(self.close_message)
        host.installEventFilter(self)
        themes.changed.connect(self._on_theme_changed)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence being shown; empty while nothing is."""
        return self._text.text() if self.isVisibleTo(self._host) else ""

    def show_message(
        self,
        kind: str,
        sentence: str,
        action_text: str = "",
        action: Callable[[], object] | None = None,
        second_text: str = "",
        second_action: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence in place of the one before.

        Args:
            kind: "error", "warning", "success" or "info".
            action_text: what a button beside it says; ``action`` is called on click.
            second_text: likewise for another button behind it.
        """
        self.kind = kind
        self.history.append((kind, sentence))
        del self.history[:-KEPT_MESSAGES]
        self._text.setText(shortened(sentence))
        self._buttons[0].offer(action_text, action)
        self._buttons[1].offer(second_text, second_action)
        self.setProperty("notice", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._on_theme_changed(self._themes.theme)
        self._place()
        self.show()
        self.raise_()
        self._timer.stop()
        if kind in ("info", "success"):
            self._timer.start(max(SHORTEST_MS, READING_MS_PER_CHARACTER * len(sentence)))
        self.shown.emit(kind, sentence)

    def close_message(self) -> None:
        self._timer.stop()
        for button in self._buttons:
            button.action = None
        self.hide()

    def withdraw(self, sentence: str) -> None:
        """Close the message if it says this, which is no longer so."""
        if self.history and self.history[-1][1] == sentence:
            self.close_message()

    def set_host(self, host: QWidget, *, at_bottom: bool = False) -> None:
        """Float over another widget from now on, over its top or its bottom."""
        self._at_bottom = at_bottom
        if host is self._host:
            return
        shown = self.isVisibleTo(self._host)
        self._host.removeEventFilter(self)
        self._host = host
        self.setParent(host)
        host.installEventFilter(self)
        if shown:
            self._place()
            self.show()
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEvent) -> None:
        self._timer.stop()  # it is being read
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.kind in ("info", "success") and self.isVisible():
            self._timer.start(SHORTEST_MS)
        super().leaveEvent(event)

    def _place(self) -> None:
        text = self._text.fontMetrics().horizontalAdvance(self._text.text())
        buttons = sum(one.sizeHint().width() + 10 for one in self._buttons if one.text())
        wanted = max(text + buttons + AROUND_TEXT_PX, NARROWEST_PX)
        width = min(self._host.width() - 2 * MARGIN_PX, WIDEST_PX, wanted)
        self.setFixedWidth(max(width, 120))
        height = self.layout().totalHeightForWidth(self.width())
        self.resize(self.width(), height)
        bottom = self._host.height() - height - 2 * MARGIN_PX
        self.move(
            (self._host.width() - self.width()) // 2, bottom if self._at_bottom else MARGIN_PX
        )

    def _on_button_clicked(self, button: _ActionButton, _checked: bool = False) -> None:
        action = button.action
        self.close_message()
        if action is not None:
            action()

    def _on_theme_changed(self, theme: Theme) -> None:
        colour = {"error": theme.error, "warning": theme.warning, "success": theme.success}
        picture = icon(_ICONS.get(self.kind, "info"), theme, colour.get(self.kind, theme.accent))
        self._mark.setPixmap(picture.pixmap(QSize(18, 18), self.devicePixelRatioF()))
        self._close.setIcon(icon("close", theme, theme.text_muted))
        self._close.setIconSize(QSize(16, 16))


class _ActionButton(QPushButton):
    """A way out beside a message; hidden while there is none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "flat")
        self.action: Callable[[], object] | None = None

    def offer(self, text: str, action: Callable[[], object] | None) -> None:
        self.action = action
        self.setText(text)
        self.setVisible(bool(text))
