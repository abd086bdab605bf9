"""Builds the bundle that opens by double click: ``python packaging/build.py``.

Makes ``dist/nn-designer/`` (on macOS also ``dist/NN Designer.app``), with everything inside:
no Python is needed on the machine where it runs. Needs ``pip install ".[bundle]"`` first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ICONS = ROOT / "build" / "icons"
BUNDLE = ROOT / "dist" / "nn-designer"


def draw_icons() -> None:
    """The logo as .ico (Windows) and .icns (macOS), from the one SVG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    image = QImage(1024, 1024, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ROOT / "resources" / "icons" / "nn-designer.svg")).render(painter)
    painter.end()
    ICONS.mkdir(parents=True, exist_ok=True)
    large = ICONS / "nn-designer.png"
    if not image.save(str(large)):
        raise SystemExit(f"The logo could not be written to {large}.")
    picture = Image.open(large)
    picture.save(ICONS / "nn-designer.ico", sizes=[(n, n) for n in (16, 32, 48, 64, 128, 256)])
    picture.save(ICONS / "nn-designer.icns")
    del application


def main() -> None:
    draw_icons()
    shutil.rmtree(BUNDLE, ignore_errors=True)
    subprocess.run(
        [
            sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
            "--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build" / "pyinstaller"),
            str(ROOT / "packaging" / "nn_designer.spec"),
        ],
        check=True,
        cwd=ROOT,
    )  # fmt: skip
    if sys.platform.startswith("linux"):
        for name in ("nn-designer.desktop", "nn-designer.xml", "install.sh"):
            shutil.copy2(ROOT / "packaging" / "linux" / name, BUNDLE / name)
        shutil.copy2(ROOT / "resources" / "icons" / "nn-designer.svg", BUNDLE)
    size = sum(file.stat().st_size for file in BUNDLE.rglob("*") if not file.is_symlink())
    print(f"Built {BUNDLE} ({size / 1e6:.0f} MB).")


if __name__ == "__main__":
    main()
