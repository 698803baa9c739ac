"""Rules, rules with clusters, and stages with clusters: everything that takes a result takes these."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from effort import all_of
from full_report import LATIN
from quick import quick_fit
from sql_databases import DATABASES

from custseg import Events, Orders, Segmentation, SegmentModel
from custseg.datasets import make_shop
from custseg.exports import export_activation, export_bi, export_destination, to_sql
from custseg.insights import explain, fairness, scorecard, typing_tool
from custseg.plots import plot_all
from custseg.reports import markdown, report
from custseg.tracking import SegmentHistory, drift, refit, transitions

SHOP = make_shop(300, 0)
ORDERS = Orders(SHOP.orders, cancelled="cancelled", discount="discount", category="category")
EVENTS = Events(SHOP.events, channel="channel", campaign="campaign", machine="machine")
EARLIER, NOW = "2025-05-01", "2025-07-01"
RULES = [
    {
        "name": {"en": "Readers", "ru": "Читатели"},
        "when": "recency_days within 60 days and rate_above(open, 0.4, sure=0.8)",
    },
    {"name": {"en": "Large orders", "ru": "Крупные заказы"}, "when": "order_value > 60"},
]
KINDS: dict[str, dict[str, Any]] = {
    "rules": {"rules": RULES, "n_segments": 1},
    "hybrid": {"rules": RULES, "n_segments": None},
    "stages": {"lifecycle": True, "n_segments": None},
}
EACH_KIND = pytest.mark.parametrize("kind", all_of(KINDS, quick=("hybrid",)))


@cache
def fitted(kind: str, as_of: str = NOW, language: str = "en") -> Segmentation:
    return quick_fit(
        ORDERS,
        events=SHOP.events,
        customers=SHOP.customers,
        as_of=as_of,
        language=language,
        progress=False,
        **KINDS[kind],
    )


@cache
def later(kind: str) -> Any:
    """The customers of today by the model of two months ago."""
    model = fitted(kind, EARLIER).model
    return model.assign(ORDERS, events=SHOP.events, customers=SHOP.customers, as_of=NOW)


@pytest.mark.slow
@EACH_KIND
def test_file_and_sql_assign_as_the_fit(kind: str, tmp_path: Path) -> None:
    result = fitted(kind)
    result.model.save(tmp_path / "model.json")
    model = SegmentModel.load(tmp_path / "model.json")
    assigned = model.assign(ORDERS, events=SHOP.events, customers=SHOP.customers, as_of=NOW)
    assert assigned.equals(result.assignments)
    table = result.features.local.to_native()
    expected = assigned.sort("customer_id").select("customer_id", "segment", "name").rows()
    for dialect in ("duckdb", "sqlite"):
        rows = sorted(DATABASES[dialect](to_sql(model, dialect, "features"), {"features": table}))
        assert [row[:3] for row in rows] == expected


@pytest.mark.slow
@EACH_KIND
def test_history_movement_and_activation(kind: str, tmp_path: Path) -> None:
    before = fitted(kind, EARLIER)
    history = SegmentHistory(tmp_path / "history")
    history.record(before.assignments, EARLIER)
    history.record(later(kind), NOW)
    movement = transitions(history, NOW)
    export_activation(movement, tmp_path / "list.csv", plays=before.profiles)
    changed = later(kind).join(before.assignments, on="customer_id", how="left", suffix="_before")
    entered = changed.filter(pl.col("segment").is_not_null() & pl.col("segment").ne_missing(pl.col("segment_before")))
    listed = pl.read_csv(tmp_path / "list.csv")["customer_id"]
    assert set(listed) <= set(entered["customer_id"])
    card = scorecard(history, EVENTS, ORDERS, since=EARLIER, until=NOW)
    assert set(before.model.names) <= {row.name for row in card.segments}


@pytest.mark.slow
@EACH_KIND
@pytest.mark.parametrize("language", ["en", "ru"])
def test_report_pictures_and_answers(kind: str, language: str, tmp_path: Path) -> None:
    result = fitted(kind, language=language)
    page = report(result, tmp_path / "report.html", language=language).read_text("utf-8")
    text = markdown(result, language=language)
    assert not [customer for customer in SHOP.customers["customer_id"] if customer in page or customer in text]
    tool = typing_tool(result, 0.85)
    shares = fairness(result, SHOP.customers.select("customer_id", "region"), language=language)
    customers = result.assignments.drop_nulls("segment").unique("segment")["customer_id"].to_list()
    reasons = [repr(explain(result, customer)) for customer in customers]
    figures = plot_all(result)
    assert figures
    printed = [repr(result), result.why(), *result.notes, text, repr(tool), tool.form(language), repr(shares), *reasons]
    if language == "ru":
        # Code, the class that a remedy names, and the values of columns keep their letters.
        plain = [re.sub(r"```.*?```", "", part, flags=re.DOTALL) for part in printed]
        words = {word for part in plain for word in re.findall(r"[A-Za-z]{3,}", LATIN.sub("", part))}
        assert words - {"Events"} - set(SHOP.customers["region"]) == set()


@pytest.mark.slow
@EACH_KIND
def test_systems_drift_and_refit(kind: str, tmp_path: Path) -> None:
    result, before = fitted(kind), fitted(kind, EARLIER)
    export_bi(result, tmp_path / "bi")
    people = SHOP.customers.with_columns(email=pl.format("a{}@example.com", pl.int_range(pl.len())))
    export_destination("klaviyo", result, tmp_path / "klaviyo.csv", customers=people, consent="given")
    written = pl.read_csv(tmp_path / "klaviyo.csv")
    assert len(written) == len(result.assignments)
    logs = {"events": SHOP.events, "customers": SHOP.customers, "as_of": NOW}
    assert repr(drift(before.model, orders=ORDERS, **logs))
    again = refit(before.model, ORDERS, **logs)
    assert set(again.result.model.names[: len(RULES)]) == set(before.model.names[: len(RULES)]) or kind == "stages"
