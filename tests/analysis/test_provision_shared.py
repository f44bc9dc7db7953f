"""Both towers on the same devices: what is put together, how often, and the verdict on what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from provisioning import made, planned
from rows import Row

from clipperf.analysis.objective import MET, MISSED, UNKNOWN
from clipperf.analysis.provision import TowerPlan
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_shared import choose_shared
from clipperf.analysis.provision_tried import offered_rate, pairs_of, set_counts, tried
from clipperf.errors import UsageError


def towers(vision: float = 30.0, text: float = 30.0, slo: str | None = "p99<=500ms") -> list[TowerPlan]:
    """Each has batch 1 at 100 and batch 8 at 400 samples/s."""
    return [
        planned([made(name, 1, 10.0), made(name, 8, 20.0)], rate, slo, name)
        for name, rate in (("vision", vision), ("text", text))
    ]


def answer(**asked: float) -> Answer:
    return Answer(tuple(towers(**asked)), 0.3)


def measured(told: Answer, sets: int, slower: float = 1.0, **columns: object) -> list[Row]:
    """The four rows of a number of sets, where each tower takes so many times longer beside the other."""
    rows = []
    for plan, one in pairs_of(told):
        rate, batch = offered_rate(plan, one, sets), one.configuration.batch_size
        arrivals = {"loop": "open", "arrival": "poisson", "offered_rate": rate, "qps": rate * batch}
        bounds = {"qps_ci_low": rate * batch, "qps_ci_high": rate * batch}
        for side, ms in (("alone", 10.0), ("beside", 10.0 * slower)):
            own = columns if side == "beside" else {}
            row = made(plan.curve.tower, batch, ms) | arrivals | bounds
            rows.append(row | {"side": side, "repeat": int(side == "beside")} | own)
    return rows


def test_what_shares_devices_need_not_be_what_is_best_apart():
    # Apart, batch 1 answers soonest on one device each: 30 ÷ 70. Together 60 ÷ 70 fits one as well, 100 ÷ 70 does not.
    assert [one.configuration.batch_size for one in choose_shared(towers(), 0.3)] == [1, 1]
    assert set_counts(answer()) == range(1, 2)
    assert [plan.chosen.configuration.batch_size for plan in towers(50.0, 50.0) if plan.chosen] == [1, 1]
    together = choose_shared(towers(50.0, 50.0), 0.3)
    # 50 ÷ 100 + 50 ÷ 400 is 0.625 of a device.
    assert sorted(one.configuration.batch_size for one in together) == [1, 8]
    assert set_counts(answer(vision=50.0, text=50.0)) == range(1, 2)


def test_every_number_below_that_of_towers_apart_is_tried():
    # 350 ÷ 280 → 2 each; together 2.5 → 3.
    assert set_counts(answer(vision=350.0, text=350.0)) == range(3, 4)
    # 290 ÷ 280 → 2 each; together 2.07 → 3 of 4.
    assert set_counts(answer(vision=290.0, text=290.0)) == range(3, 4)


@pytest.mark.parametrize(
    ("slower", "columns", "verdict"),
    [
        (1.5, {}, MET),
        (60.0, {}, MISSED),
        (1.5, {"latency_p99_high_ms": None}, UNKNOWN),
        # Answers fall behind what arrives, however short the window made them look.
        (1.5, {"qps": 10.0, "qps_ci_low": 9.9, "qps_ci_high": 10.1}, MISSED),
    ],
)
def test_the_verdict_is_that_of_the_worse_tower(slower: float, columns: dict[str, object], verdict: str):
    told = answer()
    rows = measured(told, 1, slower)
    rows[-1] |= measured(told, 1, slower, **columns)[-1]
    (found,) = tried(told, rows, lambda _: None)
    assert found.verdict == verdict
    assert found.towers["vision"].slower(99) == pytest.approx(slower)
    both = replace(told, tried=(found,))
    assert (both.shared is found) is (verdict == MET)
    # What was measured is judged, and not what the towers would do apart.
    assert (told.verdict, both.verdict) == (MET, verdict)


def test_a_number_that_was_not_measured_whole_is_not_told():
    told = answer()
    assert tried(told, measured(told, 1)[:-1], lambda _: None) == ()
    failed = [*measured(told, 1)[:-1], measured(told, 1, status="failed")[-1]]
    assert tried(told, failed, lambda _: None) == ()


def test_what_cannot_share_a_device_is_refused():
    vision, text = towers()
    other = planned([made("text", 1, 10.0, device="1")], 30.0, None, "text")
    with pytest.raises(UsageError, match="measure both curves on the device to be shared"):
        choose_shared([vision, other], 0.3)
    with pytest.raises(UsageError, match="give --vision and --text"):
        choose_shared([vision], 0.3)
    with pytest.raises(UsageError, match="text does not meet its objective on devices of its own"):
        choose_shared([vision, replace(text, chosen=None)], 0.3)
    same = planned([made("vision", 1, 10.0)], 30.0, None, "text")
    with pytest.raises(UsageError, match="both towers are vision"):
        choose_shared([vision, same], 0.3)
