"""The history of segments: what is recorded comes back, once, whole, and for other programs too."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from snapshots import integers, odd_texts, segments_of, snapshot

from custseg import CustsegError, DataError
from custseg.tracking import SegmentHistory

JUNE = snapshot({"ann": 0, "bob": 1, "cem": None}, confidence=[0.9, 0.5, None])
JULY = snapshot({"ann": 0, "bob": 0, "dan": 2}, confidence=[0.9, 0.8, 0.7])
PART, MANIFEST = "part-0.parquet", "manifest.json"


@pytest.fixture
def history(tmp_path: Path) -> SegmentHistory:
    """A history of two months."""
    history = SegmentHistory(tmp_path / "history")
    history.record(JUNE, "2024-06-01")
    history.record(JULY, "2024-07-01")
    return history


def files(history: SegmentHistory) -> dict[str, bytes]:
    root = Path(history.folder)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def june_of(history: SegmentHistory) -> Path:
    return Path(history.folder) / "as_of=2024-06-01"


@pytest.mark.slow
@pytest.mark.parametrize("ids", [odd_texts, integers, st.integers(2**63, 2**64 - 1)])
def test_what_is_recorded_comes_back(ids: st.SearchStrategy[Any]) -> None:
    @given(segments_of(ids))
    def check(segments: dict[Any, int | None]) -> None:
        table = snapshot(segments)
        with TemporaryDirectory() as folder:
            history = SegmentHistory(folder)
            assert history.record(table, "2024-06-01")
            assert history.at("2024-06-01").equals(table.sort("customer_id"))
            for customer, segment in segments.items():
                assert history.customer(customer)["segment"].to_list() == [segment]

    check()


def test_every_kind_is_the_same_content(as_kind: Callable[[pl.DataFrame], object], tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path / "history")
    assert history.record(JUNE, "2024-06-01")
    assert not history.record(as_kind(JUNE.reverse()), "2024-06-01")


def test_optional_columns_come_back_and_others_do_not(tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path)
    more = JUNE.with_columns(second_segment=pl.Series([1, 0, None]), is_outlier=pl.Series([True, False, None]))
    history.record(more.with_columns(note=pl.lit("x")), "2024-06-01")
    assert history.at("2024-06-01").equals(more)


def test_second_recording_writes_nothing(history: SegmentHistory) -> None:
    before = {name: Path(history.folder, name).stat().st_mtime_ns for name in files(history)}
    assert not history.record(JUNE, datetime(2024, 6, 1))
    assert {name: Path(history.folder, name).stat().st_mtime_ns for name in files(history)} == before


@pytest.mark.parametrize(
    "other",
    [
        JUNE.head(2),
        JUNE.with_columns(name=pl.col("name") + "!"),
        JUNE.with_columns(segment=pl.lit(None, pl.Int64)),
        JUNE.with_columns(confidence=pl.lit(0.9)),
        JUNE.drop("confidence"),
    ],
)
def test_other_content_needs_replace(history: SegmentHistory, other: pl.DataFrame) -> None:
    before = files(history)
    with pytest.raises(DataError, match=r"record: there is a snapshot as of 2024-06-01 with other content.*replace=Tr"):
        history.record(other, "2024-06-01")
    assert files(history) == before
    assert history.record(other, "2024-06-01", replace=True)
    assert history.at("2024-06-01").equals(other.sort("customer_id"))
    assert history.at("2024-07-01").equals(JULY)


def test_snapshots_sort_by_time(tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path / "none" / "yet")
    assert history.snapshots == ()
    for as_of in ("2024-06-02", "2024-06-01T12:30", "2024-06-01"):
        history.record(JUNE, as_of)
    assert history.snapshots == (datetime(2024, 6, 1), datetime(2024, 6, 1, 12, 30), datetime(2024, 6, 2))


def test_one_instant_is_one_snapshot(tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path)
    history.record(JUNE, "2024-06-01T03:00+03:00")
    assert not history.record(JUNE, datetime(2024, 6, 1, tzinfo=UTC))
    assert history.snapshots == (datetime(2024, 6, 1, tzinfo=UTC),)
    with pytest.raises(DataError, match=r"as_of must be given with a time zone.*got 2024-07-01"):
        history.record(JUNE, "2024-07-01")


def test_way_of_a_customer(history: SegmentHistory) -> None:
    history.record(JULY, "2024-08-01")
    assert history.customer("bob").rows() == [
        ("2024-06-01", 1, "New", None, None, "2024-06-01"),
        ("2024-07-01", 0, "Loyal", 1, "New", "2024-07-01"),
        ("2024-08-01", 0, "Loyal", 1, "New", "2024-07-01"),
    ]
    assert history.customer("cem").rows() == [("2024-06-01", None, "No data", None, None, "2024-06-01")]


def test_ids_never_appear_in_errors(history: SegmentHistory) -> None:
    with pytest.raises(DataError, match="customer: none of 2 snapshots has this customer") as unknown:
        history.customer("zoe@example.org")
    assert "zoe" not in str(unknown.value)
    with pytest.raises(TypeError, match="customer: the customer ids of this history are text, got int") as number:
        history.customer(4711)
    assert "4711" not in str(number.value)
    with pytest.raises(TypeError, match="customer: customer_id must be an int or a str, got float"):
        history.customer(1.5)  # type: ignore[arg-type]


def test_duckdb_reads_all_snapshots(history: SegmentHistory) -> None:
    glob = f"{history.folder}/as_of=*/part-*.parquet"
    query = "SELECT as_of, segment, count(*) FROM read_parquet(?, hive_partitioning = true) GROUP BY ALL ORDER BY ALL"
    rows = duckdb.execute(query, [glob]).fetchall()
    june, july = datetime(2024, 6, 1).date(), datetime(2024, 7, 1).date()
    assert rows == [(june, 0, 1), (june, 1, 1), (june, None, 1), (july, 0, 2), (july, 2, 1)]


def test_duckdb_reads_moments_with_a_time(tmp_path: Path) -> None:
    SegmentHistory(tmp_path).record(JUNE, "2024-06-01T12:30")
    query = "SELECT DISTINCT as_of::TIMESTAMP FROM read_parquet(?, hive_partitioning = true)"
    assert duckdb.execute(query, [f"{tmp_path}/*/*.parquet"]).fetchall() == [(datetime(2024, 6, 1, 12, 30),)]


def test_unknown_moment_names_the_latest(history: SegmentHistory) -> None:
    with pytest.raises(DataError, match=r"no snapshot as of 2024-08-01; snapshots are \['2024-06-01', '2024-07-01'\]"):
        history.at("2024-08-01")
    with pytest.raises(DataError, match="it has no snapshots yet"):
        SegmentHistory(Path(history.folder) / "other").at("2024-08-01")


def test_ids_of_another_type(history: SegmentHistory) -> None:
    with pytest.raises(DataError, match="ids must be text, as in the snapshot as of 2024-06-01, got whole numbers"):
        history.record(snapshot({1: 0}), "2024-08-01")


def test_half_written_snapshot_is_none(history: SegmentHistory) -> None:
    (june_of(history) / MANIFEST).unlink()
    assert history.snapshots == (datetime(2024, 7, 1),)
    with pytest.raises(DataError, match="no snapshot as of 2024-06-01"):
        history.at("2024-06-01")
    assert history.record(JUNE, "2024-06-01")
    assert history.at("2024-06-01").equals(JUNE)


def damage_part(folder: Path) -> None:
    content = bytearray((folder / PART).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / PART).write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message", "on_listing"),
    [
        (lambda folder: (folder / PART).unlink(), "its file 'part-0.parquet' is missing", True),
        (lambda folder: (folder / PART).write_bytes(b"PAR1"), "has 4 bytes instead of", True),
        (damage_part, "its file 'part-0.parquet' was changed or damaged", False),
    ],
)
def test_damage_is_noticed_and_repaired(
    history: SegmentHistory, damage: Callable[[Path], object], message: str, on_listing: bool
) -> None:
    damage(june_of(history))
    with pytest.raises(DataError, match=f"the snapshot as of 2024-06-01 is damaged: .*{message}.*replace=True"):
        history.at("2024-06-01")
    if on_listing:
        with pytest.raises(DataError, match=message):
            _ = history.snapshots
    with pytest.raises(DataError, match="other content"):
        history.record(JULY, "2024-06-01")
    assert history.record(JULY, "2024-08-01")
    assert history.record(JUNE, "2024-06-01")
    assert history.at("2024-06-01").equals(JUNE)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ("{", "its 'manifest.json' cannot be read"),
        ("[]", "its 'manifest.json' cannot be read"),
        ("{}", "its 'manifest.json' lacks entries or has others"),
        ({"rows": "3"}, "lacks entries or has others"),
        ({"columns": {}}, "lacks entries or has others"),
        ({"schema": 2}, "was written by a newer version of custseg"),
        ({"as_of": "2024-05-01"}, "its manifest is that of '2024-05-01'"),
        ({"rows": 4}, "its manifest does not describe its rows"),
        ({"file_sha256": "0"}, "was changed or damaged"),
        (" " * 2_000_000, "is too large"),
    ],
)
def test_manifests_that_cannot_be_used(history: SegmentHistory, entries: Any, message: str) -> None:
    path = june_of(history) / MANIFEST
    text = entries if isinstance(entries, str) else json.dumps(json.loads(path.read_text()) | entries)
    path.write_text(text)
    with pytest.raises(DataError, match=f"at: the snapshot as of 2024-06-01 is damaged: .*{message}"):
        history.at("2024-06-01")
    assert history.record(JUNE, "2024-06-01", replace=True)
    assert history.at("2024-06-01").equals(JUNE)


@pytest.mark.parametrize("manifest", ["{", "{}"])
def test_damaged_manifest_is_written_again_for_the_same_content(history: SegmentHistory, manifest: str) -> None:
    (june_of(history) / MANIFEST).write_text(manifest)
    with pytest.raises(DataError, match=r"is damaged.*replace=True"):
        history.record(JULY, "2024-06-01")
    assert history.record(JUNE, "2024-06-01")
    assert history.at("2024-06-01").equals(JUNE)
    (june_of(history) / MANIFEST).write_text(manifest)
    (june_of(history) / PART).write_bytes(b"no rows")
    with pytest.raises(DataError, match="is damaged"):
        history.record(JUNE, "2024-06-01")


def test_foreign_files_are_left_alone(history: SegmentHistory) -> None:
    (Path(history.folder) / "notes.txt").write_text("mine")
    (june_of(history) / "_SUCCESS").write_text("")
    assert len(history.snapshots) == 2
    history.record(JULY, "2024-06-01", replace=True)
    assert (Path(history.folder) / "notes.txt").read_text() == "mine"


def test_foreign_parts_are_refused(history: SegmentHistory) -> None:
    """Recording again would leave them where they are, so that the snapshot would stay damaged."""
    part = june_of(history) / "part-1.parquet"
    shutil.copy(june_of(history) / PART, part)
    words = r"2024-06-01 is damaged: it holds a file that was not recorded, 'part-1.parquet'. Move this file away.$"
    with pytest.raises(DataError, match=words):
        history.at("2024-06-01")
    with pytest.raises(DataError, match=f"record: the snapshot as of {words}"):
        history.record(JULY, "2024-06-01", replace=True)
    part.unlink()
    assert history.record(JULY, "2024-06-01", replace=True)


def test_foreign_folders_are_named(history: SegmentHistory) -> None:
    (Path(history.folder) / "as_of=june").mkdir()
    with pytest.raises(DataError, match="snapshots: the folder 'as_of=june' in the history is not named as"):
        _ = history.snapshots
    (Path(history.folder) / "as_of=june").rmdir()
    (Path(history.folder) / "as_of=2024-08-01").write_text("")
    with pytest.raises(DataError, match="'as_of=2024-08-01' in the history is a file"):
        _ = history.snapshots


def test_temporary_leftovers_are_removed(history: SegmentHistory) -> None:
    before = files(history)
    leftover = june_of(history) / ".custseg-abc" / "new"
    leftover.mkdir(parents=True)
    (leftover / PART).write_bytes(b"half")
    assert not history.record(JUNE, "2024-06-01")
    assert files(history) == before


def test_interrupted_replacement_is_finished_by_the_next_reader(history: SegmentHistory, tmp_path: Path) -> None:
    other = SegmentHistory(tmp_path / "other")
    other.record(JULY, "2024-06-01")
    commit = june_of(history) / ".custseg-abc" / "commit"
    shutil.copytree(june_of(other), commit)
    assert history.at("2024-06-01").equals(JULY)


def test_concurrent_recordings_are_one(tmp_path: Path) -> None:
    results: list[bool] = []

    def work() -> None:
        results.append(SegmentHistory(tmp_path / "history").record(JUNE, "2024-06-01"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


def test_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataError, match=r"the history '.*file' is a file"):
        _ = SegmentHistory(tmp_path / "file").snapshots
    with pytest.raises(CustsegError, match=r"record: the history '.*file' cannot be written to.*Nothing was changed"):
        SegmentHistory(tmp_path / "file").record(JUNE, "2024-06-01")
    with pytest.raises(TypeError, match="SegmentHistory: folder must be a path"):
        SegmentHistory(5)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="SegmentHistory: folder must be the path of a folder, got ''"):
        SegmentHistory("")


def test_arguments_are_checked(history: SegmentHistory) -> None:
    with pytest.raises(TypeError, match="record: replace must be True or False, got str"):
        history.record(JUNE, "2024-06-01", replace="yes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="record: as_of must be a date"):
        history.record(JUNE, None)
    with pytest.raises(DataError, match="record: assignments has no rows"):
        history.record(JUNE.head(0), "2024-08-01")
    with pytest.raises(DataError, match="record: assignments must have one row per customer"):
        history.record(pl.concat([JUNE, JUNE]), "2024-08-01")
