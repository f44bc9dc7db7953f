from clipperf.report.spread import control_text, repeats_text
from tests.rows import frame, row


def repeated(batch: int, *rates: float) -> list[dict]:
    return [
        row(batch, qps, case_id=f"case{batch}", repeat=number, qps_ci_low=qps * 0.99, qps_ci_high=qps * 1.01)
        for number, qps in enumerate(rates)
    ]


def test_the_spread_between_repeats_stands_beside_that_within_one() -> None:
    text = repeats_text(frame(*repeated(1, 100.0, 110.0, 90.0), *repeated(4, 200.0, 200.0, 200.0)))
    assert text == (
        "repeats · standard deviation of qps\n"
        "  batch 1: between 3 repeats 10 %, within one 0.51 %\n"
        "  batch 4: between 3 repeats 0 %, within one 0.51 %"
    )


def test_a_case_measured_once_has_no_spread() -> None:
    assert repeats_text(frame(*repeated(1, 100.0))) == ""


def test_lost_repeats_do_not_count() -> None:
    rows = repeated(1, 100.0, 101.0)
    rows[1].update(status="failed", qps=None)
    assert repeats_text(frame(*rows)) == ""


def control(first: float, last: float, half: float) -> dict:
    ends = [{"batch_size": 8, "qps": qps, "qps_ci_low": qps - half, "qps_ci_high": qps + half} for qps in (first, last)]
    return {"first": ends[0], "last": ends[1], "change_pct": 100 * (last / first - 1)}


def test_the_control_case_says_whether_the_machine_changed() -> None:
    assert control_text(control(100.0, 101.0, 2.0)).endswith("100.0 qps, then 101.0 (+1.0 %): within its intervals.")
    assert control_text(control(100.0, 90.0, 2.0)).endswith("(-10.0 %): the machine changed meanwhile.")


def test_a_control_without_intervals_gives_no_verdict() -> None:
    without = control(100.0, 90.0, 2.0)
    without["first"]["qps_ci_low"] = None
    assert control_text(without).endswith("(-10.0 %).")


def test_no_control_no_sentence() -> None:
    assert control_text({}) == ""


def test_spreads_are_missing_where_no_repeat_has_an_interval() -> None:
    rows = repeated(1, 100.0, 101.0)
    for one in rows:
        one.update(qps_ci_low=None, qps_ci_high=None)
    assert "within" not in repeats_text(frame(*rows))


def test_a_control_by_the_rate_that_it_has():
    found = control(100.0, 101.0, 2.0)
    for end in ("first", "last"):
        found[end] = {name.replace("qps", "qps_compute"): value for name, value in found[end].items()}
    found["rate"] = "qps_compute"
    assert control_text(found).endswith("100.0 qps_compute, then 101.0 (+1.0 %): within its intervals.")
