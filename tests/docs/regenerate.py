"""Writes again what is made from the code: ``python tests/docs/regenerate.py``.

The generated parts of README.md, and the pages of help that tests/cli holds.
"""

import sys

from blocks import README, ROOT, rewritten

if __name__ == "__main__":
    sys.path.append(str(ROOT / "tests"))
    from help_pages import keep

    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
    keep()
