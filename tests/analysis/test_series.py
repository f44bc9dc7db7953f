import pandas as pd
from rows import frame, lost, row, sweep

from clipperf.analysis.series import middle, split


def labels(rows: pd.DataFrame) -> list[str]:
    return [series.label for series in split(rows)]


def test_one_sweep_is_one_curve_in_order_of_batch_without_a_label():
    (series,) = split(frame(*reversed(sweep())))
    assert series.label == ""
    assert series.rate == "qps"
    assert list(series.rows["batch_size"]) == [1, 2, 4, 8, 16, 32, 64]


def test_labels_say_only_what_differs():
    rows = frame(*(row(batch, instances=n, queue_depth=d) for n in (1, 2) for d in (1, 2) for batch in (1, 8)))
    assert labels(rows) == [
        "instances 1 · depth 1",
        "instances 1 · depth 2",
        "instances 2 · depth 1",
        "instances 2 · depth 2",
    ]
    assert labels(frame(row(device="0"), row(device="0,1", devices=2))) == ["device 0", "devices 0,1"]
    assert labels(frame(row(), row(loop="open", arrival="poisson", offered_rate=20.0))) == [
        "closed loop",
        "open loop · 20 requests/s",
    ]


def test_scope_is_always_said_where_scopes_differ():
    assert labels(frame(*sweep(), *sweep(scope="compute"))) == ["scope compute", "scope host"]


def test_what_a_log_called_them_parts_no_curve_unless_nothing_else_does():
    named = [row(queue_depth=depth, options=f'{{"label": "depth {depth}"}}') for depth in (1, 3)]
    assert labels(frame(*named)) == labels(frame(row(queue_depth=1), row(queue_depth=3)))
    hosts = [row(options='{"label": "x86"}'), row(options='{"label": "aarch64"}')]
    assert labels(frame(*hosts)) == ["label aarch64", "label x86"]


def test_a_model_whose_file_is_called_like_all_others_is_told_by_its_folder():
    rows = frame(row(model="/models/image-vacc/mod"), row(model="/models/text-vacc/mod"))
    assert labels(rows) == ["image-vacc", "text-vacc"]


def test_options_differ_by_key():
    rows = frame(row(options='{"threads": 2, "arena": true}'), row(options='{"threads": 10, "arena": true}'))
    assert labels(rows) == ["threads 2", "threads 10"]
    assert labels(frame(row(options=None), row(options="{}"))) == [""]


def test_a_version_is_said_only_where_its_runner_does_not_tell_it():
    two_runners = frame(row(), row(runner="openvino", runner_version="2025.3"))
    assert labels(two_runners) == ["onnxruntime", "openvino"]
    assert labels(frame(row(), row(runner_version="1.24.1"))) == ["version 1.23.0", "version 1.24.1"]


def test_models_are_called_by_file_name_unless_two_have_the_same():
    assert labels(frame(row(model="/a/x.onnx"), row(model="/a/y.onnx"))) == ["x.onnx", "y.onnx"]
    assert labels(frame(row(model="/a/x.onnx"), row(model="/b/x.onnx"))) == ["/a/x.onnx", "/b/x.onnx"]


def test_a_static_model_has_a_hash_for_each_batch_and_is_still_one_curve():
    rows = frame(*(row(batch, model_sha256=f"{batch:064}") for batch in (1, 2, 4)))
    assert len(split(rows)) == 1


def test_two_models_of_one_name_are_two_curves():
    rows = frame(*(row(b, model_sha256=f"{b}{run}", run_id=run) for run in ("a", "b") for b in (1, 2, 4)))
    assert labels(rows) == ["run a", "run b"]
    in_one_run = frame(row(1, model_sha256="a" * 64), row(1, model_sha256="b" * 64, repeat=1))
    assert labels(in_one_run) == ["model file aaaaaaaa", "model file bbbbbbbb"]


def test_a_failed_row_belongs_to_the_curve_of_its_case():
    (series,) = split(frame(row(1), lost(2, measured_by=None)))
    assert list(series.rows["status"]) == ["ok", "failed"]


def test_a_folded_circumstance_lies_along_the_axis():
    rows = frame(*(row(8, instances=n, queue_depth=d) for n in (1, 2) for d in (1, 2, 4)))
    assert [series.label for series in split(rows, ["queue_depth"])] == ["instances 1", "instances 2"]


def test_rate_of_a_curve_that_only_a_vendor_derived():
    (series,) = split(frame(row(1, qps=1.0) | {"qps": None, "qps_compute": 181.0}, lost(2)))
    assert series.rate == "qps_compute"


def test_rate_of_a_curve_is_the_one_that_most_of_its_rows_have():
    rows = [row(1, 20.0, qps_compute=25.0), row(8, 22.0, qps_compute=26.0) | {"qps": None}]
    assert [series.rate for series in split(frame(*rows))] == ["qps_compute"]
    assert [series.rate for series in split(frame(row(1, 20.0, qps_compute=25.0)))] == ["qps"]


def test_an_empty_frame_has_no_curve():
    assert split(frame()) == []


def test_the_line_goes_through_measured_repeats():
    values, x = pd.Series([3.0, 1.0, 2.0, 5.0, 7.0, None]), pd.Series([1, 1, 1, 2, 2, 4])
    # Of two repeats the lower one, never their mean.
    assert middle(values, x).to_dict() == {1: 2.0, 2: 5.0}
