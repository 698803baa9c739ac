"""The star schema: types that both programs read, keys that hold, the same files again, and nothing that runs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from quick import quick_fit

from custseg import CustsegError, DataError, Segmentation
from custseg.exports import export_bi, original_text
from custseg.exports.bi._star_schema import TABLES
from custseg.tracking import SegmentHistory

JUNE = pl.DataFrame(
    {
        "customer_id": [*"abcdefghijklmnopqrstuvwxyz", "none"],
        "segment": [0] * 14 + [1] * 12 + [None],
        "name": ["Loyal"] * 14 + ["New"] * 12 + ["No data"],
        "confidence": [0.5] * 14 + [0.75] * 12 + [None],
    }
)
# Five customers of segment 0 have moved to segment 1, which has another name now; somebody is new.
JULY = pl.DataFrame(
    {
        "customer_id": [*"abcdefghijklmnopqrstuvwxyz", "newcomer"],
        "segment": [0] * 9 + [1] * 18,
        "name": ["Loyal"] * 9 + ["Newcomers"] * 18,
        "confidence": [0.5] * 27,
    }
)


def recorded(folder: Path, **snapshots: pl.DataFrame) -> SegmentHistory:
    history = SegmentHistory(folder / "history")
    for moment, rows in snapshots.items():
        history.record(rows, moment.replace("_", "-").removeprefix("at-"))
    return history


def read(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def history(tmp_path: Path) -> SegmentHistory:
    return recorded(tmp_path, at_2024_06_01=JUNE, at_2024_07_01=JULY)


@pytest.fixture(scope="module")
def result() -> Segmentation:
    ids = [f"c{number}" for number in range(64)]
    visits = [1.0, 30.0] * 32
    table = pl.DataFrame({"customer_id": ids, "visits": visits, "age": [20.0, 70.0] * 32, "town": ["A", "B"] * 32})
    return quick_fit(features=table, n_segments=2, columns=["visits", "age"])


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory, result: Segmentation) -> Path:
    """The folder of an export with every kind of row."""
    folder = tmp_path_factory.mktemp("star")
    export_bi(recorded(folder, at_2024_06_01=JUNE, at_2024_07_01=JULY), folder / "bi")
    export_bi(result, folder / "bi", as_of="2024-07-09")
    return folder / "bi"


def test_membership_by_hand(tmp_path: Path, history: SegmentHistory) -> None:
    written = export_bi(history, tmp_path / "bi")
    assert written.snapshots == written.added == ("2024-06-01", "2024-07-01")
    rows = read(tmp_path / "bi", "fact_membership")
    assert rows.filter(customer_id="j").drop("is_outlier").rows() == [
        (date(2024, 6, 1), "2024-06-01", 10, "j", 0, 0.5),
        (date(2024, 7, 1), "2024-07-01", 10, "j", 1, 0.5),
    ]
    assert rows.filter(customer_id="none").select("customer_key", "segment_key").rows() == [(15, -1)]
    assert rows.filter(customer_id="newcomer")["customer_key"].to_list() == [28]


def test_metrics_by_hand_hide_small_segments(tmp_path: Path, history: SegmentHistory) -> None:
    export_bi(history, tmp_path / "bi")
    rows = read(tmp_path / "bi", "fact_metric").drop("date", "feature_key", "category")
    assert rows.rows() == [
        ("2024-06-01", 0, "mean_confidence", 0.5, None),
        ("2024-06-01", 0, "share", 14 / 26, None),
        ("2024-06-01", 0, "size", 14.0, None),
        ("2024-06-01", 1, "mean_confidence", 0.75, None),
        ("2024-06-01", 1, "share", 12 / 26, None),
        ("2024-06-01", 1, "size", 12.0, None),
        ("2024-06-01", -1, "size", None, "<10"),
        ("2024-07-01", 0, "size", None, "<10"),
        ("2024-07-01", 1, "mean_confidence", 0.5, None),
        ("2024-07-01", 1, "size", None, ">=10"),
    ]


def test_segments_are_named_as_in_the_latest_snapshot(tmp_path: Path, history: SegmentHistory) -> None:
    export_bi(history, tmp_path / "bi")
    june, july = date(2024, 6, 1), date(2024, 7, 1)
    rows = read(tmp_path / "bi", "dim_segment").select("segment_key", "segment", "name", "first_date", "last_date")
    assert rows.rows() == [
        (0, 0, "Loyal", june, july),
        (1, 1, "Newcomers", june, july),
        (-1, None, "No data", june, june),
    ]


@pytest.mark.slow
def test_dates_have_no_gap(star: Path) -> None:
    rows = read(star, "dim_date")
    assert rows["date"].to_list() == pl.date_range(date(2024, 6, 1), date(2024, 7, 9), eager=True).to_list()
    assert rows.filter("is_snapshot")["date"].to_list() == [date(2024, 6, 1), date(2024, 7, 1), date(2024, 7, 9)]
    assert rows.row(30) == (date(2024, 7, 1), 2024, 3, 7, "July", 1, 2024, 27, 1, "Monday", True)


ARROW_TYPES = {"Date": pa.date32(), "Int64": pa.int64(), "String": pa.large_string(), "Boolean": pa.bool_()}


@pytest.mark.parametrize("table", TABLES)
def test_types_are_read_by_both_programs(star: Path, table: str) -> None:
    schema = pq.read_schema(star / f"{table}.parquet")
    expected = {name: ARROW_TYPES.get(dtype.__name__, pa.float64()) for name, dtype in TABLES[table].items()}
    assert dict(zip(schema.names, schema.types, strict=True)) == expected


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("dim_date", ["date"]),
        ("dim_segment", ["segment_key"]),
        ("dim_feature", ["feature_key"]),
        ("fact_membership", ["snapshot", "customer_id"]),
        ("fact_membership", ["snapshot", "customer_key"]),
        ("fact_metric", ["snapshot", "segment_key", "feature_key", "measure", "category"]),
    ],
)
def test_keys_are_unique(star: Path, table: str, key: list[str]) -> None:
    assert not read(star, table).select(key).is_duplicated().any()


@pytest.mark.parametrize(
    ("fact", "dimension", "key"),
    [
        ("fact_membership", "dim_date", "date"),
        ("fact_membership", "dim_segment", "segment_key"),
        ("fact_metric", "dim_date", "date"),
        ("fact_metric", "dim_segment", "segment_key"),
        ("fact_metric", "dim_feature", "feature_key"),
    ],
)
def test_every_key_is_in_its_dimension(star: Path, fact: str, dimension: str, key: str) -> None:
    keys = read(star, fact)[key]
    assert keys.null_count() == 0
    assert keys.is_in(read(star, dimension)[key].to_list()).all()


def test_result_has_the_figures_of_its_profiles(tmp_path: Path, result: Segmentation) -> None:
    export_bi(result, tmp_path / "bi", as_of="2024-07-01")
    features = read(tmp_path / "bi", "dim_feature")
    assert features.rows()[0] == (0, None, "The segment as a whole", None, None, False)
    assert dict(features.select("feature", "is_clustered").rows()[1:]) == {"visits": True, "age": True, "town": False}
    figures = read(tmp_path / "bi", "fact_metric").join(features, on="feature_key")
    medians = figures.filter(measure="q50", feature="visits")
    expected = {profile.segment: profile.medians["visits"] for profile in result.profiles}
    assert dict(medians.select("segment_key", "value").rows()) == expected
    towns = figures.filter(measure="share", feature="town").select("segment_key", "category", "value").rows()
    assert sorted(value for _, _, value in towns) == [0.0, 0.0, 1.0, 1.0]
    first = read(tmp_path / "bi", "dim_segment").row(0, named=True)
    assert (first["name"], first["do"]) == (result.profiles[0].name, " ".join(result.profiles[0].advice.do))
    assert first["rule"] == "visits is 1"


def test_history_and_result_of_one_moment_complete_each_other(tmp_path: Path, result: Segmentation) -> None:
    history = recorded(tmp_path, at_2024_07_01=result.assignments)
    export_bi(result, tmp_path / "result", as_of="2024-07-01")
    full = contents(tmp_path / "result")
    assert export_bi(history, tmp_path / "result").added == ()
    assert contents(tmp_path / "result") == full
    export_bi(history, tmp_path / "history first")
    assert export_bi(result, tmp_path / "history first", as_of="2024-07-01").added == ("2024-07-01",)
    assert contents(tmp_path / "history first") == full


def test_twice_is_the_same_byte_by_byte(star: Path, history: SegmentHistory, result: Segmentation) -> None:
    before = contents(star)
    assert export_bi(result, star, as_of="2024-07-09").added == ()
    assert export_bi(history, star).added == ()
    assert contents(star) == before


def test_appending_is_the_same_as_writing_at_once(tmp_path: Path) -> None:
    history = recorded(tmp_path, at_2024_06_01=JUNE)
    export_bi(history, tmp_path / "bi")
    history.record(JULY, "2024-07-01")
    assert export_bi(history, tmp_path / "bi").added == ("2024-07-01",)
    export_bi(history, tmp_path / "at once")
    assert contents(tmp_path / "bi") == contents(tmp_path / "at once")


def test_earlier_snapshot_does_not_rename(tmp_path: Path) -> None:
    export_bi(recorded(tmp_path, at_2024_07_01=JULY), tmp_path / "bi")
    export_bi(recorded(tmp_path, at_2024_06_01=JUNE), tmp_path / "bi")
    assert read(tmp_path / "bi", "dim_segment")["name"].to_list() == ["Loyal", "Newcomers", "No data"]


def test_other_content_is_refused_unless_replaced(tmp_path: Path, history: SegmentHistory) -> None:
    export_bi(history, tmp_path / "bi")
    before = contents(tmp_path / "bi")
    history.record(JULY.head(20), "2024-07-01", replace=True)
    with pytest.raises(DataError, match="export_bi: the folder has a snapshot as of 2024-07-01 with other content"):
        export_bi(history, tmp_path / "bi")
    assert contents(tmp_path / "bi") == before
    assert export_bi(history, tmp_path / "bi", replace=True).added == ("2024-07-01",)
    export_bi(history, tmp_path / "anew")
    assert contents(tmp_path / "bi") == contents(tmp_path / "anew")


def test_ids_that_power_bi_takes_for_one(tmp_path: Path) -> None:
    ids = ["aB1", "Ab1", "x", "x ", " x", "Straße", "STRASSE", "z"]
    rows = pl.DataFrame({"customer_id": ids, "segment": 0, "name": "Loyal"})
    written = export_bi(recorded(tmp_path, at_2024_06_01=rows), tmp_path / "bi")
    assert written.colliding_ids == 6
    [note] = written.notes
    assert note.startswith("<10 customer ids differ from another one only by upper and lower case")
    assert "customer_key" in note
    assert not any(name in note for name in ("aB1", "STRASSE"))
    assert sorted(read(tmp_path / "bi", "fact_membership")["customer_key"]) == list(range(1, 9))


def test_names_that_power_bi_takes_for_one(tmp_path: Path) -> None:
    rows = JUNE.with_columns(pl.col("name").replace({"Loyal": "NEW"}))
    [note] = export_bi(recorded(tmp_path, at_2024_06_01=rows), tmp_path / "bi").notes
    assert note.startswith("The segments “NEW”, “New” have names that Power BI takes for one")


def test_numbers_as_ids_are_text(tmp_path: Path) -> None:
    rows = pl.DataFrame({"customer_id": [2**63 + 1, 7], "segment": [0, 0], "name": "Loyal"})
    export_bi(recorded(tmp_path, at_2024_06_01=rows), tmp_path / "bi")
    assert read(tmp_path / "bi", "fact_membership")["customer_id"].to_list() == ["7", "9223372036854775809"]


def test_formulas_are_not_run(tmp_path: Path) -> None:
    ids = ["=cmd()", "'=1", "+49 11", "-5", '</script>,"x"\n']
    rows = pl.DataFrame({"customer_id": ids, "segment": 0, "name": "@SUM(A1)"})
    export_bi(recorded(tmp_path, at_2024_06_01=rows), tmp_path / "bi")
    with (tmp_path / "bi" / "fact_membership.csv").open(newline="", encoding="utf-8-sig") as file:
        shown = [row["customer_id"] for row in csv.DictReader(file)]
    assert sorted(shown) == sorted(["'=cmd()", "''=1", "'+49 11", "-5", ids[-1]])
    assert {original_text(value) for value in shown} == set(ids)
    assert set(read(tmp_path / "bi", "fact_membership")["customer_id"]) == set(ids)
    assert ",'@SUM(A1)," in (tmp_path / "bi" / "dim_segment.csv").read_text("utf-8-sig")


def test_csv_is_read_in_every_locale(tmp_path: Path, history: SegmentHistory) -> None:
    export_bi(history, tmp_path / "bi")
    content = (tmp_path / "bi" / "fact_membership.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfdate,snapshot,customer_key,")
    assert b"\n2024-06-01,2024-06-01,1,a,0,0.5,\n" in content


@pytest.mark.slow
def test_russian(tmp_path: Path) -> None:
    table = pl.DataFrame({"customer_id": [f"c{i}" for i in range(64)], "visits": [1.0, 30.0] * 32, "age": 30.0})
    result = quick_fit(features=table, n_segments=2, columns=["visits"], language="ru", labels={"visits": "Визиты"})
    export_bi(result, tmp_path / "bi", as_of="2024-07-01")
    assert read(tmp_path / "bi", "dim_date").row(0)[4::5] == ("июль", "понедельник")
    assert read(tmp_path / "bi", "dim_feature")["label"].to_list()[:2] == ["Сегмент в целом", "Визиты"]
    names = read(tmp_path / "bi", "dim_segment")["name"].to_list()
    assert names == [profile.names["ru"] for profile in result.profiles]
    rows = pl.DataFrame({"customer_id": ["a", "A"] * 10, "n": range(20)}).with_columns(
        pl.col("customer_id") + pl.col("n").cast(pl.String).str.replace(".$", ""), segment=0, name=pl.lit("Свои")
    )
    twins = rows.unique("customer_id").drop("n")
    written = export_bi(recorded(tmp_path, at_2024_06_01=twins), tmp_path / "twins", language="ru")
    assert written.notes[0].startswith("Идентификаторов клиентов, которые отличаются от другого только регистром")


def test_model_describes_a_history(tmp_path: Path, result: Segmentation) -> None:
    history = recorded(tmp_path, at_2024_07_01=result.assignments)
    export_bi(history, tmp_path / "bi", model=result.model, language="ru")
    assert read(tmp_path / "bi", "dim_segment")["name"].to_list() == [p.names["ru"] for p in result.profiles]
    assert read(tmp_path / "bi", "dim_segment")["do"].null_count() == 0
    assert read(tmp_path / "bi", "dim_feature")["feature"].to_list() == [None, "visits", "age"]


def test_customers_in_no_segment_are_one_group_in_both_languages(tmp_path: Path) -> None:
    rows = JUNE.with_columns(pl.col("name").replace({"No data": "Нет данных"}))
    export_bi(recorded(tmp_path, at_2024_06_01=JUNE, at_2024_07_01=rows), tmp_path / "bi")
    assert read(tmp_path / "bi", "dim_segment")["segment_key"].to_list() == [0, 1, -1]


def test_days_of_moments_with_a_zone(tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path / "history")
    history.record(JUNE, datetime(2024, 5, 31, 22, tzinfo=UTC))
    export_bi(history, tmp_path / "bi", timezone="Europe/Berlin")
    rows = read(tmp_path / "bi", "fact_membership").select("date", "snapshot").unique().rows()
    assert rows == [(date(2024, 6, 1), "2024-05-31T22:00:00Z")]
    with pytest.raises(DataError, match="must all have a time zone or all have none"):
        export_bi(recorded(tmp_path / "other", at_2024_07_01=JULY), tmp_path / "bi")


def test_two_snapshots_of_one_day(tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path / "history")
    history.record(JUNE, "2024-06-01 08:00")
    history.record(JULY, "2024-06-01 20:00")
    export_bi(history, tmp_path / "bi")
    assert read(tmp_path / "bi", "fact_membership").group_by("snapshot").len()["len"].to_list() == [27, 27]
    assert read(tmp_path / "bi", "dim_date").height == 1


@pytest.mark.slow
def test_features_of_every_kind(as_kind: Callable[[pl.DataFrame], object], tmp_path: Path) -> None:
    table = pl.DataFrame({"customer_id": range(60), "visits": [1.0, 30.0] * 30, "age": [20.0, 70.0] * 30})
    for name, features in (("polars", table), ("kind", as_kind(table))):
        export_bi(quick_fit(features=features, n_segments=2), tmp_path / name, as_of="2024-06-01")
    assert contents(tmp_path / "kind") == contents(tmp_path / "polars")


def test_files_of_others_are_not_appended_to(tmp_path: Path, history: SegmentHistory) -> None:
    folder = tmp_path / "bi"
    export_bi(history, folder)
    pl.DataFrame({"date": ["2024-06-01"]}).write_parquet(folder / "dim_date.parquet")
    with pytest.raises(DataError, match=r"'dim_date.parquet' is damaged, or not the table of this version"):
        export_bi(history, folder)
    (folder / "dim_date.parquet").unlink()
    with pytest.raises(DataError, match=r"it lacks \['dim_date.parquet'\], and has the other tables"):
        export_bi(history, folder)


def test_all_files_or_none(tmp_path: Path, history: SegmentHistory) -> None:
    (tmp_path / "bi" / "fact_metric.csv").mkdir(parents=True)
    with pytest.raises(CustsegError, match=r"export_bi: \['fact_metric.csv'\] in .* must be files"):
        export_bi(history, tmp_path / "bi")
    assert [path.name for path in (tmp_path / "bi").iterdir()] == ["fact_metric.csv"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"source": JUNE}, TypeError, "source must be a Segmentation or a SegmentHistory, got DataFrame"),
        ({"folder": 5}, TypeError, "folder must be a path"),
        ({"folder": ""}, DataError, "folder must be the path of a folder"),
        ({"hyper": 1}, TypeError, "hyper must be True or False, got int"),
        ({"replace": "yes"}, TypeError, "replace must be True or False, got str"),
        ({"timezone": "Mars/X"}, ValueError, "timezone must be a name such as"),
        ({"language": "de"}, ValueError, "language must be one of"),
        ({"model": "model.json"}, TypeError, "model must be a SegmentModel, got str"),
        ({"as_of": "2024-06-01"}, ValueError, "as_of belongs to a result; a history has its own moments"),
    ],
)
def test_arguments_are_checked(
    tmp_path: Path, history: SegmentHistory, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"export_bi: {message}"):
        export_bi(**{"source": history, "folder": tmp_path / "bi", **arguments})
    assert not (tmp_path / "bi").exists()


def test_moments_are_needed(tmp_path: Path, result: Segmentation) -> None:
    with pytest.raises(DataError, match=r"made from a ready table, and has no moment. Give as_of="):
        export_bi(result, tmp_path / "bi")
    with pytest.raises(DataError, match="the history has no snapshots yet"):
        export_bi(SegmentHistory(tmp_path / "history"), tmp_path / "bi")
    with pytest.raises(ValueError, match="model belongs to a history; a result has its own"):
        export_bi(result, tmp_path / "bi", as_of="2024-06-01", model=result.model)
