"""How segments and plays are spread over groups: worked by hand, and nothing small can be computed from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.stats.proportion as proportion
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import chi2_contingency

from custseg import DataError, Segmentation, fit_segments
from custseg._privacy import hidden_cells
from custseg.insights import Fairness, FairnessRow, fairness
from custseg.insights.fairness._spread import Outcome, spreads


@pytest.fixture(scope="module")
def result() -> Segmentation:
    """Segment 0 has 120 customers with 2 visits, segment 1 has 80 with 9."""
    visits = [2.0] * 120 + [9.0] * 80
    # 30 of 120 and 60 of 80 are women.
    sex = ["f"] * 30 + ["m"] * 90 + ["f"] * 60 + ["m"] * 20
    table = pl.DataFrame({"id": range(200), "visits": visits, "sex": sex, "called": [True, False] * 100})
    return fit_segments(features=table, n_segments=2, method="kmeans", min_size=20)


def row(found: Fairness, outcome: int | str, attribute: str = "sex") -> FairnessRow:
    [own] = [row for row in found.rows if (row.outcome, row.attribute) == (outcome, attribute)]
    return own


@pytest.mark.slow
def test_shares_by_hand(result: Segmentation) -> None:
    women, men = row(fairness(result, ["sex"]), 0).groups
    assert (women.group, women.customers, women.share) == ("f", 90, 30 / 90)
    assert (men.group, men.customers, men.share) == ("m", 110, 90 / 110)
    assert (women.low, women.high) == pytest.approx(proportion.proportion_confint(30, 90, method="wilson"))
    newcombe = proportion.confint_proportions_2indep(30, 90, 90, 110, compare="diff", method="newcomb")
    assert (women.difference.low, women.difference.high) == pytest.approx(newcombe)
    assert women.difference.value == pytest.approx(30 / 90 - 90 / 110)


def test_widest_gap_and_holm(result: Segmentation) -> None:
    found = fairness(result, ["sex"], plays={"discount": [1], "all": [0, 1]})
    discount = row(found, "discount")
    assert (discount.highest, discount.lowest, discount.is_clear) == ("f", "m", True)
    p_value = chi2_contingency([[60, 30], [20, 90]], correction=False).pvalue
    # Three outcomes are tested, of which all have the same table; everybody gets "all", which is no test.
    assert discount.p_value == pytest.approx(3 * p_value)
    assert row(found, "all").p_value is None
    assert [item.outcome for item in found.clear] == [0, 1, "discount"]


def test_play_of_a_column(result: Segmentation) -> None:
    women, men = row(fairness(result, ["sex"], plays={"call": "called"}), "call").groups
    assert (women.share, men.share) == (45 / 90, 55 / 110)


def test_attributes_of_another_table_in_any_order(result: Segmentation) -> None:
    ages = pl.DataFrame({"customer_id": range(199, -1, -1), "age": [60.0] * 80 + [30.0] * 120})
    found = fairness(result, ages, bands={"age": [45]})
    assert [share.group for share in found.rows[0].groups] == ["under 45", "45 or more"]
    assert [share.share for share in row(found, 0, "age").groups] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("values", "bands", "groups"),
    [
        ([0, 1, 2, 3] * 50, None, ["0", "1", "2", "3"]),
        ([float(age) for age in range(200)], None, ["under 49", "49 to under 99", "99 to under 149", "149 or more"]),
        ([30] * 180 + [None] * 20, [18, 35], ["18 to under 35", "unknown"]),
        ([True] * 100 + [False] * 100, None, ["yes", "no"]),
        (["a"] * 120 + ["b"] * 75 + ["c"] * 3 + ["d"] * 2, None, ["a", "b", "small groups"]),
    ],
)
def test_groups(result: Segmentation, values: list[Any], bands: list[float] | None, groups: list[str]) -> None:
    table = pl.DataFrame({"customer_id": range(200), "x": values}, strict=False)
    found = fairness(result, table, bands=None if bands is None else {"x": bands})
    assert [share.group for share in found.rows[0].groups] == groups


def test_small_counts_are_hidden_everywhere(result: Segmentation) -> None:
    few = pl.DataFrame({"customer_id": range(200), "faith": ["x"] * 114 + ["y"] * 86}).with_columns(
        faith=pl.when(pl.col("customer_id") < 3).then(pl.lit("y")).otherwise("faith")
    )
    found = fairness(result, few)
    assert all(share.share is None and share.customers is None for item in found.rows for share in item.groups)
    assert all(item.p_value is None and item.gap is None for item in found.rows)
    assert found.rows[0].is_clear
    assert "the shares that differ are hidden" in repr(found)


counts = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4)


@given(counts.filter(lambda table: np.sum(table, axis=0).min() > 0 and np.sum(table, axis=1).min() > 0))
@example([[0, 1, 19], [0, 19, 1], [10, 0, 10]])  # 30 members, of whom profiles show 19 and the last group 10
def test_no_small_count_follows_from_this_and_the_profiles(drawn: list[list[int]]) -> None:
    table = np.array(drawn)
    groups, labels = (np.repeat(axis, table.ravel()) for axis in np.indices(table.shape).reshape(2, -1))
    outcomes = [Outcome("segment", k, str(k), (k,)) for k in range(3)]
    is_open = spreads(groups, len(table), labels, outcomes=outcomes)[0].is_shown
    # Profiles show the sizes of segments, and the counts of their categories that `hidden_cells` leaves.
    is_known = is_open[:, None] | ~hidden_cells(table.T).T
    n = table.size
    sums = [np.eye(3)[k] for k in range(3)]
    equations = [np.tile(line, len(table)) for line in sums]
    totals = [*table.sum(axis=0)]
    bounds = [
        (value, value) if known else (0, None) for value, known in zip(table.ravel(), is_known.ravel(), strict=True)
    ]
    for cell in np.flatnonzero((table.ravel() > 0) & (table.ravel() < 10)):
        ends = [
            linprog(sign * np.eye(n)[cell], A_eq=np.array(equations), b_eq=totals, bounds=bounds).fun * sign
            for sign in (1, -1)
        ]
        # Alone in its segment, a count is the size of the segment, which profiles hide themselves.
        assert ends[1] - ends[0] >= 1 or (table[:, cell % 3] > 0).sum() == 1


def test_texts_of_both_languages(result: Segmentation) -> None:
    english = repr(fairness(result, ["sex"], plays={"discount": [1]}))
    assert "discount is spread unevenly by sex: 67% of “f” against 18% of “m”" in english
    assert "18% (12%–26%)" in english
    russian = fairness(result, ["sex"], plays={"discount": [1]}, language="ru")
    assert "67\u00a0% в группе «f»" in repr(russian)
    assert "67\u00a0% в группе «f»" in russian._repr_html_()
    plain = fairness(result, pl.DataFrame({"customer_id": range(200), "side": ["l", "r"] * 100}))
    assert "No segment or play is spread over the groups more unevenly" in repr(plain)


def test_names_are_escaped(result: Segmentation) -> None:
    table = pl.DataFrame({"customer_id": range(200), "x": ["<b>a</b>", "b\nc"] * 100})
    found = fairness(result, table)
    assert "<b>a</b>" not in found._repr_html_()
    assert "b\nc" not in repr(found)


def test_table_has_a_row_per_group(result: Segmentation) -> None:
    table = fairness(result, ["sex"]).to_polars()
    assert table.shape == (4, 14)
    assert table["share"].to_list() == [30 / 90, 90 / 110, 60 / 90, 20 / 110]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "match"),
    [
        ((["income"],), {}, DataError, r"the result has no columns \['income'\]"),
        (([],), {}, TypeError, "attributes must name each column once"),
        ((["sex"],), {"plays": {"x": [7]}}, DataError, r"plays\['x'\] has \[7\], which are no segments"),
        ((["sex"],), {"plays": {"x": "nobody"}}, DataError, "names the column 'nobody'"),
        ((["sex"],), {"plays": {"x": "visits"}}, DataError, "must hold true and false, 1 and 0, or yes and no"),
        ((["sex"],), {"plays": [0]}, TypeError, "plays must map names to segments"),
        ((["sex"],), {"bands": {"sex": [1]}}, DataError, r"bands names \['sex'\], which are no numeric attributes"),
        ((["visits"],), {"bands": {"visits": [3, 2]}}, ValueError, "must rise from one number to the next"),
        ((["sex"],), {"confidence": 95}, ValueError, "confidence must lie between 0 and 1"),
        ((pl.DataFrame({"customer_id": [900], "x": ["a"]}),), {}, DataError, "no customer of the result is in"),
        ((pl.DataFrame({"customer_id": ["1"], "x": ["a"]}),), {}, DataError, "Convert the column"),
    ],
)
def test_bad_input(
    result: Segmentation, arguments: tuple[Any, ...], options: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        fairness(result, *arguments, **options)
