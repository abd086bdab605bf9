"""How a text table is written: encoding, separator, decimal sign, header. Found from its start."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nn_designer.data.columns import MISSING, parse_number
from nn_designer.data.errors import DataError

SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}

_SAMPLE_CHARACTERS = 200_000
_SAMPLE_ROWS = 200
_UNDEFINED_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+")


@dataclass(frozen=True)
class TextFormat:
    """How the lines of a text table are to be read.

    ``body_start`` is the number of bytes before the first row of data, ``first_line`` its line
    number in the file (from 1). ``names`` are as written, empty without a header.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    has_header: bool
    body_start: int
    first_line: int
    n_columns: int


def to_utf8(content: bytes, encoding: str, name: str) -> tuple[bytes, str]:
    """The content as UTF-8 without a byte order mark, and a note if it was something else.

    Raises:
        DataError: it is not text, or not text in the encoding asked for.
    """
    found = _find_encoding(content) if encoding == "auto" else encoding
    if found in ("utf-8", "utf-8-sig"):
        content = content.removeprefix(codecs.BOM_UTF8)
        if encoding != "auto" and not _is_utf8(content):
            raise _undecodable(name, found)
    else:
        try:
            content = content.decode(found).removeprefix("\ufeff").encode("utf-8")
        except UnicodeError as error:
            raise _undecodable(name, found) from error
    if b"\0" in content or _looks_binary(content[:4096]):
        raise DataError(
            f"{name} is not a text table: it holds bytes that text never has. Choose a CSV, TSV, "
            "Excel (.xlsx) or JSON file."
        )
    plain = found in ("utf-8", "utf-8-sig") or encoding != "auto"
    return content, "" if plain else f"The file is not UTF-8; it was read as {found}."


def _undecodable(name: str, encoding: str) -> DataError:
    return DataError(
        f"{name} is not text in {encoding}, as the setting says. Set the encoding to auto, or to "
        "the one that the file was saved with."
    )


def _find_encoding(content: bytes) -> str:
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig" if _is_utf8(content) else "cp1252"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = content[:2000]
    if len(start) >= 4:
        # Latin letters in UTF-16 have a zero in every second byte.
        if start[1::2].count(0) > len(start) / 4:
            return "utf-16-le"
        if start[::2].count(0) > len(start) / 4:
            return "utf-16-be"
    if _is_utf8(content):
        return "utf-8"
    return "latin-1" if _UNDEFINED_IN_CP1252 & set(content) else "cp1252"


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    step = 1 << 20
    try:
        # In pieces, so that a big file is never held as text as a whole.
        for start in range(0, len(view), step):
            decoder.decode(view[start : start + step], start + step >= len(view))
    except UnicodeDecodeError:
        return False
    return True


def _looks_binary(start: bytes) -> bool:
    controls = sum(byte < 32 and byte not in (9, 10, 11, 12, 13) for byte in start)
    return controls > len(start) / 10


def find_format(
    content: bytes, name: str, *, separator: str, decimal: str, header: str
) -> TextFormat:
    """Find out how ``content`` (UTF-8) is written; settings other than "auto" are obeyed.

    Raises:
        DataError: there is no row of data.
    """
    sample = content[: _SAMPLE_CHARACTERS * 2].decode("utf-8", errors="ignore")
    sample = sample[:_SAMPLE_CHARACTERS]
    skipped, named_separator = _preamble(sample)
    start = "".join(skipped)
    sample = sample[len(start) :]
    sign = SIGNS.get(separator, "") or named_separator or _find_separator(sample)
    rows, header_length, header_lines = split_sample(sample, sign)
    if not rows:
        raise DataError(f"{name} holds no cell with a value. Choose a file with rows of data.")
    if decimal == "auto":
        decimal = _find_decimal(rows, sign)
    has_header = looks_like_header(rows) if header == "auto" else header == "yes"
    if has_header and len(rows) == 1 and header == "auto":
        # A single row is data only if it is not all words.
        has_header = not any(is_number(cell) for cell in rows[0])
    body_start, first_line = len(start.encode()), 1 + len(skipped)
    names: tuple[str, ...] = ()
    if has_header:
        body_start += header_length
        first_line += header_lines
        names = tuple(rows[0])
        names = (names[0].removeprefix("#").strip(), *names[1:])
    n_columns = len(rows[0]) if has_header else _most_common_length(rows)
    return TextFormat(sign, decimal, names, has_header, body_start, first_line, n_columns)


def _preamble(sample: str) -> tuple[list[str], str]:
    """Lines to skip at the start (comments, blank lines, Excel's ``sep=;``) and that separator."""
    skipped: list[str] = []
    separator = ""
    for line in io.StringIO(sample, newline=""):
        match = re.fullmatch(r"sep=(.)\s*", line, re.IGNORECASE)
        if match and not separator:
            separator = match[1]
        elif line.strip() and not line.startswith("#"):
            break
        skipped.append(line)
    else:
        return [], separator
    # One comment line right before the data may be the header, as NumPy writes it.
    if skipped and skipped[-1].startswith("#"):
        rest = sample[sum(map(len, skipped)) :].split("\n", 1)[0]
        sign = separator or _find_separator(sample[sum(map(len, skipped)) :])
        words = skipped[-1].removeprefix("#").strip()
        if _count(words, sign) == _count(rest, sign) > 1:
            skipped.pop()
    return skipped, separator


def _count(line: str, sign: str) -> int:
    return len(line.split()) if sign == " " else len(line.split(sign))


def split_sample(sample: str, sign: str) -> tuple[list[list[str]], int, int]:
    """Rows of cells from the start of a text; bytes and lines of the first row with its end."""
    rows: list[list[str]] = []
    first_bytes = first_lines = 0
    lines = _Counted(sample)
    try:
        for row in split_rows(lines, sign):
            if not rows:
                first_bytes, first_lines = lines.n_bytes, lines.n_lines
            if any(row):
                rows.append([cell.strip() for cell in row])
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error:
        # A cell without end: what was read so far tells enough; reading will say where.
        pass
    # The last row of a cut sample may be cut.
    if len(rows) > 2 and lines.n_characters >= _SAMPLE_CHARACTERS - 1:
        rows.pop()
    return rows, first_bytes, first_lines


class _Counted:
    """Lines of a text, counting what was handed out."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text, newline=""))
        self.n_bytes = self.n_lines = self.n_characters = 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.n_lines += 1
        self.n_characters += len(line)
        self.n_bytes += len(line.encode())
        return line


def split_rows(lines: Iterable[str], sign: str) -> Iterator[list[str]]:
    """The cells of each line, quoted ones kept together."""
    if sign == " ":
        # Several spaces part as one, which the csv module can't do.
        return (_split_at_spaces(line) for line in lines)
    return csv.reader(lines, delimiter=sign, skipinitialspace=True)


def _split_at_spaces(line: str) -> list[str]:
    if '"' not in line:
        return line.split()
    return [cell for cell in next(csv.reader([line.strip()], delimiter=" "), []) if cell]


def _most_common_length(rows: list[list[str]]) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0]


def is_number(cell: str) -> bool:
    return parse_number(cell) is not None or parse_number(cell, "comma") is not None


def _find_separator(sample: str) -> str:
    """The sign that parts all lines alike, and best into numbers."""
    best, best_score = ",", 0.0
    for sign in (",", ";", "\t", "|", " "):
        rows, _, _ = split_sample(sample, sign)
        if not rows:
            continue
        length = _most_common_length(rows)
        if length < 2:
            continue
        alike = sum(len(row) == length for row in rows) / len(rows)
        cells = [cell for row in rows for cell in row if cell]
        numbers = sum(map(is_number, cells)) / max(1, len(cells))
        score = alike + numbers / 2 - (0.3 if len(rows[0]) != length else 0.0)
        if sign == " ":
            # Spaces stand in words too: only if nothing else parts the lines.
            score -= 0.5
        if score > best_score:
            best, best_score = sign, score
    return best


def _find_decimal(rows: list[list[str]], sign: str) -> str:
    if sign == ",":
        return "point"
    cells = [cell for row in rows for cell in row]
    n_comma = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    n_point = sum(_DECIMAL_POINT.fullmatch(cell) is not None for cell in cells)
    return "comma" if n_comma > n_point else "point"


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns rather than being data.

    Every column votes: a word above numbers speaks for it, a number above numbers against it,
    and so does a word that stands further down again.
    """
    first, body = rows[0], rows[1:]
    votes = 0
    for index, cell in enumerate(first):
        below = [row[index] for row in body if index < len(row)]
        below = [other for other in below if other not in MISSING]
        if cell in MISSING and cell:
            continue
        numeric_below = sum(map(is_number, below)) > 0.7 * len(below) if below else False
        if is_number(cell):
            votes -= 1
        elif numeric_below:
            votes += 1
        elif cell in below:
            votes -= 1
    if votes == 0:
        # All words: names of columns are all different.
        return len(set(first)) == len(first) and not any(map(is_number, first))
    return votes > 0
