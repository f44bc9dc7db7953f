"""A file holds one idea and says which; whatever is public says what it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from layers import ROOT, modules

MOST_LINES = 250
FILES = [str(path.relative_to(ROOT)) for path in modules().values()]
DRAWERS = ("util", "utils", "helper", "helpers", "misc")
"""Names under which ideas without a place of their own collect."""


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """Every class, function and method whose name, and whose class's name, begins with a letter."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


@pytest.mark.parametrize("file", FILES)
def test_file_is_short(file: str):
    lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{file} has {lines} lines, so it holds two ideas"


@pytest.mark.parametrize("file", FILES)
def test_what_is_public_has_a_docstring(file: str):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body, f"{file} does not say what it is for"
    silent = [name for name, node in public(tree.body) if not ast.get_docstring(node)]
    assert not silent, f"{file}: {', '.join(silent)}"


@pytest.mark.parametrize("file", FILES)
def test_no_drawer_for_everything(file: str):
    assert not {Path(file).stem, *Path(file).parts} & set(DRAWERS)
