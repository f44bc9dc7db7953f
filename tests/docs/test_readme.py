"""README.md says of every verb, flag, column, runner, profile, model, status and code what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import README, ROOT, blocks, commands, names_in, rewritten, warnings

import clipperf.cli
from clipperf.errors import Unsupported
from clipperf.plan import WHERE_NAMES
from clipperf.results.schema import STATUSES
from clipperf.runners import TABLE, load_runner

TEXT = README.read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading, up to the next one of the same or a higher level."""
    found = re.search(rf"^(#+) {re.escape(title)}$\n", TEXT, re.MULTILINE)
    assert found, f"README has no section {title}"
    rest = TEXT[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def first_cells(text: str) -> list[str]:
    """The first column of all tables in a text, heads and rules left out, without backticks."""
    rows = re.findall(r"^ *\| *([^|]+?) *\|", text, re.MULTILINE)
    return [row.strip("`") for row in rows if not row.startswith("---")]


def test_generated_parts_are_as_the_code_has_them():
    assert rewritten(TEXT) == TEXT, "run python tests/docs/regenerate.py"


def test_every_generated_part_stands_in_readme_once():
    assert sorted(names_in(TEXT)) == sorted(blocks())


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_verb_has_a_section_with_its_flags(name: str):
    assert f"<!-- generated: flags of {name} -->" in section(f"clipperf {name}")


def test_no_section_for_a_verb_that_is_gone():
    named = re.findall(r"^### clipperf (.+)$", TEXT, re.MULTILINE)
    assert sorted(named) == sorted(name for name, _ in commands())


def test_statuses():
    assert [cell for cell in first_cells(section("Reading a row")) if cell in STATUSES] == list(STATUSES)


def test_exit_codes():
    told = {int(cell) for cell in first_cells(section("Verbs")) if cell.isdigit()}
    constants = {getattr(clipperf.cli, name) for name in ("FINE", "CASE_FAILED", "USAGE", "INTERRUPTED")}
    epilog = clipperf.cli.group.epilog or ""
    assert constants | {int(code) for code in re.findall(r"\b\d+\b", epilog)} <= told


def test_runners_and_their_options():
    text = section("Runners")
    assert [cell for cell in first_cells(text) if cell in TABLE] == list(TABLE)
    for name in TABLE:
        with pytest.raises(Unsupported) as refusal:
            load_runner(name).check_options({"no_such_option": 1})
        taken = re.search(r"it takes (.+)\.$", str(refusal.value))
        assert taken, refusal.value
        options = [option for option in taken[1].split(", ") if option != "none"]
        assert [option for option in options if f"`{option}`" not in text] == [], name


def test_names_for_where():
    text = section("clipperf sweep")
    assert [name for name in WHERE_NAMES if f"`{name}`" not in text] == []


def test_warnings_are_all_found():
    codes = set()
    for path in (ROOT / "clipperf").rglob("*.py"):
        codes.update(re.findall(r'RowWarning\(\s*"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    assert codes == set(warnings())
    assert all(warnings().values()), "the function that gives a warning says in its docstring what it asks"


def test_environment_variables():
    read = set()
    for path in (ROOT / "clipperf").rglob("*.py"):
        read.update(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', path.read_text(encoding="utf-8")))
    assert read | {"NO_COLOR"} <= set(first_cells(section("Environment variables")))


def test_every_file_of_a_run_folder(tmp_path: Path):
    command = [sys.executable, "-c", "from clipperf.cli import main; main()", "sweep", "--runner", "null"]
    flags = ["--batch", "1,2,4", "--iterations", "50", "--warmup", "1", "--quiet", "--out", str(tmp_path / "run")]
    subprocess.run([*command, *flags], check=True, stdout=subprocess.DEVNULL)
    cells = re.findall(r"`([^`]+)`", section("Run folder"))
    for path in (tmp_path / "run").rglob("*"):
        name = path.relative_to(tmp_path / "run").as_posix()
        if path.is_file():
            name = re.sub(r"/[0-9a-f]{10}-\w+\.", "/<case_id>-<repeat>.", name)
            assert name in cells, name


def test_every_folder_of_the_package_is_told_and_none_that_is_gone():
    text = section("How it is built")
    told = set(re.findall(r"^\| `([\w/]+/)`", text, re.MULTILINE))
    packages = {f"clipperf/{path.parent.name}/" for path in (ROOT / "clipperf").glob("*/__init__.py")}
    assert packages <= told
    assert [folder for folder in told if not (ROOT / folder).is_dir()] == []


def test_relative_links_exist():
    targets = re.findall(r"\]\(([^)\s]+)\)", TEXT)
    assert len(targets) > 20
    missing = [t for t in targets if not t.startswith(("#", "http")) and not (ROOT / t).exists()]
    assert missing == []


def test_anchors_exist():
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
    wanted = set(re.findall(r"\]\(#([^)]+)\)", TEXT))
    assert wanted <= anchors


def test_changelog_has_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {clipperf.__version__}" in text
