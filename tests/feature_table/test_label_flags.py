import polars as pl
import pytest

from custseg.errors import DataError
from custseg.feature_table import Levels, given_features, with_flags_of_fit, with_label_flags

INTERESTS = [["sport", "travel"], ["sport"], [], None, ["travel", "travel"]] * 12


def table_of(interests: list[list[str] | None]) -> object:
    frame = pl.DataFrame({"customer_id": range(len(interests)), "interests": interests})
    return given_features(frame, None, "fit_segments")


def test_each_frequent_label_is_a_column_of_yes_and_no() -> None:
    rare = [*INTERESTS, ["golf"], *[["", " ", None]] * 12]
    table, columns, flags = with_label_flags(table_of(rare), ["interests"], caller="fit_segments")
    assert columns == ["interests: sport", "interests: travel"]
    assert flags == {"interests": columns}
    assert table["interests: sport"].tolist()[:5] == [True, True, False, None, False]
    assert table.label_sources == dict.fromkeys(columns, "interests")


def test_columns_that_are_no_lists_stay() -> None:
    table = given_features(pl.DataFrame({"customer_id": [1], "visits": [3]}), None, "fit_segments")
    assert with_label_flags(table, ["visits"], caller="fit_segments")[1] == ["visits"]
    assert with_label_flags(table, None, caller="fit_segments") == (table, None, {})


def test_lists_that_cannot_be_used() -> None:
    rare = table_of([[f"label {row}"] for row in range(60)])
    with pytest.raises(
        DataError, match=r"no label in the lists of 'interests' is held by ten customers.* Leave it out"
    ):
        with_label_flags(rare, ["interests"], caller="fit_segments")
    frame = pl.DataFrame({"customer_id": range(60), "interests": INTERESTS, "interests: sport": [True] * 60})
    with pytest.raises(
        DataError, match=r"'interests' and the table both have \['interests: sport'\]. Name one of both"
    ):
        with_label_flags(given_features(frame, None, "test"), ["interests"], caller="fit_segments")
    # What is wrong with the columns themselves is said of the names that the caller gave.
    twice = ["interests", "interests"]
    assert with_label_flags(table_of(INTERESTS), twice, caller="fit_segments")[1] == twice


def test_columns_of_the_fit_are_made_again_of_later_lists() -> None:
    coding = {"interests: travel": Levels(("true", "false"), False, "flag", "interests")}
    later = with_flags_of_fit(table_of([["golf", "travel"], None, []]), coding)
    assert later["interests: travel"].tolist() == [True, None, False]
    assert with_flags_of_fit(later, coding).names == later.names
