"""Data on stdout, everything else on stderr; formats that read back; terminals, colours and quiet."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from commands import PROGRAM, SIMULATED, clipperf, environment
from sweeps import sweep

from clipperf.results.folder import RESULTS
from clipperf.results.frame import frame_of, read_rows
from clipperf.results.schema import NAMES, RELATED

AMONG_OTHERS = [column.name for column in RELATED]
COLOUR = re.compile(r"\x1b\[(3[0-7]|9[0-7]|38;)[\d;]*m")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three cases, one of which failed."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    sweep(folder, batch=[1, 2, 4], option={"fail": "raise", "fail_batch": 2})
    return folder


def test_csv_is_the_table_of_the_run(run: Path):
    done = clipperf("report", run, "--format", "csv")
    assert done.returncode == 0
    table = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(table[0]) == [*NAMES, *AMONG_OTHERS]
    assert [row["status"] for row in table] == ["ok", "failed", "ok"]
    kept = (run / RESULTS).read_text(encoding="utf-8").splitlines()
    assert all(line.startswith(f"{row},") for line, row in zip(done.stdout.splitlines(), kept, strict=True))


def test_json_reads_back_to_the_same_rows(run: Path):
    done = clipperf("report", run, "--format", "json")
    records = json.loads(done.stdout)
    assert [list(record) for record in records] == [[*NAMES, *AMONG_OTHERS]] * 3
    assert [record["is_on_front"] is None for record in records] == [False, True, False]
    again = frame_of([{**record, "warnings": json.dumps(record["warnings"], ensure_ascii=False)} for record in records])
    pd.testing.assert_frame_equal(again, read_rows(run / RESULTS))


def test_with_a_format_stdout_holds_data_alone(run: Path):
    done = clipperf("report", run, "--format", "plain")
    assert "RuntimeError: the simulated device failed" in done.stderr
    assert f"Run folder: {run} with curve.png and curve.svg" in done.stderr
    assert "Run folder" not in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    quiet = clipperf("report", run, "--format", "plain", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, done.stdout, "")


def test_a_github_table_is_a_table_in_markdown(run: Path):
    lines = clipperf("report", run, "--format", "github", "--quiet").stdout.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + 3
    assert len({line.count("|") for line in table}) == 1
    assert [cell.strip() for cell in table[0].split("|")][1] == "batch"
    assert set(table[1]) <= set("|-: ")


def test_without_a_format_warnings_and_failures_stand_under_the_table(run: Path):
    done = clipperf("report", run)
    table, _, notes = done.stdout.partition("\n\ntoo-few-for-p99")
    assert len([line for line in table.splitlines() if line.lstrip()[:1].isdigit()]) == 3
    assert "failed (RuntimeError) · batch 2\n  RuntimeError: the simulated device failed" in notes
    assert "→ Measure more requests" in notes


def test_report_draws_the_curves_again_without_a_device(run: Path):
    pictures = [run / "curve.png", run / "curve.svg", run / "table.md"]
    clipperf("report", run)
    for picture in pictures:
        picture.unlink()
    before = (run / RESULTS).read_bytes()
    assert clipperf("report", run).returncode == 0
    assert pictures[0].read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in pictures[1].read_bytes()
    assert pictures[2].read_text(encoding="utf-8").count("\n|") == 5
    assert (run / RESULTS).read_bytes() == before


def test_report_works_on_a_run_that_was_killed_in_the_middle_of_a_row(run: Path, tmp_path: Path):
    (tmp_path / RESULTS).write_bytes((run / RESULTS).read_bytes() + "1,run,±".encode()[:-1])
    done = clipperf("report", tmp_path, "--format", "csv")
    assert (done.returncode, done.stdout) == (0, clipperf("report", run, "--format", "csv").stdout)


def test_report_works_on_a_run_without_any_row(run: Path, tmp_path: Path):
    (tmp_path / RESULTS).write_bytes((run / RESULTS).read_bytes().splitlines(keepends=True)[0])
    done = clipperf("report", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("no rows")


def test_a_sweep_prints_its_table_and_names_its_folder(tmp_path: Path):
    done = clipperf(*SIMULATED, "--batch", "1,2", "--out", "run", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("any · simulated 1 · fp32 · device 0 · scope host · host ")
    rows, _, rest = done.stderr.partition("\n\n")
    assert [line.partition(": ok, ")[0] for line in rows.splitlines()] == [
        "1 of 2 · any · batch 1",
        "2 of 2 · any · batch 2",
    ]
    assert rest == "Run folder: run with curve.png and curve.svg\n"
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "curve.png",
        "curve.svg",
        "environment.json",
        "logs",
        "profile.yaml",
        "results.csv",
        "samples",
        "table.md",
    ]


def test_a_sweep_whose_case_failed_ends_with_1_and_its_data_on_stdout(tmp_path: Path):
    fail = ("--option", "fail=raise", "--option", "fail_batch=2")
    done = clipperf(*SIMULATED, "--batch", "1,2", *fail, "--out", "run", "--format", "json", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert {record["batch_size"]: record["status"] for record in json.loads(done.stdout)} == {1: "ok", 2: "failed"}


def test_what_is_unsupported_is_no_failure(tmp_path: Path):
    done = clipperf(*SIMULATED, "--scope", "compute", "--out", "run", cwd=tmp_path)
    assert done.returncode == 0
    assert "unsupported · " in done.stdout


def test_a_folder_is_made_and_named_for_a_run_without_out(tmp_path: Path):
    done = clipperf(*SIMULATED, "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "reports").iterdir()
    assert re.fullmatch(r"\d{8}-\d{6}-any-simulated", folder.name)
    assert f"Run folder: reports/{folder.name} with" in done.stderr


def on_terminal(*arguments: str, cwd: Path, env: dict[str, str | None] | None = None) -> tuple[int, str]:
    """Exit code and what a terminal of 100 columns gets on stderr."""
    command, terminal = pty.openpty()
    full = environment(TERM="xterm-256color", COLUMNS="100", **(env or {}))
    process = subprocess.Popen(
        [PROGRAM, *arguments], cwd=cwd, env=full, stdin=terminal, stdout=subprocess.DEVNULL, stderr=terminal
    )
    os.close(terminal)
    said = b""
    while True:
        try:
            read = os.read(command, 1 << 16)
        except OSError:
            break
        if not read:
            break
        said += read
    os.close(command)
    return process.wait(60), said.decode()


def test_a_terminal_shows_the_case_its_phase_and_how_far_the_sweep_is(tmp_path: Path):
    arguments = ["sweep", "--model", "any", "--runner", "simulated", "--warmup", "1", "--duration", "0.6"]
    code, said = on_terminal(*arguments, "--batch", "3", "--queue-depth", "2", "--out", "run", cwd=tmp_path)
    assert code == 0
    assert "any · batch 3 · depth 2" in said
    assert "0/1" in said
    assert re.search(r"measuring · \d+ qps · p50 \d", said), said
    assert COLOUR.search(said)


def test_no_color_is_respected(tmp_path: Path):
    code, said = on_terminal(*SIMULATED, "--out", "run", cwd=tmp_path, env={"NO_COLOR": "1"})
    assert (code, COLOUR.search(said)) == (0, None)
    assert "any · batch 1" in said


def test_quiet_is_quiet_on_a_terminal_too(tmp_path: Path):
    assert on_terminal(*SIMULATED, "--quiet", "--out", "run", cwd=tmp_path) == (0, "")


def test_what_is_built_is_told_where_nothing_moves(tmp_path: Path):
    arguments = ["sweep", "--model", "tiny-text", "--iterations", "5", "--warmup", "1"]
    done = clipperf(*arguments, "--out", "run", cwd=tmp_path, env={"CLIPPERF_CACHE": str(tmp_path / "cache")})
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Building tiny-text; it is kept in the cache and not built again.\n")
    assert [path.name.partition("-dynamic")[0] for path in (tmp_path / "cache" / "models").iterdir()] == ["tiny-text"]
