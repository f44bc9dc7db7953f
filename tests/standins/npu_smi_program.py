"""Stands in for npu-smi: prints the text that the folder ``NPU_SMI_SCENE`` holds for what was asked.

``info`` is ``info.txt``, ``info -m`` is ``map.txt``, ``info -t usages -i 3 -c 0`` is ``usages-3-0.txt``. What has no
file is refused, as npu-smi refuses what a product does not support. A file of the same name that ends with ``.hang``
keeps it for ever. Every question is noted in ``asked.log``.
"""

import os
import sys
import time
from pathlib import Path


def main() -> int:
    """Answers one question."""
    scene = Path(os.environ["NPU_SMI_SCENE"])
    words = sys.argv[1:]
    with (scene / "asked.log").open("a", encoding="utf-8") as log:
        log.write(" ".join(words) + "\n")
    name = _name(words)
    if name is not None and (scene / f"{name}.hang").exists():
        time.sleep(600)
    file = scene / f"{name}.txt"
    if name is None or not file.exists():
        print("This device does not support this query.")
        return 1
    sys.stdout.buffer.write(file.read_bytes())
    return 0


def _name(words: "list[str]") -> "str | None":
    if words == ["info"]:
        return "info"
    if words == ["info", "-m"]:
        return "map"
    if words[:2] == ["info", "-t"] and words[3:4] == ["-i"] and words[5:6] in ([], ["-c"]):
        return "-".join(words[2::2])
    return None


if __name__ == "__main__":
    sys.exit(main())
