"""The profiles of VACC's samples: their commands word for word, over a stand-in of the profilers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import clipperf
from hosts import install, rows
from test_vacc_twin import rows_of

from clipperf.data.device_tables import read_device_table

TOWERS = {"image": "vision", "text": "text"}
"""The catalogue's name by that of the profiler."""

PROFILES = {"vacc": "image", "vacc-text": "text"}
COMMON = {
    "--device_ids": "[0]",
    "--instance": "1",
    "--batch_size": "1",
    "--percentiles": "[50,90,95,99]",
    "--input_host": "1",
}
ITERATIONS = {"image": "1000", "text": "1500"}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The samples' build folder with both profilers, and beside it what their commands name."""
    folder = tmp_path / "samples" / "build"
    for tower, model in TOWERS.items():
        name = f"clip_{tower}_prof"
        install(folder / "vaststreamx-samples" / "bin", name, "vsx_prof_program.py", name)
        stages = read_device_table("vacc")[model]
        host_ms, device_ms = (float(stages[stage].removeprefix("1:")) for stage in ("copy_in_ms", "execute_ms"))
        (folder / f"{tower}.json").write_text(json.dumps({"host_ms": host_ms, "device_ms": device_ms}))
    (folder / "imagenet_label_npz_files").mkdir()
    (folder.parent / "data" / "configs").mkdir(parents=True)
    for file in ("imagenet_label_npz_files/Afghan hound, Afghan.npz", "../data/configs/clip_txt_vdsp.json", "elf"):
        (folder / file).write_text("x")
    return folder


def files_of(tower: str, build: Path) -> dict[str, str]:
    """The flags that one profiler has and the other has not."""
    if tower == "image":
        return {"--norm_elf": str(build / "elf"), "--space2depth_elf": str(build / "elf")}
    return {
        "--vdsp_params": str(build.parent / "data" / "configs" / "clip_txt_vdsp.json"),
        "--test_input_npz": str(build / "imagenet_label_npz_files" / "Afghan hound, Afghan.npz"),
    }


@pytest.mark.parametrize(("profile", "tower"), PROFILES.items())
def test_a_tower_is_measured_by_the_samples_commands(profile: str, tower: str, build: Path, tmp_path: Path):
    ledger = tmp_path / "ledger.jsonl"
    # What lies in /opt/vastai on such a host.
    here = ["--model", f"./{tower}"]
    here += [f"--option={flag[2:]}={path}" for flag, path in files_of(tower, build).items() if flag.endswith("_elf")]
    form = ("--no-control", "--order", "listed", "--format", "csv", "--quiet")
    done = clipperf("sweep", "--profile", profile, *here, *form, cwd=build, env={"VSX_PROF_LEDGER": str(ledger)})
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    for entry, row, (depth, queue_size) in zip(entries, rows(done.stdout), ((1, "0"), (3, "1")), strict=True):
        given = entry["arguments"]
        assert dict(zip(given[::2], given[1::2], strict=True)) == {
            "--model_prefix": str(build / tower),
            "--iterations": ITERATIONS[tower],
            "--queue_size": queue_size,
            **COMMON,
            **files_of(tower, build),
        }
        assert (row["status"], row["scope"], row["queue_depth"]) == ("ok", "pipeline", str(depth))
        told = rows_of("vacc")[TOWERS[tower], depth]
        for column in ("qps", "latency_mean_ms"):
            assert float(row[column]) == pytest.approx(float(told[column]), rel=0.01)


@pytest.mark.parametrize(("profile", "tower"), PROFILES.items())
def test_without_the_profiler_it_says_where_that_is(profile: str, tower: str, tmp_path: Path):
    done = clipperf("sweep", "--profile", profile, "--list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        f"Error: --option program=vaststreamx-samples/bin/clip_{tower}_prof: there is no such program; the build of"
    )
