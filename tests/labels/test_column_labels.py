"""Names of columns for people: inside a sentence, from a mapping and from a TOML file, and what they must not be."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from custseg import FeatureTable
from custseg.errors import DataError
from custseg.feature_table import Feature, distinct_phrases, given_features
from custseg.profiling import profile_segments

TABLE = pl.DataFrame({"customer_id": [1, 2], "MntWines": [3, 4], "MntFish": [5, 6], "order_count": [1, 2]})


def labeled(labels: object) -> FeatureTable:
    return given_features(TABLE, None, "test").with_labels(labels, caller="test")


@pytest.mark.parametrize(
    ("feature", "english", "russian"),
    [
        (Feature("recency_days", "days", "rfm"), "days since last order", "дней с последнего заказа"),
        (Feature("code", "text", "rfm scores"), "RFM code", "код RFM"),
        (Feature("MntWines"), "MntWines", "MntWines"),
        (Feature("Size", family="attributes", entry="attribute_number", fields={"column": "Size"}), "Size", "Size"),
        (Feature("x", labels={"en": "Wine", "ru": "Вино"}), "Wine", "Вино"),
    ],
)
def test_label_inside_a_sentence(feature: Feature, english: str, russian: str) -> None:
    assert (feature.phrase(), feature.phrase("ru")) == (english, russian)


def test_label_in_cyrillic_letters_is_not_used_in_english() -> None:
    wine = labeled({"MntWines": "вино"}).described[0]
    assert (wine.label("en"), wine.label("ru")) == ("MntWines", "вино")


def test_label_for_every_language() -> None:
    wine = labeled({"MntWines": " wine "}).described[0]
    assert (wine.name, wine.label("en"), wine.label("ru")) == ("MntWines", "wine", "wine")


def test_label_by_language_keeps_the_others() -> None:
    wine = labeled({"MntWines": {"ru": "вино"}}).described[0]
    assert (wine.label("en"), wine.label("ru")) == ("MntWines", "вино")


def test_labels_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.toml"
    path.write_text('\ufeffMntFish = "fish"\n[MntWines]\nen = "wine"\nru = "вино"\n', encoding="utf-8")
    table = labeled(path)
    assert distinct_phrases(table.described, "ru") == {
        "MntWines": "вино",
        "MntFish": "fish",
        "order_count": "order_count",
    }
    assert table.names == given_features(TABLE, None, "test").names


def test_later_labels_replace_earlier_ones() -> None:
    table = labeled({"MntWines": "wine", "MntFish": "fish"}).with_labels({"MntWines": "wines"})
    assert [feature.label() for feature in table.described] == ["wines", "fish", "order_count"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"MntWine": "wine"}, r"no column 'MntWine'\. Did you mean 'MntWines'\?"),
        ({"MntWines": "food", "MntFish": "Food"}, r"columns 'MntWines' and 'MntFish' have one label, 'Food': .*own"),
        ({"MntWines": "MntFish"}, r"columns 'MntWines' and 'MntFish' have one label"),
        ({"MntWines": "a\nb"}, r"label of 'MntWines' has a line break or another control character: 'a\\nb'"),
        ({"MntWines": "a\u202eb"}, r"another control character"),
        ({"MntWines": "  "}, r"label of 'MntWines' is empty: leave it out"),
        ({"MntWines": {}}, r"'MntWines' has no label"),
        ({"MntWines": "x" * 61}, r"has 61 characters; at most 60"),
        ({"MntWines": {"de": "Wein"}}, r"label in 'de': languages are \['en', 'ru'\]"),
        ({"MntWines": 3}, r"must be text, got int"),
        ("absent.toml", r"could not be read"),
    ],
)
def test_labels_that_cannot_be_used(labels: object, message: str) -> None:
    with pytest.raises(DataError, match=rf"(?s)^test: labels .*?{message}"):
        labeled(labels)


def test_labels_that_are_no_mapping() -> None:
    with pytest.raises(TypeError, match="labels must be the path of a TOML file or a mapping, got list"):
        labeled(["wine"])


def test_labels_of_profiles_have_a_name_of_their_own() -> None:
    with pytest.raises(DataError, match=r"column_labels cannot be used:\n  the table has no column 'visit'"):
        profile_segments({"visits": [1, 2]}, [0, 1], column_labels={"visit": "x"})


def test_one_label_for_two_columns_is_said_once() -> None:
    with pytest.raises(DataError, match="have one label, 'food': give") as caught:
        labeled({"MntWines": "food", "MntFish": "food"})
    assert str(caught.value).count("have one label") == 1
    with pytest.raises(DataError, match=r"'food' \(language 'ru'\)"):
        labeled({"MntWines": {"ru": "food"}, "MntFish": {"ru": "food"}})
