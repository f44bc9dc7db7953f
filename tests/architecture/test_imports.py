"""Holds the table of layers.py: who may import whom, and that no import closes a circle."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys

import pytest
from layers import ALLOWED, PARENT_SIDE, ROOT, Import, imports_of, modules, unit_of

MODULES = modules()
IMPORTS = {name: imports_of(path, MODULES) for name, path in MODULES.items()}
SDKS = {
    "onnxruntime": {"onnxruntime"},
    "openvino": {"openvino"},
    "acl": {"ais_bench"},
    "magicmind": {"magicmind"},
    "torch": {"torch"},
    "torch_graph": {"torch"},
    "sail": {"sophon"},
    "vacc": {"vaststreamx"},
    "die_reader": {"vaststreamx"},
}
"""What the module of a runner, or a monitor's own program, may import beside the standard library and numpy, and only
inside its methods."""

HEAVY = (
    "jinja2",
    "matplotlib",
    "numpy",
    "onnx",
    "onnxruntime",
    "pandas",
    "plotly",
    "psutil",
    "pydantic",
    "rich",
    "sqlalchemy",
    "tabulate",
    "yaml",
)


def is_ours(module: str) -> bool:
    return module.split(".")[0] == "clipperf"


def child_program() -> set[str]:
    """Every module that may be loaded in a worker, whatever the runner and the monitors."""
    wanted = [name for name in MODULES if unit_of(name) in ("worker, child side", "runners", "monitors")]
    reached: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in reached:
            reached.add(name)
            wanted += [entry.module for entry in IMPORTS[name] if entry.module in MODULES and unit_of(entry.module)]
    return reached


def test_every_module_belongs_to_a_unit_of_the_table():
    units = {unit_of(name) for name in MODULES} - {""}
    assert units <= set(ALLOWED), "add the unit to ALLOWED, with what it may import"
    assert set(ALLOWED) <= units, "the table holds a unit that is gone"
    assert {f"clipperf.worker.{name}" for name in PARENT_SIDE} <= set(MODULES)


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"clipperf"}))
def test_imports_only_what_the_table_allows(name: str):
    unit = unit_of(name)
    for entry in IMPORTS[name]:
        target = unit_of(entry.module)
        if is_ours(entry.module) and target not in ("", unit):
            assert target in ALLOWED[unit], f"{name} imports {entry.module}"


def test_the_package_itself_imports_only_its_notebook_function_and_only_when_asked():
    ours = {entry for entry in IMPORTS["clipperf"] if is_ours(entry.module)}
    # The second one stands under TYPE_CHECKING, which never runs.
    assert ours == {Import("clipperf.api", inside=True), Import("clipperf.api", inside=False)}
    assert "if TYPE_CHECKING:\n    from clipperf.api" in MODULES["clipperf"].read_text()


def test_no_circle():
    # Everything passes through the bare package, which imports nothing of ours by itself (see above).
    graph = {
        name: {entry.module for entry in found if entry.module in MODULES} - {"clipperf", name}
        for name, found in IMPORTS.items()
        if name != "clipperf"
    }
    graphlib.TopologicalSorter(graph).prepare()


def test_units_of_the_table_make_no_circle():
    graphlib.TopologicalSorter(ALLOWED).prepare()


def test_the_child_program_reaches_nothing_of_the_parent():
    units = {unit_of(name) for name in child_program()}
    assert units <= {"worker, child side", "runners", "monitors", "measure", "data", "errors"}


@pytest.mark.parametrize("name", sorted(child_program()))
def test_the_child_program_needs_only_the_standard_library_and_numpy(name: str):
    sdk = SDKS.get(name.rpartition(".")[2], set()) if unit_of(name) in ("runners", "monitors") else set()
    free = {*sys.stdlib_module_names, "numpy", "clipperf", *(["psutil"] if unit_of(name) == "monitors" else [])}
    for entry in IMPORTS[name]:
        top = entry.module.split(".")[0]
        if top in sdk:
            assert entry.inside, f"{name} imports {top} at its top: the affinity has to be set before"
        else:
            assert top in free, f"{name} imports {top}"


@pytest.mark.parametrize("name", sorted({*child_program(), "clipperf"}))
def test_the_child_program_is_written_in_the_syntax_of_python_3_8(name: str):
    ast.parse(MODULES[name].read_text(encoding="utf-8"), feature_version=(3, 8))


def test_a_runner_imports_its_contract_and_no_other_runner():
    from clipperf.runners import TABLE

    files = {target.partition(":")[0] for target in TABLE.values()}
    for name in files:
        ours = {entry.module for entry in IMPORTS[name] if is_ours(entry.module)}
        assert not ours & files, f"{name} imports another runner"


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom clipperf.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\nassert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
