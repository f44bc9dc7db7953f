import pytest

from clipperf.report.number import align_points, figure


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17.3, "17.30"),
        (9.9996, "10.00"),
        (999.96, "1000"),
        (1234.4, "1234"),
        (1234567.8, "1234568"),
        (0.00001234, "0.00001234"),
        (0.0, "0"),
        (float("nan"), "–"),
    ],
)
def test_four_significant_digits_without_exponent(value, text):
    assert figure(value) == text


def test_two_digits_for_an_interval():
    assert [figure(value, digits=2) for value in (0.4, 3.04, 12.3, 123.4)] == ["0.40", "3.0", "12", "123"]


def test_points_meet_once_cells_are_right_aligned():
    assert [cell.rjust(8) for cell in align_points(["17.30", "1234", "≥ 0.5", "–"])] == [
        "   17.30",
        " 1234   ",
        "  ≥ 0.5 ",
        "    –   ",
    ]
