import numpy as np
import pytest

from custseg.clustering import cross_table

RNG = np.random.default_rng(0)
N = 2000
AGE = RNG.normal(41, 10, N).round()
FEMALE = RNG.integers(0, 2, N).astype(float)
JOB = RNG.integers(0, 4, N)
JOBS = {f"job_{index}": (index == JOB).astype(float) for index in range(4)}
TABLE = {"age": AGE, "female": FEMALE, **JOBS}


def test_combinations_of_flags_are_named_and_so_is_what_has_no_part() -> None:
    table = cross_table(TABLE, (4 * FEMALE + JOB).astype(int))
    assert table is not None
    assert table.text() == ("The segments are combinations of female and job_0 to job_3; age has no part in them.")


def test_unions_of_combinations_without_an_effect_of_a_single_column() -> None:
    table = cross_table(TABLE, ((FEMALE + JOB) % 2).astype(int))
    assert table is not None
    assert (table.columns, table.without_part) == (("female", *JOBS), ("age",))


def test_a_flag_that_has_no_part_is_named_among_those() -> None:
    table = cross_table({"stars": JOB + 1.0, "vip": FEMALE, "age": AGE}, JOB)
    assert table is not None
    assert table.text() == "The segments are values of stars; vip and age have no part in them."


def test_one_customer_in_a_hundred_may_differ() -> None:
    stray = (4 * FEMALE + JOB).astype(int)
    stray[:20] = 0
    assert cross_table(TABLE, stray) is not None
    stray[:100] = 0
    assert cross_table(TABLE, stray) is None


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        (TABLE, (AGE > 41).astype(int)),
        ({**TABLE, "spend": 100 * FEMALE + AGE}, FEMALE.astype(int)),  # groups of their own, which a flag accompanies
        ({"age": AGE}, (AGE > 41).astype(int)),
        (TABLE, np.zeros(N, dtype=int)),
        (TABLE, np.full(N, -1)),
    ],
)
def test_segments_that_are_more_or_less_than_a_table(columns: dict[str, np.ndarray], labels: np.ndarray) -> None:
    assert cross_table(columns, labels) is None


def test_where_all_columns_are_flags_each_segment_must_be_one_combination() -> None:
    flags = {f"bought_{index}": RNG.integers(0, 2, N).astype(float) for index in range(12)}
    assert cross_table(flags, (sum(flags.values()) > 6).astype(int)) is None
    table = cross_table(flags, (2 * flags["bought_3"] + flags["bought_7"]).astype(int))
    assert table is not None
    assert table.columns == ("bought_3", "bought_7")


def test_customers_in_no_segment_and_missing_values() -> None:
    female = FEMALE.copy()
    female[:500] = np.nan
    labels = np.where(np.isnan(female), 2, female).astype(int)
    labels[1000:1100] = -1
    table = cross_table({"female": female, "age": AGE}, labels)
    assert table is not None
    assert table.columns == ("female",)
