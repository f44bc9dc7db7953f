"""The parts of README.md that are made from the code, so that neither can drift from the other.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; ``python tests/docs/regenerate.py`` writes all
of them again.
"""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import yaml
from click.testing import CliRunner

from clipperf.cli import VERBS, group
from clipperf.models.catalogue import catalogue
from clipperf.models.signature import TensorInfo
from clipperf.results.schema import COLUMNS, RELATED, Column
from clipperf.validation.scenarios import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
HEAD = "| what | unit | median | from (25 %) | to (75 %) | times | demand on the median |"
"""What a table of figures begins with, as tests/benchmarks/record.py writes it."""

EXAMPLE = ROOT / "reports" / "example-vision-onnxruntime"
CAPTURED = ROOT / "tests" / "tools" / "ais_bench" / "captured"
MARK = re.compile(r"(<!-- generated: (?P<name>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def blocks() -> Mapping[str, str]:
    """The text of every part by its name."""
    sys.path.append(str(ROOT / "tests" / "architecture"))
    layers = importlib.import_module("layers")
    return {
        "verbs": _verbs(),
        **{f"flags of {name}": _flags(command) for name, command in commands()},
        "profiles": _profiles(),
        "models": _models(),
        "scenarios": _table(
            "scenario | what it holds the profiler to", ([f"`{one.name}`", one.what] for one in SCENARIOS)
        ),
        "warnings": _warnings(),
        "columns": _columns(COLUMNS),
        "related columns": _columns(RELATED),
        "reasons": _table(
            "reason | holds where", ([f"`{code}`", asked] for code, asked in said_by("Reason", "analysis").items())
        ),
        "imports": layers.table(),
        "overhead": _overhead(),
        "validation": _validation(),
        "example": _example(),
        "imported logs": _imported(),
    }


def rewritten(text: str) -> str:
    """README with every part as the code has it now; KeyError where it marks a part that there is not."""
    made = blocks()
    return MARK.sub(lambda found: f"{found[1]}{made[found['name']]}\n{found[3]}", text)


def names_in(text: str) -> list[str]:
    """The parts that README marks."""
    return [found["name"] for found in MARK.finditer(text)]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every verb and every verb of a verb, by what is typed after ``clipperf``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield f"{name} {inner}", found


def warnings() -> dict[str, str]:
    """Every warning that a row may carry: its code, and the question to which it is the answer."""
    return said_by("RowWarning", ".")


def said_by(maker: str, folder: str) -> dict[str, str]:
    """The first sentence of each function in a folder of the package that makes a ``maker``, by its code."""
    found = {}
    for path in sorted((ROOT / "clipperf" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                # The first sentence, without what follows a semicolon: that speaks of the function's arguments.
                asked = " ".join((ast.get_docstring(node) or "").split()).split(". ")[0].split("; ")[0].rstrip(".")
                found.update(dict.fromkeys(_codes(node, maker), asked.replace("``", "`") + "."))
    return dict(sorted(found.items()))


def _codes(function: ast.FunctionDef, maker: str) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == maker:
            code = node.args[0] if node.args else None
            if isinstance(code, ast.Constant):
                yield str(code.value)


def _table(heads: str, rows: Iterator[list[str]]) -> str:
    lines = [f"| {heads} |", f"|{'---|' * len(heads.split(' | '))}"]
    for row in rows:
        cells = " | ".join(cell.replace("|", r"\|") for cell in row)
        lines.append(f"| {cells} |")
    return "\n".join(lines)


def _verbs() -> str:
    return _table("verb | what it does", ([f"`clipperf {verb}`", sentence] for verb, sentence in VERBS.items()))


def _flags(command: click.Command) -> str:
    rows = [_argument(param) for param in command.params if isinstance(param, click.Argument)]
    rows += [_option(param) for param in command.params if isinstance(param, click.Option)]
    return _table("flag | meaning", iter(rows))


def _argument(param: click.Argument) -> list[str]:
    name = (param.metavar or param.name or "").strip("[]").upper()
    return [f"`{name}`", "may be left out" if not param.required else "must be given"]


def _option(param: click.Option) -> list[str]:
    names, said = ", ".join([*param.opts, *param.secondary_opts]), " ".join((param.help or "").split())
    if isinstance(param.type, click.Choice):
        names += f" {(param.name or '').strip('_').upper()}"
        said += f" One of {', '.join(map(str, param.type.choices))}."
    elif not param.is_flag:
        names += f" {param.metavar or str(param.type.name).split()[0].upper()}"
    if param.show_default and param.default is not None:
        said += f" [default: {param.default}]"
    return [f"`{names}`", said.replace("<", "&lt;")]


def _profiles() -> str:
    rows = []
    for path in sorted((ROOT / "profiles").glob("*.yaml")):
        why = " ".join(str(yaml.safe_load(path.read_text(encoding="utf-8"))["why"]).split())
        rows.append([f"[`{path.stem}`](profiles/{path.name})", why])
    return _table("profile | why it exists", iter(rows))


def _models() -> str:
    heads = "name | what it is | inputs | output | parameters | GFLOP per sample"
    return _table(
        heads,
        (
            [
                f"`{model.name}`",
                model.description,
                "<br>".join(_tensor(tensor) for tensor in model.signature.inputs),
                "<br>".join(_tensor(tensor) for tensor in model.signature.outputs),
                f"{model.parameters:,}",
                f"{model.gflops_per_sample:.4g}"
                + (f" + {model.gflops_per_request:.4g} per request" if model.gflops_per_request else ""),
            ]
            for model in catalogue().values()
        ),
    )


def _tensor(tensor: TensorInfo) -> str:
    return f"`{tensor.name}` {tensor.dtype} {'×'.join(map(str, tensor.dims or ()))}"


def _warnings() -> str:
    return _table("code | what was asked", ([f"`{code}`", asked] for code, asked in warnings().items()))


def _example() -> str:
    if not EXAMPLE.is_dir():
        return "(The example run is not here.)"
    table, _, notes = (EXAMPLE / "table.md").read_text(encoding="utf-8").strip().partition("\n\n    ")
    return f"{table}\n\n```text\n{textwrap.dedent('    ' + notes)}\n```" if notes else table


def _imported() -> str:
    """The command of the section on logs, run over recorded outputs of ais_bench."""
    names = ("gitee_2025-12__02_pure_default_bs1.stdout", "gitee_2025-12__06_pure_output_summary.stdout")
    summary = "gitee_2025-12__06_pure_output_summary__pure_summary.json"
    files = [str(CAPTURED / name) for name in (*names, summary)]
    with tempfile.TemporaryDirectory() as folder:
        told = ["--model", "vision", "--precision", "fp16", "--host", "ascend-910b4", "--out", f"{folder}/run"]
        done = CliRunner().invoke(group, ["import", "ais_bench", *files, *told], catch_exceptions=False)
    return f"```text\n{done.stdout.rstrip()}\n```"


def _overhead() -> str:
    parts = []
    for path in sorted((ROOT / "tests" / "benchmarks").glob("*.md")):
        date = re.search(r"date: (\S+)", path.read_text(encoding="utf-8"))
        parts.append((path, date[1] if date else ""))
    heads = "what | unit | median | from (25 %) | to (75 %) | demand | taken on"
    return _table(heads, (row for path, date in parts for row in _figures(path, date)))


def _validation() -> str:
    """The verdicts and the table of the recorded runs; columns of figures need no padding in HTML."""
    text = (ROOT / "tests" / "benchmarks" / "validation.md").read_text(encoding="utf-8")
    return text.partition("- command: ")[2].partition("\n\n")[2].strip()


def _figures(path: Path, date: str) -> Iterator[list[str]]:
    text = path.read_text(encoding="utf-8")
    for line in text.splitlines() if HEAD in text else ():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "what":
            yield [*cells[:5], cells[6], f"[{date}](tests/benchmarks/{path.name})"]


def _columns(columns: Sequence[Column]) -> str:
    groups = dict.fromkeys(column.group for column in columns)
    parts = []
    for name in groups:
        rows = ([f"`{c.name}`", c.unit, c.meaning] for c in columns if c.group == name)
        parts.append(f"**{name.capitalize()}**\n\n{_table('column | unit | meaning', rows)}")
    return "\n\n".join(parts)
