from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clipperf.monitors.process_time import ProcessUse, parse_process_stat

TEXT = "100 ({}) S 10 100 1 0 -1 4194304 1303 0 0 0 {} {} {} {} 20 0 1 0 387325 14340096 {} 0 1"
count = st.integers(0, 2**40)


@given(st.text(alphabet=" ()ab1", max_size=15), count, count, count, count, count)
def test_any_program_name_is_read_past(name: str, user: int, system: int, waited: int, more: int, pages: int) -> None:
    found = parse_process_stat(TEXT.format(name, user, system, waited, more, pages))
    assert found == ProcessUse(user + system + waited + more, pages)
