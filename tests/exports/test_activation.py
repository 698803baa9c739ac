"""The activation list: who, what to do, and who may not be contacted; safe, whole and the same when made twice."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import CustsegError, DataError, fit_segments
from custseg.exports import export_activation, original_text
from custseg.tracking import Transitions, transitions

IDS = ["ann", "bob", "cem", "dan", "eva", "fay", "gus"]
BEFORE = pl.DataFrame({"customer_id": [*IDS, "old"], "segment": 1, "name": "New"})
AFTER = pl.DataFrame({"customer_id": [*IDS, "nil"], "segment": [0] * 7 + [None], "name": ["Loyal"] * 7 + ["No data"]})
FEATURES = pl.DataFrame(
    {
        "customer_id": ["ann", "bob", "cem", "dan", "eva", "fay"],
        "contactable_email": [True, False, False, True, None, False],
        "unsubscribed": [False, True, False, False, None, False],
        "complained": [0, 1, 1, 0, None, 0],
        "bounced": [False, False, True, False, None, False],
        "send_pressure_7d": [2, 0, 0, 3, None, 9],
    }
)


def compared(after: pl.DataFrame = AFTER, **options: Any) -> Transitions:
    return transitions(BEFORE, after, as_of="2024-07-01", **options)


def rows(path: Path, separator: str = ",") -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_list_by_hand(tmp_path: Path) -> None:
    path = export_activation(compared(), tmp_path / "list.csv", plays={0: "invite", "No data": "ask"})
    first, *_, last = rows(path)
    assert first == {
        "key": "2024-07-01/0/ann", "customer_id": "ann", "segment": "0", "name": "Loyal", "previous_segment": "1",
        "previous_name": "New", "as_of": "2024-07-01", "play": "invite", "reachable": "", "reason": "",
    }  # fmt: skip
    assert last["key"] == "2024-07-01//nil"
    assert (last["segment"], last["previous_name"], last["play"]) == ("", "", "ask")


@pytest.mark.parametrize(
    ("language", "reasons"),
    [
        ("en", ["", "unsubscribed", "complained about spam", "over the send cap", "unknown", "over the send cap"]),
        (
            "ru",
            ["", "отписался", "пожаловался на спам", "превышен предел писем", "неизвестно", "превышен предел писем"],
        ),
    ],
)
def test_reasons_in_their_order(tmp_path: Path, language: str, reasons: list[str]) -> None:
    movement = compared(language=language)
    listed = rows(export_activation(movement, tmp_path / "list.csv", features=FEATURES, max_sends_7d=3))
    assert [row["reason"] for row in listed][:6] == reasons
    assert [row["reachable"] for row in listed] == ["true", "false", "false", "false", "", "false", "", ""]


def test_consent_as_fractions_with_gaps(tmp_path: Path) -> None:
    consent = pl.DataFrame({"customer_id": IDS[:3], "contactable_email": [1.0, 0.0, None]})
    listed = rows(export_activation(compared(), tmp_path / "list.csv", features=consent))
    assert [row["reachable"] for row in listed][:3] == ["true", "false", ""]


def test_column_of_consent(tmp_path: Path) -> None:
    features = FEATURES.select("customer_id", consent_email="contactable_email")
    listed = rows(export_activation(compared(), tmp_path / "l.csv", features=features, contactable="consent_email"))
    assert [row["reason"] for row in listed[:3]] == ["", "may not be contacted", "may not be contacted"]


def test_features_of_every_kind(as_kind: Callable[[pl.DataFrame], object], tmp_path: Path) -> None:
    expected = export_activation(compared(), tmp_path / "a.csv", features=FEATURES, max_sends_7d=3).read_bytes()
    assert export_activation(
        compared(), tmp_path / "b.csv", features=as_kind(FEATURES), max_sends_7d=3
    ).read_bytes() == (expected)


def test_same_list_whenever_it_is_made(tmp_path: Path) -> None:
    first = export_activation(compared(), tmp_path / "list.csv", features=FEATURES).read_bytes()
    shuffled = compared(AFTER.sample(fraction=1, shuffle=True, seed=1))
    assert export_activation(shuffled, tmp_path / "list.csv", features=FEATURES.reverse()).read_bytes() == first


def test_plays_of_a_result(tmp_path: Path) -> None:
    table = pl.DataFrame({"id": range(60), "visits": [1.0, 30.0] * 30, "age": [20.0, 70.0] * 30})
    result = fit_segments(features=table, n_segments=2, method="kmeans", min_size=5)
    after = result.assignments
    movement = transitions(after.head(1), after, as_of="2024-07-01")
    listed = rows(export_activation(movement, tmp_path / "list.csv", plays=result.profiles))
    advice = {str(row.segment): " ".join(row.advice.do) for row in result.profiles}
    assert [row["play"] for row in listed] == [advice[row["segment"]] for row in listed]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
formulas = st.text("'=+-@\t5x", min_size=1, max_size=4).filter(str.strip)


@pytest.mark.slow
@given(st.sets(st.one_of(texts, formulas), min_size=1, max_size=6), st.one_of(texts, formulas))
def test_every_text_can_be_restored(ids: set[str], play: str) -> None:
    after = pl.DataFrame({"customer_id": list(ids), "segment": 0, "name": "Loyal"})
    before = pl.DataFrame({"customer_id": ["\U0001f600nobody"], "segment": 0, "name": "Loyal"})
    with TemporaryDirectory() as folder:
        movement = transitions(before, after, as_of="2024-07-01")
        listed = rows(export_activation(movement, Path(folder) / "list.csv", plays={0: play}))
    assert {original_text(row["customer_id"]) for row in listed} == ids - {"\U0001f600nobody"}
    assert {original_text(row["play"]) for row in listed} <= {play}


def test_formulas_are_not_run(tmp_path: Path) -> None:
    after = AFTER.with_columns(customer_id=pl.format("=HYPERLINK({})", "customer_id"))
    listed = rows(export_activation(compared(after), tmp_path / "list.csv"))
    assert all(row["customer_id"].startswith("'=HYPERLINK(") for row in listed)


def test_parquet_and_separators(tmp_path: Path) -> None:
    path = export_activation(compared(), tmp_path / "list.parquet", features=FEATURES)
    assert pl.read_parquet(path)["segment"].to_list() == [0] * 7 + [None]
    path = export_activation(compared(), str(tmp_path / "list.CSV"), encoding="utf-8", separator=";")
    assert path.read_bytes().startswith(b"key;customer_id;")


def test_nobody_entered(tmp_path: Path) -> None:
    path = export_activation(transitions(AFTER, AFTER, as_of="2024-07-01"), tmp_path / "list.csv", features=FEATURES)
    assert path.read_text("utf-8-sig").count("\n") == 1


def test_failure_leaves_the_old_list(tmp_path: Path) -> None:
    (tmp_path / "list.csv").mkdir()
    with pytest.raises(CustsegError, match=r"export_activation: \['list.csv'\] in .* must be files"):
        export_activation(compared(), tmp_path / "list.csv")
    path = tmp_path / "other.csv"
    path.write_text("old")
    with pytest.raises(DataError, match="features lack column"):
        export_activation(compared(), path, features=FEATURES.drop("contactable_email"))
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"path": "list.xlsx"}, DataError, r"path must end in one of \['.csv', '.parquet'\], got 'list.xlsx'"),
        ({"path": 5}, TypeError, "path must be a path"),
        ({"transitions": AFTER}, TypeError, "transitions must be the result of `transitions`, got DataFrame"),
        ({"transitions": transitions(BEFORE, AFTER)}, DataError, "the comparison has no moment"),
        ({"plays": ["invite"]}, TypeError, "plays must map segments to texts"),
        ({"plays": {0: "a", 9: "b"}}, ValueError, r"plays names \[9\], in which no customer is.* \[0, 1, 'No data'\]"),
        ({"plays": {0: 5}}, TypeError, "plays must map numbers or names of segments to texts, got int to int"),
        ({"max_sends_7d": 3}, ValueError, "max_sends_7d needs features="),
        ({"max_sends_7d": 0, "features": FEATURES}, ValueError, "max_sends_7d must be at least 1"),
        ({"max_sends_7d": 3, "features": FEATURES.drop("send_pressure_7d")}, DataError, "features lack column"),
        ({"features": FEATURES.with_columns(bounced=pl.lit("x"))}, DataError, "'bounced' of features must hold true"),
        ({"features": FEATURES.with_columns(complained=pl.lit(7))}, DataError, "'complained' of features must hold tr"),
        ({"features": FEATURES.with_columns(customer_id=pl.lit(1)).head(1)}, DataError, "ids of features are Int"),
        ({"encoding": "cp1251"}, ValueError, "encoding must be one of"),
        ({"separator": "x"}, ValueError, "separator must be one of"),
    ],
)
def test_arguments_are_checked(tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str) -> None:
    arguments = {"transitions": compared(), "path": tmp_path / "list.csv"} | options
    with pytest.raises(error, match=f"export_activation: .*{message}"):
        export_activation(**arguments)
    assert not (tmp_path / "list.csv").exists()


def test_only_text_is_restored() -> None:
    with pytest.raises(TypeError, match="original_text: value must be text, got int"):
        original_text(5)  # type: ignore[arg-type]
