"""Hosts of vendors in miniature for their profiles: stand-ins as programs on PATH, and the rows that a sweep prints."""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path

STANDINS = Path(__file__).parents[1] / "standins"


def install(folder: Path, name: str, standin: str, *arguments: str) -> Path:
    """Makes a stand-in the program of that name in ``folder``; gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -E -s "{STANDINS / standin}" {" ".join(arguments)} "$@"\n')
    program.chmod(0o755)
    return program


def put(folder: Path, name: str, standin: str) -> dict[str, str | None]:
    """An environment in which a stand-in is the program of that name."""
    program = install(folder / "bin", name, standin)
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


def rows(text: str) -> list[dict[str, str]]:
    """Those of ``--format csv``."""
    return list(csv.DictReader(io.StringIO(text)))
