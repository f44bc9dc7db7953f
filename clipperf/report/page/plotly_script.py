"""The program that draws charts, as a page carries it."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class PlotlyScript:
    """``packed`` is base64 of gzip, ``sha256`` that of the text itself in base64, as a content policy names it."""

    packed: str
    sha256: str


@cache
def plotly_script() -> PlotlyScript:
    """plotly.js as its Python package has it, 4.8 MB in 2 MB; every browser since 2023 can unpack it by itself."""
    text = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    # Without a time inside, the same page has the same bytes.
    packed = base64.b64encode(gzip.compress(text, mtime=0)).decode("ascii")
    return PlotlyScript(packed, hash_of(text))


def hash_of(script: bytes) -> str:
    """SHA-256 in base64, by which a content policy allows a script and no other."""
    return base64.b64encode(hashlib.sha256(script).digest()).decode("ascii")
