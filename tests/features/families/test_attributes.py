"""The family "attributes": worked by hand, against plain Python, and the same on every kind of table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from effort import A_FEW, examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import rows_of

from custseg import Customers
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.feature_table import Feature, FeatureTable
from custseg.features import build_features

AS_OF = datetime(2024, 6, 1, 12)
TABLE = pl.DataFrame(
    {
        "customer_id": [3, 1, 2],
        "income": [10.5, None, -3.0],
        "kids": [0, 2, None],
        "city": ["Rome", None, "Oslo"],
        "vip": [True, None, False],
        "likes": ["Books| toys |books|", None, "toys|Sci-fi & more"],
        "born": [date(1990, 6, 1), None, date(1990, 6, 2)],
        "joined": [date(2024, 5, 31), date(2023, 6, 1), None],
        "mail_ok": [False, None, True],
    }
)
DESCRIBED: dict[str, Any] = {
    "numeric": ["income"],
    "counts": ["kids"],
    "category": ["city"],
    "flags": ["vip"],
    "interests": ["likes"],
    "birth_date": "born",
    "dates": ["joined"],
    "consent": {"email": "mail_ok"},
}


def attributes(customers: object, as_of: object = AS_OF) -> FeatureTable:
    return build_features(customers=customers, as_of=as_of, families=["attributes"])


def column(customers: object, name: str, as_of: object = AS_OF) -> list[Any]:
    return attributes(customers, as_of).local.get_column(name).to_list()


def test_attributes_by_hand(as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = attributes(Customers(as_kind(TABLE), **DESCRIBED))
    unknown = dict.fromkeys(["likes_count", "likes_toys", "likes_books", "likes_sci_fi_more"])
    assert rows_of(table.frame) == [
        {"customer_id": 1, "income": None, "kids": 2, "city": None, "vip": None, **unknown,
         "age_years": None, "age_band": None, "days_since_joined": 366, "consent_email": None},
        {"customer_id": 2, "income": -3.0, "kids": None, "city": "Oslo", "vip": False,
         "likes_count": 2, "likes_toys": 1, "likes_books": 0, "likes_sci_fi_more": 1,
         "age_years": 33, "age_band": "25-34", "days_since_joined": None, "consent_email": True},
        {"customer_id": 3, "income": 10.5, "kids": 0, "city": "Rome", "vip": True,
         "likes_count": 2, "likes_toys": 1, "likes_books": 1, "likes_sci_fi_more": 0,
         "age_years": 34, "age_band": "25-34", "days_since_joined": 1, "consent_email": False},
    ]  # fmt: skip


def test_each_column_says_what_it_means() -> None:
    described = {feature.name: feature for feature in attributes(Customers(TABLE, **DESCRIBED)).described}
    assert described["age_years"] == Feature("age_years", "years", "attributes")
    assert described["likes_sci_fi_more"].label() == "“sci-fi & more” in “likes”"
    assert described["consent_email"].direction == 1
    assert {feature.family for feature in described.values()} == {"attributes"}


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(1990, 6, 1), date(2024, 5, 31), 33),
        (date(1990, 6, 1), date(2024, 6, 1), 34),
        (date(2000, 2, 29), date(2023, 2, 28), 22),
        (date(2000, 2, 29), date(2023, 3, 1), 23),
        (date(2000, 2, 29), date(2024, 2, 29), 24),
        (date(1900, 1, 1), date(2024, 6, 1), 124),
        (date(1969, 12, 31), date(1970, 12, 30), 0),
        (date(1969, 12, 31), date(1970, 12, 31), 1),
    ],
)
def test_age_is_in_completed_years(born: date, today: date, years: int) -> None:
    table = pl.DataFrame({"customer_id": [1], "birth_date": [born]})
    assert column(table, "age_years", datetime(today.year, today.month, today.day, 9)) == [years]


def test_age_bands_begin_on_the_birthday() -> None:
    born = [date(2024 - years, 6, 1) for years in (0, 17, 18, 24, 25, 34, 35, 44, 45, 54, 55, 64, 65, 99)]
    table = pl.DataFrame({"customer_id": range(len(born)), "birth_date": born})
    assert column(table, "age_band") == [
        band
        for band in ("under 18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")
        for _ in range(2)
    ]  # fmt: skip


def test_only_the_most_common_interests_have_a_column() -> None:
    texts = ["|".join(f"label {number:02}" for number in range(size)) for size in range(1, 31)]
    table = attributes(Customers(pl.DataFrame({"customer_id": range(30), "likes": texts}), interests=["likes"]))
    assert table.names == ["likes_count", *(f"likes_label_{number:02}" for number in range(20))]
    assert table.local.get_column("likes_count").to_list() == list(range(1, 31))


def test_labels_that_would_share_a_name_are_told_apart() -> None:
    labels = ["A-1", "a_1", "Count", "Книги!", "!!!", "x" * 90]
    table = pl.DataFrame({"customer_id": [1], "likes": ["; ".join(labels)]})
    customers = Customers(table, interests=["likes"], label_separator=";")
    assert set(attributes(customers).names) == {
        "likes_count", "likes_a_1", "likes_a_1_2", "likes_count_2", "likes_книги", "likes_value",
        f"likes_{'x' * 32}",
    }  # fmt: skip


def test_interests_that_nobody_has_told_give_their_count_alone() -> None:
    table = pl.DataFrame({"customer_id": [1, 2], "likes": ["", "|"]})
    assert attributes(Customers(table, interests=["likes"])).names == ["likes_count"]
    assert column(Customers(table, interests=["likes"]), "likes_count") == [None, 0]


def test_hundred_thousand_categories_are_one_column() -> None:
    size = 100_000
    table = pl.DataFrame({"customer_id": range(size), "place": [f"place {i}" for i in range(size)]})
    assert attributes(Customers(table, category=["place"])).names == ["place"]


def test_customers_without_orders_and_orders_without_attributes_are_all_there() -> None:
    orders = pl.DataFrame(
        {"customer_id": [1, 9], "order_id": [1, 2], "ordered_at": ["2024-05-01"] * 2, "amount": [5.0, 6.0]}
    )
    table = build_features(orders, customers=Customers(TABLE, counts=["kids"]), as_of=AS_OF)
    rows = {row["customer_id"]: (row["order_count"], row["kids"]) for row in rows_of(table.frame)}
    assert rows == {1: (1, 2), 2: (0, None), 3: (0, 0), 9: (1, None)}


def test_table_of_ids_alone_names_the_customers() -> None:
    table = attributes(TABLE.select("customer_id"))
    assert (table.names, table.ids.to_list()) == ([], [1, 2, 3])


def test_snapshot_of_a_customer_table_alone_is_told() -> None:
    assert "<10 customers as of 2024-06-01 12:00" in repr(attributes(Customers(TABLE, counts=["kids"])))


def test_columns_named_as_other_features_are_refused() -> None:
    table = pl.DataFrame({"customer_id": [1], "revenue": [5.0]})
    orders = pl.DataFrame({"customer_id": [1], "order_id": [1], "ordered_at": ["2024-05-01"], "amount": [5.0]})
    with pytest.raises(DataError, match=r"build_features: .* named as other features, \['revenue'\]\. Rename"):
        build_features(orders, customers=table, as_of=AS_OF)
    twice = TABLE.rename({"city": "age_band"})
    with pytest.raises(DataError, match=r"named as other features, \['age_band'\]"):
        attributes(Customers(twice, category=["age_band"], birth_date="born"))


def test_family_asked_for_without_customers_is_an_error() -> None:
    orders = pl.DataFrame({"customer_id": [1], "order_id": [1], "ordered_at": ["2024-05-01"], "amount": [5.0]})
    with pytest.raises(DataError, match="'attributes' needs customers"):
        build_features(orders, as_of=AS_OF, families=["attributes"])


def test_faults_of_the_table_are_told_in_the_name_of_the_caller() -> None:
    again = pl.concat([TABLE, TABLE.head(1)])
    with pytest.raises(DataError, match=r"build_features: the customer table .* 1 row repeats the id of another"):
        attributes(Customers(again, counts=["kids"]))


def test_attributes_of_the_seeded_shop() -> None:
    shop = make_shop(300, 3)
    customers = Customers(
        shop.customers, numeric=["age"], category=["sex", "region"], interests=["interests"],
        consent={"email": "consent_email", "sms": "consent_sms"}, observed_at="observed_at", max_age_days=365,
    )  # fmt: skip
    found = attributes(customers, shop.as_of).local.to_native()
    fresh = shop.customers.with_columns(old=pl.col("observed_at").dt.date() < date(2024, 7, 1)).sort("customer_id")
    assert found["age"].to_list() == [None if r["old"] else r["age"] for r in fresh.iter_rows(named=True)]
    assert found["consent_sms"].null_count() > fresh["consent_sms"].null_count()
    assert len([name for name in found.columns if name.startswith("interests_")]) == 9


moments = st.one_of(
    st.none(), st.integers(-800, 3).map(lambda days: datetime(2024, 6, 1) + timedelta(days=days, hours=12))
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "income": st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(float("nan"))),
            "city": st.sampled_from([None, "", " ", "Rome", "Oslo"]),
            "likes": st.sampled_from([None, "", "|", "a", "A|b", " b |c|b", "c|c"]),
            "born": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2024, 5, 31))),
            "ok": st.sampled_from([None, True, False]),
            "seen": moments,
        }
    ),
    min_size=1,
    max_size=12,
)
SCHEMA = {
    "income": pl.Float64, "city": pl.String, "likes": pl.String, "born": pl.Date, "ok": pl.Boolean,
    "seen": pl.Datetime("us"),
}  # fmt: skip


def described(table: pl.DataFrame) -> Customers:
    return Customers(
        table, numeric=["income"], category=["city"], interests=["likes"], birth_date="born",
        consent={"sms": "ok"}, observed_at="seen", max_age_days={"income": 365, "likes": 365, "born": 365},
    )  # fmt: skip


def by_hand(table: pl.DataFrame) -> list[dict[str, Any]]:
    """The family in plain Python."""
    known = [row for row in table.to_dicts() if row["seen"] is None or row["seen"] < AS_OF]
    wanted = []
    for row in known:
        fresh = row["seen"] is not None and (AS_OF.date() - row["seen"].date()).days <= 365
        income, likes, born = ((row[name] if fresh else None) for name in ("income", "likes", "born"))
        labels = {label.strip().lower() for label in (likes or "").split("|")} - {""}
        told = bool(likes and likes.strip())
        years = None if born is None else AS_OF.year - born.year - ((born.month, born.day) > (6, 1))
        wanted.append({
            "customer_id": row["customer_id"],
            "income": None if income is None or income != income else income,
            "city": (row["city"] or "").strip() or None,
            "labels": labels if told else None,
            "age_years": years,
            "consent_sms": row["ok"],
        })  # fmt: skip
    common = Counter(label for row in wanted for label in row["labels"] or ())
    for row in wanted:
        labels = row.pop("labels")
        row["likes_count"] = None if labels is None else len(labels)
        row |= {f"likes_{label}": None if labels is None else int(label in labels) for label in common}
    return sorted(wanted, key=lambda row: row["customer_id"])


def with_ids(lines: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=SCHEMA).with_row_index("customer_id")


@pytest.mark.slow
@given(rows)
def test_attributes_agree_with_plain_python(lines: list[dict[str, Any]]) -> None:
    table = with_ids(lines)
    found = rows_of(attributes(described(table)).frame)
    assert [{k: v for k, v in row.items() if k != "age_band"} for row in found] == [
        {name: row[name] for name in found[0] if name != "age_band"} for row in by_hand(table)
    ]


@pytest.mark.slow
@examples(A_FEW)
@given(rows, st.randoms(use_true_random=False))
def test_order_of_the_rows_and_later_rows_change_nothing(lines: list[dict[str, Any]], random: Any) -> None:
    table = with_ids(lines)
    later = table.with_columns(pl.col("customer_id") + 5, seen=AS_OF, likes=pl.lit("z|y"), income=float("inf"))
    shuffled = pl.concat([table, later])[random.sample(range(2 * len(table)), 2 * len(table))]
    assert rows_of(attributes(described(shuffled)).frame) == rows_of(attributes(described(table)).frame)
