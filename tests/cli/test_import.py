"""clipperf import as a user runs it: table, files and messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import SIMULATED, clipperf

from clipperf.importing.formats import FORMATS
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows

LOG = "Start compiling model.\nUsing optimization level {}\nModel compiled successfully.\ninference...\nFPS: {}\n"
TOLD = ("--model", "vit_base_patch8_224", "--precision", "fp16", "--device", "0", "--host", "ascend")
CAPTION = (
    "vit_base_patch8_224 · torch_aie · fp16 · device 0 · optim_level 1 · scope device-io · host ascend · "
    "measured by perf_test.py\n"
)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """The logs of three batch sizes."""
    for size, fps in ((1, "58.79"), (8, "231.50"), (16, "240.25")):
        (tmp_path / f"bs{size}.log").write_text(LOG.format(1, fps), encoding="utf-8")
    return tmp_path


def test_logs_become_a_table_a_curve_and_a_run_folder(logs: Path):
    done = clipperf("import", "torch_aie", "bs{batch}.log", "--batch", "1,8,16", *TOLD, "--out", "run", cwd=logs)
    assert done.returncode == 0
    assert done.stdout == (
        f"{CAPTION}\n"
        "  batch     qps    × batch 1    GFLOP/s\n"
        "-------  ------  -----------  ---------\n"
        "      1   58.79        1.000       9189\n"
        "      8  231.5         3.938      36183\n"
        "     16  240.2         4.087      37550\n"
        "\n"
        "no-interval · every case\n"
        "  The tool tells no single latencies, so that the precision of its figures is not known.\n"
        "  → Measure it several times with --repeat and look at the spread between the repeats.\n"
    )
    assert done.stderr == "\nRun folder: run with curve.png and curve.svg\n"
    again = clipperf("report", "run", cwd=logs)
    assert (again.stdout, again.stderr) == (done.stdout, done.stderr)


def test_with_a_format_stdout_holds_data_alone(logs: Path):
    arguments = ("import", "torch_aie", "bs1.log", "--batch", "1", "--format", "json", "--quiet", "--out", "run")
    done = clipperf(*arguments, cwd=logs)
    (record,) = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (record["qps"], record["vendor_qps"], record["measured_by"]) == (58.79, 58.79, "perf_test.py")
    assert (record["latency_p50_ms"], record["host"], record["started_at"]) == (None, None, None)


def test_standard_input_and_the_default_folder(logs: Path):
    done = clipperf("import", "torch_aie", "-", "--batch", "8", *TOLD, cwd=logs, input=LOG.format(1, "231.50"))
    assert done.returncode == 0
    (folder,) = (logs / "reports").iterdir()
    assert folder.name.endswith("-imported-torch_aie")
    assert read_rows(folder / RESULTS)["qps"].tolist() == [231.5]


def test_every_problem_is_a_line_and_nothing_is_written(logs: Path):
    (logs / "empty.log").write_text("", encoding="utf-8")
    done = clipperf(
        *("import", "torch_aie", "bs1.log", "gone.log", ".", "empty.log", "--out", "run"),
        *("--option", "optim_level=2", "--batch", "4"),
        cwd=logs,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: gone.log: it cannot be read (No such file or directory).\n"
        "Error: .: it is a folder; name the files in it, such as ./*.log.\n"
        "Error: empty.log: it has no line such as 'FPS: 58.79' with a throughput above 0, as torch_aie's perf_test.py "
        "prints it at its end; give its standard output.\n"
        "Error: bs1.log (measurement 1): --option optim_level=2 was given, but the log says 1; leave the flag out, or "
        "import this file by itself.\n"
    )
    assert not (logs / "run").exists()


WRONG = [
    (["import", "nope", "x"], f"clipperf reads logs of {', '.join(FORMATS)}, not of nope."),
    (["import", "torch_aie"], "Missing argument 'FILE...'."),
    (["import", "torch_aie", "x", "--batch", "0"], "--batch 0: give batch sizes from 1 on, such as 8 or 1,4,8."),
    (["import", "torch_aie", "x", "--batch", "a"], "--batch a: give batch sizes from 1 on, such as 8 or 1,4,8."),
    (["import", "torch_aie", "x", "--batch", "²"], "--batch ²: give batch sizes from 1 on, such as 8 or 1,4,8."),
    (["import", "torch_aie", "x", "--option", "a"], "--option a: give what is written NAME=VALUE."),
    (["import", "torch_aie", "x{batch}"], "x{batch}: give the batch sizes that {batch} stands for, such as --batch"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_usage_is_a_sentence(arguments: list[str], message: str):
    done = clipperf(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())


def test_an_imported_folder_stands_beside_a_measured_one(logs: Path):
    clipperf("import", "torch_aie", "bs{batch}.log", "--batch", "1,8,16", *TOLD, "--out", "imported", cwd=logs)
    model = ("--model", "vit_base_patch8_224", "--batch", "1,8,16", "--out", "measured", "--format", "csv")
    assert clipperf(*SIMULATED, *model, cwd=logs).returncode == 0
    done = clipperf("report", "imported", "measured", "--out", "both", cwd=logs)
    assert done.returncode == 0
    heads = done.stdout.splitlines()[2].split()
    assert heads[:5] == ["runner", "precision", "scope", "measured", "by"]
    assert "\nscope · device-io, host\n" in done.stdout
    assert "Run folder: both with curve.png and curve.svg" in done.stderr
    assert sorted(path.name for path in (logs / "both").iterdir()) == [
        "curve.png",
        "curve.svg",
        "index.html",
        "table.md",
    ]

    refused = clipperf("compare", "imported", "measured", cwd=logs)
    assert refused.returncode == 2
    assert "No case is on both sides" in refused.stderr
    same = clipperf("compare", "imported", "imported", "--metric", "qps", cwd=logs)
    assert same.returncode == 0
    assert "qps: 3 ambiguous" in same.stdout


def test_an_imported_folder_is_not_gone_on_with(logs: Path):
    clipperf("import", "torch_aie", "bs1.log", "--batch", "1", "--out", "run", cwd=logs)
    done = clipperf("sweep", "--resume", "run", cwd=logs)
    assert done.returncode == 2
    assert done.stderr == (
        "Error: --resume run: its rows were imported; there is nothing here that could be gone on with.\n"
    )
    taken = clipperf("import", "torch_aie", "bs1.log", "--batch", "1", "--out", "run", cwd=logs)
    assert taken.returncode == 2
    assert "it holds results already; choose another folder" in taken.stderr
