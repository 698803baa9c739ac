"""Writes the page of all features from the catalogs: `python tools/features_page.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from custseg import Customers, Events, FeatureTable, Orders
from custseg.classical_rfm import rfm_scores
from custseg.datasets import make_shop
from custseg.feature_table import Feature
from custseg.features import FAMILIES, build_features, centered_log_ratios

PAGE = Path(__file__).resolve().parents[1] / "docs" / "features.md"
INTRODUCTION = """# All features

Every feature has a label, a unit and a definition, in English and Russian. `build_features(...).summary()` shows them
for a table, and `summary("ru")` shows them in Russian. `<value>` is a value in the log, and `<column>` a column of
the customer table; `…` stands for it in a label. The guides give the formulas.

Made by `make features` from the texts in `src/custseg/texts`.
"""
TITLES = {
    "rfm": "Recency, frequency and money ([guide](guides/rfm.md))",
    "rhythm": "Rhythm ([guide](guides/rhythm.md))",
    "mix": "Mix ([guide](guides/mix.md))",
    "log-ratios": "Centered log-ratios of the shares ([guide](guides/mix.md))",
    "email": "Email ([guide](guides/email.md))",
    "web": "Site and app ([guide](guides/web.md))",
    "engagement": "Engagement ([guide](guides/engagement.md))",
    "foresight": "Foresight, built on request or for a goal ([guide](guides/goals.md))",
    "attributes": "Attributes ([guide](guides/attributes.md))",
    "rfm scores": "RFM scores ([guide](guides/classical_rfm.md))",
    "given": "Columns of a ready table",
}
COLUMNS = {
    "attribute_days_since": "days_since_<column>",
    "consent": "consent_<channel>",
    "interest_count": "<column>_count",
    "interest": "<column>_<value>",
    "attribute_number": "<column>",
    "attribute_count": "<column>",
    "attribute_category": "<column>",
    "attribute_flag": "<column>",
    "given": "<column>",
}


def full_table() -> FeatureTable:
    """A small table with features of every kind."""
    shop = make_shop(60, 0)
    product = pl.col("product")
    orders = Orders(
        shop.orders.with_columns(channel=product, source=product),  # more than eight values, so that "other" exists
        category="product",
        channel="channel",
        source="source",
        discount="discount",
    )
    attributes = pl.DataFrame(
        {
            "customer_id": ["C000001", "C000002"],
            "number": [1.5, None],
            "count": [1, 2],
            "category": ["Oslo", "Rome"],
            "flag": [True, False],
            "born": ["1990-06-01", None],
            "date": ["2024-06-01", "2024-06-02"],
            "labels": ["toys|books", "toys"],
            "consent": [True, None],
        }
    )
    customers = Customers(
        attributes,
        numeric=["number"],
        counts=["count"],
        category=["category"],
        flags=["flag"],
        birth_date="born",
        dates=["date"],
        interests=["labels"],
        consent={"email": "consent"},
    )
    events = Events(shop.events, channel="channel", campaign="campaign", machine="machine")
    families = [family.name for family in FAMILIES]
    return build_features(orders, events, customers, as_of=shop.as_of, families=families)


def seasonal_table() -> FeatureTable:
    """A small table of a log without money, whose customers come in January alone."""
    visits = [
        {"customer_id": i, "ordered_at": f"{year}-01-{i % 28 + 1:02}"} for year in (2023, 2024) for i in range(60)
    ]
    return build_features(Orders(pl.DataFrame(visits), order=None, amount=None), as_of="2024-06-01")


def every_feature() -> list[Feature]:
    """The features of these tables, their log-ratios, the RFM scores and a column of a ready table."""
    table = full_table()
    names = {feature.entry or feature.name for feature in table.described}
    of_season = [feature for feature in seasonal_table().described if (feature.entry or feature.name) not in names]
    ratios = [feature for feature in centered_log_ratios(table).described if feature not in table.described]
    given = Feature("…")
    return [*table.described, *of_season, *(replace(ratio, family="log-ratios") for ratio in ratios),
            *rfm_scores(table).described, given]  # fmt: skip


def page() -> str:
    """The page as text."""
    families: dict[str, dict[str, Feature]] = {family: {} for family in TITLES}
    for feature in every_feature():
        families[feature.family].setdefault(feature.entry or feature.name, feature)
    parts = [INTRODUCTION]
    for family, features in families.items():
        parts.append(f"## {TITLES[family]}\n")
        parts.append("\n".join(_table(_generic(key, feature) for key, feature in features.items())) + "\n")
    return "\n".join(parts)


def _generic(key: str, feature: Feature) -> Feature:
    """The feature with its values left open."""
    name = f"{key}_<value>" if key.endswith(("_share", "_clr")) and feature.entry else COLUMNS.get(key, feature.name)
    fields = {name: value if name in ("n", "bins") else "…" for name, value in feature.fields.items()}
    return replace(feature, name=name, fields=feature.fields if feature.family == "rfm scores" else fields)


def _table(features: Iterable[Feature]) -> Iterable[str]:
    yield "| column | label | Russian label | unit | definition |"
    yield "|---|---|---|---|---|"
    for feature in features:
        cells = (f"`{feature.name}`", feature.label(), feature.label("ru"), feature.unit_label(), feature.definition())
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
