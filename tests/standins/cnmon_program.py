"""Stands in for cnmon: prints ``table.txt`` of the folder ``CNMON_SCENE``; ``info -j`` puts its ``info.json`` here.

A file ``hang`` in it keeps the program for ever, ``chatter`` makes it print without end, and where there is no table it
fails as without a driver.
"""

import os
import shutil
import sys
import time
from pathlib import Path


def main() -> int:
    """Answers one question."""
    scene = Path(os.environ["CNMON_SCENE"])
    if (scene / "hang").exists():
        time.sleep(600)
    while (scene / "chatter").exists():
        print("MLU " * 1000)
    if sys.argv[1:] == ["info", "-j"]:
        if (scene / "info.json").exists():
            shutil.copy(scene / "info.json", "cnmon_info.json")
        return 0
    if sys.argv[1:] or not (scene / "table.txt").exists():
        print("Failed to open the driver.", file=sys.stderr)
        return 1
    sys.stdout.buffer.write((scene / "table.txt").read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
