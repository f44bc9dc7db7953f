"""``clipperf validate`` several times in a row: how often every figure holds, and the table of the last time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from record import arguments, tell_lines

TIMES = 3


def validated(*flags: str) -> tuple[int, str, str]:
    """Exit code, last sentence but where the runs are, and table."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from clipperf.cli import main; main()", "validate", *flags]
        command += ["--out", str(Path(folder, "runs")), "--format", "github"]
        done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stderr.strip().splitlines()[-1].partition(" Runs:")[0], done.stdout.strip()


def main() -> None:
    """``--quick`` looks at one scenario, once."""
    chosen = arguments(__doc__)
    found = [validated("--only", "bimodal")] if chosen.quick else [validated() for _ in range(TIMES)]
    verdicts = [f"{number}. exit code {code}: {said}" for number, (code, said, _) in enumerate(found, start=1)]
    tell_lines(__file__, __doc__, [*verdicts, "", found[-1][2]], chosen.record)


if __name__ == "__main__":
    main()
