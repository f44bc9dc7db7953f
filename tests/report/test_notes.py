import json

from rows import frame, lost, row

from clipperf.report.notes import notes_text


def warned(code: str, sentence: str, remedy: str = "") -> str:
    return json.dumps([{"code": code, "sentence": sentence, "remedy": remedy}])


def test_nothing_to_say():
    assert notes_text(frame(row(1), row(2, warnings="[]"), row(4, warnings=""))) == ""
    assert notes_text(frame()) == ""


def test_a_warning_stands_once_with_its_cases():
    few = warned("too-few-for-p99", "120 requests give p99 no upper bound.", "Ask for more with --iterations 400.")
    rows = frame(row(1), *(row(batch, warnings=few) for batch in (64, 32)))
    assert notes_text(rows) == (
        "too-few-for-p99 · batch 32, 64\n"
        "  120 requests give p99 no upper bound.\n"
        "  → Ask for more with --iterations 400."
    )  # fmt: skip


def test_sentences_with_different_figures_are_told_by_the_first():
    rows = frame(row(1), *(row(batch, warnings=warned("drift", f"The rate fell by {batch} %.")) for batch in (2, 4)))
    assert notes_text(rows) == "drift · batch 2, 4\n  batch 2: The rate fell by 2 %."


def test_cases_are_named_by_what_tells_them_apart():
    drift = warned("drift", "The rate fell.")
    rows = [row(batch, instances=n, warnings=drift if n == 2 else None) for n in (1, 2) for batch in (1, 8)]
    assert notes_text(frame(*rows)).splitlines()[0] == "drift · instances 2: batch 1, 8"
    assert notes_text(frame(*rows[2:])).splitlines()[0] == "drift · every case"
    assert notes_text(frame(rows[0], rows[2])).splitlines()[0] == "drift · instances 2"


def test_many_cases_are_cut_short():
    rows = [row(1, instances=n, warnings=warned("drift", "The rate fell.") if n > 1 else None) for n in range(1, 10)]
    (heading, _) = notes_text(frame(*rows)).splitlines()
    assert heading == (
        "drift · instances 2; instances 3; instances 4; instances 5; instances 6; instances 7; and 2 more"
    )


def test_failed_cases_come_after_the_warnings_with_a_few_lines_of_their_log():
    log = "\n".join(["The worker ended by signal 9.", *(f"line {number}" for number in range(50)), "", "Killed"])
    rows = frame(
        row(1, warnings=warned("zz", "Last of all codes.")),
        lost(2, error_kind="out-of-memory", error=log),
        lost(4, "timed-out", error_kind="timed-out", error="The case did not end within 600 s."),
        lost(8, "unsupported", error="fp8 has no MatMul."),
        lost(16, "unsupported", error="fp8 has no MatMul."),
    )
    assert notes_text(rows) == (
        "zz · batch 1\n"
        "  Last of all codes.\n"
        "\n"
        "failed (out-of-memory) · batch 2\n"
        "  The worker ended by signal 9.\n"
        "  …\n"
        "  line 49\n"
        "  Killed\n"
        "\n"
        "timed-out · batch 4\n"
        "  The case did not end within 600 s.\n"
        "\n"
        "unsupported · batch 8, 16\n"
        "  fp8 has no MatMul."
    )


def test_a_cell_that_is_no_list_of_warnings_is_not_lost():
    assert notes_text(frame(row(1), row(2, warnings="{oops"))) == "unreadable · batch 2\n  {oops"
    assert notes_text(frame(row(1), row(2, warnings='["oops"]'))) == 'unreadable · batch 2\n  ["oops"]'


def test_a_log_cannot_reach_the_terminal():
    assert notes_text(frame(lost(1, error="\x1b[2Jgone\x07"))) == "failed · batch 1\n  \\x1b[2Jgone\\x07"
