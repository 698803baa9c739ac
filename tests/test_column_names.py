"""Any name of a column is read rightly by every door or refused by all; what is shown holds no control marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from effort import all_of, examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import rows_of
from logs import clean_log
from quick import quick_fit

from custseg import Customers, CustsegError, Orders, Segmentation
from custseg.insights import compare_methods, explain
from custseg.profiling import profile_segments
from custseg.rules import segment_rules

ODD = ["^a$", "a\x1b[31m\u202e\nb", "*", "^.*$", ".", 'a"b', "\ufeffa", "select", "x" * 300]
REFUSED = {"": "has no name", " ": "has no name", "a\0b": "must not contain the NUL character"}
GROUPS = np.repeat([0, 1], 30)
TABLE = pl.DataFrame({"customer_id": range(60), "a": GROUPS * 10.0 + np.arange(60) % 7, "b": np.arange(60) % 5})
ATTRIBUTES = TABLE.select("customer_id", "a").with_columns(plan=pl.Series(["old", "new"] * 30))


@cache
def plain() -> Segmentation:
    return quick_fit(features=TABLE, n_segments=2)


@cache
def plain_log() -> Segmentation:
    return quick_fit(clean_log(), n_segments=2)


def is_clean(text: str) -> bool:
    return all(mark == "\n" or unicodedata.category(mark) not in ("Cc", "Cf", "Zl", "Zp") for mark in text)


def shown(result: Any) -> str:
    """All that a result of any kind shows."""
    texts = [repr(result)]
    if hasattr(result, "_repr_html_"):
        texts.append(result._repr_html_())
    if hasattr(result, "rules") and hasattr(result, "notes"):
        texts += [repr(result.features), repr(result.rules), *result.notes, str(result.profiles.columns())]
        texts += [cell for row in result.profiles.table()[1] for cell in row]
        texts.append(repr(explain(result, result.features.ids[0])))
    return "\n".join(texts)


DOORS: dict[str, Callable[[str], Any]] = {
    "features": lambda name: quick_fit(features=TABLE.rename({"a": name}), n_segments=2),
    "columns": lambda name: quick_fit(features=TABLE.rename({"a": name}), columns=[name], n_segments=2),
    "profiles": lambda name: profile_segments(TABLE.rename({"a": name}), GROUPS),
    "profiles of a mapping": lambda name: profile_segments({name: TABLE["a"], "b": TABLE["b"]}, GROUPS),
    "descriptors": lambda name: profile_segments(
        TABLE.select("b"), GROUPS, descriptors=TABLE.select(pl.col("a").alias(name))
    ),
    "rules": lambda name: segment_rules(TABLE.rename({"a": name}), GROUPS),
    "rules of a mapping": lambda name: segment_rules({name: TABLE["a"]}, GROUPS),
    "comparison": lambda name: compare_methods(features=TABLE.rename({"a": name}), methods=["kmeans"], n_segments=2),
    "customers": lambda name: quick_fit(clean_log(), customers=ATTRIBUTES.rename({"plan": name})),
    "numeric": lambda name: quick_fit(clean_log(), customers=Customers(ATTRIBUTES.rename({"a": name}), numeric=[name])),
    "category": lambda name: quick_fit(
        clean_log(), customers=Customers(ATTRIBUTES.rename({"plan": name}), category=[name])
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", all_of(ODD, quick=ODD[1:2]))
def test_odd_name_is_shown_cleaned(door: str, name: str) -> None:
    assert is_clean(shown(DOORS[door](name)))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", REFUSED)
def test_impossible_name_is_an_error(door: str, name: str) -> None:
    with pytest.raises(CustsegError, match=REFUSED[name]) as caught:
        DOORS[door](name)
    assert is_clean(str(caught.value))


@pytest.mark.parametrize("name", ["*", pytest.param("^a$", marks=pytest.mark.slow)])
def test_odd_name_on_every_engine(as_kind: Callable[[pl.DataFrame], object], name: str) -> None:
    result = quick_fit(features=as_kind(TABLE.rename({"a": name})), n_segments=2)
    assert result.model.preparation.names == [name, "b"]
    assert [row["segment"] for row in rows_of(result.assignments)] == plain().labels.tolist()


@pytest.mark.parametrize("name", ["^a$", pytest.param("a\x1bb", marks=pytest.mark.slow)])
def test_odd_name_in_a_log(as_kind: Callable[[pl.DataFrame], object], name: str) -> None:
    log = clean_log()
    result = quick_fit(Orders(as_kind(log.rename({"amount": name})), amount=name), n_segments=2)
    assert result.labels.tolist() == plain_log().labels.tolist()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).filter(str.strip))
@examples(24)
def test_any_name_gives_valid_sql(name: str) -> None:
    if name in ("b", "customer_id"):
        return
    table = TABLE.rename({"a": name})
    rules = segment_rules(table, GROUPS)
    plain = segment_rules(TABLE, GROUPS)
    assert rules.rule_set.labels(table).tolist() == plain.rule_set.labels(TABLE).tolist()
    assert is_clean(repr(rules))
    assert is_clean(shown(profile_segments(table, GROUPS)))
    columns = duckdb.from_arrow(table.to_arrow())
    for rule in rules.rules:
        assert columns.filter(rule.sql).shape[0] == int(rule.holds(table).sum())


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6))
@examples(24)
def test_any_category_is_shown_cleaned(value: str) -> None:
    table = TABLE.with_columns(plan=pl.Series([value] * 30 + ["other"] * 30))
    assert is_clean(shown(profile_segments(table, GROUPS)))
    assert is_clean(repr(segment_rules(table, GROUPS)))
