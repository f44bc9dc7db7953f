import subprocess
import sys

import pandas as pd
from rows import frame, lost, row, sweep

from clipperf.report.table import table_text


def body(text: str) -> str:
    """The table without its caption and without the spaces that end its lines."""
    return "\n".join(line.rstrip() for line in text.split("\n\n", 1)[1].splitlines())


def test_batch_sweep():
    rows = sweep()
    rows[0] |= {"qps_ci_low": 16.25, "qps_ci_high": 16.4, "gflops_per_s": 143.5}
    for late in rows[4:]:
        late |= {"latency_p99_high_ms": None, "requests": 120}
    rows[6] |= {"latency_p95_high_ms": None, "status": "inconclusive"}
    caption, _, *lines = table_text(frame(*reversed(rows))).splitlines()
    assert caption == (
        "vit_b_32 · onnxruntime 1.23.0 · fp32 · device 0-1 · scope host · host box · measured by clipperf · "
        "1,960 requests · ± is the 95 % confidence interval"
    )
    assert lines == [
        "  batch    qps    ± %    p50 ms    p90 ms     p95 ms     p99 ms    × batch 1    GFLOP/s  status",
        "-------  -----  -----  --------  --------  ---------  ---------  -----------  ---------  ------------",
        "      1  16.31   0.46     61.31     64.38      67.44      73.57        1.000      143.5  ok",
        "      2  18.02   –       111.0     116.5      122.1      133.2         1.105        –    ok",
        "      4  20.40   –       196.1     205.9      215.7      235.3         1.251        –    ok",
        "      8  22.10   –       362.0     380.1      398.2      434.4         1.355        –    ok",
        "     16  22.70   –       704.8     740.1      775.3    ≥ 837.4         1.392        –    ok",
        "     32  22.93   –      1396      1465       1535     ≥ 1658           1.406        –    ok",
        "     64  22.81   –      2806      2946     ≥ 3056     ≥ 3333           1.399        –    inconclusive",
    ]


def test_github():
    assert table_text(frame(row(1, 10.0), row(2, 12.5, options=None)), "github") == (
        "vit_b_32 · onnxruntime 1.23.0 · fp32 · device 0-1 · scope host · host box · measured by clipperf · "
        "800 requests\n"
        "\n"
        "|   batch |   qps |   p50 ms |   p90 ms |   p95 ms |   p99 ms |   × batch 1 |\n"
        "|--------:|------:|---------:|---------:|---------:|---------:|------------:|\n"
        "|       1 | 10.00 |    100.0 |    105.0 |    110.0 |    120.0 |       1.000 |\n"
        "|       2 | 12.50 |    160.0 |    168.0 |    176.0 |    192.0 |       1.250 |"
    )


def test_columns_of_what_varies():
    rows = [row(1, 10.0 * n, instances=n, options=f'{{"threads": {4 // n}}}') for n in (1, 2)]
    assert body(table_text(frame(*rows))) == (
        "  instances    threads    batch    qps    p50 ms    p90 ms    p95 ms    p99 ms\n"
        "-----------  ---------  -------  -----  --------  --------  --------  --------\n"
        "          1          4        1  10.00    100.0     105.0     110.0     120.0\n"
        "          2          2        1  20.00     50.00     52.50     55.00     60.00"
    )


def test_depth_other_than_1_has_a_column_though_all_share_it():
    assert body(table_text(frame(row(queue_depth=4)))).split()[:2] == ["depth", "batch"]
    assert body(table_text(frame(row()))).split()[:2] == ["batch", "qps"]


def test_what_a_log_called_each_row_has_a_column_whatever_else_tells_them_apart():
    named = [row(queue_depth=depth, options=f'{{"label": "mode {depth}"}}') for depth in (1, 3)]
    text = table_text(frame(*named), "plain")
    assert "mode 1" in text
    assert "mode 3" in text
    assert "label" not in table_text(frame(*named[:1]), "plain")


def test_repeats():
    text = body(table_text(frame(row(1, 10.0, repeat=1), row(1, 20.0, repeat=0))))
    assert [line.split()[:3] for line in text.splitlines()[::2]] == [["batch", "repeat", "qps"], ["1", "0", "20.00"]]


def test_cases_without_figures_stay_with_a_dash():
    rows = frame(row(1, 10.0), lost(2, "timed-out"), lost(4, "unsupported"), row(8, 99.0, status="wrong-output"))
    assert body(table_text(rows)) == (
        "  batch    qps    p50 ms    p90 ms    p95 ms    p99 ms  status\n"
        "-------  -----  --------  --------  --------  --------  ------------\n"
        "      1  10.00     100.0     105.0     110.0     120.0  ok\n"
        "      2   –          –         –         –         –    timed-out\n"
        "      4   –          –         –         –         –    unsupported\n"
        "      8   –          –         –         –         –    wrong-output"
    )


def test_nothing_measured():
    assert body(table_text(frame(lost(1)))) == (
        "  batch    qps  status\n"
        "-------  -----  --------\n"
        "      1      –  failed"
    )  # fmt: skip
    assert table_text(frame()) == "no rows"


def test_scopes_in_a_column_and_no_ratio_across_them():
    text = body(table_text(frame(row(1, 10.0), row(2, 20.0), row(1, 100.0, scope="compute"))))
    assert [(line.split()[0], line.split()[-1]) for line in text.splitlines()[2:]] == [
        ("compute", "1.000"),
        ("host", "1.000"),
        ("host", "2.000"),
    ]


def test_vendors_table_stands_apart_from_qps():
    published = [
        {"model": "text", "runner": "ais_bench", "measured_by": "ais_bench", "scope": "compute", "batch_size": batch,
         "qps_compute": rate, "status": "ok"}
        for batch, rate in ((1, 407.0), (64, 4502.0))
    ]  # fmt: skip
    assert table_text(frame(*published)) == (
        "text · ais_bench · scope compute · measured by ais_bench\n"
        "\n"
        "  batch    qps (device compute)    × batch 1\n"
        "-------  ----------------------  -----------\n"
        "      1                   407.0        1.000\n"
        "     64                  4502         11.06"
    )


def test_a_vendors_percentile_has_no_bounds_and_stands_as_it_is():
    bounds = {f"latency_p50_{end}_ms": None for end in ("low", "high")}
    assert "15.49" in table_text(frame(row(latency_p50_ms=15.492, **bounds)))
    assert "≥" not in table_text(frame(row(latency_p50_ms=15.492, **bounds)))


def test_names_cannot_reach_the_terminal_or_break_a_column():
    rows = frame(row(model="a|\x1b[2Jb"), row(model="c\nd"))
    for style in ("plain", "github"):
        text = table_text(rows, style)
        assert r"c\x0ad" in text
        assert r"\x1b[2Jb" in text
        assert "\x1b" not in text
    assert r"a\|" in table_text(rows, "github")


def test_the_same_case_of_two_runs_keeps_every_row_where_indexes_collide():
    twice = pd.concat([frame(row(1)), frame(row(1, run_id="run-2"))])
    assert len(body(table_text(twice)).splitlines()) == 4


def test_the_table_does_not_load_matplotlib():
    modules = "clipperf.report.table, clipperf.report.notes, clipperf.report.export"
    code = f"import sys, {modules}; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_the_cosine_of_answers_is_told_also_where_it_is_why_there_are_no_figures():
    wrong = {"precision": "int8", "status": "wrong-output", "cosine_mean": 0.71236, "cosine_min": 0.5}
    right = {"precision": "bf16", "cosine_mean": 0.999914, "cosine_min": 0.99989}
    text = table_text(frame(row(1, 10.0), row(1, 20.0, **right), lost(1, **wrong)))
    assert text.splitlines()[0].endswith("cosine is that of the answers with fp32's")
    assert [line.split()[0] + " " + " ".join(line.split()[-3:]) for line in body(text).splitlines()[2:]] == [
        "bf16 0.99991 0.99989 ok",
        "fp32 – – ok",
        "int8 0.71236 0.50000 wrong-output",
    ]
