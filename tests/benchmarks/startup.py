"""Processor time until ``clipperf --help`` has answered."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from record import Figure, arguments, tell

COMMAND = Path(sys.executable).with_name("clipperf")


def cpu_s(*command: str | os.PathLike[str]) -> float:
    """User and system time of a child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Alternates with an empty Python, which is the least that it can cost."""
    chosen = arguments(__doc__)
    help_s, empty_s = [], []
    for _ in range(2 if chosen.quick else 30):
        help_s.append(cpu_s(COMMAND, "--help"))
        empty_s.append(cpu_s(sys.executable, "-c", "pass"))
    tell(
        __file__,
        __doc__,
        [
            Figure("`clipperf --help`", "s of processor", help_s, "< 0.10"),
            Figure("`python -c pass`", "s of processor", empty_s),
        ],
        chosen.record,
    )


if __name__ == "__main__":
    main()
