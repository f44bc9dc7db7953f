"""Stands in for bm-smi: the text format prints ``text.txt`` of the folder ``BM_SMI_SCENE``, ``--noloop --file=F``
appends its ``table.txt`` to F.

What has no file is refused, as bm-smi refuses the text format on a board in SoC mode; a file ``hang`` keeps it for
ever. Of the text only the lines of the devices that are asked for are printed. Every question is noted in
``asked.log``.
"""

import os
import re
import sys
import time
from pathlib import Path


def main() -> int:
    """Answers one question."""
    scene = Path(os.environ["BM_SMI_SCENE"])
    words = sys.argv[1:]
    with (scene / "asked.log").open("a", encoding="utf-8") as log:
        log.write(" ".join(words) + "\n")
    if (scene / "hang").exists():
        time.sleep(600)
    flags = dict(word.lstrip("-").partition("=")[::2] for word in words)
    if "text_format" in flags and (scene / "text.txt").exists():
        for line in (scene / "text.txt").read_text().splitlines(keepends=True):
            found = re.search(r"chip\d+: (\d+)", line)
            if found and int(flags["start_dev"]) <= int(found[1]) <= int(flags["last_dev"]):
                sys.stdout.write(line)
        return 0
    if "file" in flags and "noloop" in flags and (scene / "table.txt").exists():
        with Path(flags["file"]).open("a", encoding="utf-8") as file:
            file.write((scene / "table.txt").read_text())
        sys.stdout.write("\x1b[?1049h\x1b[2J drawn on the screen \x1b[?1049l")
        return 0
    print("text_format failed!\nthis parameter is not support on SOC mode")
    return 255


if __name__ == "__main__":
    sys.exit(main())
