from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import all_of, examples
from hypothesis import given
from hypothesis import strategies as st
from quick import quick_fit

from custseg import Segmentation
from custseg.clustering import method_names
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.insights import explain
from custseg.insights._counterfactual import is_possible

SHOP = make_shop(600, 0)
METHODS = method_names()


@cache
def fitted(method: str) -> Segmentation:
    return quick_fit(SHOP.orders, as_of=SHOP.as_of, method=method, n_segments=4, random_state=0)


def line(values: list[float | None], **options: Any) -> Segmentation:
    """Two segments of customers on one column."""
    table = pl.DataFrame({"customer_id": [f"c{i}" for i in range(len(values))], "visits": values})
    return quick_fit(features=table, n_segments=2, min_size=2, **options)


LINE = line([float(v) for v in (*range(20), *range(100, 120))])


def clustered_places(result: Segmentation) -> list[int]:
    return np.flatnonzero(result.labels >= 0).tolist()


def assigned(result: Segmentation, place: int, feature: str, value: float) -> int:
    """The segment of the customer with one value changed, by the public way."""
    table = result.features.local.to_native()[place].with_columns(pl.lit(value).cast(pl.Float64).alias(feature))
    return int(result.model.assign(features=table, customer_column="customer_id")["segment"][0])


def test_customer_on_a_line_by_hand() -> None:
    explanation = explain(LINE, "c0")
    plan = LINE.model.preparation.columns[0]
    own, other = LINE.model.rule.centers[[explanation.segment, explanation.second_segment]][:, 0]
    row = plan.standardized(np.array([0.0]))[0].round(9)
    [reason] = explanation.why
    assert reason.contribution == pytest.approx((row - other) ** 2 - (row - own) ** 2)
    assert (reason.value, reason.typical, reason.typical_second) == (0.0, 9.5, 109.5)
    assert explanation.margin == pytest.approx(reason.contribution + explanation.residual)


def test_change_on_a_line_by_hand() -> None:
    # The segments have means 9.5 and 109.5, so their boundary is at 59.5; "high visits" are 100 or more.
    change = explain(LINE, "c0").counterfactual
    assert change is not None
    assert change.target == 100
    assert change.segment == LINE.labels[20]
    back = explain(LINE, "c20").counterfactual
    assert back is not None
    assert back.target == 59


@pytest.mark.parametrize("method", all_of(METHODS, quick=("kmeans", "hdbscan")))
@given(data=st.data())
@examples(25)
@pytest.mark.slow
def test_changed_customer_is_moved_and_the_rest_is_exact(method: str, data: st.DataObject) -> None:
    result = fitted(method)
    place = data.draw(st.sampled_from(clustered_places(result)))
    explanation = explain(result, result.features.ids[place])
    assert explanation.segment == result.labels[place]
    assert explanation.margin == pytest.approx(sum(r.contribution for r in explanation.why) + explanation.residual)
    assert explanation.margin >= -1e-9
    assert explanation.confidence == result.confidence[place]
    change = explanation.counterfactual
    if change is not None:
        assert assigned(result, place, change.feature, change.target) == change.segment != explanation.segment
        observed = result.features.values(change.feature)[result.labels >= 0]
        assert observed.min() <= change.target <= observed.max()


def all_values(result: Segmentation, place: int) -> dict[str, float]:
    return {name: float(result.features.values(name)[place]) for name in result.features.numeric_names()}


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_name_of_the_other_segment_is_true_of_the_changed_customer(method: str) -> None:
    result, changes = fitted(method), 0
    for place in clustered_places(result)[:30]:
        change = explain(result, result.features.ids[place]).counterfactual
        if change is not None:
            row, changes = result.profiles[change.segment], changes + 1
            assert row.name_holds(all_values(result, place) | {change.feature: change.target})
    assert changes


@pytest.mark.slow
def test_change_that_would_contradict_the_name_is_not_shown() -> None:
    # All members of the second segment lack the flag, so that a change of visits alone cannot make its name true.
    visits = [float(v) for v in (*range(40), *range(100, 140))]
    vip = [1] * 40 + [0] * 40
    table = pl.DataFrame({"customer_id": range(80), "visits": visits, "pages": visits[::-1], "vip": vip})
    result = quick_fit(features=table, n_segments=2, method="kmeans", min_size=2)
    named = [replace(row, traits=tuple(t for t in row.traits if t.feature == "vip")) for row in result.profiles]
    profiles = replace(result.profiles, rows=tuple(named))
    change = explain(replace(result, profiles=profiles), 0).counterfactual
    assert change is None or change.feature == "vip"


@pytest.mark.slow
@given(data=st.data())
@examples(25)
def test_no_smaller_change_moves_a_customer_of_k_means(data: st.DataObject) -> None:
    result = fitted("kmeans")
    place = data.draw(st.sampled_from(clustered_places(result)))
    change = explain(result, result.features.ids[place]).counterfactual
    if change is None:
        return
    # Rounding outward may overshoot by a tenth, and by one for whole numbers.
    preparation = result.model.preparation
    values = {plan.name: result.features.values(plan.name)[place] for plan in preparation.columns}
    for plan in preparation.columns:
        now = values[plan.name]
        near = now + np.linspace(-1, 1, 101) * max(abs(now), 5)
        near = near[np.abs(plan.standardized(near) - plan.standardized(np.array([now]))) < 0.6 * change.size]
        columns = {name: np.full(len(near), value) for name, value in values.items()}
        labels = result.model.rule.labels(preparation.matrix({**columns, plan.name: near})).tolist()
        for label, value in zip(labels, near.tolist(), strict=True):
            moved = all_values(result, place) | {plan.name: value}
            # Of one order, the first and the last are the same day: not every change can be.
            is_shown = is_possible(all_values(result, place), plan.name, value)
            assert label in (result.labels[place], -1) or not is_shown or not result.profiles[label].name_holds(moved)


@pytest.mark.slow
def test_whole_features_change_to_whole_numbers() -> None:
    result = fitted("kmeans")
    changes = [explain(result, result.features.ids[place]).counterfactual for place in clustered_places(result)[:60]]
    counts = [c.target for c in changes if c and c.feature in ("order_count", "recency_days")]
    assert counts
    assert all(target == int(target) for target in counts)


def test_one_segment_has_no_second_and_no_change() -> None:
    table = pl.DataFrame({"customer_id": range(30), "visits": [float(v) for v in range(30)]})
    explanation = explain(quick_fit(features=table, n_segments=1), 3)
    assert (explanation.second_segment, explanation.counterfactual, explanation.margin) == (None, None, 0.0)
    assert repr(explanation).endswith("There is no other segment.")


def gappy() -> Segmentation:
    rng = np.random.default_rng(0)
    visits = [None, *map(float, range(1, 20)), *map(float, range(100, 120))]
    table = pl.DataFrame({"customer_id": range(40), "visits": visits, "spend": rng.uniform(0, 100, 40).round(2)})
    return quick_fit(features=table, n_segments=2, min_size=2)


@pytest.mark.slow
def test_missing_value_is_told_with_what_it_was_taken_as() -> None:
    explanation = explain(gappy(), 0)
    [reason] = [reason for reason in explanation.why if reason.feature == "visits"]
    assert reason.value is None
    assert reason.taken_as == 100
    assert "visits: missing, taken as 100" in repr(explanation)


def test_outliers_are_named() -> None:
    assert not explain(LINE, "c10").is_outlier
    assert "Unusual" not in repr(explain(LINE, "c10"))
    strange = replace(explain(LINE, "c10"), is_outlier=True)
    assert "Unusual for the segment: farther from it" in repr(strange)


def test_sentences_in_english() -> None:
    text = repr(explain(LINE, "c0"))
    assert text.startswith("Customer c0 is in “fewer visits than others” (segment ")
    assert "Why this segment and not “more visits than others”:\n  visits: 0 (median 9.5 here, 110 there)" in text
    assert "If visits were 100 (now 0) and all else unchanged, they would be in “more visits than others”." in text


def test_values_below_one_have_two_digits() -> None:
    values = [0.06512 + 0.0001 * place for place in range(60)] + [0.5123 + 0.001 * place for place in range(60)]
    assert "0.065 (median 0.068 here, 0.54 there)" in repr(explain(line([*values]), "c0"))


@pytest.mark.slow
def test_sentences_in_russian() -> None:
    result = fitted("kmeans")
    texts = [repr(explain(result, result.features.ids[p], language="ru")) for p in clustered_places(result)[:20]]
    assert texts[0].startswith("Клиент ")
    assert "медиана здесь" in texts[0]
    assert any(", а остальное не менялось, клиент был бы в сегменте" in text for text in texts)


def test_customer_that_no_change_moves_is_told() -> None:
    alone = replace(explain(LINE, "c0"), counterfactual=None)
    assert "No usual value of a single column would put them" in repr(alone)


def test_unknown_customer_is_an_error_that_names_no_other() -> None:
    with pytest.raises(DataError, match="there is no customer 'nobody'") as error:
        explain(LINE, "nobody")
    assert "c0" not in str(error.value)
    with pytest.raises(DataError, match="there is no customer 7 in the result"):
        explain(LINE, 7)


@pytest.mark.slow
def test_customers_without_a_segment_are_errors_that_say_why() -> None:
    result = fitted("kmeans")
    idle = result.features.ids[int(np.flatnonzero(result.labels < 0)[0])]
    with pytest.raises(DataError, match="in no segment, because their orders were all returned or cancelled"):
        explain(result, idle)
    empty = line([None, *map(float, range(10)), *map(float, range(100, 110))])
    with pytest.raises(DataError, match=r"no value in any of the columns \['visits'\]"):
        explain(empty, "c0")


@pytest.mark.parametrize("customer", [None, True, ["c0"], object()])
def test_wrong_kind_of_customer_is_an_error(customer: Any) -> None:
    with pytest.raises(TypeError, match="customer must be one id"):
        explain(LINE, customer)


def test_wrong_arguments_are_errors() -> None:
    with pytest.raises(TypeError, match="result must be a Segmentation"):
        explain([], "c0")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="language must be one of"):
        explain(LINE, "c0", language="de")


@pytest.mark.slow
def test_numpy_ids_are_taken() -> None:
    result = gappy()
    assert explain(result, np.int64(3)).segment == explain(result, 3).segment  # type: ignore[arg-type]


def flagged() -> Segmentation:
    """Two segments by visits and a flag that 3 of 4 customers of the first and 1 of 4 of the second have."""
    visits = [float(v) for v in (*range(40), *range(100, 140))]
    vip = [int(i % 4 != 0) if i < 40 else int(i % 4 == 0) for i in range(80)]
    columns = {"visits": visits, "pages": [visit + 2 * (i % 3) for i, visit in enumerate(visits)], "vip": vip}
    table = pl.DataFrame({"customer_id": [f"c{i}" for i in range(80)], **columns})
    return quick_fit(features=table, n_segments=2, method="kmeans", min_size=2)


@pytest.mark.slow
def test_flags_are_explained_by_shares() -> None:
    explanation = explain(flagged(), "c1")
    [reason] = [reason for reason in explanation.why if reason.feature == "vip"]
    assert (reason.is_flag, reason.typical, reason.typical_second) == (True, 0.75, 0.25)
    assert "vip: yes (yes for 75% here, 25% there)" in repr(explanation)


@pytest.mark.slow
def test_next_to_no_reason_is_not_printed() -> None:
    explanation = explain(flagged(), "c1")
    small = replace(explanation.why[-1], contribution=0.04 * explanation.why[0].contribution)
    printed = repr(replace(explanation, why=(explanation.why[0], small)))
    assert f"  {small.feature}:" not in printed


def noisy(flags: list[int]) -> Segmentation:
    """Two segments of 40 customers by visits, and a column of 0 and 1."""
    visits = [float(v) for v in (*range(40), *range(100, 140))]
    pages = [visit + 2 * (i % 3) for i, visit in enumerate(visits)]
    table = pl.DataFrame({"customer_id": [f"c{i}" for i in range(80)], "visits": visits, "pages": pages, "vip": flags})
    return quick_fit(features=table, n_segments=2, min_size=2)


@pytest.mark.slow
def test_feature_in_which_the_segments_hardly_differ_is_no_reason() -> None:
    # 20 of 40 and 22 of 40 are 0.05 apart, which is negligible.
    explanation = explain(noisy([i % 2 for i in range(40)] + [int(i < 22) for i in range(40)]), "c1")
    [reason] = [reason for reason in explanation.why if reason.feature == "vip"]
    assert (reason.effect, reason.is_negligible) == (pytest.approx(0.05), True)
    large = replace(reason, contribution=explanation.why[0].contribution)
    assert "vip" not in repr(replace(explanation, why=(*explanation.why[:2], large)))
    assert "vip" in repr(replace(explanation, why=(*explanation.why[:2], replace(large, effect=0.2))))


@pytest.mark.slow
def test_effect_is_the_difference_of_shares_or_of_spreads() -> None:
    [reason] = [reason for reason in explain(flagged(), "c1").why if reason.feature == "vip"]
    assert reason.effect == 0.5
    near, far = [float(i % 3 - 1) for i in range(40)], [100.0 * (-1) ** i for i in range(40)]
    visits = [float(v) for v in (*range(40), *range(100, 140))]
    table = pl.DataFrame({"customer_id": range(80), "visits": visits, "pages": visits, "balance": near + far})
    explanation = explain(quick_fit(features=table, n_segments=2, min_size=2), 0)
    [reason] = [reason for reason in explanation.why if reason.feature == "balance"]
    assert reason.effect == 1.0


@pytest.mark.slow
def test_sentences_have_labels_and_the_language_of_the_result() -> None:
    fitted = line([float(v) for v in (*range(20), *range(100, 120))], labels={"visits": "визиты"}, language="ru")
    printed = repr(explain(fitted, "c0"))
    assert "\n  визиты: 0 (медиана здесь 9,5, там 110)\n" in printed
    assert "Если бы значение «визиты» было " in printed
    assert explain(fitted, "c0", language="en").language == "en"


@pytest.mark.slow
def test_codes_are_named_and_left_out_of_medians() -> None:
    days = [-1.0] * 4 + [float(v) for v in (*range(10, 46), *range(300, 340))]
    score = [float(v) for v in (*range(40), *range(100, 140))]
    table = pl.DataFrame({"customer_id": range(80), "days_since_call": days, "score": score})
    days[4:14] = [-1.0] * 10
    table = table.with_columns(days_since_call=pl.Series(days))
    explanation = explain(quick_fit(features=table, n_segments=2), 0)
    [reason] = [reason for reason in explanation.why if reason.feature == "days_since_call"]
    assert reason.is_code
    assert reason.typical == np.median(days[14:40])
    assert "days_since_call: code -1 (median 32.5 here" in repr(explanation)


@pytest.mark.slow
def test_impossible_birth_is_said_to_be_one() -> None:
    births = [1893.0, *(1950.0 + i % 10 for i in range(39)), *(1985.0 + i % 10 for i in range(40))]
    table = pl.DataFrame({"customer_id": range(80), "birth_year": births})
    result = quick_fit(features=table, columns=["birth_year"], n_segments=2, min_size=10)
    assert "1893, which cannot be true" in repr(explain(result, 0))


def test_equal_medians_are_no_reason() -> None:
    reason = explain(LINE, "c0").why[0]
    equal = replace(reason, feature="calls", typical=2.0, typical_second=2.0, contribution=2 * reason.contribution)
    assert "calls" not in repr(replace(explain(LINE, "c0"), why=(equal, reason)))
    close = replace(equal, typical=35.5, typical_second=36.0)
    assert "calls" not in repr(replace(explain(LINE, "c0"), why=(close, reason)))


@pytest.mark.parametrize(
    ("feature", "value", "possible"),
    [
        ("age_days", 3.0, False),  # the first order would be after the last
        ("recency_days", 300.0, True),
        ("recency_days", 500.0, False),
        ("order_count", 9.0, True),
        ("income", 3.0, True),
    ],
)
def test_change_that_contradicts_another_feature_is_impossible(feature: str, value: float, possible: bool) -> None:
    customer = {"recency_days": 200.0, "age_days": 400.0, "order_count": 5.0, "income": 50.0}
    assert is_possible(customer, feature, value) == possible


def test_first_and_last_order_of_customers_with_one_are_the_same() -> None:
    customer = {"recency_days": 200.0, "age_days": 200.0, "order_count": 1.0}
    assert not is_possible(customer, "recency_days", 30.0)
    assert is_possible({**customer, "order_count": 2.0}, "recency_days", 30.0)
    # What contradicts itself already is no reason against a change.
    assert is_possible({"recency_days": 500.0, "age_days": 400.0}, "age_days", 300.0)


def test_value_on_a_bound_is_said_as_the_rule_counts_it() -> None:
    explanation = explain(line([*([1.0, 1.25, 1.5] * 15), *([8.0, 8.25, 8.5] * 15)]), "c0")
    reason = replace(explanation.why[0], value=50.0, bounds=(15.0, 50.0))

    def printed(**changes: Any) -> str:
        return repr(replace(explanation, why=(replace(reason, **changes),)))

    assert ": 50, which counts as at least 50 (" in printed()
    assert ": 49.96 (" in printed(value=49.96)  # rounded it would look like the bound that it is under
    assert ": 30 (" in printed(value=30.0)
    assert ": 0.51 points (" in printed(value=0.511687, bounds=(0.5,), unit="points")


def test_bounds_are_those_of_names_and_rules() -> None:
    rng = np.random.default_rng(0)
    result = line([*rng.uniform(1, 2, 40), *rng.uniform(8, 9, 40)])
    [reason] = explain(result, "c0").why
    bounds = {end for rule in result.rules.rules for c in rule.conditions for end in (c.low, c.high)} - {None}
    assert bounds
    assert bounds <= set(reason.bounds)


@pytest.mark.parametrize(("value", "printed"), [(29.0, False), (20.0, False), (19.0, True), (4.0, True)])
def test_value_beyond_the_median_it_speaks_against_is_no_reason(value: float, printed: bool) -> None:
    explanation = explain(line([float(v) for v in (*range(20), *range(100, 120))]), "c0")
    [reason] = explanation.why
    against = replace(
        reason, feature="orders", value=value, taken_as=value, typical=20.0, typical_second=5.0, contribution=-1.0
    )
    reasons = replace(explanation, why=(replace(reason, contribution=1.0), against))
    assert ("In favor of" in repr(reasons)) == printed
