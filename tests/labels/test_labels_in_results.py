"""Labels of columns in the results of a fit: people read them, code and SQL keep the columns."""

from __future__ import annotations

import matplotlib.text
import numpy as np
import polars as pl
import pytest
from quick import quick_fit

from custseg import Segmentation
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.features import build_features
from custseg.plots import plot_segments

GROUPS = np.repeat([0.0, 50.0, 100.0], 40)
TABLE = pl.DataFrame({"id": range(120), "MntWines": GROUPS + np.arange(120) % 7, "MntFish": GROUPS[::-1]})


@pytest.fixture(scope="module")
def result() -> Segmentation:
    return quick_fit(features=TABLE, labels={"MntWines": "<b>wine & more</b>", "MntFish": {"ru": "рыба"}})


@pytest.mark.slow
def test_rules_and_headline_have_labels(result: Segmentation) -> None:
    assert ", by <b>wine & more</b>, MntFish (minimum" in repr(result).splitlines()[0]
    texts = " ".join(rule.text for rule in result.rules.rules)
    assert "<b>wine & more</b> is " in texts
    assert "MntWines" not in texts


def test_markup_is_escaped_in_html(result: Segmentation) -> None:
    page = result._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;wine &amp; more&lt;/b&gt;" in page


def test_markup_is_drawn_as_it_is(result: Segmentation) -> None:
    drawn = [text.get_text().replace("\n", " ") for text in plot_segments(result).findobj(matplotlib.text.Text)]
    assert "<b>wine & more</b>" in drawn


def test_code_keeps_the_columns(result: Segmentation) -> None:
    assert result.features.names == result.model.preparation.names == ["MntWines", "MntFish"]
    assert '"MntWines"' in result.rules.rule_set.sql
    assert "wine" not in result.rules.rule_set.sql
    assert result.model.assign(features=TABLE)["segment"].to_list() == result.labels.tolist()
    assert result.rules.rules[0].holds(TABLE).sum() == 40


@pytest.mark.slow
def test_labels_of_features_of_logs_can_be_replaced() -> None:
    shop = make_shop(300, 0)
    fitted = quick_fit(shop.orders, as_of=shop.as_of, labels={"recency_days": "silence in days"})
    assert "by silence in days, number of orders, revenue" in repr(fitted)
    features = build_features(shop.orders, as_of=shop.as_of, labels={"revenue": "turnover"})
    assert "turnover" in features.summary()["label"]


def test_labels_are_checked_before_the_fit() -> None:
    with pytest.raises(
        DataError, match=r"fit_segments: labels cannot be used:\n  .* 'MntFich'\. Did you mean 'MntFish'"
    ):
        quick_fit(features=TABLE, labels={"MntFich": "fish"})
    with pytest.raises(DataError, match="'MntWines' and 'MntFish' have one label, 'food'"):
        quick_fit(features=TABLE, labels={"MntWines": "food", "MntFish": "food"})
