from __future__ import annotations

from pathlib import Path

from clipperf.monitors.busiest import Program, all_programs, busiest_between


def test_the_busiest_others_come_first_and_ours_never() -> None:
    before = {1: Program("old", 100), 2: Program("busy", 50), 3: Program("ours", 0), 4: Program("gone", 7)}
    after = {1: Program("old", 100), 2: Program("busy", 90), 3: Program("ours", 900), 5: Program("new", 60)}
    assert busiest_between(before, after, ours=[3]) == [Program("new", 60), Program("busy", 40)]
    assert busiest_between(before, after, ours=[3], most=1) == [Program("new", 60)]


def test_every_process_is_seen_by_its_name(tmp_path: Path) -> None:
    for pid, name in ((7, "a (b) c"), (8, "sh")):
        (tmp_path / "proc" / str(pid)).mkdir(parents=True)
        line = f"{pid} ({name}) R 1 1 1 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 5 6 7 8"
        (tmp_path / "proc" / str(pid) / "stat").write_text(line)
    (tmp_path / "proc/self").mkdir()
    # A shell has not worked for the hour that a command of it took, which it is charged when the command ends.
    assert all_programs(tmp_path) == {7: Program("a (b) c", 3), 8: Program("sh", 3)}
    assert all_programs(tmp_path / "nowhere") == {}
