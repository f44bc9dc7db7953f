"""Two processes that write at once, one that is killed while it writes, and readers meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from clipperf.history.adding import add_run
from clipperf.history.address import Address
from clipperf.history.database import open_history
from clipperf.history.entry import read_entry
from clipperf.history.reading import Wanted, read_rows_by_run, read_runs, read_series
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from tests.history.run_folders import run_folder
from tests.rows import row, sweep

ALL = Wanted(with_other_runs=True)
WRITER = """
import sys
from pathlib import Path
from clipperf.history.adding import add_run
from clipperf.history.address import address_of
from clipperf.history.database import open_history
from clipperf.history.entry import read_entry
entries = [read_entry(Path(name)) for name in sys.argv[2:]]
print("ready", flush=True)
sys.stdin.readline()
for entry in entries:
    with open_history(address_of(sys.argv[1])) as history:
        add_run(history, entry)
"""
HALTED = (
    """
import sqlalchemy
def halt(connection):
    print("about to commit", flush=True)
    sys.stdin.readline()
"""
    + WRITER.replace(
        "    with open_history(address_of(sys.argv[1])) as history:\n", "    with HISTORY as history:\n"
    ).replace(
        'print("ready"',
        'HISTORY = open_history(address_of(sys.argv[1]))\nsqlalchemy.event.listen(sqlalchemy.Engine, "commit", halt)\n'
        'print("ready"',
    )
).replace("\nimport sqlalchemy", "import sys\nimport sqlalchemy", 1)


class Writer:
    """A process that adds run folders once it is told to."""

    def __init__(self, code: str, address: Address, folders: list[Path]) -> None:
        url = address.url.render_as_string(hide_password=False)
        command = [sys.executable, "-c", code, url, *map(str, folders)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait_for(self, line: str) -> None:
        """Until it says so."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"{line}\n"

    def go_on(self) -> None:
        """Lets it go on."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Its exit code."""
        self.process.communicate(timeout=60)
        return self.process.returncode


def rows_in(address: Address) -> pd.DataFrame:
    with open_history(address) as history:
        return pd.concat(read_rows_by_run(history, ALL), ignore_index=True)


def test_two_that_write_at_once_lose_nothing_and_share_their_series(address: Address, tmp_path: Path):
    # The same cases in opposite order: each wants the series that the other one is adding. Not even tables are there.
    folders = [
        [
            run_folder(tmp_path / f"{side}{number}", *sweep()[::step], *([row(128, 1.0 + number)] * number))
            for number in range(12)
        ]
        for side, step in (("a", 1), ("b", -1))
    ]
    shared = run_folder(tmp_path / "both", *sweep())
    writers = [Writer(WRITER, address, [*mine, shared]) for mine in folders]
    for writer in writers:
        writer.wait_for("ready")
    for writer in writers:
        writer.go_on()
    assert [writer.end() for writer in writers] == [0, 0]
    with open_history(address) as history:
        runs, series = read_runs(history, ALL), read_series(history)
    assert sorted(runs["run_id"]) == sorted([path.name for mine in folders for path in mine] + ["both"])
    assert sorted(series["batch_size"]) == [1, 2, 4, 8, 16, 32, 64, 128]
    found = rows_in(address)
    for folder in [*folders[0], *folders[1], shared]:
        mine = found[found["run_id"] == folder.name].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, read_rows(folder / RESULTS))


def test_a_kill_in_the_middle_leaves_nothing_of_the_run_and_all_of_the_others(address: Address, tmp_path: Path):
    before, after = run_folder(tmp_path / "before", *sweep()), run_folder(tmp_path / "after", *sweep(), row(128))
    with open_history(address) as history:
        add_run(history, read_entry(before))
    writer = Writer(HALTED, address, [after])
    writer.wait_for("ready")
    writer.go_on()
    writer.wait_for("about to commit")
    # Who reads meanwhile neither waits nor sees any of it.
    assert set(rows_in(address)["run_id"]) == {"before"}
    os.kill(writer.process.pid, signal.SIGKILL)
    assert writer.end() == -signal.SIGKILL
    with open_history(address) as history:
        assert list(read_runs(history, ALL)["run_id"]) == ["before"]
        assert 128 not in set(read_series(history)["batch_size"])
        add_run(history, read_entry(after))
    assert len(rows_in(address)) == 15


def test_who_waits_for_the_other_writer_gets_his_turn(address: Address, tmp_path: Path):
    first, second = run_folder(tmp_path / "first", *sweep()), run_folder(tmp_path / "second", *sweep())
    with open_history(address):
        pass
    slow, quick = Writer(HALTED, address, [first]), Writer(WRITER, address, [second])
    for writer in (slow, quick):
        writer.wait_for("ready")
    slow.go_on()
    slow.wait_for("about to commit")
    quick.go_on()
    with pytest.raises(subprocess.TimeoutExpired):
        quick.process.wait(0.3)
    slow.go_on()
    assert (slow.end(), quick.end()) == (0, 0)
    assert len(rows_in(address)) == 14
