"""The look of the standard widgets: Fusion with a stylesheet made of the theme's colours.

Distances are on a grid of 8 pixels (4 inside small parts). Widgets ask for a look by a property
``role``: ``primary`` (the one button that matters), ``flat``, ``title``, ``heading``, ``muted``,
``card``, ``error``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, QTemporaryDir
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from nn_designer.app.icons import tinted_svg
from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.resources import resource_path

FONT_POINTS = 10.0
ARROWS = ("chevron-down", "chevron-up", "chevron-right", "check", "close", "dot", "minus")


def mixed(first: str, second: str, share: float) -> str:
    """``share`` of the way from one ``#rrggbb`` to another."""
    parts = [
        round(int(first[i : i + 2], 16) * (1 - share) + int(second[i : i + 2], 16) * share)
        for i in range(1, 7, 2)
    ]
    return "#{:02x}{:02x}{:02x}".format(*parts)


class Style(QObject):
    """Keeps the application's stylesheet and font in step with the theme."""

    def __init__(self, application: QApplication, themes: ThemeManager) -> None:
        super().__init__(application)
        self._application = application
        self._folder = QTemporaryDir()  # stylesheets take pictures from files only
        application.setStyle("Fusion")
        use_font(application)
        themes.changed.connect(self._on_changed)
        self._on_changed(themes.theme)

    def _on_changed(self, theme: Theme) -> None:
        self._application.setStyleSheet(stylesheet(theme, self._pictures(theme)))

    def _pictures(self, theme: Theme) -> Path | None:
        """The folder with the arrows of combo boxes and the like, in the theme's colours."""
        if not self._folder.isValid():
            return None  # a full disk: controls lose their arrows and still work
        folder = Path(self._folder.path())
        try:
            for name in ARROWS:
                text = tinted_svg(name, theme.text_muted)
                (folder / f"{theme.name}-{name}.svg").write_text(text, encoding="utf-8")
            text = tinted_svg("check", theme.accent_text).replace('"1.75"', '"3"')
            (folder / f"{theme.name}-checked.svg").write_text(text, encoding="utf-8")
        except OSError:
            return None
        return folder


def use_font(application: QApplication) -> None:
    """Inter on Linux, where desktops differ most; elsewhere the system's own font."""
    font = application.font()
    if sys.platform.startswith("linux"):
        for weight in ("Regular", "Medium", "SemiBold"):
            QFontDatabase.addApplicationFont(str(resource_path("fonts", f"Inter-{weight}.otf")))
        font = QFont("Inter")
        font.setPointSizeF(FONT_POINTS)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    application.setFont(font)


def stylesheet(theme: Theme, pictures: Path | None) -> str:
    """The stylesheet for a theme; ``pictures`` holds the arrows ``<theme>-<name>.svg``."""
    url = "" if pictures is None else (pictures / theme.name).as_posix()
    return Template(_SHEET).substitute(
        {
            "window": theme.window,
            "panel": theme.panel,
            "raised": theme.panel_raised,
            "canvas": theme.canvas,
            "border": theme.border,
            "strong_border": mixed(theme.border, theme.text, 0.25),
            "text": theme.text,
            "muted": theme.text_muted,
            "faint": mixed(theme.text_muted, theme.panel, 0.5),
            "accent": theme.accent,
            "accent_hover": mixed(theme.accent, theme.text, 0.12),
            "accent_pressed": mixed(theme.accent, theme.text, 0.24),
            "accent_text": theme.accent_text,
            "accent_soft": theme.accent_soft,
            "hover": mixed(theme.panel_raised, theme.text, 0.06),
            "panel_hover": mixed(theme.panel, theme.text, 0.07),
            "pressed": mixed(theme.panel_raised, theme.text, 0.12),
            "disabled": mixed(theme.panel, theme.border, 0.35),
            "scroll": mixed(theme.border, theme.text_muted, 0.15),
            "scroll_hover": theme.text_muted,
            "error": theme.error,
            "error_soft": theme.error_soft,
            "warning": theme.warning,
            "warning_soft": theme.warning_soft,
            "success_soft": mixed(theme.panel_raised, theme.success, 0.14),
            "success": theme.success,
            "url": url,
        }
    )


_SHEET = """
QMainWindow, QDialog, QWidget#central { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }

QMenuBar { background: $panel; border-bottom: 1px solid $border; padding: 2px 4px; }
QMenuBar::item { padding: 4px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $panel_hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 6px; }
QMenu::item { padding: 5px 28px 5px 26px; border-radius: 5px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 5px 6px; }
QMenu::icon { padding-left: 6px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::indicator:checked { image: url("$url-check.svg"); }
QMenu::right-arrow { image: url("$url-chevron-right.svg"); width: 12px; height: 12px; margin-right: 6px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $border; padding: 5px 8px; spacing: 2px; }
QToolBar::separator { background: $border; width: 1px; margin: 5px 6px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: $panel_hover; }
QToolButton:pressed, QToolButton:checked { background: $accent_soft; }
QToolButton:disabled { color: $faint; }
QToolButton:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; }

QPushButton { background: $raised; border: 1px solid $border; border-radius: 6px; padding: 5px 14px; min-height: 20px; }
QPushButton:hover { background: $hover; border-color: $strong_border; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $faint; background: $disabled; }
QPushButton:default { border-color: $accent; }
QPushButton[role="primary"], QToolButton[role="primary"] { background: $accent; border: 1px solid $accent; color: $accent_text; font-weight: 600; border-radius: 6px; padding: 5px 14px 5px 10px; }
QPushButton[role="primary"]:hover, QToolButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed, QToolButton[role="primary"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled { background: $disabled; border-color: $border; color: $faint; }
QPushButton[role="primary"][blocked="true"], QToolButton[role="primary"][blocked="true"] { background: $disabled; border-color: $border; color: $muted; }
QPushButton[role="flat"] { background: transparent; border-color: transparent; color: $accent; padding: 3px 6px; }
QPushButton[role="flat"]:hover { background: $accent_soft; }
QPushButton[role="flat"]:focus { border-color: $accent; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit { background: $raised; border: 1px solid $border; border-radius: 6px; padding: 3px 8px; min-height: 20px; selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $strong_border; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { background: $disabled; color: $faint; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border-color: $error; background: $error_soft; }
QAbstractSpinBox { padding-right: 20px; max-height: 20px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QAbstractSpinBox QLineEdit:hover { border: none; background: transparent; padding: 0; min-height: 0; border-radius: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 18px; border: none; background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 2px 2px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 2px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $pressed; border-radius: 4px; }
QAbstractSpinBox::up-arrow { image: url("$url-chevron-up.svg"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$url-chevron-down.svg"); width: 10px; height: 10px; }
QComboBox { padding-right: 22px; combobox-popup: 0; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: right center; width: 22px; border: none; }
QComboBox::down-arrow { image: url("$url-chevron-down.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; padding: 4px; outline: none; selection-background-color: $accent_soft; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 24px; padding: 1px 6px; border-radius: 4px; }

QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $strong_border; border-radius: 4px; background: $raised; }
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$url-checked.svg"); }
QCheckBox::indicator:disabled { background: $disabled; border-color: $border; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $raised; border: 1px solid $strong_border; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border-color: $accent; }

QTabWidget::pane { border: none; }
QTabBar { background: transparent; qproperty-drawBase: 0; outline: none; }
QTabBar::tab { background: transparent; color: $muted; padding: 8px 12px 7px 12px; border: none; border-bottom: 2px solid transparent; font-weight: 500; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:selected:focus { background: $accent_soft; border-top-left-radius: 6px; border-top-right-radius: 6px; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget#scrolled { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $scroll_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: transparent; }
QSplitter#upper_splitter::handle, QSplitter#left_splitter::handle, QSplitter#outer_splitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }

QAbstractItemView { background: $panel; alternate-background-color: $raised; border: none; outline: none; selection-background-color: $accent_soft; selection-color: $text; }
QListView::item, QTreeView::item { padding: 4px 6px; border-radius: 5px; }
QListView::item:hover, QTreeView::item:hover { background: $panel_hover; }
QListView::item:selected, QTreeView::item:selected { background: $accent_soft; color: $text; }
QTableView { background: $raised; gridline-color: $border; border: 1px solid $border; border-radius: 6px; }
QTableView::item { padding: 0 6px; }
QTableView::item:selected { background: $accent_soft; color: $text; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-right: 1px solid $border; border-bottom: 1px solid $border; padding: 4px 8px; font-weight: 500; }
QTableCornerButton::section { background: $panel; border: none; }

QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; text-align: center; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar { background: $panel; border-top: 1px solid $border; color: $muted; }
QStatusBar::item { border: none; }

QLabel[role="title"] { font-size: 20pt; font-weight: 600; }
QLabel[role="heading"] { font-size: 11pt; font-weight: 600; }
QLabel[role="fact"] { font-weight: 600; }
QLabel[role="section"] { color: $muted; font-size: 8.5pt; font-weight: 600; letter-spacing: 0.4px; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: 9pt; }
QLabel[role="error"] { color: $error; font-size: 9pt; }
QLabel[role="warning"] { color: $warning; }
QFrame[role="panel"] { background: $panel; border: none; }
QFrame[role="side"] { background: $panel; border: none; border-right: 1px solid $border; }
QFrame[role="foot"] { background: $panel; border: none; border-top: 1px solid $border; }
QToolButton[role="state"] { color: $text; background: $raised; border: 1px solid $border; border-radius: 14px; padding: 4px 12px 4px 8px; margin-right: 4px; }
QToolButton[role="state"]:focus { border-color: $accent; }
QComboBox[role="cell"] { border-color: transparent; background: transparent; border-radius: 4px; min-height: 16px; padding: 1px 6px; }
QFrame[role="template"] { background: $raised; border: 1px solid $border; border-radius: 10px; }
QFrame[role="template"][hovered="true"], QFrame[role="template"][focused="true"] { border-color: $accent; }
QFrame[role="picture"] { background: $canvas; border: none; border-bottom: 1px solid $border; border-top-left-radius: 9px; border-top-right-radius: 9px; }
QFrame[role="row"] { background: transparent; border: 1px solid transparent; border-radius: 6px; }
QFrame[role="row"][hovered="true"] { background: $panel_hover; }
QFrame[role="row"][focused="true"] { border-color: $accent; }
QFrame[role="helpline"] { background: $raised; border: none; border-top: 1px solid $border; }
QFrame[role="card"] { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame[notice] { border-radius: 8px; border: 1px solid $border; background: $raised; }
QFrame[notice="error"] { background: $error_soft; border-color: $error; }
QFrame[notice="warning"] { background: $warning_soft; border-color: $warning; }
QFrame[notice="success"] { background: $success_soft; border-color: $success; }
QFrame[notice="info"] { background: $raised; border-color: $strong_border; }
QFrame[role="line"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
"""
