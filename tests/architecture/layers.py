"""Who may import whom: the table that README.md prints and the tests of this folder hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARENT_SIDE = ("arrivals", "company", "conduct", "process", "reading")
"""The modules of ``worker`` that run in the command; all others run in the child program."""

ALLOWED = {
    "errors": (),
    "data": (),
    "measure": (),
    "monitors": (),
    "runners": ("errors", "data"),
    "tools": ("errors", "measure", "runners"),
    "worker, child side": ("errors", "measure", "monitors", "runners"),
    "worker, parent side": ("errors", "measure", "monitors", "worker, child side"),
    "profile": ("errors",),
    "plan": ("errors", "profile"),
    "models": ("errors",),
    "convert": ("errors", "models"),
    "results": ("errors", "measure", "monitors", "tools"),
    "history": ("errors", "results"),
    "analysis": ("errors", "measure", "results"),
    "report": ("errors", "analysis", "data", "results", "tools"),
    "sweeping": (
        *("errors", "measure", "models", "monitors", "plan", "profile", "results", "runners", "tools"),
        "worker, parent side",
    ),
    "accuracy": ("errors", "data", "models", "plan", "sweeping", "tools"),
    "search": ("errors", "analysis", "measure", "plan", "profile", "results", "runners", "sweeping"),
    "nightly": (*("errors", "analysis", "doctor", "history", "plan", "profile", "results", "sweeping"),),
    "validation": ("errors", "analysis", "data", "measure", "plan", "profile", "results", "sweeping"),
    "importing": ("errors", "measure", "models", "plan", "results", "tools"),
    "doctor": ("errors", "measure", "models", "monitors", "results", "runners", "sweeping"),
    "api": ("errors", "analysis", "plan", "profile", "results", "sweeping"),
    "cli": (
        *("errors", "analysis", "measure", "models", "monitors", "plan", "profile", "report", "results", "sweeping"),
        *("accuracy", "convert", "doctor", "history", "importing", "nightly", "search", "validation"),
        "worker, parent side",
    ),
}
"""Each unit may import itself, the bare package (for its version), and these."""


@dataclass(frozen=True)
class Import:
    """One imported module of ours or of others; ``inside`` tells whether it stands in a function."""

    module: str
    inside: bool


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted((ROOT / "clipperf").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path, known: dict[str, Path]) -> set[Import]:
    """All that a file imports, also inside functions and under TYPE_CHECKING."""
    return set(_walk(ast.parse(path.read_text(encoding="utf-8")), False, known))


def unit_of(module: str) -> str:
    """The unit of the table that a module of ours belongs to, "" for the bare package."""
    _, _, rest = module.partition(".")
    unit, _, name = rest.partition(".")
    if unit == "worker":
        return "worker, parent side" if name in PARENT_SIDE else "worker, child side"
    return unit


def table() -> str:
    """The table as README.md has it."""
    lines = ["| who | may import, of clipperf |", "|---|---|"]
    for unit, names in ALLOWED.items():
        lines.append(f"| `{unit}` | {', '.join(f'`{name}`' for name in names) or 'nothing'} |")
    return "\n".join(lines)


def _walk(node: ast.AST, inside: bool, known: dict[str, Path]) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, inside) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute, so that a reader sees where a name comes from"
            assert child.module is not None
            for alias in child.names:
                full = f"{child.module}.{alias.name}"
                yield Import(full if full in known else child.module, inside)
        else:
            yield from _walk(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef), known)
