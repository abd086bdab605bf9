"""What the mouse does on the canvas, in words: for the help in the window and for docs/ACTIONS.md."""

from __future__ import annotations

GESTURES: tuple[tuple[str, str], ...] = (
    (
        "Add a layer",
        "Drag it from the palette; drop it on a wire to put it in there. A double click or Enter "
        "in the palette appends it after the selected layer. A double click on empty canvas, or "
        "on a wire, opens a list to search.",
    ),
    (
        "Wire",
        "Drag from a port to another layer, either way round: layers that would take the wire "
        "light up. Release on empty canvas to add a new layer there.",
    ),
    (
        "Rewire",
        "Drag the end of a wire to another port, or into the empty to take it away.",
    ),
    ("Cut a wire", "Alt and a click on it, or click it and press Delete."),
    (
        "Select",
        "A click. Shift adds, Ctrl toggles. A drag over empty canvas selects all it touches.",
    ),
    ("Move", "Drag a card. Shift holds it to the grid, Escape takes the drag back."),
    ("Rename", "A double click on the name; Enter takes it, Escape leaves the old one."),
    ("Choose the activation", "A click on the curve of the card."),
    ("See the settings", "A click on the card; a double click puts the cursor into the first."),
    (
        "Zoom and pan",
        "The wheel zooms at the mouse, also two fingers on a touchpad. The middle button pans, "
        "or Space and the left one; Shift and the wheel pan sideways.",
    ),
    ("More", "The right button, or the menu key, opens a menu for what is there."),
)
"""(what, how), in the order in which one needs them."""

KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Move the selected layers", ("←", "→", "↑", "↓")),
    ("Move them by ten steps", ("Shift+←", "Shift+→", "Shift+↑", "Shift+↓")),
    ("Go to the settings of the selected layer", ("Enter",)),
    ("Leave what is under way; then select nothing", ("Esc",)),
    ("Open the menu of the selected layer", ("Menu",)),
    ("Go to the next part of the window, and back", ("Tab", "Shift+Tab")),
)
"""(what, keys): those that are no actions."""

KEYBOARD_HINT = (
    "Alt and ← → choose a layer · Enter its settings · W wires it · A adds one · ? all keys"
)
"""For somebody who comes to the canvas by Tab."""
