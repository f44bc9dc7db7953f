"""Logs that went through terminals and collectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.importing.plain_text import without_terminal_and_collector as plain

LOG = "Using optimization level 1\n\nFPS: 58.79\n"


@pytest.mark.parametrize(
    "text",
    [
        LOG,
        "\x1b]0;root@npu: ~\x07\x1b[1;32mUsing\x1b[0m optimization level 1\n\n\x1b[?25hFPS: 58.79\x1b[K\n",
        "perf-1  | Using optimization level 1\nperf-1  | \nperf-1  | FPS: 58.79\n",
        "2024-05-02T10:11:12.123456789Z Using optimization level 1\n2024-05-02T10:11:12Z\n"
        "2024-05-02T10:11:13+08:00 FPS: 58.79\n",
        "perf-1 | 2024-05-02T10:11:12Z Using optimization level 1\n\nperf-1 | 2024-05-02T10:11:13Z FPS: 58.79\n",
    ],
)
def test_what_they_put_between_is_gone(text: str):
    assert plain(text) == LOG


@pytest.mark.parametrize(
    "text",
    [
        "Model | qps\n--- | ---\nvit | 3\nThat was it.\n",
        "| a | b |\n|---|---|\n",
        "2023-07-21 09:47:28.123456: INFO: trace.cc:262] \nThroughput (qps): 3\n",
        "[INFO] 10 | 20\n",
        "50%|#### | 1/2\nFPS: 3\n",
    ],
)
def test_what_the_program_or_a_writer_wrote_stays(text: str):
    assert plain(text) == text


@given(st.text(alphabet="ab |-2\n"))
def test_a_line_stays_a_line(text: str):
    assert plain(text).count("\n") == text.count("\n")
