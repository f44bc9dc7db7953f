"""Cases measured by the stand-in: what it is told, what it did, and what is reported of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from vsx_prof_cases import Programs, Run, codes, entries, with_options

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.sweeping.survey import ask_all
from clipperf.tools.base import ToolCase
from clipperf.tools.vsx_prof import VsxProf
from clipperf.tools.vsx_prof.queue_size import Family, threads_in_pool

TWINS = ("clip_image_prof", "clip_image_prof.py")


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize(("depth", "qps", "latency_ms"), [(1, 140.06, 7.14), (3, 192.75, 15.55), (6, 192.75, 31.0)])
def test_the_published_device(
    case: ToolCase, run: Run, programs: Programs, ledger: Path, name: str, depth: int, qps: float, latency_ms: float
):
    asked = replace(with_options(case, program=str(programs(name))), queue_depth=depth)
    report, _ = run(asked, requests=1000)
    assert report.qps == pytest.approx(qps, rel=1e-3)
    assert report.latency_ms["mean"] == pytest.approx(latency_ms, rel=5e-3)
    assert report.in_flight_mean == pytest.approx(depth, rel=0.01)
    assert (report.queue_depth, report.batch_size, report.instances, report.device) == (depth, 1, 1, "0")
    (entry,) = entries(ledger)
    assert entry["at_once"] == [depth]
    assert report.requests == sum(entry["calls"]) == 1000
    assert report.qps == pytest.approx(entry["qps"], abs=0.01)
    assert report.latency_ms["mean"] == pytest.approx(entry["mean_ms"], abs=0.001)
    assert codes(report) == ["no-warm-up", "zero-inputs"]


def test_the_command_line(case: ToolCase, run: Run, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("normalize").write_bytes(b"elf")
    options = {"norm_elf": "normalize", "percentiles": "50:99", "shape": "3x224x224", "hw_config": "normalize"}
    asked = replace(with_options(case, **options), device_ids=("0", "1"), instances=2, queue_depth=4, batch_size=2)
    report, captured = run(asked, requests=10)
    assert dict(zip(captured.command.argv[1::2], captured.command.argv[2::2], strict=True)) == {
        "--model_prefix": case.model,
        "--device_ids": "[0,1]",
        "--instance": "4",
        "--iterations": "40",
        "--batch_size": "2",
        "--queue_size": "2",
        "--percentiles": "[50,99]",
        "--input_host": "1",
        "--norm_elf": str(tmp_path / "normalize"),
        "--shape": "[3,224,224]",
        "--hw_config": str(tmp_path / "normalize"),
    }
    (entry,) = entries(ledger)
    assert sorted(entry["devices"]) == [0, 0, 1, 1]
    assert (report.device, report.instances, report.requests) == ("0,1", 2, 40)
    assert set(report.latency_ms) == {"mean", "min", "max", "p50", "p99"}
    assert "batch-in-turn" in codes(report)


def test_requests_are_the_tools_own_total_where_its_own_devices_are_asked_for(case: ToolCase, run: Run):
    report, _ = run(replace(case, device_ids=("0", "1"), with_own_devices=True), requests=40)
    assert report.requests == 40


def test_input_on_the_device_is_told(case: ToolCase, run: Run, ledger: Path):
    report, _ = run(with_options(case, input_host=False))
    assert "input-on-device" in codes(report)
    assert entries(ledger)[0]["flags"]["input_host"] == "0"


def test_more_depth_than_pythons_pool_has_threads(
    case: ToolCase, run: Run, programs: Programs, ledger: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    asked = replace(with_options(case, program=str(programs("clip_image_prof.py"))), queue_depth=10)
    report, _ = run(asked)
    assert entries(ledger)[0]["at_once"] == [6]
    assert report.in_flight_mean == pytest.approx(9.85, abs=0.01)
    assert "thread-pool" in codes(report)
    assert "6 requests run at once" in report.warnings[-1].sentence
    assert [threads_in_pool(processors) for processors in (1, 4, 64)] == [5, 8, 32]


@pytest.mark.parametrize(
    ("name", "depths"), [("run_stream_async_prof", (1, 2, 4)), ("run_stream_async_prof.py", (2, 5))]
)
def test_the_asynchronous_family(
    case: ToolCase, run: Run, programs: Programs, tmp_path: Path, name: str, depths: tuple[int, ...]
):
    (tmp_path / "vdsp.json").write_text("{}")
    asked = with_options(case, program=str(programs(name)), vdsp_params=str(tmp_path / "vdsp.json"))
    for depth in depths:
        report, _ = run(replace(asked, queue_depth=depth))
        assert report.queue_depth == depth
        assert report.in_flight_mean == pytest.approx(depth, rel=0.02)
        assert codes(report) == ["no-warm-up"]


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("is_python", [False, True])
def test_depths_and_queue_sizes_go_both_ways(is_async: bool, is_python: bool):
    family = Family(is_async, is_python)
    for depth in range(1, 70):
        try:
            assert family.depth(family.queue_size(depth)) == depth
        except Unsupported:
            assert (is_async, depth) in ((False, 2), (True, 1))
    assert family.depth(0) == (None if is_async else 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"queue_depth": 2}, "--queue-depth 2: .*cannot have 2 requests in flight.*q from 1 on has q \\+ 2"),
        ({"device_ids": ("cpu",)}, "--device cpu: VastStreamX numbers its devices"),
        ({"device_ids": ("00",)}, "--device 00"),
        ({"precision": "int8"}, "--precision int8: the model was built as fp16"),
    ],
)
def test_cases_that_are_refused(case: ToolCase, change: dict[str, object], words: str):
    with pytest.raises(Unsupported, match=words):
        VsxProf().check_case(replace(case, **change))  # type: ignore[arg-type]


def test_a_profiler_without_queue_or_batch(case: ToolCase, programs: Programs, model: str):
    path = programs("clip_image_prof")
    help_text = "  --model_prefix x\n --device_ids x\n --instance x\n --iterations x\n"
    path.write_text(f"#!/bin/sh\nprintf '%s' '{help_text}'\n")
    with pytest.raises(Unsupported, match="--queue-depth 3: clip_image_prof has no --queue_size"):
        VsxProf().check_case(replace(case, queue_depth=3))
    with pytest.raises(Unsupported, match="--batch 4: clip_image_prof has no --batch_size"):
        VsxProf().check_case(replace(case, batch_size=4))
    VsxProf().check_case(replace(case, precision="fp16"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"queue_size": 1}, "--option queue_size: for vsx_prof this is --queue-depth"),
        ({"instance": 1}, "--instances, which is per device"),
        ({"speed": 1}, "--option speed: clip_image_prof has no such option; it takes family, hw_config, input_host"),
        ({"percentiles": "50,99"}, "give whole percentages with colons"),
        ({"percentiles": "101"}, "give whole percentages with colons"),
        ({"shape": "3,224"}, "give dimensions with x between"),
        ({"input_host": "maybe"}, "--option input_host=maybe: give true or false"),
        ({"family": "third"}, "--option family=third: take one of sync, async"),
        ({"norm_elf": "/nowhere"}, "--option norm_elf=/nowhere: there is no such file"),
    ],
)
def test_options_that_are_refused(case: ToolCase, options: dict[str, object], words: str):
    with pytest.raises(Unsupported, match=words):
        VsxProf().check_options({**case.options, **options})


def test_files_that_a_profiler_cannot_do_without(programs: Programs):
    with pytest.raises(Unsupported, match="--option test_input_npz=FILE and --option vdsp_params=FILE"):
        VsxProf().check_options({"program": str(programs("clip_text_prof"))})
    with pytest.raises(Unsupported, match=r"clip_text_prof\.py needs --option vdsp_params=FILE;"):
        VsxProf().check_options({"program": str(programs("clip_text_prof.py"))})


def test_a_program_that_is_not_there(tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch):
    tool = VsxProf()
    with pytest.raises(RunnerUnavailable, match="say which profiler is meant, with --option program=clip_image_prof"):
        tool.probe({})
    monkeypatch.setenv("PATH", f"{programs('clip_text_prof').parent}:/bin:/usr/bin")
    with pytest.raises(RunnerUnavailable, match=r"meant \(clip_text_prof on PATH\)"):
        tool.probe({})
    assert tool.probe({"program": "clip_text_prof"}).libraries["vsx_prof"].endswith("/bin/clip_text_prof")
    (tmp_path / "flat").write_text("no program")
    for program, words in {
        "/nowhere/clip_prof": "--option program=/nowhere/clip_prof: there is no such program; the build",
        "no_such_prof": "there is no such program on PATH",
        "/nowhere/clip_prof.py": "there is no such file",
        str(tmp_path / "flat"): "may not be executed; chmod",
        "/bin/true": "does not list --model_prefix, --device_ids, --instance, --iterations",
        str(programs("argmax_prof")): "does not list --model_prefix, so that it is no profiler of models",
    }.items():
        with pytest.raises(RunnerUnavailable, match=words):
            tool.probe({"program": program})
    tool.python = "/nowhere/python3"
    with pytest.raises(RunnerUnavailable, match="--worker-python /nowhere/python3: there is no such program"):
        tool.probe({"program": str(programs("clip_image_prof.py"))})


def test_it_is_listed_with_what_it_needs():
    (asked,) = ask_all(["vsx_prof"], None)
    assert asked.facts is None
    assert asked.lacks.startswith("Say which profiler is meant")
