"""Segments of numbers and categories together, from the fit to SQL."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import all_of
from quick import quick_fit
from sklearn.metrics import adjusted_rand_score
from sql_databases import DATABASES

from custseg import DataError, Segmentation, SegmentModel
from custseg.clustering import method_names
from custseg.exports import to_sql
from custseg.insights import compare_methods, explain
from custseg.plots import plot_all, plot_profile

COLUMNS = ["recency_days", "visits", "training_type", "income_band", "newsletter"]
KINDS = np.random.default_rng(0).choice(3, 240, p=[0.45, 0.3, 0.25])


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    """Three kinds of customers, with one cell in twenty missing."""
    rng = np.random.default_rng(1)
    n = len(KINDS)

    def mostly(words: list[str], usual: list[int]) -> np.ndarray:
        return np.array(words)[np.where(rng.random(n) < 0.8, np.array(usual)[KINDS], rng.integers(0, len(words), n))]

    columns: dict[str, Any] = {
        "recency_days": rng.gamma(2, np.array([15.0, 60.0, 15.0])[KINDS]),
        "visits": rng.normal(np.array([0.0, 0.0, 2.0])[KINDS]),
        "training_type": mostly(["yoga", "it's boxing", "run"], [0, 1, 2]),
        "income_band": mostly(["low", "middle", "high"], [2, 0, 1]),
        "newsletter": rng.random(n) < np.array([0.9, 0.2, 0.5])[KINDS],
    }
    missing = {name: rng.random(n) < 0.05 for name in COLUMNS}
    cells = {
        name: [None if m else v for v, m in zip(columns[name].tolist(), missing[name], strict=True)] for name in COLUMNS
    }
    return pl.DataFrame({"customer_id": range(n), **cells})


@pytest.fixture(scope="module")
def result(table: pl.DataFrame) -> Segmentation:
    return quick_fit(features=table, columns=COLUMNS, progress=False)


def rows_of(model: SegmentModel, table: pl.DataFrame, dialect: str) -> list[tuple[Any, ...]]:
    """Ids, segments and confidences by the query of a model."""
    rows = DATABASES[dialect](to_sql(model, dialect, "customers"), {"customers": table})
    return sorted((row[0], row[1], row[3]) for row in rows)


@pytest.mark.slow
def test_planted_kinds_are_found(result: Segmentation) -> None:
    assert adjusted_rand_score(KINDS, result.labels) > 0.75
    assert "training_type" in {marker.feature for row in result.profiles for marker in row.markers}
    assert "Numbers and categories are clustered together, by scores of 3 latent classes." in result.notes


@pytest.mark.parametrize("method", all_of(method_names(), quick=("kmeans",)))
def test_every_method_gives_one_answer_in_python_in_a_file_and_in_sql(
    table: pl.DataFrame, method: str, tmp_path: Path
) -> None:
    fitted = quick_fit(features=table, columns=COLUMNS, method=method, min_size=20, progress=False)
    assert min(row.size for row in fitted.profiles.segments) >= 20
    fitted.model.save(tmp_path / "model.json")
    model = SegmentModel.load(tmp_path / "model.json")
    assigned = model.assign(features=table)
    assert assigned.equals(fitted.assignments)
    expected = list(assigned.select("customer_id", "segment", "confidence").iter_rows())
    for dialect in ("duckdb", "sqlite"):
        rows = rows_of(model, table, dialect)
        assert [row[:2] for row in rows] == [row[:2] for row in expected]
        assert [row[2] or 0.0 for row in rows] == pytest.approx([row[2] or 0.0 for row in expected], abs=1e-12)


def test_new_categories_and_customers_without_values(result: Segmentation, table: pl.DataFrame) -> None:
    new = table.head(3).with_columns(training_type=pl.lit("chess"))
    missing = table.head(3).with_columns(training_type=pl.lit(None, dtype=pl.String))
    # All three categories are frequent: there is no level for others.
    assert result.model.assign(features=new).equals(result.model.assign(features=missing))
    nothing = pl.DataFrame({"customer_id": [1], **{name: [None] for name in COLUMNS}}, schema=table.schema)
    assert result.model.assign(features=nothing)["segment"].to_list() == [None]
    assert rows_of(result.model, new, "duckdb")[0][1] == result.model.assign(features=new)["segment"][0]


@pytest.mark.services
@pytest.mark.parametrize("method", method_names())
def test_postgres_assigns_like_python(table: pl.DataFrame, method: str) -> None:
    model = quick_fit(features=table, columns=COLUMNS, method=method, min_size=20, progress=False).model
    hard = table.with_columns(
        training_type=pl.Series(["", " \t", "\u00a0\u3000", "chess", None, "it's boxing"] * 40),
        newsletter=pl.Series([True, False, None] * 80),
        visits=pl.Series([None, 0.0, 1e300, -1.5] * 60),
    )
    for rows in (table, hard):
        expected = model.assign(features=rows).select("customer_id", "segment", "confidence").rows()
        assigned = rows_of(model, rows, "postgres")
        assert [row[:2] for row in assigned] == [row[:2] for row in expected]
        assert [row[2] for row in assigned] == [row[2] and pytest.approx(row[2], abs=1e-12) for row in expected]


@pytest.mark.slow
def test_blank_text_is_missing_everywhere(table: pl.DataFrame, tmp_path: Path) -> None:
    """As in every table in memory; other unseen categories are the level of the rare ones."""
    rare = pl.when(pl.int_range(240) % 16 == 0).then(pl.format("rare {}", "customer_id")).otherwise("training_type")
    model = quick_fit(features=table.with_columns(training_type=rare), columns=COLUMNS, progress=False).model
    new = table.with_columns(training_type=pl.Series(["", " \t", "\u00a0\u3000", "chess", None, "yoga "] * 40))
    rows = model.assign(features=new).select("customer_id", "segment", "confidence").rows()
    blank = model.assign(features=new.with_columns(training_type=pl.lit(None, pl.String)))["confidence"]
    assert [row[2] for row in rows[:3]] == blank[:3].to_list()
    assert rows[3][2] != blank[3]
    for dialect in ("duckdb", "sqlite"):
        assert rows_of(model, new, dialect) == [(*row[:2], pytest.approx(row[2], abs=1e-12)) for row in rows]
    one = [model.assign_one(row).confidence for row in new.head(12).iter_rows(named=True)]
    assert one == pytest.approx([row[2] for row in rows[:12]], abs=1e-12)


@pytest.mark.slow
def test_rules_may_take_all_customers_of_a_category(table: pl.DataFrame) -> None:
    rules = {"Low income": "income_band = 'low'", "Readers": "newsletter is unknown"}
    fitted = quick_fit(features=table, columns=COLUMNS, rules=rules, min_size=5, progress=False)
    position = fitted.model.preparation.categories[1].levels.index("low")
    scores = fitted.model.preparation.scores
    assert scores is not None
    assert set(scores.levels[1][position]) == {0.0}
    # Of a column that a rule only asks whether it is known, any value will do.
    assert fitted.model.assign_one({**table.row(0, named=True), "newsletter": None, "income_band": None}).segment == 1


@pytest.mark.slow
def test_text_of_numbers_and_words_is_a_category(table: pl.DataFrame) -> None:
    children = pl.Series(["0", "1", "2", "3+"] * 60)
    fitted = quick_fit(
        features=table.with_columns(visits_band=children), columns=[*COLUMNS, "visits_band"], progress=False
    )
    assert fitted.model.preparation.categories[-1].levels == ("0", "1", "2", "3+")
    # Without "3+" the column of new customers is one of numbers.
    new = table.with_columns(visits_band=children).filter(pl.col("visits_band") != "3+")
    assert fitted.model.assign(features=new).rows() == [row for row in fitted.assignments.rows() if row[0] % 4 != 3]
    whole = new.with_columns(visits_band=pl.col("visits_band").cast(pl.Int64))
    assert [row[1] for row in rows_of(fitted.model, whole, "duckdb")] == fitted.model.assign(features=new)[
        "segment"
    ].to_list()
    amounts = pl.Series([f"{row}.5" if row % 3 else "soon" for row in range(240)])
    with pytest.raises(
        DataError, match=r"columns must hold numbers, text, or yes and no, got 'visits' .* Convert 'visits'"
    ):
        quick_fit(features=table.with_columns(visits=amounts), columns=COLUMNS)


@pytest.mark.slow
def test_column_with_one_frequent_category_is_left_out(table: pl.DataFrame) -> None:
    rare = table.with_columns(income_band=pl.when(pl.int_range(240) < 8).then(pl.lit("low")).otherwise(pl.lit("high")))
    fitted = quick_fit(features=rare, columns=COLUMNS, progress=False)
    assert "Not used: income_band, since only one of its categories is held by ten customers or more." in fitted.notes


def test_single_customer(result: Segmentation, table: pl.DataFrame) -> None:
    segments = result.assignments["segment"].to_list()
    for row in range(0, 40, 5):
        assert result.model.assign_one(table.row(row, named=True)).segment == segments[row]
    with pytest.raises(DataError, match="assign_one: newsletter must be True, False or None, got str"):
        result.model.assign_one({**table.row(0, named=True), "newsletter": "yes"})
    with pytest.raises(DataError, match="assign_one: training_type must be text or None, got int"):
        result.model.assign_one({**table.row(0, named=True), "training_type": 1})


def test_contributions_of_categories_add_up(result: Segmentation, table: pl.DataFrame) -> None:
    customer = table.drop_nulls()["customer_id"][0]
    explanation = explain(result, customer)
    total = sum(reason.contribution for reason in explanation.why) + explanation.residual
    assert total == pytest.approx(explanation.margin, abs=1e-9)
    # The centers are the means of the scores, so that next to nothing belongs to no feature.
    assert abs(explanation.residual) < 0.02 * abs(explanation.margin)
    assert {reason.feature for reason in explanation.why} == set(COLUMNS)
    assert "training_type: " in repr(explanation)
    russian = repr(explain(result.in_language("ru"), customer))
    assert not {"true", "false"} & set(re.findall(r"\w+", russian))


def test_map_is_named_by_numbers_and_categories(result: Segmentation) -> None:
    assert result.segment_map is not None
    first = result.segment_map.axes[0].correlations
    assert "recency_days" in first
    assert "training_type it's boxing" in first


@pytest.mark.slow
def test_weight_of_a_column_counts(table: pl.DataFrame, result: Segmentation) -> None:
    weighted = quick_fit(features=table, columns=COLUMNS, weights={"income_band": 3}, progress=False)

    def purity(fitted: Segmentation) -> float:
        """The share of customers with the most frequent income band of their segment."""
        pairs = table.with_columns(segment=fitted.labels).drop_nulls("income_band")
        counts = pairs.group_by("segment", "income_band").len()
        return float(counts.group_by("segment").agg(pl.col("len").max())["len"].sum() / len(pairs))

    assert purity(weighted) > purity(result) + 0.05
    assert "Weights of columns other than 1: income_band 3." in weighted.notes
    assert weighted.model.options.arguments()["weights"] == {"income_band": 3}


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"city": 2}, r"weights has \['city'\], which customers are not clustered on"),
        ({"visits": -1}, r"weights\['visits'\] must be finite and at least 0, got -1"),
        ({"visits": 0}, r"weights must be above 0, got 0 for \['visits'\]. Leave them out of columns="),
        ([1, 2], "weights must map columns to numbers"),
    ],
)
def test_weights_that_cannot_be_used(table: pl.DataFrame, weights: Any, words: str) -> None:
    with pytest.raises((DataError, TypeError, ValueError), match=f"fit_segments: {words}"):
        quick_fit(features=table, columns=COLUMNS, weights=weights)


@pytest.mark.slow
def test_categories_alone(table: pl.DataFrame) -> None:
    table = table.select("customer_id", *COLUMNS[2:])
    fitted = quick_fit(features=table, columns=COLUMNS[2:], progress=False)
    assert adjusted_rand_score(KINDS, fitted.labels) > 0.4
    rows = rows_of(fitted.model, table, "duckdb")
    assert [row[1] for row in rows] == fitted.assignments["segment"].to_list()
    figures = plot_all(fitted)
    assert {"segments", "map"} <= figures.keys()
    assert "snake" not in figures
    with pytest.raises(ValueError, match="plot_profile: the segments differ in categories alone"):
        plot_profile(fitted)


@pytest.mark.slow
def test_column_of_ids_is_left_out_with_its_reason(table: pl.DataFrame, result: Segmentation) -> None:
    with_ids = table.with_columns(login=pl.format("user {}", "customer_id"))
    fitted = quick_fit(features=with_ids, columns=[*COLUMNS, "login"], progress=False)
    assert fitted.data_report.count("left_out_own_text") == 1
    assert "login" not in fitted.model.preparation.names
    assert np.array_equal(fitted.labels, result.labels)


@pytest.mark.slow
def test_labels_of_a_list(table: pl.DataFrame) -> None:
    usual = [["sport", "travel"], ["books"], ["sport"]]
    lists = [usual[kind] if row % 7 else None for row, kind in enumerate(KINDS)]
    with_lists = table.with_columns(interests=pl.Series(lists))
    fitted = quick_fit(features=with_lists, columns=["visits", "interests"], progress=False)
    flags = ["interests: sport", "interests: books", "interests: travel"]
    assert set(fitted.model.preparation.names) == {"visits", *flags}
    assert fitted.model.assign(features=with_lists).equals(fitted.assignments)
    one = [fitted.model.assign_one(row).segment for row in with_lists.head(9).iter_rows(named=True)]
    assert one == fitted.assignments["segment"][:9].to_list()
    with pytest.raises(DataError, match="assign_one: interests must be a list of labels or None, got str"):
        fitted.model.assign_one({"visits": 1.0, "interests": "sport"})
    labels = [pl.col("interests").list.contains(flag.removeprefix("interests: ")).alias(flag) for flag in flags]
    rows = rows_of(fitted.model, with_lists.with_columns(labels).drop("interests"), "duckdb")
    assert [row[1] for row in rows] == fitted.assignments["segment"].to_list()
    assert fitted.model.options.columns == ("visits", "interests")
    compared = compare_methods(with_lists, methods=["kmeans"], columns=["visits", "interests"], n_segments=3)
    assert set(compared.features) == {"visits", *flags}
    with pytest.raises(ValueError, match=r"\['interests'\] cannot be in columns=, .* and in sensitive="):
        quick_fit(features=with_lists, columns=["visits", "interests"], sensitive=["interests"])


@pytest.mark.slow
def test_methods_are_compared_on_the_same_columns(table: pl.DataFrame) -> None:
    compared = compare_methods(table, methods=["kmeans"], columns=COLUMNS, n_segments=3, labels_true=KINDS)
    assert compared.rows[0].adjusted_rand > 0.75
