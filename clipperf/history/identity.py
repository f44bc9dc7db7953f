"""What makes a series that series and circumstances those circumstances: keys that are the same in every database.

So a history that is made again from the run folders has them again, and what was written about a series finds it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from clipperf.history.tables import CIRCUMSTANCE_COLUMNS
from clipperf.results.axes import axes_of

_DIGITS = 16


def storable(text: str) -> str:
    r"""The text as every database takes it: NUL and lone surrogates, which PostgreSQL refuses, are spelt ``\x00``."""
    return text.replace("\0", "\\x00").encode(errors="backslashreplace").decode()


def series_key(row: Mapping[str, Any]) -> str:
    """16 hexadecimal digits, the same for rows that agree in every axis, in their options and in ``side``.

    The runner is one of the axes. What a row leaves empty has no part in it, so that an axis of a later schema version
    leaves the series of today as they are.
    """
    axes = {name: value for name, value in axes_of(row).items() if value is not None}
    return key_of([axes, row.get("side") or ""])


def circumstances_key(row: Mapping[str, Any]) -> str:
    """16 hexadecimal digits, the same for rows that may be compared as far as host, versions, model and tool go."""
    return key_of({name: row[name] for name in CIRCUMSTANCE_COLUMNS if row.get(name) is not None})


def key_of(told: Any) -> str:
    """16 hexadecimal digits of whatever JSON can hold; two of 10 million agree in one of 400,000 histories."""
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]
