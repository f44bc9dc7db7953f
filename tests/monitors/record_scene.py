"""Records a scene on this machine: ``python tests/monitors/record_scene.py alone|burner FILE``.

The worker is the case that the kernel's sampled columns get wrong: it wakes by a timer and works 2 ms of every 4.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from scenes import OWN, WORKER

WORK = "while True:\n    pass"
WORK_HALF = """
import time
due = time.monotonic()
while True:
    while time.monotonic() < due + 0.002:
        pass
    due += 0.004
    time.sleep(max(0.0, due - time.monotonic()))
"""
WINDOW_S = 3.0


def look(worker: int) -> tuple[int, dict[str, str]]:
    """The instant and the texts, with the process numbers of a scene; interrupts, one number each, are left out."""
    stat = Path("/proc/stat").read_text()
    at_ns = time.monotonic_ns()
    texts = {"proc/stat": "".join(line for line in stat.splitlines(True) if not line.startswith(("intr", "softirq")))}
    texts["proc/vmstat"] = "".join(re.findall(r"^pswp\w+ \d+\n", Path("/proc/vmstat").read_text(), re.MULTILINE))
    for number, pid in ((OWN, os.getpid()), (WORKER, worker)):
        texts[f"proc/{number}/stat"] = Path(f"/proc/{pid}/stat").read_text()
    return at_ns, texts


def main(scene: str, file: Path) -> None:
    """Starts the worker, and a burner where asked for, and writes what was seen at both ends of the window."""
    commands = [WORK_HALF] + ([WORK] if scene == "burner" else [])
    processes = [subprocess.Popen([sys.executable, "-c", command]) for command in commands]
    try:
        time.sleep(0.5)
        began_ns, before = look(processes[0].pid)
        time.sleep(WINDOW_S)
        ended_ns, after = look(processes[0].pid)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    parts = [f"window_ns {ended_ns - began_ns}"]
    for end, texts in (("before", before), ("after", after)):
        parts += [f"@ {end}/{path}\n{text}".rstrip("\n") for path, text in texts.items()]
    file.write_text("\n".join(parts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
