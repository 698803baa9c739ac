"""The file for Tableau: the rows of the Parquet files, and nothing left behind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from custseg import CustsegError, MissingDependencyError
from custseg.exports import export_bi
from custseg.exports.bi._hyper import HYPER_FILE, hyper_writer
from custseg.exports.bi._star_schema import TABLES
from custseg.tracking import SegmentHistory

ROWS = pl.DataFrame({"customer_id": [f"c'{n}" for n in range(20)], "segment": [0] * 15 + [1] * 5, "name": "Свои"})


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SegmentHistory:
    monkeypatch.chdir(tmp_path)
    history = SegmentHistory("history")
    history.record(ROWS.with_columns(name=pl.format("Свои {}", "segment")), "2024-06-01")
    return history


@pytest.fixture
def api() -> Any:
    """Tableau's library."""
    return pytest.importorskip(
        "tableauhyperapi", reason="tableauhyperapi has 91 MB and is no part of the environment of the tests"
    )


def test_tables_are_those_of_the_parquet_files(history: SegmentHistory, api: Any) -> None:
    written = export_bi(history, "it's bi", hyper=True)
    history.record(ROWS.with_columns(name=pl.format("Свои {}", "segment")), "2024-07-01")
    export_bi(history, "it's bi")
    assert sorted(path.name for path in Path("it's bi").iterdir()) == sorted(path.name for path in written.files)
    assert sorted(path.name for path in Path().iterdir()) == ["history", "it's bi"]
    telemetry = api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
    with (
        api.HyperProcess(telemetry, parameters={"log_config": ""}) as process,
        api.Connection(process.endpoint, f"it's bi/{HYPER_FILE}") as connection,
    ):
        for name in TABLES:
            rows = connection.execute_list_query(f'SELECT * FROM "Extract"."{name}"')
            expected = pl.read_parquet(f"it's bi/{name}.parquet").rows()
            plain = [tuple(v.to_date() if isinstance(v, api.Date) else v for v in row) for row in rows]
            assert sorted(plain, key=repr) == sorted(expected, key=repr)


@pytest.mark.usefixtures("api")
def test_failure_of_the_library_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CustsegError, match=r"Tableau's library could not write 'segments.hyper' \(.*\)\. Not"):
        hyper_writer(["absent"], "export_bi")(tmp_path / HYPER_FILE)


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tableauhyperapi", None)


@pytest.mark.usefixtures("without_library")
def test_missing_library_is_named_before_any_work(history: SegmentHistory) -> None:
    with pytest.raises(MissingDependencyError, match=r"segments.hyper needs .* pip install 'custseg\[tableau\]'"):
        export_bi(history, "bi", hyper=True)
    assert not Path("bi").exists()


@pytest.mark.usefixtures("without_library")
def test_file_of_an_earlier_export_is_not_left_outdated(history: SegmentHistory) -> None:
    Path("bi").mkdir()
    Path("bi", HYPER_FILE).write_bytes(b"earlier")
    with pytest.raises(MissingDependencyError, match=r"segments.hyper needs"):
        export_bi(history, "bi")
