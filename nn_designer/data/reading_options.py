"""How to read a table file, as far as the person had to say it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

SEPARATORS = {
    "auto": "Found by itself",
    "comma": "Comma",
    "semicolon": "Semicolon",
    "tab": "Tab",
    "pipe": "Vertical bar",
    "space": "Spaces",
}
DECIMALS = {"auto": "Found by itself", "point": "Point (1.5)", "comma": "Comma (1,5)"}
ENCODINGS = {
    "auto": "Found by itself",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western Europe)",
    "latin-1": "Latin-1",
}
HEADERS = {"auto": "Found by itself", "yes": "First row", "no": "None"}

CHOICES = {
    "separator": SEPARATORS,
    "decimal": DECIMALS,
    "encoding": ENCODINGS,
    "header": HEADERS,
}


@dataclass(frozen=True)
class ReadingOptions:
    """How to read a file; "auto" finds it out. ``sheet`` is for Excel; empty: the first one."""

    separator: str = "auto"
    decimal: str = "auto"
    encoding: str = "auto"
    header: str = "auto"
    sheet: str = ""

    def to_json(self) -> dict[str, str]:
        """What differs from finding it out."""
        usual = asdict(AUTOMATIC)
        return {key: value for key, value in asdict(self).items() if value != usual[key]}


AUTOMATIC = ReadingOptions()
"""Everything found out by itself."""

LONGEST_SHEET_NAME = 200
