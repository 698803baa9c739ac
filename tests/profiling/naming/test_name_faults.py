"""A name is one that most members meet and few of any other segment: words that tell less give way to others."""

import numpy as np
import pytest

from custseg.profiling import Profiles, SegmentProfile, profile_segments
from custseg.profiling.naming._name_faults import NameFaults
from custseg.profiling.naming.traits._words import Trait
from custseg.texts import LANGUAGES

SIZE = 120


def profiled(**columns: list[np.ndarray]) -> Profiles:
    """Segments of 120 customers with those values."""
    table = {name: np.concatenate([np.resize(values, SIZE) for values in each]) for name, each in columns.items()}
    return profile_segments(table, np.repeat(np.arange(len(next(iter(columns.values())))), SIZE))


def shares(row: SegmentProfile, table: dict[str, np.ndarray], labels: np.ndarray) -> np.ndarray:
    """The share of every segment that meets the whole name."""
    holds = [
        row.name_holds({name: column[i].item() for name, column in table.items()}) is True for i in range(len(labels))
    ]
    return np.array([np.mean(np.array(holds)[labels == segment]) for segment in range(labels.max() + 1)])


def draw(rng: np.random.Generator, means: list[float], *, spread: float, low: float = 1, high: float = 5) -> np.ndarray:
    return np.concatenate([np.clip(np.round(rng.normal(mean, spread, SIZE)), low, high) for mean in means])


@pytest.mark.parametrize("seed", range(5))
def test_columns_that_others_lack_rather_than_bounds_that_half_of_another_segment_meets(seed: int) -> None:
    rng, labels = np.random.default_rng(seed), np.repeat([0, 1, 2], SIZE)
    table = {
        "price_rating": draw(rng, [3.6, 4.4, 1.7], spread=0.8),
        "clean_rating": draw(rng, [2.9, 4.6, 4.2], spread=0.7),
        "service_rating": draw(rng, [1.9, 4.4, 3.9], spread=0.7),
        "speed_rating": draw(rng, [2.0, 4.3, 3.8], spread=0.8),
    }
    row = profile_segments(table, labels)[0]
    met = shares(row, table, labels)
    assert met[0] >= 0.6
    assert met[1:].max() < 0.4
    assert {trait.feature for trait in row.traits} & {"service_rating", "speed_rating"}


def test_those_who_spend_little_are_not_named_by_a_lower_bound_of_money() -> None:
    rng = np.random.default_rng(0)
    kinds = [(20, 14, 600, 0.02), (420, 2, 90, 0.02), (25, 14, 600, 0.4), (400, 1, 45, 0.4)]
    table = {
        "recency_days": np.concatenate([rng.uniform(0.7 * days, 1.3 * days, SIZE).round() for days, *_ in kinds]),
        "order_count": np.concatenate([1.0 + rng.poisson(orders - 1, SIZE) for _, orders, *_ in kinds]),
        "revenue": np.concatenate([rng.lognormal(np.log(spend), 0.4, SIZE) for *_, spend, _ in kinds]),
        "click_rate_shrunk": np.concatenate([rng.beta(50 * rate, 50 * (1 - rate), SIZE) for *_, rate in kinds]),
    }
    row = profile_segments(table, np.repeat(np.arange(4), SIZE))[1]
    assert not any(
        trait.feature == "revenue" and [term.operator for term in trait.terms] == [">="] for trait in row.traits
    )
    assert "seldom click in mails" in row.name
    assert all(len(name) <= 41 for name in row.names.values())


def test_word_that_half_of_the_others_meet_is_left_out_where_the_rest_tells_as_much() -> None:
    days = np.arange(1.0, 31)
    rows = profiled(
        pet=[np.array(["cat"]), np.array(["dog"]), np.array(["fish"])],
        days_since_visit=[days / 3, np.concatenate([days, days + 20]), days * 2],
    )
    assert rows[0].name == "pet cat"


def test_second_step_is_said_in_figures_where_it_is_the_middle_of_all() -> None:
    miles = [np.arange(100.0, 2_000), np.arange(7_000.0, 11_000), np.arange(16_000.0, 29_000),
             np.arange(35_000.0, 60_000), np.arange(80_000.0, 99_000)]  # fmt: skip
    sizes = [350, 240, 220, 110, 80]
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.choice(each, size) for each, size in zip(miles, sizes, strict=True)])
    rows = profile_segments({"miles": values}, np.repeat(np.arange(5), sizes))
    assert rows[1].name.startswith("miles 7,000–")
    assert [rows[segment].name for segment in (0, 3, 4)] == [
        "fewest miles of all", "more miles than others", "most miles of all"
    ]  # fmt: skip


def test_name_says_that_nearly_all_have_gone_though_they_differ_more_in_their_orders() -> None:
    rng = np.random.default_rng(0)
    orders = [np.repeat([1.0, 3.0, 6.0], [66, 20, 34]), rng.integers(5, 12, SIZE).astype(float)]
    row = profiled(
        recency_days=[rng.uniform(150, 500, SIZE).round(), rng.uniform(5, 60, SIZE).round()],
        order_count=orders,
        revenue=[30.0 * orders[0] + rng.uniform(0, 30, SIZE), 80 * orders[1] + rng.uniform(0, 100, SIZE)],
    )[0]
    assert "last order" in row.name or "no order" in row.name


def test_name_says_that_all_have_gone_though_they_have_a_channel_of_their_own() -> None:
    rng = np.random.default_rng(0)
    row = profiled(
        recency_days=[rng.uniform(370, 700, SIZE).round(), rng.uniform(5, 60, SIZE).round(),
                      rng.uniform(5, 60, SIZE).round(), rng.uniform(150, 700, SIZE).round()],
        order_count=[rng.integers(5, 17, SIZE).astype(float), rng.integers(2, 5, SIZE).astype(float),
                     rng.integers(20, 60, SIZE).astype(float), np.full(SIZE, 1.0)],
        sales_channel=[np.array(["phone"]), rng.choice(["phone", "web"], SIZE, p=[0.4, 0.6]),
                       np.array(["office"]), np.array(["booking"])],
    )[0]  # fmt: skip
    assert row.name.startswith("last order 365+ days ago · ")


def test_having_any_is_said_as_a_number_where_some_others_have_a_few() -> None:
    """A third of one other segment has one or two, which a buyer of more than ten has little to do with."""
    rng = np.random.default_rng(0)
    level = [rng.uniform(low, high, SIZE).round() for low, high in ((60, 130), (70, 140), (2, 30), (2, 30))]
    few = [np.where(rng.random(SIZE) < share, rng.integers(1, 3, SIZE), 0.0) for share in (0.35, 0.0, 0.0)]
    for bought, words in ((few, "purchases 13+"), ([np.zeros(1)] * 3, "with purchases")):
        row = profiled(purchases=[rng.integers(12, 50, SIZE).astype(float), *bought], level=level)[0]
        assert row.name.split(" · ")[0] == words


def test_name_is_not_shortened_to_one_that_tells_less() -> None:
    """Policy holders: the young, families without and with a claim, the old, and those with several claims."""
    rng = np.random.default_rng(0)
    ages = [rng.normal(mean, spread, SIZE).round() for mean, spread in ((27, 4), (42, 6), (68, 6), (44, 13), (42, 6))]
    held = [rng.integers(low, high, SIZE).astype(float) for low, high in ((1, 2), (3, 6), (1, 3), (1, 3), (3, 6))]
    claims = [np.zeros(1), np.zeros(1), np.zeros(1), rng.choice([1.0, 2.0], SIZE), np.ones(1)]
    premium = [rng.lognormal(mean, 0.2, SIZE) for mean in (6.2, 7.4, 5.8, 7.0, 7.4)]
    years = [rng.uniform(low, high, SIZE) for low, high in ((0, 5), (4, 15), (12, 35), (1, 12), (4, 15))]
    columns = {"age": ages, "number_of_policies": held, "claims_last_3_years": claims, "annual_premium": premium,
               "years_as_client": years}  # fmt: skip
    table = {name: np.concatenate([np.resize(values, SIZE) for values in each]) for name, each in columns.items()}
    labels = np.repeat(np.arange(5), SIZE)
    rows = profile_segments(table, labels, clustered_on=[name for name in columns if name != "age"]).segments
    assert rows[1].name == "number_of_policies 3+ · claims_last_3_years 0"
    for row in rows:
        met = shares(row, table, labels)
        assert met[row.segment] - np.delete(met, row.segment).max() > 0.65


def test_words_that_half_of_the_others_meet_are_a_fault() -> None:
    def trait(name: str, others: float) -> Trait:
        words = dict.fromkeys(LANGUAGES, name)
        lengths = dict.fromkeys(LANGUAGES, len(name))
        return Trait(name, words, (), words, 0.95, others, True, 0.9, 0, lengths=lengths)

    seldom, common = trait("once a year", 0.05), trait("long-standing", 0.65)
    faults = NameFaults(
        candidates={0: [seldom, common]},
        rivals=[0, 1],
        shares=lambda traits: np.array([0.95, min(trait.others for trait in traits)]),
        bounds=lambda *_: [],
        reserved=[],
    )
    counts = [faults.of(0, traits, {1: []}).common for traits in ([seldom], [common], [seldom, common])]
    assert counts == [0, 1, 1]


def test_single_amount_of_money_is_said_as_spend() -> None:
    rng = np.random.default_rng(0)
    rows = profiled(
        recency_days=[rng.uniform(790, 840, SIZE).round(), rng.uniform(5, 40, SIZE).round(),
                      rng.uniform(790, 840, SIZE).round(), rng.uniform(60, 400, SIZE).round()],
        order_count=[np.full(1, 2.0), rng.integers(5, 20, SIZE).astype(float), np.full(1, 2.0), np.full(1, 1.0)],
        revenue=[np.full(1, 200.0), rng.choice([200.0, 500.0, 900.0], SIZE), np.full(1, 100.0),
                 rng.choice([50.0, 100.0, 150.0, 200.0, 250.0], SIZE)],
    )  # fmt: skip
    assert rows[0].name.endswith("spend 200")
    assert rows[0].names["ru"].endswith("траты 200")


def test_time_since_something_is_the_same_number_in_both_languages() -> None:
    months = np.concatenate([np.resize(np.arange(1.0, 9), SIZE), np.resize(np.arange(12.0, 90), 3 * SIZE)])
    labels = np.repeat([0, 1], [SIZE, 3 * SIZE])
    spend = np.resize(np.arange(10.0, 60), len(labels))
    table = {"tenure": months, "spend": spend}
    russian = {"tenure": "месяцев с подключения", "spend": "траты"}
    row = profile_segments(table, labels, column_labels=russian, language="ru")[0]
    numbers = {"".join(sign for sign in row.names[language] if sign.isdigit()) for language in LANGUAGES}
    assert len(numbers) == 1
