"""What ``clipperf provision`` prints of plans made by hand."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from provisioning import ascend_910b4, made, planned

from clipperf.analysis.provision import TowerPlan
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_shared import Shared, beside
from clipperf.report.provision_export import provision_csv, provision_json
from clipperf.report.provision_notes import provision_notes
from clipperf.report.provision_report import provision_text
from clipperf.report.provision_sentences import provision_sentences


@pytest.fixture
def ascend() -> Answer:
    plans = (
        planned(ascend_910b4("vision"), 1100.0, "p99<=50ms"),
        planned(ascend_910b4("text"), 5500.0, "p99<=20ms", "text"),
    )
    return Answer(plans, 0.3, 2.0)


def lines_of(told: str, beginning: str) -> list[list[str]]:
    return [line.split() for line in told.splitlines() if line.startswith(beginning)]


def shared(plan: TowerPlan, ms: float) -> Shared:
    offered = {"loop": "open", "arrival": "poisson", "offered_rate": 10.0}
    rows = [made("vision", 8, time_ms, **offered) for time_ms in (20.0, ms)]
    alone, together = (planned([row | {"loop": "closed"}], 1.0).curve.configurations[0].block for row in rows)
    return Shared(3, {plan.curve.tower: replace(beside(plan.demand, 8, alone, together), keeps_up=True)})


def test_the_plan_of_two_towers(ascend: Answer):
    told = provision_text(ascend)
    assert told.startswith("onnxruntime 1.23.0 · fp32 · device 0-1 · scope host · host box · measured by clipperf\n\n")
    plan = told.partition("\n\n")[2].partition("\n\n")[0]
    assert lines_of(plan, "devices") == [["devices", "6", "2"]]
    assert lines_of(plan, "batch size") == [["batch", "size", "8", "32"]]
    assert lines_of(plan, "of its best") == [["of", "its", "best", "87", "%", "92", "%"]]
    # 6 × 2 an hour for 1,100 × 3,600 images; 2 × 2 for 5,500 × 3,600 texts.
    assert lines_of(plan, "price per million") == [["price", "per", "million", "3.030", "0.2020"]]
    assert "vision: 6 devices at batch 8, where a device has 87 % of its best throughput.\n" in told
    assert "In all 8 devices, 16.00 an hour, 0.6734 for a million embeddings of both." in told
    assert lines_of(plan, "kWh") == [["kWh", "per", "million", "not", "measured", "not", "measured"]]
    assert [line[-2:] for line in lines_of(told, "      8 ")] == [["met,", "chosen"], ["6.289", "met"]]


def test_markdown_keeps_the_sentences_apart(ascend: Answer):
    told = provision_text(ascend, "github")
    assert "| batch size " in told
    assert "of its best throughput.  \ntext: 2 devices" in told


def test_what_rests_on_what(ascend: Answer):
    notes = " ".join(" ".join(provision_notes(ascend)).split())
    for words in ("of which 30 % are kept free", "taken for granted", "at random (Poisson)", "batch ÷ qps"):
        assert words in notes
    assert "scope" not in notes
    device_io = planned([made("vision", 1, 10.0, scope="device-io")], 10.0)
    told = " ".join(" ".join(provision_notes(Answer((device_io,), 0.3))).split())
    assert "The clock went round device-io only: copies and the host's part are in no figure here" in told
    powered = planned([made("vision", 1, 10.0, power_w=36.0)], 35.0)
    assert "energy · vision" in "\n".join(provision_notes(Answer((powered,), 0.3)))
    # 36 W for 100 a second are 0.36 J each; at 35 a second at most 36 ÷ 35.
    (energy,) = lines_of(provision_text(Answer((powered,), 0.3)), "kWh per million")
    assert energy[3:] == ["0.100", "…", "0.286"]


def test_a_tower_that_no_configuration_serves_says_why(ascend: Answer):
    slow = planned([made("vision", 1, 20.0)], 10.0, "p99<=15ms")
    filling = planned([made("text", 16, 20.0)], 10.0, "p99<=200ms", "text")
    told = provision_sentences(Answer((slow, filling), 0.3))
    assert told[0].startswith("vision: no configuration meets p99<=15ms; nearest is batch 1 with p99 ")
    assert told[0].endswith(" ms, of which a request alone takes 20.00 ms.")
    assert told[1].endswith(" ms to fill at that rate.")
    assert len(told) == 2
    records = list(csv.DictReader(io.StringIO(provision_csv(Answer((slow, ascend.plans[1]), 0.3)))))
    assert [(one["verdict"], one["devices"]) for one in records] == [("missed", ""), ("met", "2")]


def test_what_is_not_known_is_told(ascend: Answer):
    vague = planned([made("vision", 1, 10.0, latency_p99_high_ms=None)], 10.0, "p99<=100ms")
    told = provision_sentences(Answer((vague,), 0.3))
    assert "Whether it meets p99<=100ms is not known: too few requests were measured to bound p99" in told[0]
    wide = planned([made("vision", 1, 10.0, wide=0.2)], 10.0, "p99<=11ms")
    assert "the limit lies within its interval; measure longer." in provision_sentences(Answer((wide,), 0.3))[0]


def test_what_sharing_brings_is_told(ascend: Answer):
    plan = planned([made("vision", 8, 20.0)], 900.0, "p99<=100ms")
    both = Answer((plan, plan), 0.3, 1.0)
    assert both.devices == 8
    told = provision_sentences(replace(both, tried=(shared(plan, 30.0),)))
    assert told[-1] == (
        "Shared, 3 devices can carry both towers and meet their objectives, 5 fewer than apart, 3.000 an hour, 0.4630 "
        "for a million embeddings of both."
    )
    told = provision_sentences(replace(both, tried=(shared(plan, 99.0),)))
    assert told[-1] == "Shared, 3 devices cannot meet the objectives: keep the towers apart."
    text = provision_text(replace(both, tried=(shared(plan, 30.0),)))
    # 20 ms alone, 30 beside.
    (row,) = [line.split() for line in text.splitlines() if line.startswith("        3  vision")]
    assert row[:10] == ["3", "vision", "8", "10.00", "20.00", "30.00", "1.50", "20.00", "30.00", "1.50"]


def test_machines_get_everything(ascend: Answer):
    records = list(csv.DictReader(io.StringIO(provision_csv(ascend))))
    assert [(one["tower"], one["devices"], one["batch_size"]) for one in records] == [
        ("vision", "6", "8"),
        ("text", "2", "32"),
    ]
    told = json.loads(provision_json(replace(ascend, tried=(shared(ascend.plans[0], 99.0),))))
    assert (told["devices"], told["verdict"], told["shared_devices"]) == (8, "missed", None)
    assert [one["batch_size"] for one in told["configurations"] if one["is_chosen"]] == [8, 32]
    assert len(told["configurations"]) == 12
    assert told["shared"][0]["p99_beside_ms"] == 99.0
