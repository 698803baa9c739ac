"""`Customers`: what its columns may be, what is known at a snapshot, and what cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kinds import rows_of

from custseg.errors import DataError
from custseg.logs import (
    AttributeCounts,
    Customers,
    KnownAttributes,
    as_customers,
    known_attributes,
    raise_on_attribute_faults,
)

AS_OF = datetime(2024, 6, 1)
TABLE = pl.DataFrame(
    {
        "customer_id": [1, 2, 3],
        "income": [10.5, None, -3.0],
        "kids": [0, 2, None],
        "city": ["Rome", "  ", "Oslo"],
        "vip": [True, None, False],
        "likes": ["books|toys", None, "toys"],
        "born": [date(1990, 6, 1), None, date(2001, 1, 31)],
        "joined": ["2024-05-31", "2023-06-01", None],
        "mail_ok": ["yes", "No", None],
        "seen": [datetime(2024, 5, 2), datetime(2023, 1, 1), None],
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


def known(customers: Customers, as_of: datetime = AS_OF) -> KnownAttributes:
    found = known_attributes(customers, as_of, "test")
    raise_on_attribute_faults(customers, found, "test")
    return found


def values(customers: Customers, as_of: datetime = AS_OF) -> dict[str, list[Any]]:
    """The known values by column, in the order of the ids."""
    attributes = known(customers, as_of)
    rows = sorted(rows_of(attributes.table.to_native()), key=lambda row: row["customer_id"])
    return {a.name: [row[f"value_{a.index}"] for row in rows] for a in attributes.attributes}


def counts(customers: Customers, name: str, as_of: datetime = AS_OF) -> AttributeCounts:
    facts = known_attributes(customers, as_of, "test").facts
    return next(column for column in facts.columns if column.name == name)


def days(*dates: date | None) -> list[int | None]:
    return [None if day is None else (day - date(1970, 1, 1)).days for day in dates]


def test_described_columns_are_read_as_what_they_are(as_kind: Callable[[pl.DataFrame], object]) -> None:
    assert values(Customers(as_kind(TABLE), **DESCRIBED)) == {
        "income": [10.5, None, -3.0],
        "kids": [0.0, 2.0, None],
        "city": ["Rome", None, "Oslo"],
        "vip": [True, None, False],
        "likes": ["books|toys", None, "toys"],
        "born": days(date(1990, 6, 1), None, date(2001, 1, 31)),
        "joined": days(date(2024, 5, 31), date(2023, 6, 1), None),
        "mail_ok": [True, False, None],
    }


@pytest.mark.slow
def test_plain_table_is_told_by_its_types(as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = TABLE.rename({"born": "birth_date", "likes": "interests", "seen": "observed_at"})
    customers = as_customers(as_kind(table.with_columns(store_id=7, ID=1, nothing=pl.lit(None, pl.String))))
    kinds = {attribute.name: attribute.kind for attribute in known(customers).attributes}
    assert kinds.pop("mail_ok") in ("category", "flag")
    assert kinds == {
        "income": "number", "kids": "number", "city": "category", "vip": "flag", "interests": "interests",
        "birth_date": "birth date", "joined": "date",
    }  # fmt: skip
    assert customers.observation_columns == ["observed_at"]
    assert customers.undeclared == ["store_id", "ID"]
    assert known_attributes(customers, AS_OF, "test").facts.left_out == {"nothing": "no value"}


def test_text_that_differs_from_customer_to_customer_is_no_category() -> None:
    names = [f"customer {number}" for number in range(120)]
    table = pl.DataFrame({"customer_id": range(120), "name": names, "town": ["a", "b"] * 60})
    customers = Customers(table)
    assert [attribute.name for attribute in known(customers).attributes] == ["town"]
    assert known_attributes(customers, AS_OF, "test").facts.left_out == {"name": "text of its own"}
    assert counts(Customers(table, category=["name"]), "name").levels == 120


def test_csv_column_with_one_word_among_numbers_is_a_category(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("customer_id,size\n1,10\n2,large\n3,12\n")
    assert values(Customers(tmp_path / "c.csv")) == {"size": ["10", "large", "12"]}


def test_csv_is_read_as_described(tmp_path: Path) -> None:
    text = "id;sum;born;seen\n007;1,5;31.01.1990;2024-05-01\n7;;01.02.2000;\n"
    (tmp_path / "c.csv").write_text(text)
    customers = Customers(
        tmp_path / "c.csv", customer="id", numeric=["sum"], birth_date="born", observed_at="seen",
        date_format={"born": "%d.%m.%Y"}, separator=";", decimal=",",
    )  # fmt: skip
    assert known(customers).table.get_column("customer_id").to_list() == ["007", "7"]
    assert values(customers) == {"sum": [1.5, None], "born": days(date(1990, 1, 31), date(2000, 2, 1))}


def test_value_observed_at_or_after_the_snapshot_is_not_known_yet() -> None:
    table = TABLE.with_columns(at=pl.Series([datetime(2024, 5, 31, 23), AS_OF, None]))
    customers = Customers(table, numeric=["income"], category=["city"], observed_at={"city": "at"})
    assert values(customers) == {"income": [10.5, None, -3.0], "city": ["Rome", None, "Oslo"]}
    found = counts(Customers(table, numeric=["kids"], category=["vip"], observed_at={"kids": "at"}), "kids")
    assert (found.known, found.missing, found.not_yet) == (1, 1, 1)


def test_row_observed_after_the_snapshot_does_not_exist() -> None:
    customers = Customers(TABLE, numeric=["income"], observed_at="seen")
    found = known(customers, datetime(2024, 5, 2))
    assert found.table.get_column("customer_id").to_list() == [2, 3]
    assert (found.facts.rows, found.facts.rows_after) == (2, 1)
    again = pl.concat([TABLE, TABLE.with_columns(seen=AS_OF, income=float("inf"))])
    assert values(Customers(again, numeric=["income"], observed_at="seen")) == values(customers)


def test_values_too_old_or_of_unknown_age_count_as_missing() -> None:
    aged = {"observed_at": "seen", "max_age_days": 30}
    customers = Customers(TABLE, numeric=["income"], counts=["kids"], **aged)
    assert values(customers) == {"income": [10.5, None, None], "kids": [0, None, None]}
    found = counts(customers, "kids")
    assert (found.known, found.stale, found.undated, found.missing) == (1, 1, 0, 1)
    assert counts(customers, "income").undated == 1
    assert found.median_age_days == 30
    younger = Customers(TABLE, numeric=["income"], observed_at="seen", max_age_days=29)
    assert values(younger) == {"income": [None, None, None]}


def test_each_attribute_may_have_its_own_age() -> None:
    customers = Customers(
        TABLE, numeric=["income"], counts=["kids"],
        observed_at={"income": "seen", "kids": "joined"}, max_age_days={"kids": 300},
    )  # fmt: skip
    assert values(customers) == {"income": [10.5, None, -3.0], "kids": [0, None, None]}
    assert counts(customers, "kids").stale == 1


def test_days_are_those_of_the_time_zone() -> None:
    late = pl.Series([datetime(2024, 5, 31, 22, 30)]).dt.replace_time_zone("UTC")
    customers = Customers(
        pl.DataFrame({"customer_id": [1], "joined": late}), dates=["joined"], timezone="Europe/Berlin"
    )
    assert values(customers, datetime(2024, 6, 1, 12)) == {"joined": days(date(2024, 6, 1))}
    assert values(customers, datetime(2024, 6, 1)) == {"joined": [None]}


def test_date_after_the_snapshot_is_not_known_yet_but_a_birth_is_impossible() -> None:
    table = pl.DataFrame({"customer_id": [1], "day": [date(2024, 6, 1)]})
    assert values(Customers(table, dates=["day"])) == {"day": [None]}
    with pytest.raises(DataError, match="1 value of column 'day' is a birth before 1900 or after the snap"):
        known(Customers(table, birth_date="day"))


def test_all_that_cannot_be_used_is_told_at_once() -> None:
    table = pl.DataFrame(
        {
            "customer_id": [1, 1, 1, None, 2],
            "kids": [-1.0, 2.5, 3.0, None, None],
            "income": [float("inf"), 1.0, float("nan"), None, None],
            "born": ["1990-01-01", "31/12/1999", "1899-12-31", None, None],
            "vip": ["yes", "maybe", "perhaps", "", None],
            "seen": ["2024-01-01", "soon", None, None, None],
        }
    )
    customers = Customers(
        table, counts=["kids"], numeric=["income"], birth_date="born", flags=["vip"], observed_at="seen"
    )
    faults = [
        r"1 row has no id in column 'customer_id'",
        r"2 rows repeat the id of another row in column 'customer_id', and a customer has one row",
        r"1 value of column 'seen' cannot be read as a date in ISO 8601, .* 'AAAA'\. Other values of .* are read, .*",
        r"1 value of column 'income' cannot be read as a finite number",
        r"2 values of column 'kids' are negative or not whole",
        r"2 values of column 'vip' cannot be read as yes or no, for instance one shaped like 'AAAAA'",
        r"1 value of column 'born' cannot be read as a .* '99/99/9999'\. The values fit date_format='%d/%m/%Y', .*",
        r"1 value of column 'born' is a birth before 1900 or after the snapshot",
    ]
    match = r"^test: the customer table cannot be used: " + "; ".join(faults) + r"\. Correct these rows, or leave"
    with pytest.raises(DataError, match=match):
        known(customers)


def test_one_bad_number_in_a_csv_gives_its_shape_and_no_value(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("customer_id,income\n" + "1,2\n2,12 EUR\n3,4\n")
    match = "1 value of column 'income' cannot be read as a finite number, .* shaped like '99 AAA'"
    with pytest.raises(DataError, match=match):
        known(Customers(tmp_path / "c.csv", numeric=["income"]))


def test_mixed_zones_are_told() -> None:
    mixed = TABLE.with_columns(seen=pl.Series(["2024-05-01", "2024-05-01T10:00:00Z", None]))
    with pytest.raises(DataError, match="column 'seen' mixes dates with and without a time zone"):
        known(Customers(mixed, numeric=["income"], observed_at="seen"))


def test_empty_table_is_an_error() -> None:
    with pytest.raises(DataError, match="test: the customer table has no rows"):
        known(Customers(TABLE.clear(), numeric=["income"]))


@pytest.mark.parametrize(
    ("described", "error", "match"),
    [
        ({"numeric": ["incme"], "consent": {"sms": "sms_ok"}}, DataError,
         r"lacks columns 'incme' \(numeric\[0\]=\) Did you mean 'income'\?, 'sms_ok' \(consent\['sms'\]=\)"),
        ({"customer": "client"}, DataError, r"lacks column 'client' \(customer=\)"),
        ({"numeric": ["city"], "birth_date": "income", "observed_at": "vip"}, DataError,
         r"'city' \(numeric\[0\]=\) must be numeric, got String; column 'income' \(birth_date=\) must hold "
         r"dates, got Float64; column 'vip' \(observed_at=\) must hold dates, got Boolean\. .*columns are"),
        ({"category": ["income"]}, DataError, r"must hold words .*got Float64"),
        ({"customer": "vip", "category": ["city"]}, DataError, r"'vip' \(customer=\) must hold ids"),
        ({"numeric": "income"}, TypeError, r"numeric must be a list of columns, got 'income'"),
        ({"numeric": [3]}, TypeError, r"numeric\[0\] must be the name of a column, got int"),
        ({"consent": ["mail_ok"]}, TypeError, r"consent must be a mapping of channels to columns, got list"),
        ({"numeric": ["income"], "category": ["income"]}, ValueError, r"\['income'\] are described twice"),
        ({"category": ["customer_id"]}, ValueError, r"\['customer_id'\] are described twice"),
        ({"interests": ["likes"], "label_separator": ""}, ValueError, r"label_separator must be text"),
        ({"numeric": ["income"], "observed_at": {"city": "seen"}}, ValueError,
         r"observed_at names \['city'\], which are no attributes; attributes are \['income'\]"),
        ({"numeric": ["income"], "max_age_days": 30}, ValueError, r"max_age_days needs observed_at, the"),
        ({"numeric": ["income", "kids"], "observed_at": {"income": "seen"}, "max_age_days": {"kids": 3}},
         ValueError, r"max_age_days needs observed_at for \['kids'\]"),
        ({"numeric": ["income"], "observed_at": "seen", "max_age_days": 0}, ValueError,
         r"max_age_days must be at least 1, got 0"),
        ({"dates": ["joined"], "timezone": "Mars/Base"}, ValueError, r"timezone must be a name such as"),
    ],
)  # fmt: skip
def test_wrong_description_is_an_error(described: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=f"^Customers: .*{match}"):
        Customers(TABLE, **described)


def test_description_reads_well() -> None:
    customers = Customers(TABLE, numeric=["income"], consent={"email": "mail_ok"}, observed_at="seen")
    assert repr(customers) == (
        "Customers(customer='customer_id', numeric=['income'], consent={'email': 'mail_ok'}, "
        "observed_at='seen', timezone='UTC')"
    )
    assert customers.undeclared == ["kids", "city", "vip", "likes", "born", "joined"]
