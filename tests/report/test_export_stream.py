"""Frames in pieces are exported as one frame is."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from clipperf.report.export import csv_text, json_text
from clipperf.report.export_stream import csv_stream, json_stream
from tests.rows import frame, lost, row

PIECES = [frame(row(1), row(2, warnings='[{"code": "a"}]')), frame(lost(4)), frame(row(8), row(16))]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_pieces_are_as_the_whole(count: int):
    pieces = PIECES[:count]
    whole = pd.concat(pieces, ignore_index=True) if pieces else frame()
    assert "".join(csv_stream(pieces)) == csv_text(whole)
    assert json.loads("".join(json_stream(pieces))) == json.loads(json_text(whole))


def test_a_piece_is_written_before_the_next_is_read():
    written = csv_stream(piece for piece in [PIECES[0], pytest.fail])
    assert next(written).startswith("schema_version,")
    assert len(next(written).splitlines()) == 2
