"""Plans whose arithmetic can be done by hand: how many devices, at which batch size, and how sure."""

from __future__ import annotations

import math

import pytest
from provisioning import ascend_910b4, chosen, curve, devices_by_batch, made, planned

from clipperf.analysis.objective import MET, MISSED, UNKNOWN
from clipperf.analysis.provision import MODELLED, OBSERVED


def test_the_published_910b4_has_vision_at_batch_8_and_text_at_batch_32():
    """The two tables of the OpenCLIP guide for Ascend 910B4, by hand.

    =====  ======  ======  ================================  ================================
    batch  vision  text    devices for 1,100 images/s        devices for 5,500 texts/s
    =====  ======  ======  ================================  ================================
        1     181     407  1100 ÷ (0.7 × 181) = 8.7 → 9      5500 ÷ (0.7 ×  407) = 19.3 → 20
        4     251    1031  1100 ÷ (0.7 × 251) = 6.3 → 7      5500 ÷ (0.7 × 1031) =  7.6 →  8
        8     285    1944  1100 ÷ (0.7 × 285) = 5.5 → 6      5500 ÷ (0.7 × 1944) =  4.0 →  5
       16     306    2999  1100 ÷ (0.7 × 306) = 5.1 → 6      5500 ÷ (0.7 × 2999) =  2.6 →  3
       32     319    4139  1100 ÷ (0.7 × 319) = 4.9 → 5      5500 ÷ (0.7 × 4139) =  1.9 →  2
       64     326    4502  1100 ÷ (0.7 × 326) = 4.8 → 5      5500 ÷ (0.7 × 4502) =  1.7 →  2
    =====  ======  ======  ================================  ================================

    Five texts come with every image. At batch 8 vision has 285 ÷ 326 = 87 % of its best; batch 16 takes 16 ÷ 306 =
    52.3 ms by itself, so p99<=50ms rules it and all beyond out, and of what is left 8 takes the fewest devices. Text
    has only 1944 ÷ 4502 = 43 % of its best at batch 8 and 92 % at 32; 64 takes as many devices, and longer.
    """
    vision = planned(ascend_910b4("vision"), 1100.0, "p99<=50ms")
    text = planned(ascend_910b4("text"), 5500.0, "p99<=20ms", "text")
    assert devices_by_batch(vision) == {1: 9, 4: 7, 8: 6, 16: 6, 32: 5, 64: 5}
    assert devices_by_batch(text) == {1: 20, 4: 8, 8: 5, 16: 3, 32: 2, 64: 2}
    assert vision.chosen is not None
    assert text.chosen is not None
    assert (vision.chosen.configuration.batch_size, vision.chosen.devices) == (8, 6)
    assert (text.chosen.configuration.batch_size, text.chosen.devices) == (32, 2)
    assert vision.chosen.configuration.block.qps.value / vision.curve.best_qps == pytest.approx(285 / 326, rel=1e-3)
    assert text.chosen.configuration.block.qps.value / text.curve.best_qps == pytest.approx(4139 / 4502, rel=1e-3)
    # Eight fill within 11 ms, of which a sample sees at most all; with 28.07 ms of execution that is within 50.
    assert vision.chosen.response_ms.value == pytest.approx(28.07 + vision.chosen.fill_ms, abs=0.5)
    assert [one.verdict for one in vision.proposals] == [MET] * 3 + [MISSED] * 3


def test_headroom_is_kept_of_the_lower_bound():
    # 100 ± 10 qps: 0.7 × 90 = 63 of each device.
    for rate, devices in ((63.0, 1), (63.1, 2), (126.0, 2), (630.0, 10)):
        plan = chosen([made("vision", 1, 10.0, wide=0.1)], rate)
        assert plan.devices == devices
        assert plan.load == pytest.approx(rate / devices / 90.0)


def test_what_a_set_of_devices_gave_is_never_split():
    pair = made("vision", 8, 20.0, devices=2, device="0,1")
    plan = planned([pair], 500.0)
    # 400 qps of two devices: 500 ÷ 280 = 1.8 sets.
    assert plan.chosen is not None
    assert (plan.chosen.sets, plan.chosen.devices) == (2, 4)
    assert plan.curve.best_qps == pytest.approx(200.0)


def test_more_devices_shorten_the_queue_until_the_objective_holds():
    rows = [made("vision", 1, 10.0)]
    loose, tight = chosen(rows, 60.0, "p99<=200ms"), chosen(rows, 60.0, "p99<=25ms")
    assert loose.devices == 1 < tight.devices
    assert tight.response_ms.high <= 25.0


def test_a_batch_that_takes_too_long_to_fill_is_no_way_to_meet_an_objective():
    # At 10 a second 16 samples take a second and a half, whatever the device does.
    plan = planned([made("vision", 1, 20.0), made("vision", 16, 100.0)], 10.0, "p99<=200ms")
    assert plan.chosen is plan.proposals[0]
    assert plan.proposals[1].verdict == MISSED
    assert plan.proposals[1].fill_ms > 1000.0


def test_no_plan_where_a_request_alone_takes_longer():
    plan = planned([made("vision", 1, 20.0), made("vision", 8, 90.0)], 10.0, "p99<=15ms")
    assert plan.chosen is None
    assert plan.nearest.configuration.batch_size == 1
    assert plan.nearest.response_ms.value > 20.0


def test_too_few_requests_never_meet_an_objective_and_stand_in_only_where_nothing_does():
    vague = made("vision", 8, 20.0, latency_p99_high_ms=None)
    alone = chosen([vague], 100.0, "p99<=200ms")
    assert (alone.verdict, math.isinf(alone.response_ms.high)) == (UNKNOWN, True)
    # A surer configuration is taken though it needs more devices.
    both = chosen([vague, made("vision", 1, 20.0)], 100.0, "p99<=200ms")
    assert both.configuration.batch_size == 1
    assert both.devices > alone.devices


def test_a_deeper_queue_gives_throughput_and_the_shallow_one_the_time_of_a_request():
    # Two in flight hide a copy: 250 qps at 8 ms each, where one at a time takes 5 ms.
    rows = [made("vision", 1, 5.0), made("vision", 1, 4.0, queue_depth=2, case_id="deep")]
    rows[1] |= {f"latency_p{number}{end}": 8.0 for number in (50, 90, 95, 99) for end in ("_ms", "_low_ms", "_high_ms")}
    deep = next(one for one in curve(rows).configurations if one.block.row["queue_depth"] == 2)
    assert deep.block.qps.value == pytest.approx(250.0)
    assert deep.light.latency_ms[99].value == 5.0


def test_measured_arrivals_come_before_modelled_ones():
    # 40 requests/s for each of them at most; the next higher rate that was offered is 50.
    offered = {
        rate: made("vision", 1, 1e3 / rate, loop="open", arrival="poisson", offered_rate=rate, case_id=f"r{rate}")
        | {f"latency_p99{end}": ms for end in ("_ms", "_low_ms", "_high_ms")}
        for rate, ms in ((30.0, 11.0), (50.0, 33.0), (70.0, 66.0))
    }
    closed = made("vision", 1, 10.0)
    plan = chosen([closed, *offered.values()], 40.0, "p99<=40ms")
    assert (plan.how, plan.response_ms.value, plan.devices) == (OBSERVED, 33.0, 1)
    # Arrivals at equal intervals say nothing of random ones, and lower rates nothing of higher ones.
    constant = {**offered[50.0], "arrival": "constant"}
    assert chosen([closed, constant, offered[30.0]], 40.0, "p99<=40ms").how == MODELLED
