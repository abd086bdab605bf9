"""Looks for the system libraries that a window needs, before Qt aborts without them."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping

# Library → its package on Debian and Ubuntu, and on Fedora.
NEEDED = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
}
WITHOUT_A_WINDOW = ("offscreen", "minimal", "vnc")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def what_is_missing(
    environment: Mapping[str, str] = os.environ,
    loads: Callable[[str], bool] = _loads,
    system: str = sys.platform,
) -> str:
    """Sentences that say why no window can be shown here and what to do; empty if one can."""
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if not system.startswith("linux") or platform in WITHOUT_A_WINDOW:
        return ""
    wayland, x11 = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    if not platform and not wayland and not x11:
        return (
            "There is no screen to show a window on (neither DISPLAY nor WAYLAND_DISPLAY is set). "
            "Start NN Designer from a desktop, or use its commands: "
            "python -m nn_designer --help."
        )
    uses_x11 = platform == "xcb" or (not platform and not wayland)
    names = [name for name in NEEDED if uses_x11 or not name.startswith(("libxcb", "libxkb"))]
    missing = [name for name in names if not loads(name)]
    if not missing:
        return ""
    debian = " ".join(NEEDED[name][0] for name in missing)
    fedora = " ".join(NEEDED[name][1] for name in missing)
    return (
        f"NN Designer needs libraries that are not on this computer: {', '.join(missing)}. "
        f"Install them, then start again:\n"
        f"  Debian, Ubuntu, Mint:  sudo apt install {debian}\n"
        f"  Fedora:                sudo dnf install {fedora}"
    )
