"""One line above the curves: what training does, how far it is, how fast, how long it takes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.views.plot_frame import small

_GAP = 14


def shown_duration(seconds: float) -> str:
    """A time as people read it: "0.04 s", "0.4 s", "0:12", "12:30", "3:05:00"."""
    if 0 < seconds < 0.1:
        return f"{seconds:.2f} s"
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s"
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def shown_rate(samples_per_second: float) -> str:
    """ "312,000 samples/s": three digits that say something."""
    if samples_per_second < 1000:
        return f"{samples_per_second:.0f} samples/s"
    power = 10 ** (len(f"{samples_per_second:.0f}") - 3)
    return f"{round(samples_per_second / power) * power:,} samples/s"


def shown_epoch(position: float, epochs: int, state: str) -> str:
    """How far a run is that did ``position`` of its ``epochs``. ``state`` is the trainer's.

    "Epoch 3 of 10" is under way; "2 of 10 epochs" are done, where nothing is under way.
    """
    between = position == int(position)
    if state == "running" or (state == "paused" and (not between or position == 0)):
        return f"Epoch {min(epochs, int(position) + 1):,} of {epochs:,}"
    done = f"{int(position):,}" if between else f"{position:,.1f}"
    return f"{done} of {epochs:,} {'epoch' if epochs == 1 else 'epochs'}"


class ThinBar(QWidget):
    """A quiet progress bar; ``share`` is 0 to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_progress")
        self.setAccessibleName("Progress of training")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.share = 0.0
        self._bar = QColor()
        self._ground = QColor()

    def sizeHint(self) -> QSize:
        return QSize(240, 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 8)

    def set_share(self, share: float) -> None:
        share = min(1.0, max(0.0, share))
        before, self.share = self.share, share
        if round(share * self.width()) != round(before * self.width()):
            self.update()
        if round(100 * share) != round(100 * before):  # screen readers are told, so not always
            self.setAccessibleDescription(f"{100 * share:.0f} %")

    def set_colours(self, bar: str, ground: str) -> None:
        self._bar, self._ground = QColor(bar), QColor(ground)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(0, self.height() / 2 - 3, self.width(), 6)
        painter.setBrush(self._ground)
        painter.drawRoundedRect(area, 3, 3)
        if self.share > 0:
            painter.setBrush(self._bar)
            area.setWidth(max(6.0, area.width() * self.share))
            painter.drawRoundedRect(area, 3, 3)


class ProgressStrip(QWidget):
    """State, epoch, bar, speed, time left and passed. Texts keep their width while counting."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_strip")
        self.setAccessibleName("Training progress")
        self._dot = _Dot()
        self.state_label = self._label("state", strong=True)
        self.epoch_label = self._label("epoch")
        self.bar = ThinBar()
        self.rate_label = self._label("rate")
        self.left_label = self._label("time_left")
        self.elapsed_label = self._label("elapsed")
        self.note_label = self._label("note")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(_GAP)
        state = QHBoxLayout()
        state.setSpacing(7)
        state.addWidget(self._dot)
        state.addWidget(self.state_label)
        layout.addLayout(state)
        layout.addWidget(self.epoch_label)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.rate_label)
        layout.addWidget(self.left_label)
        layout.addWidget(self.elapsed_label)
        layout.addWidget(self.note_label)
        self.setFixedHeight(28)
        self._tone = "text_muted"
        self.theme = themes.theme
        themes.changed.connect(self._on_theme_changed)
        self.clear()
        self._on_theme_changed(themes.theme)

    def _label(self, name: str, strong: bool = False) -> QLabel:
        label = QLabel()
        label.setObjectName(f"progress_{name}")
        font = QFont(self.font()) if strong else small(self.font())
        if strong:
            font.setWeight(QFont.Weight.DemiBold)
        # Digits of equal width, so that nothing jumps while they count.
        font.setFeature(QFont.Tag("tnum"), 1)
        label.setFont(font)
        return label

    def clear(self) -> None:
        self.show_state("Ready", "text_muted")
        self.show_progress(0.0, 0)
        self.epoch_label.setText("")
        self.show_speed(None, None, None)
        self.show_note("")

    def show_state(self, text: str, tone: str) -> None:
        """``tone``: the theme's colour of the dot: "accent", "success", "warning", ..."""
        self.state_label.setText(text)
        self._tone = tone
        self._dot.set_colour(getattr(self.theme, tone))

    def show_progress(self, position: float, epochs: int) -> None:
        """``position`` in epochs done, with fractions."""
        self.bar.set_share(position / epochs if epochs else 0.0)

    def show_epoch(self, position: float, epochs: int, state: str) -> None:
        """The epoch in words; a new text lays the line out again, so not at every redraw."""
        if epochs:
            self.epoch_label.setText(shown_epoch(position, epochs, state))

    def show_speed(self, rate: float | None, left_s: float | None, elapsed_s: float | None) -> None:
        self.rate_label.setText("" if rate is None else shown_rate(rate))
        self.left_label.setText("" if left_s is None else f"{shown_duration(left_s)} left")
        self.elapsed_label.setText(
            "" if elapsed_s is None else f"{shown_duration(elapsed_s)} elapsed"
        )
        for label in (self.rate_label, self.left_label, self.elapsed_label):
            # Grow, never shrink: a label that gives room back makes the bar tremble.
            label.setMinimumWidth(
                max(label.minimumWidth(), label.sizeHint().width()) if label.text() else 0
            )
        self._make_room()

    def show_note(self, text: str) -> None:
        """A remark at the end of the line, such as that the design has changed since."""
        self.note_label.setText(text)
        self.note_label.setVisible(bool(text))
        self._make_room()

    def _make_room(self) -> None:
        """Show as much as fits; nothing is cut. What matters least goes first."""
        kept = (self.state_label, self.epoch_label, self.note_label)
        used = 34 + _GAP + self.bar.minimumSizeHint().width()
        used += sum(label.sizeHint().width() + _GAP for label in kept if label.text())
        for label in (self.left_label, self.elapsed_label, self.rate_label):
            width = max(label.sizeHint().width(), label.minimumWidth()) + _GAP
            fits = bool(label.text()) and used + width <= self.width()
            label.setVisible(fits)
            used += width if fits else 0

    def minimumSizeHint(self) -> QSize:
        """Whatever it says, it does not push the window's parts apart."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _on_theme_changed(self, theme: Theme) -> None:
        self.theme = theme
        self.bar.set_colours(theme.accent, theme.border)
        self._dot.set_colour(getattr(theme, self._tone))
        for label in (self.epoch_label, self.rate_label, self.left_label, self.elapsed_label):
            label.setStyleSheet(f"color: {theme.text_muted};")
        self.state_label.setStyleSheet(f"color: {theme.text};")
        self.note_label.setStyleSheet(
            f"color: {theme.warning}; background: {theme.warning_soft};"
            " border-radius: 5px; padding: 1px 8px;"
        )


class _Dot(QWidget):
    """A small round light."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(10, 10)
        self._colour = QColor()

    def set_colour(self, colour: str) -> None:
        self._colour = QColor(colour)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        painter.drawEllipse(QRectF(1, 1, 8, 8))
