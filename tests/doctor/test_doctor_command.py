"""The verb as a program: what stands on stdout, and the exit codes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from clipperf.cli.doctor import doctor
from clipperf.doctor import examine
from clipperf.doctor.finding import Finding
from clipperf.errors import UsageError

FINE, NOTED = Finding("heat", "ok", "50 °C"), Finding("quota", "note", "1.5 cores", "Raise it.")
BAD = Finding("steal", "mend", "9 %", "Go elsewhere.")


def run(*arguments: str) -> tuple[int, Result]:
    """The exit code that the translator would see, and what was printed."""
    codes = []
    runner = CliRunner()
    with pytest.MonkeyPatch.context() as patch:
        callback = doctor.callback
        assert callback is not None
        patch.setattr(doctor, "callback", lambda **given: codes.append(callback(**given)))
        result = runner.invoke(doctor, list(arguments), catch_exceptions=False)
    return codes[0], result


def found(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    """Sets what the examination finds."""
    monkeypatch.setattr(examine, "examine", lambda runners, python: list(findings))


def test_people_read_a_table_the_remedies_and_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, FINE, NOTED, BAD)
    code, result = run()
    assert code == 4
    assert result.stdout.splitlines() == [
        "level    subject    found",
        "-------  ---------  ---------",
        "ok       heat       50 °C",
        "note     quota      1.5 cores",
        "mend     steal      9 %",
        "",
        "quota: Raise it.",
        "steal: Go elsewhere.",
        "This machine is not fit now: mend steal.",
    ]


def test_notes_are_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, FINE, NOTED)
    assert run()[0] == 0


def test_a_format_leaves_only_data_on_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, FINE, BAD)
    code, result = run("--format", "json")
    assert code == 4
    assert json.loads(result.stdout)[1] == {
        "subject": "steal",
        "level": "mend",
        "found": "9 %",
        "remedy": "Go elsewhere.",
    }
    assert result.stderr == "This machine is not fit now: mend steal.\n"
    assert run("--format", "csv", "--quiet")[1].stderr == ""
    assert run("--format", "csv", "--quiet")[1].stdout.splitlines()[0] == "subject,level,found,remedy"
    assert run("--format", "github")[1].stdout.startswith("| subject")


def test_this_machine_is_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "_TRIAL_S", 0.02)
    code, result = run("--format", "json", "--runner", "null")
    findings = json.loads(result.stdout)
    assert code in (0, 4)
    assert {each["level"] for each in findings} <= {"ok", "note", "mend"}
    assert {"clock", "sleeps", "noise floor", "other programs", "steal", "cache folder", "runner null"} <= {
        each["subject"] for each in findings
    }
    assert all(each["remedy"] for each in findings if each["level"] != "ok")


def test_a_runner_that_does_not_exist_is_a_wrong_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "_TRIAL_S", 0.0)
    with pytest.raises(UsageError, match="runner nope: there is no such runner or tool; take one of onnxruntime,"):
        run("--runner", "nope")
