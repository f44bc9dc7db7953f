import pytest

from clipperf.report.safe_text import safe_text


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\r", r"a\x0ab\x09c\x0d"),
        ("\x9b31m", r"\x9b31m"),
        ("left\u202eright", r"left\u202eright"),
        ("\udc80", r"\udc80"),
        ("\U000e0041", r"\U000e0041"),
        ("视觉 µ ≥ ·", "视觉 µ ≥ ·"),
    ],
)
def test_control_characters_are_spelt_out(text, spelt):
    assert safe_text(text) == spelt


def test_kept_characters_stay():
    assert safe_text("a\nb\x07", keep="\n") == "a\nb\\x07"
