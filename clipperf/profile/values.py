"""The forms in which a profile's values may be written, each brought to one.

A ValueError says what is allowed; the sentence around it says where, and what was found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Scalar = bool | int | float | str


def as_list(value: Any) -> Any:
    """One value, a comma list, or a list: always a list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return list(value) if isinstance(value, list | tuple | range) else [value]


def as_number(value: Any) -> Any:
    """Python takes true for 1; a user who wrote it meant something else."""
    if isinstance(value, bool):
        raise ValueError("a number")
    return value


def as_device_sets(value: Any) -> list[str]:
    """``0,1`` is one set of two devices; a list holds one set an entry, each a string or a list of ids."""
    return [_device_set(entry) for entry in (value if isinstance(value, list | tuple) else [value])]


def _device_set(entry: Any) -> str:
    ids = entry if isinstance(entry, list | tuple) else [entry]
    if any(isinstance(each, bool) or not isinstance(each, str | int) for each in ids):
        raise ValueError("device ids such as 0 or 0,1")
    names = re.sub(r"\s", "", ",".join(map(str, ids))).split(",")
    if len(set(names)) < len(names):
        raise ValueError("a device at most once in a set")
    return ",".join(names)


def as_options(value: Any) -> dict[str, list[Scalar]]:
    """``{"threads": "1,2"}`` or ``["threads=1,2"]``: a list of scalars for each key."""
    return {key: [_scalar(entry) for entry in as_list(entries)] for key, entries in as_pairs(value).items()}


def as_shapes(value: Any) -> dict[str, Any]:
    """``["image=3,224,224"]`` or ``{"image": [3, 224, 224]}``."""
    return {name: as_list(dims) for name, dims in as_pairs(value).items()}


def as_pairs(value: Any) -> dict[str, Any]:
    """``["name=value"]`` or ``{"name": value}``: a dictionary; raises ValueError for any other form."""
    if isinstance(value, Mapping):
        return dict(value)
    entries = [value] if isinstance(value, str) else value
    pairs: dict[str, Any] = {}
    for entry in entries if isinstance(entries, list | tuple) else [entries]:
        name, equals, text = str(entry).partition("=")
        if not equals or not name or not text:
            raise ValueError("what is written NAME=VALUE")
        if name in pairs:
            raise ValueError(f"each name once, with all its values: {name}=V1,V2")
        pairs[name] = text
    return pairs


def as_share(value: Any) -> Any:
    """``1%`` is 0.01."""
    text = str(value).strip()
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else as_number(value)
    except ValueError:
        raise ValueError("a share") from None


def as_text(value: Any) -> Any:
    """A number counts as its digits."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def read_scalar(text: str) -> Scalar:
    """A whole number, a number, or the text itself, as the user would mean it."""
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    # Not whatever float() takes: "nan" and "inf" are words here.
    return float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) else text


def _scalar(value: Any) -> Scalar:
    if isinstance(value, str):
        return read_scalar(value)
    if isinstance(value, bool | int) or (isinstance(value, float) and abs(value) < float("inf")):
        return value
    raise ValueError("numbers, texts, true and false")
