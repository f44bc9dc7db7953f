"""Writes the generated parts of README.md again: ``python tests/docs/regenerate.py``."""

from blocks import README, rewritten

if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
