"""Designs as files: JSON text, extension .nnd (docs/FILE_FORMAT.md).

What can be opened is opened; the rest is listed in :attr:`Loaded.problems`. Only what is no
design at all raises :class:`CodecError`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from nn_designer.data.choice import DataChoice
from nn_designer.data.places import kept_beside, opened_beside
from nn_designer.design.arrange import arrange
from nn_designer.design.document import MAXIMUM_NOTES_LENGTH, TRAINING_PARTS, Document
from nn_designer.design.edit_base import EditError, checked_name
from nn_designer.design.edit_layers import move
from nn_designer.design.frozen import thaw
from nn_designer.design.json_text import json_text
from nn_designer.design.records import (
    MAXIMUM_LAYERS,
    layer_record,
    read_layers,
    read_list,
    read_wires,
    wire_record,
)
from nn_designer.design.safe_write import failure_sentence, write_safely

FORMAT = "nn-designer"
VERSION = 1
EXTENSION = ".nnd"
MAXIMUM_BYTES = 16 * 2**20
MAXIMUM_DEPTH = 40

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version → function that makes the next version's JSON out of it. They run one by one."""

_KEYS = (
    *("format", "version", "name", "notes", "data"),
    *TRAINING_PARTS,
    *("layers", "wires"),
)


class CodecError(ValueError):
    """A file that can't be read or written as a design; the text says why and what to do."""


@dataclass(frozen=True)
class Loaded:
    """A document read from a file, and a sentence for each thing that could not be kept."""

    document: Document
    problems: tuple[str, ...] = ()


def dumps(document: Document) -> str:
    """The text of the file: keys in stable order, so that two designs compare line by line.

    Raises:
        CodecError: a setting holds what JSON can't say.
    """
    extra = {key: value for key, value in document.extra.items() if key not in _KEYS}
    data_extra = document.extra.get("data", {})
    record = {
        "format": FORMAT,
        "version": VERSION,
        "name": document.name,
        "notes": document.notes,
        "data": {
            "source": document.data.source,
            "settings": document.data.settings,
            **(data_extra if isinstance(data_extra, Mapping) else {}),
        },
        **_training_record(document),
        "layers": [layer_record(layer) for layer in document.layers],
        "wires": [wire_record(wire) for wire in document.wires],
        **extra,
    }
    try:
        return json_text(record)
    except (ValueError, TypeError) as error:
        raise CodecError(f"The design can't be written as JSON: {error}") from None


def _training_record(document: Document) -> dict[str, Any]:
    """The training parts. The later ones are left out if empty: most losses and schedules have
    no settings, and files without them stay as they were."""
    parts = {name: getattr(document, name) for name in TRAINING_PARTS}
    always = ("training", "optimizer_settings")
    return {name: value for name, value in parts.items() if value or name in always}


def loads(text: str | bytes) -> Loaded:
    """Read the text of a file, opening what can be opened.

    Raises:
        CodecError: it is not a design at all; the text says what it seems to be.
    """
    record = _migrated(parse_json(text))
    problems: list[str] = []
    known = _read_known(record, problems)
    extra = {key: value for key, value in record.items() if key not in _KEYS}
    data = record.get("data")
    if isinstance(data, dict):
        more = {key: value for key, value in data.items() if key not in ("source", "settings")}
        extra |= {"data": more} if more else {}
    values = read_list(record.get("layers", []), "layers", problems)
    if len(values) > MAXIMUM_LAYERS:
        raise CodecError(
            f"The design has {len(values):,} layers; at most {MAXIMUM_LAYERS:,} can be opened."
        )
    layers, all_placed = read_layers(values, problems)
    wires = read_wires(read_list(record.get("wires", []), "wires", problems), layers, problems)
    document = Document(layers=layers, wires=wires, extra=extra, **known)
    if not all_placed:
        document = move(document, arrange(document))
    return Loaded(document, tuple(problems))


def load(path: str | os.PathLike[str]) -> Loaded:
    """Read a file. The document names the files of its data in full, as the design's folder tells.

    Raises:
        CodecError: it is not there, can't be read, or is no design.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise CodecError(f"{str(path)!r} is a folder; choose a file in it.")
        if path.exists() and not path.is_file():  # reading a device could go on for ever
            raise CodecError(f"{str(path)!r} is not a file; choose a file.")
        size = path.stat().st_size
        if size > MAXIMUM_BYTES:
            raise CodecError(
                f"{str(path)!r} has {size / 2**20:,.0f} MB; a design has at most "
                f"{MAXIMUM_BYTES / 2**20:.0f} MB. It is probably another kind of file."
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise CodecError(
            f"The file {str(path)!r} does not exist; it may have been moved or deleted."
        ) from None
    except CodecError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise CodecError(f"{str(path)!r} can't be read: {why}.") from None
    try:
        loaded = loads(content)
    except CodecError as error:
        raise CodecError(f"{str(path)!r} can't be opened. {error}") from None
    data, notes = opened_beside(loaded.document.data, path.parent)
    return Loaded(replace(loaded.document, data=data), (*loaded.problems, *notes))


def save(document: Document, path: str | os.PathLike[str]) -> None:
    """Write a file: aside first, then in place of the old one, which is never lost.

    Raises:
        CodecError: it can't be written.
    """
    content = file_content(document, path)
    try:
        write_safely(Path(path), content)
    except OSError as error:
        raise CodecError(failure_sentence(Path(path), error)) from None


def file_content(document: Document, path: str | os.PathLike[str]) -> bytes:
    """What :func:`save` writes: files of the data that lie in the design's folder without it.

    Raises:
        CodecError: a setting holds what JSON can't say.
    """
    data = kept_beside(document.data, Path(path).parent)
    return dumps(replace(document, data=data)).encode("utf-8")


def parse_json(text: str | bytes) -> dict[str, Any]:
    """JSON text as a dictionary, hostile text refused.

    Raises:
        CodecError: it is too long, too deep, or no JSON object.
    """
    if len(text) > MAXIMUM_BYTES:
        raise CodecError(
            f"The text has more than {MAXIMUM_BYTES / 2**20:.0f} MB; a design is short."
        )
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        raise CodecError("The file is empty.")
    foreign = _foreign(raw)
    if foreign:
        raise CodecError(f"It is not a design but {foreign}.")
    try:
        value = msgspec.json.decode(raw)
    except RecursionError:
        raise CodecError(f"Its lists are nested deeper than {MAXIMUM_DEPTH} levels.") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise CodecError(_fault(raw, error)) from None
    if not isinstance(value, dict):
        raise CodecError("A design is a JSON object, but this is something else.")
    if _depth(value) > MAXIMUM_DEPTH:
        raise CodecError(f"Its lists are nested deeper than {MAXIMUM_DEPTH} levels.")
    return value


def _fault(raw: bytes, error: Exception) -> str:
    """Why ``raw`` is no JSON text, as a sentence with the place."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return f"It is not UTF-8 text: {_place(raw, wrong.start)} is wrong. Save it as UTF-8."
    if "truncated" in str(error):
        return "The file ends in the middle; part of it was lost."
    if "out of range" in str(error):
        return "It is not valid JSON: a number in it is too large."
    found = re.fullmatch(r"(?:JSON is malformed: )?(.*) \(byte (\d+)\)", str(error))
    if found is None:
        return f"It is not valid JSON: {error}."
    return f"It is not valid JSON: {found[1]}, {_place(raw, int(found[2]))}."


def _place(raw: bytes, byte: int) -> str:
    """A place in a text for people, who count lines."""
    line_start = raw.rfind(b"\n", 0, byte) + 1
    line = raw.count(b"\n", 0, byte) + 1
    return f"line {line:,}, byte {byte - line_start + 1:,}"


def _foreign(raw: bytes) -> str:
    """What the file is, if its first bytes give it away as something else."""
    starts = {
        b"PK\x03\x04": "a zip archive (such as .npz, .keras or .xlsx)",
        b"\x89HDF": "an HDF5 file",
        b"\x80": "a Python pickle",
        b"\x89PNG": "a picture",
        b"\xff\xd8\xff": "a picture",
        b"\xff\xfe": "UTF-16 text; save it as UTF-8",
        b"\xfe\xff": "UTF-16 text; save it as UTF-8",
        b"<": "a web page or XML",
        b"%PDF": "a PDF",
        b"\x1f\x8b": "a compressed file; unpack it first",
    }
    return next((name for start, name in starts.items() if raw.startswith(start)), "")


def _depth(value: Any) -> int:
    """How deep lists and objects are nested; counted without recursion."""
    depth, level = 0, [value]
    while level and depth <= MAXIMUM_DEPTH:
        depth += 1
        below: list[Any] = []
        for item in level:
            inner = item.values() if isinstance(item, dict) else item
            below.extend(part for part in inner if isinstance(part, (dict, list)))
        level = below
    return depth


def _migrated(record: dict[str, Any]) -> dict[str, Any]:
    """The record at this version's format, or CodecError."""
    if record.get("format") != FORMAT:
        seems = " It looks like a Keras model." if "class_name" in record else ""
        raise CodecError(f'It is JSON, but not a design: it lacks "format": "{FORMAT}".{seems}')
    version = record.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        shown = "missing" if version is None else repr(version)[:60]
        raise CodecError(f'"version" must be a whole number from 1, but it is {shown}.')
    if version > VERSION:
        raise CodecError(
            f"It was made by a newer NN Designer (format {version}; this one reads up to "
            f"{VERSION}). Install the newer version to open it."
        )
    for number in range(version, VERSION):
        record = MIGRATIONS[number](record)
    return record


def _read_known(record: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    """Name, notes, data and training; a default for what can't be read."""
    known: dict[str, Any] = {}
    name = record.get("name", "")
    try:
        known["name"] = checked_name(name) if name != "" else ""
    except EditError as error:
        problems.append(f"The design's name is left out: {error}")
    notes = record.get("notes", "")
    if isinstance(notes, str) and len(notes) <= MAXIMUM_NOTES_LENGTH:
        known["notes"] = notes
    else:
        problems.append('"notes" must be text of at most 100,000 characters; they are left out.')
    for key in TRAINING_PARTS:
        value = record.get(key, {})
        if isinstance(value, dict):
            known[key] = value
        else:
            problems.append(f'"{key}" must be an object; the usual settings are taken instead.')
    data = record.get("data", {})
    if not isinstance(data, dict):
        data = {"source": data}
    source, settings = data.get("source", DataChoice().source), data.get("settings", {})
    if isinstance(source, str) and isinstance(settings, dict):
        known["data"] = DataChoice(source, thaw(settings))
    else:
        problems.append(
            '"data" must name a source and its settings; the drawn circles are taken instead.'
        )
    return known
