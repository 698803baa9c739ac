import polars as pl

from custseg.feature_table import Levels, given_features, with_flags_of_fit, with_label_flags

INTERESTS = [["sport", "travel"], ["sport"], [], None, ["travel", "travel"]] * 12


def table_of(interests: list[list[str] | None]) -> object:
    frame = pl.DataFrame({"customer_id": range(len(interests)), "interests": interests})
    return given_features(frame, None, "fit_segments")


def test_each_frequent_label_is_a_column_of_yes_and_no() -> None:
    rare = [*INTERESTS, ["golf"]]
    table, columns, flags = with_label_flags(table_of(rare), ["interests"])
    assert columns == ["interests: sport", "interests: travel"]
    assert flags == {"interests": columns}
    assert table["interests: sport"].tolist()[:5] == [True, True, False, None, False]
    assert table.label_sources == dict.fromkeys(columns, "interests")


def test_columns_that_are_no_lists_stay() -> None:
    table = given_features(pl.DataFrame({"customer_id": [1], "visits": [3]}), None, "fit_segments")
    assert with_label_flags(table, ["visits"])[1] == ["visits"]
    assert with_label_flags(table, None) == (table, None, {})


def test_columns_of_the_fit_are_made_again_of_later_lists() -> None:
    coding = {"interests: travel": Levels(("true", "false"), False, "flag", "interests")}
    later = with_flags_of_fit(table_of([["golf", "travel"], None, []]), coding)
    assert later["interests: travel"].tolist() == [True, None, False]
    assert with_flags_of_fit(later, coding).names == later.names
