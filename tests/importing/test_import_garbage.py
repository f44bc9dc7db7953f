"""Whatever a file holds, it becomes rows or a sentence: recordings cut anywhere, mixed, with bytes changed."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipperf.errors import UsageError
from clipperf.importing.formats import FORMATS
from clipperf.importing.told import Told
from clipperf.importing.writing import read_logs, write_folder
from clipperf.report.folder_report import write_report

CAPTURED = Path(__file__).parents[1] / "tools" / "ais_bench" / "captured"
RECORDED = [path.read_bytes() for path in sorted(CAPTURED.iterdir())] + [b"Using optimization level 1\nFPS: 58.79\n"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Pieces of recordings one after the other, some bytes of which are others now."""
    pieces = []
    for content in draw(st.lists(st.sampled_from(RECORDED), min_size=1, max_size=3)):
        begin, end = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        pieces.append(content[begin:end])
    content = bytearray(b"".join(pieces))
    for place in draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=5 if content else 0)):
        content[place] = draw(st.integers(1, 255))
    return bytes(content)


@pytest.mark.parametrize("format_", FORMATS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.one_of(damaged(), st.binary(max_size=200)))
def test_any_file_becomes_rows_or_a_sentence(format_: str, content: bytes):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log"
        file.write_bytes(content)
        with contextlib.suppress(UsageError):
            imported = read_logs(format_, [str(file)], [4], Told(host="npu"))
            frame = write_report(write_folder(imported, Path(folder) / "run")).frame
            assert len(frame) == len(imported.rows) > 0
