"""Logs, notes and documents: every form that bmrt_test has printed, and what stands around it."""

from __future__ import annotations

import pytest
from bmrt_test_cases import codes

from clipperf.errors import UsageError
from clipperf.tools import load_tool
from clipperf.tools.base import Report

TOOL = load_tool("bmrt_test")
CLOCKS = (
    "load input time(s): 0.0081\n{pre}calculate  time(s): {s}\nget output time(s): 0.000071\ncompare    time(s): 0.0004"
)


def turn(
    us: int,
    *,
    net: str = "clip_image",
    index: int = 0,
    stage: int = 0,
    loop: int | None = 0,
    times: int = 1,
    npu: str = "",
) -> str:
    """One turn as a new release prints it; the average is 3 us less than the total of a launch."""
    words = npu or f"npu {us - 40} us"
    lines = [
        *([] if loop is None else [f"==> running network #{index}, name: {net}, loop: {loop}"]),
        f"net[{net}] stage[{stage}], launch total time is {us - 3} us ({words}, cpu 37 us), (launch func time 9 us, "
        "sync 2 us)",
        f"+++ The network[{net}] stage[{stage}] output_data +++",
        *CLOCKS.format(pre="pre alloc  time(s): 0.000090\n", s=f"{us * times / 1e6:.6f}").split("\n"),
    ]
    return "".join(f"[BMRT][bmrt_test:{number}] INFO:{line}\n" for number, line in enumerate(lines, 900))


def head(model: str = "clip_f16_8b.bmodel", batch: int = 8, loops: int = 3, net: str = "clip_image") -> str:
    """What comes before the first turn."""
    return (
        f"[BMRT][deal_with_options:1634] INFO:Loop num: {loops}\n"
        f"[BMRT][load_bmodel:2084] INFO:Loading bmodel from [{model}]. Thanks for your patience...\n"
        f"[BMRT][show_net_info:2298] INFO: NetName: {net}, Index=0, CoreNum=1\n"
        "[BMRT][show_net_info:2301] INFO: ---- stage 0 ----\n"
        f"[BMRT][show_net_info:2304] INFO:   Input 0) 'image' shape=[ {batch} 3 224 224 ] dtype=FLOAT32 scale=1\n"
    )


def log(*us: int, **more: int) -> str:
    """A whole log with a loop for each."""
    return head(loops=len(us)) + "".join(turn(each, loop=loop, **more) for loop, each in enumerate(us))


def read(text: str) -> list[Report]:
    return list(TOOL.read_log("bench.log", text))


def one(text: str) -> Report:
    (report,) = read(text)
    return report


def test_a_whole_log():
    report = one(log(90_000, 10_000, 10_200, 10_100))
    assert report.durations_ms == (10.0, 10.2, 10.1), "the cold loop is left out"
    assert (report.batch_size, report.model, report.precision) == (8, "clip_f16_8b.bmodel", "fp16")
    assert (report.instances, report.queue_depth, report.scope, report.warmup_requests) == (1, 1, "compute", 1)
    assert report.qps_compute == pytest.approx(8e3 / 10.1)
    assert report.compute_ms == {"mean": pytest.approx(10.06), "p50": 10.06, "p99": 10.16}
    assert (report.label, report.options, codes(report)) == ("", {}, set())


OLD = """\
[BMRT][bmrt_test:705] INFO:==> running network #0, name: vgg, loop: 0
[BMRT][bmrt_test:981] INFO:net[vgg] stage[0], launch total time is 21590 us (npu 21489 us, cpu 101 us)
[BMRT][bmrt_test:984] INFO:+++ The network[vgg] stage[0] output_data +++
[BMRT][bmrt_test:1029] INFO:load input time(s): 0.008511
[BMRT][bmrt_test:1030] INFO:calculate  time(s): 0.021594
[BMRT][bmrt_test:1031] INFO:get output time(s): 0.006001
[BMRT][bmrt_test:1032] INFO:compare    time(s): 0.002886
"""


@pytest.mark.parametrize(
    "text",
    [
        OLD,
        OLD.replace("cpu 101 us", "normal 101 us"),
        OLD.replace("(npu 21489 us, cpu 101 us)", "(npu 21489 normal 101 us)"),
        OLD.replace("(npu 21489 us, cpu 101 us)", "(npu 21489 us, cpu 101 us)  (1)").replace(
            "0.021594", "0.021594 (2)"
        ),
        OLD.replace("time is 21590", "time is\n       21590"),
        OLD.replace("\n", "\r\n"),
        OLD.replace("[BMRT]", "2026-03-04T05:06:07 host bench: [BMRT]"),
        OLD.replace("calculate  time(s):", "calculate time(s) :"),
        OLD.rstrip("\n"),
    ],
)
def test_forms_of_a_turn(text: str):
    report = one(text)
    assert report.durations_ms == (21.594,)
    assert report.compute_ms["mean"] == 21.489
    assert (report.batch_size, report.qps_compute) == (None, None), "nothing tells the batch size"
    assert codes(report) == {"cold-only"}


def test_only_the_total_of_a_launch():
    report = one(OLD.replace(" (npu 21489 us, cpu 101 us)", ""))
    assert (report.durations_ms, report.compute_ms) == ((21.594,), {})


def test_only_the_lines_with_seconds():
    report = one("".join(line for line in OLD.splitlines(keepends=True) if "time(s)" in line))
    assert (report.durations_ms, codes(report)) == ((21.594,), {"cold-only", "launches-assumed"})


def test_lines_that_were_picked_out_of_a_log():
    """The first of several is the cold loop, also where nothing says so."""
    text = "".join(line for line in log(90_000, 10_000, 10_200).splitlines(keepends=True) if "calculate" in line)
    report = one(text)
    assert (report.durations_ms, report.warmup_requests) == ((10.0, 10.2), 1)
    assert codes(report) == {"launches-assumed"}


def test_only_the_averages():
    text = "".join(line for line in log(90_000, 10_000, 10_200).splitlines(keepends=True) if "time(s)" not in line)
    report = one(text)
    assert (report.durations_ms, report.requests) == ((), None)
    assert report.latency_ms == {"mean": pytest.approx(10.097)}
    assert report.qps_compute == pytest.approx(8e3 / 10.097)
    assert codes(report) == {"no-totals"}


def test_a_chip_that_tells_its_last_call_only():
    text = OLD.replace(
        "launch total time is 21590 us (npu 21489 us, cpu 101 us)", "the last_api_process_time_us is 21000 us"
    )
    report = one(text)
    assert (report.durations_ms, report.compute_ms["mean"]) == ((21.594,), 21.0)


@pytest.mark.parametrize("times", [2, 10])
def test_the_launches_of_a_loop_follow_from_its_two_figures(times: int):
    report = one(log(90_000, 10_000, 10_200, times=times))
    assert report.latency_ms == {"mean": pytest.approx(10.1)}
    assert (report.requests, report.warmup_requests, report.options) == (2 * times, times, {"calculate_times": times})
    assert codes(report) == {"launches-averaged"}


def test_where_they_do_not_follow_the_averages_serve():
    report = one(log(90_000, 10_000, 10_200, times=1000))
    assert report.latency_ms == {"mean": pytest.approx(10.097)}
    assert (report.requests, codes(report)) == (None, {"launches-unknown"})


def test_a_command_tells_them():
    command = "$ /opt/sophon/bin/bmrt_test --bmodel x/clip_f16_8b.bmodel --dev 3 --calculate_times=1000 --loopnum 3\n"
    report = one(command + log(90_000, 10_000, 10_200, times=1000))
    assert (report.requests, report.device) == (2000, "3")
    assert report.latency_ms == {"mean": pytest.approx(10.1)}


def test_groups_of_cores():
    pair = "npu 9900 us [9900 us, 9800 us]"
    without = one(log(90_000, 10_000, npu=pair))
    assert (without.qps_compute, without.requests, codes(without)) == (None, None, {"core-groups-unknown"})
    told = one("bmrt_test --bmodel clip_f16_8b.bmodel --core_list 0:1\n" + log(90_000, 10_000, npu=pair))
    assert told.qps_compute == pytest.approx(2 * 8e3 / 10)
    assert (told.options, codes(told)) == ({"core_list": "0:1"}, {"core-groups"})


def test_several_nets_and_stages_are_rows_of_their_own():
    """A net is announced once for all of its stages."""
    loops = "".join(
        turn(us + 10 * loop, net=net, index=index, stage=stage, loop=None if stage else loop)
        for loop in range(3)
        for index, (net, stages) in enumerate({"image": (1000, 4000), "text": (500,)}.items())
        for stage, us in enumerate(stages)
    )
    reports = read(head(model="both.bmodel") + loops)
    assert [(report.label, report.options["net_idx"], report.options["stage_idx"]) for report in reports] == [
        *(("image stage 0", 0, 0), ("image stage 1", 0, 1), ("text stage 0", 1, 0))
    ]
    assert [report.durations_ms for report in reports] == [(1.01, 1.02), (4.01, 4.02), (0.51, 0.52)]


def test_several_runs_in_a_log():
    reports = read(log(90_000, 10_000) + log(90_000, 20_000, 20_100))
    assert [(report.label, report.durations_ms) for report in reports] == [("run 1", (10.0,)), ("run 2", (20.0, 20.1))]


def test_a_run_whose_head_is_missing_begins_with_its_first_loop():
    text = "".join(turn(us, loop=loop) for us in (10_000, 20_000) for loop in range(2))
    assert [report.durations_ms for report in read(text)] == [(10.0,), (20.0,)]


NOTES = f"""# Model zoo

Measured in March.

## CLIP image, BM1684X

```bash
bmrt_test --bmodel models/BM1684X/clip_image_vitb32_bm1684x_f16_1b.bmodel --devid 2
```

```
[BMRT][bmrt_test:1362] INFO:load input time(s): 0.008165
[BMRT][bmrt_test:1364] INFO:calculate  time(s): 0.006700
```

## CLIP image, batch 4

The same with four images:

{log(90_000, 24_000, 24_100)}

## CLIP text

| calculate time(ms) | 4.92 |

    calculate  time(s): 0.004920
"""


def test_notes_with_several_blocks():
    image, four, text = read(NOTES)
    assert [report.label for report in (image, four, text)] == [
        "CLIP image, BM1684X",
        "CLIP image, batch 4 / The same with four images",
        "CLIP text",
    ]
    assert (image.durations_ms, image.device, image.batch_size) == ((6.7,), "2", 1)
    assert (image.model, image.precision) == ("models/BM1684X/clip_image_vitb32_bm1684x_f16_1b.bmodel", "fp16")
    assert image.qps_compute == pytest.approx(1 / 0.0067)
    assert codes(image) == {"cold-only", "batch-by-name"}
    assert (four.durations_ms, four.batch_size, codes(four)) == ((24.0, 24.1), 8, set())
    assert (text.durations_ms, text.model, text.batch_size) == ((4.92,), "", None)


def test_the_batch_of_a_dynamic_net_is_that_of_the_data():
    elements = 2 * 3 * 224 * 224
    given = (
        "[BMRT][bmrt_test:944] INFO:reading input #0, bytesize=1204224\n"
        f"[BMRT][print_array:756] INFO:  --> input_data: < 0 0 0 ... > len={elements}\n"
    )
    text = head() + "".join(
        turn(us, loop=loop).replace("\n", f"\n{given}", 1) for loop, us in enumerate((90_000, 3000, 3100))
    )
    assert one(text).batch_size == 2


def test_shapes_of_the_command_tell_the_batch():
    text = 'bmrt_test --bmodel clip.bmodel --shapes "[16,3,224,224],[16,77]"\n' + OLD
    report = one(text)
    assert (report.batch_size, report.options) == (16, {"shapes": "{batch}x3x224x224:{batch}x77"})


def test_model_tool_above_the_log_tells_the_batch():
    told = (
        "net 0: [vgg]  static\n------------\nstage 0, core num: 1\ninput: image, [32, 3, 224, 224], float32, scale: 1\n"
    )
    assert one(told + "\n" + OLD).batch_size == 32


def test_an_average_that_lies_far_from_the_total():
    text = OLD.replace("is 21590 us (npu 21489", "is 19000 us (npu 18000")
    assert codes(one(text)) == {"cold-only", "launch-differs"}


def test_what_failed_beside_it_is_told():
    text = log(90_000, 10_000) + "[BMRT][load_bmodel:730] FATAL:Load bmodel[other.bmodel] failed\n"
    report = one(text)
    assert report.durations_ms == (10.0,)
    assert codes(report) == {"log-has-errors"}


@pytest.mark.parametrize("s", ["0.000000", "-1.0", "nan", "1e-3", "many", "0.01.02", "99999999.0"])
def test_a_time_that_is_none(s: str):
    report = one(OLD.replace("0.021594", s))
    assert report.latency_ms == {"mean": 21.59}, "the average serves"


@pytest.mark.parametrize(
    "text", ["", "\n", "nothing of it\n", head(), "launch total time is\n", "calculate  time(s): 0.02"]
)
def test_nothing_in_it(text: str):
    with pytest.raises(UsageError, match=r"no time of bmrt_test in it.*tee FILE"):
        read(text)


@pytest.mark.parametrize("asked", [head(loops=4), "$ bmrt_test --bmodel clip_f16_8b.bmodel --loopnum 4\n"])
def test_a_log_that_lacks_loops_says_so(asked: str):
    cut = "".join(turn(us, loop=loop) for loop, us in enumerate((9000, 6000, 6100)))
    assert "log-cut-off" in codes(one(asked + cut))
    assert "log-cut-off" not in codes(one(asked + cut + turn(6050, loop=3)))
