"""Every runner and tool asked whether it works: whatever one of them does, the others answer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from clipperf import tools
from clipperf.errors import RunnerUnavailable, UsageError
from clipperf.runners.base import Option, Probe
from clipperf.sweeping import preflight, survey
from clipperf.sweeping.survey import KNOWN, ask_all
from clipperf.tools.base import Tool

pytestmark = pytest.mark.usefixtures("standins")


class Bench(Tool):
    """A tool that is here."""

    name, scopes, model_formats = "bench", ("compute",), (".om",)

    def probe(self, options: Mapping[str, Option]) -> Probe:
        """Two devices."""
        return Probe("0.0.2 with pipeline", ("0", "1"), "0", "24.1")


class Missing(Bench):
    """A tool that is not."""

    def probe(self, options: Mapping[str, Option]) -> Probe:
        """Says what to install."""
        raise RunnerUnavailable("--runner missing: there is no missing on PATH. Install it.")


@pytest.fixture
def of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two more tools."""
    for name, class_name in (("bench", "Bench"), ("missing", "Missing")):
        monkeypatch.setitem(tools.TABLE, name, f"{__name__}:{class_name}")
    monkeypatch.setattr(survey, "KNOWN", (*KNOWN, "bench", "missing"))


def test_all_that_there_are_answer_in_their_order():
    answers = ask_all([], None)
    assert tuple(asked.name for asked in answers) == KNOWN
    works = {asked.name for asked in answers if asked.facts}
    assert {"onnxruntime", "simulated", "null"} <= works
    assert all(asked.lacks for asked in answers if not asked.facts)


def test_tools_tell_what_they_found_or_what_to_install(of_tests: None):
    bench, missing = ask_all(["bench", "missing"], None)
    assert bench.kind == missing.kind == "tool"
    assert bench.facts is not None
    assert (bench.facts.version, bench.facts.devices, bench.facts.driver_version) == (
        "0.0.2 with pipeline", ("0", "1"), "24.1",
    )  # fmt: skip
    assert (missing.facts, missing.lacks) == (None, "There is no missing on PATH. Install it.")


def test_a_runner_that_crashes_or_hangs_costs_its_own_line_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(preflight, "_TIMEOUT_S", 1.0)
    names = ["stand_in_runners:ProbeCrash", "stand_in_runners:ProbeHang", "stand_in_runners:Gone", "null"]
    crash, hang, gone, null = ask_all(names, None)
    assert null.facts is not None
    assert "could not be asked what is here" in crash.lacks
    assert "SIGSEGV" in crash.lacks
    assert "no answer for 1 s" in hang.lacks
    assert "could not give Gone" in gone.lacks


def test_names_and_interpreters_that_are_not_there_are_wrong_usage():
    with pytest.raises(UsageError, match=r"^runner nope, other: there is no such runner or tool; take one of onnx"):
        ask_all(["nope", "null", "other"], None)
    with pytest.raises(UsageError, match="--worker-python /no/such: it cannot be started"):
        ask_all(["null"], "/no/such")
