import numpy as np
import pytest

from custseg._column_kinds import certain_codes, codes_among

RNG = np.random.default_rng(0)
N = 2000
DAYS = RNG.integers(20, 400, N)
AGES = RNG.integers(18, 81, N)
MONEY = RNG.lognormal(4, 1, N).round(2)
STARS = RNG.integers(1, 6, N)


def mostly(values: np.ndarray, *codes: float) -> np.ndarray:
    """The values with each code in place of a tenth of them."""
    column = values.astype(float)
    for index, code in enumerate(codes):
        column[index::10] = code
    return column


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("days_since_contact", DAYS, -1),
        ("days_since_contact", DAYS, 999),
        ("age", AGES, 0),
        ("age", AGES, 99),
        ("birth_year", AGES + 1940, 1900),
        ("income", MONEY, -1),
        ("stars", STARS, 99),
        ("children", RNG.poisson(2, N), -1),
        ("temperature", RNG.normal(5, 10, N), -999),
    ],
)
def test_repeated_value_apart_from_the_others_is_a_code(name: str, values: np.ndarray, code: float) -> None:
    [found] = codes_among(name, mostly(values, code))
    assert (found.values, found.share) == ((code,), pytest.approx(0.1))
    assert (found.low, found.high) == tuple(np.quantile(np.delete(values, slice(0, N, 10)), [0.05, 0.95]))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("orders", np.where(RNG.random(N) < 0.6, 1, RNG.geometric(0.3, N) + 1)),
        ("spend", mostly(MONEY, 0, 0, 0)),
        ("x", mostly(MONEY, 0, 0, 0)),
        ("spend", mostly(RNG.normal(100, 20, N), 0)),  # 0 of an amount is none of it
        ("vip", RNG.integers(0, 2, N)),
        ("stars", STARS),
        ("mood", RNG.choice([-1, 0, 1], N)),
        ("age", AGES),
        ("age", np.minimum(AGES, 65)),
        ("x", RNG.choice([1, 2, 3, 12], N)),
        ("x", mostly(RNG.random(N), 0, 1)),
        ("open_rate", mostly(RNG.uniform(0.3, 0.5, N), 0)),
        ("change", mostly(RNG.normal(0, 1, N), -1)),
        ("late", np.where(RNG.random(N) < 0.2, RNG.integers(8, 30, N), RNG.choice([0, 0, 0, 1, 2], N))),
        ("x", np.full(N, 3.0)),
        ("x", np.full(N, np.nan)),
    ],
)
def test_no_code_where_a_value_is_only_frequent(name: str, values: np.ndarray) -> None:
    assert codes_among(name, values.astype(float)) == ()


def test_several_codes_beside_each_other_and_at_both_ends() -> None:
    assert [code.values for code in codes_among("x", mostly(AGES, 98, 99))] == [(98, 99)]
    assert [code.values for code in codes_among("x", mostly(DAYS, -2, -1, 9999))] == [(9999,), (-2, -1)]


def test_rows_without_a_value_and_codes_of_few_rows_do_not_count() -> None:
    column = np.append(DAYS, [999.0] * 19)
    assert codes_among("days", column) == ()  # under 1 %
    column = np.concatenate([DAYS, [999.0] * 30, [np.nan] * 5000])
    assert codes_among("days", column)[0].share == 30 / 2030


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("days_since_contact", DAYS, -1),
        ("days_since_contact", DAYS, 9999),
        ("age", AGES, 99),
        ("orders", RNG.integers(2, 9, N), 999),
        ("temperature", RNG.normal(5, 10, N), -999),
    ],
)
def test_negative_values_and_nines_beyond_all_others_are_surely_codes(
    name: str, values: np.ndarray, code: float
) -> None:
    assert [one.values for one in certain_codes(name, mostly(values, code))] == [(code,)]


@pytest.mark.parametrize(
    ("name", "low", "others"),
    [
        ("visits", 1.0, np.arange(10, 30)),
        ("tickets", 0.0, np.arange(5, 20)),
        ("nights", 1.0, np.arange(10, 25)),
        ("x", 99.0, np.arange(301, 900, 7)),  # a price
        ("price", 99.0, np.arange(30, 55)),
    ],
)
def test_ordinary_low_end_and_a_price_in_nines_are_values(name: str, low: float, others: np.ndarray) -> None:
    assert certain_codes(name, np.repeat([low, *others.astype(float)], [300] + [10] * len(others))) == ()
