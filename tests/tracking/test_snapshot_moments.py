"""Moments as text and as folders: they sort, come back, and are the same for the same instant."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import DataError
from custseg.snapshot import moment_text
from custseg.tracking._snapshot_moments import folder_name, is_zoned, moment_of_folder

naive = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1))
zoned = naive.map(lambda moment: moment.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("as_of", "text", "folder"),
    [
        ("2024-06-01", "2024-06-01", "as_of=2024-06-01"),
        (date(2024, 6, 1), "2024-06-01", "as_of=2024-06-01"),
        (datetime(2024, 6, 1), "2024-06-01", "as_of=2024-06-01"),
        ("2024-06-01 12:30", "2024-06-01T12:30:00", "as_of=2024-06-01T12%3A30%3A00"),
        ("2024-06-01T00:00:00.25", "2024-06-01T00:00:00.250000", "as_of=2024-06-01T00%3A00%3A00.250000"),
        ("2024-06-01T00:00+03:00", "2024-05-31T21:00:00Z", "as_of=2024-05-31T21%3A00%3A00Z"),
        (datetime(2024, 6, 1, tzinfo=UTC), "2024-06-01T00:00:00Z", "as_of=2024-06-01T00%3A00%3A00Z"),
    ],
)
def test_moments_by_hand(as_of: object, text: str, folder: str) -> None:
    assert moment_text(as_of, "test") == text
    assert folder_name(text) == folder
    assert is_zoned(text) == text.endswith("Z")


@pytest.mark.parametrize("moments", [naive, zoned])
def test_texts_sort_by_time_and_come_back(moments: st.SearchStrategy[datetime]) -> None:
    @given(moments, moments)
    def check(first: datetime, second: datetime) -> None:
        texts = [moment_text(moment, "test") for moment in (first, second)]
        assert (texts[0] < texts[1]) == (first < second)
        assert moment_of_folder(folder_name(texts[0]), "test") == texts[0]
        assert datetime.fromisoformat(texts[0]) == first

    check()


@given(zoned, st.integers(-12, 14))
def test_one_instant_has_one_text(moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert moment_text(elsewhere, "test") == moment_text(moment, "test")


@pytest.mark.parametrize(
    "name", ["as_of=", "as_of=june", "as_of=2024-6-1", "as_of=2024-06-01T00%3A00%3A00", "as_of=2024-06-01 12%3A30%3A00"]
)
def test_other_folders_are_named(name: str) -> None:
    with pytest.raises(DataError, match=r"test: the folder '.*' in the history is not named as a snapshot is"):
        moment_of_folder(name, "test")
