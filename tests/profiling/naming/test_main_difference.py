"""Names lead with that in which a segment differs most, and say only what can be shown."""

from collections.abc import Callable

import numpy as np
import pytest

from custseg.profiling import Profiles, profile_segments
from custseg.profiling.naming._archetypes import builtin_archetypes

Draw = Callable[[np.random.Generator, int], np.ndarray]
ARCHETYPES = {archetype.key: archetype for archetype in builtin_archetypes()}


def around(mean: float, spread: float, least: float = 0) -> Draw:
    return lambda rng, n: np.maximum(least, rng.normal(mean, spread, n).round())


def money(median: float) -> Draw:
    return lambda rng, n: rng.lognormal(np.log(median), 0.3, n).round(2)


def only(value: float) -> Draw:
    return lambda rng, n: np.full(n, value)


def days(mean: float) -> Draw:
    return lambda rng, n: rng.exponential(mean, n).round()


def profiled(seed: int = 0, size: int = 200, **columns: list[Draw]) -> Profiles:
    """Segments of that size, each with a way to draw every column."""
    rng = np.random.default_rng(seed)
    table = {name: np.concatenate([draw(rng, size) for draw in draws]) for name, draws in columns.items()}
    return profile_segments(table, np.repeat(np.arange(len(next(iter(columns.values())))), size))


@pytest.mark.parametrize("seed", range(3))
def test_long_silence_comes_before_the_joining_date(seed: int) -> None:
    profiles = profiled(
        seed,
        recency_days=[around(302, 30), days(22), days(20)],
        age_days=[around(520, 90), around(700, 200), around(720, 200)],
        order_count=[around(9, 2, 1), around(14, 3, 1), around(15, 3, 1)],
        order_value=[money(900), money(180), money(1_500)],
    )
    assert profiles[0].name.startswith("last order 180+ days ago")


@pytest.mark.parametrize("seed", range(3))
def test_what_people_do_comes_before_their_age(seed: int) -> None:
    profiles = profiled(
        seed,
        lessons=[around(16, 2), around(4, 1, 1), around(8, 1.5, 1), around(5, 1, 1)],
        price=[around(38, 4), around(15, 2), around(18, 2), around(70, 7)],
        age=[around(17, 2, 10), around(11, 2, 6), around(34, 5, 18), around(46, 5, 20)],
    )
    for row in profiles:
        assert {trait.feature for trait in row.traits} & {"lessons", "price"}, row.name


def test_age_names_segments_that_nothing_else_tells_apart() -> None:
    profiles = profiled(
        visits=[around(10, 3)] * 4,
        age=[around(15, 2), around(30, 3), around(50, 3), around(75, 4)],
    )
    names = [row.name for row in profiles]
    # The middle is said by its range: "older" beside "oldest" tells readers little.
    assert (names[0], names[3]) == ("youngest", "oldest")
    assert names[1].startswith("age 2")
    assert names[2].startswith("age 4")


def test_steps_of_one_column_do_not_hide_another_one() -> None:
    profiles = profiled(
        payments=[around(62, 6), around(6, 2), around(35, 4), only(0)],
        balance=[money(900), money(45_000), money(8_000), money(150)],
    )
    assert "balance" in profiles[1].name
    assert profiles[1].markers[0].feature in [trait.feature for trait in profiles[1].traits]


def members_of_a_club(depth: float, share: Draw) -> Profiles:
    shares = [share, lambda rng, n: rng.beta(1, 9, n), lambda rng, n: rng.beta(1, 9, n)]
    return profiled(
        recency_days=[days(60), days(60), around(320, 40)],
        order_count=[around(5, 2, 2), around(5, 2, 2), only(1)],
        revenue=[money(120), money(120), money(50)],
        discount_share=shares,
        discount_depth=[only(depth), lambda rng, n: rng.beta(1, 99, n), lambda rng, n: rng.beta(1, 99, n)],
    )


def test_small_discounts_are_no_hunt_for_discounts() -> None:
    def at_times(rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.beta(9, 2, n)

    assert members_of_a_club(0.09, at_times)[0].key != "discount_driven"
    row = members_of_a_club(0.3, at_times)[0]
    assert row.key == "discount_driven"
    assert row.markers[0].feature == "discount_share"


def test_who_has_a_discount_on_every_order_buys_on_discount() -> None:
    row = members_of_a_club(0.3, only(1))[0]
    assert row.key != "discount_driven"
    assert "buy on discount" in row.name


def test_newcomers_of_the_season_are_not_seasonal() -> None:
    def keys(age: Draw) -> list[str]:
        profiles = profiled(
            peak_share=[lambda rng, n: rng.beta(9, 2, n), lambda rng, n: rng.beta(2, 9, n)],
            order_count=[around(3, 1, 2), around(3, 1, 2)],
            age_days=[age, around(700, 100)],
        )
        return [row.key for row in profiles]

    assert keys(around(700, 100))[0] == "seasonal"
    assert keys(around(40, 10))[0] != "seasonal"


def test_markers_show_first_what_an_archetype_claims() -> None:
    profiles = profiled(
        recency_days=[days(10), days(90), around(300, 40)],
        order_count=[around(20, 3), around(4, 1, 2), only(1)],
        orders_per_30d=[around(200, 3), around(40, 1), only(10)],
        revenue=[money(900), money(120), money(30)],
        sessions=[around(90, 1), around(10, 1), around(2, 1)],
    )
    assert (profiles[0].key, profiles[2].key) == ("champions", "one_time")
    for row in (profiles[0], profiles[2]):
        claimed = {term.feature for term in ARCHETYPES[row.key].terms if not term.optional}
        assert {marker.feature for marker in row.markers[: len(claimed)]} == claimed


def test_one_kind_cut_in_two_is_told_apart_by_what_differs() -> None:
    profiles = profiled(
        recency_days=[around(90, 15), around(200, 20), days(5), days(5), days(5)],
        order_count=[around(3, 1, 2), around(3, 1, 2), around(30, 4), around(30, 4), around(30, 4)],
        revenue=[money(18), money(18), money(150), money(450), money(1_500)],
    )
    assert {row.key for row in profiles} >= {"hibernating", "lost"}
    assert all("last order" in row.name for row in profiles if row.key in ("hibernating", "lost"))
    assert all("заказ" in row.names["ru"] for row in profiles if row.key in ("hibernating", "lost"))
    assert profiles[0].name_holds({"recency_days": 90, "order_count": 2, "revenue": 15})
    assert not profiles[0].name_holds({"recency_days": 220, "order_count": 2, "revenue": 15})


@pytest.mark.parametrize(
    ("variation", "words", "russian"),
    [
        (0.2, "keep to their rhythm", "держат свой ритм"),
        (1.0, "within their usual gap", "пауза не длиннее обычной"),
    ],
)
def test_only_even_gaps_are_called_a_rhythm(variation: float, words: str, russian: str) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [160, 40])
    table = {
        "recency_days": np.where(labels == 0, 290.0, 700.0) + rng.uniform(0, 20, 200),
        "order_count": rng.integers(4, 7, 200).astype(float),
        "overdue_ratio": np.where(labels == 0, 0.8, 2.5) * rng.uniform(0.9, 1.1, 200),
        "gap_cv": np.full(200, variation),
    }
    row = profile_segments(table, labels)[0]
    assert words in row.name
    assert russian in row.names["ru"]


def test_what_most_members_are_is_not_said_of_all() -> None:
    for key in ("one_time", "prospects", "unsubscribed", "readers", "window_shoppers", "new", "cart_abandoners"):
        description = ARCHETYPES[key].description
        assert description["en"].startswith("Most ")
        assert description["ru"].startswith("Большинство ")
