import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.inspection.columns._numbers import joint_readings, number_facts, plain_number


@pytest.mark.parametrize(
    ("values", "readings"),
    [
        (["12.5", "1250"], [(".", "")]),
        (["12,5", "1250"], [(",", "")]),
        (["1,234.56"], [(".", ",")]),
        (["1.234,56"], [(",", ".")]),
        (["1 234,56"], [(",", " ")]),
        (["1\u00a0234,56", "12,00"], [(",", " ")]),
        (["1'234.50", "7.25"], [(".", "'")]),
        (["1.250", "850"], [(".", ""), (",", ".")]),
        (["1,250", "850"], [(",", ""), (".", ",")]),
        (["1.250.000"], [(",", ".")]),
        (["0.125"], [(".", "")]),
        (["1.250", "0.5"], [(".", "")]),
        (["12", "7"], [(".", "")]),
        (["1.5", "1,5"], []),
        (["$1,234.50", "-$3.00"], [(".", ",")]),
        (["R$ 1.234,50", "12,30 €"], [(",", ".")]),
    ],
)
def test_marks_are_those_of_the_values(values: list[str], readings: list[tuple[str, str]]) -> None:
    assert joint_readings([number_facts(values)]) == readings


def test_another_column_settles_what_one_leaves_open() -> None:
    columns = [number_facts(["1.250", "850"]), number_facts(["12,50"])]
    assert joint_readings(columns) == [(",", ".")]


@pytest.mark.parametrize("values", [["85123A"], ["C536365"], ["c1"], ["12.05.2024"], ["10.0.0.1"], ["red"]])
def test_codes_and_dates_are_no_numbers(values: list[str]) -> None:
    assert number_facts(values).share == 0


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from([(",", "."), (".", ","), (",", " ")])
)
def test_number_is_read_as_it_was_written(value: object, marks: tuple[str, str]) -> None:
    decimal, thousands = marks
    text = f"{value:,.2f}".translate(str.maketrans({",": thousands, ".": decimal}))
    assert plain_number(text, decimal, thousands) == pytest.approx(float(str(value)))
    assert marks in number_facts([text]).readings or "." not in f"{value}"
