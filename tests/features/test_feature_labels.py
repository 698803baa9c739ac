"""Every feature has a label, a unit and a definition in every language."""

from __future__ import annotations

import re
import runpy
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import Customers, FeatureTable
from custseg.datasets import make_shop
from custseg.feature_table import Feature
from custseg.features import build_features
from custseg.texts import LANGUAGES, catalog, printable

CYRILLIC = re.compile("[\u0400-\u04ff]")
TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "features_page.py"))


@cache
def everything() -> FeatureTable:
    """A table with features of every kind."""
    table: FeatureTable = TOOL["full_table"]()
    return table


@cache
def features() -> tuple[Feature, ...]:
    """Every feature there is: of all families, with centered log-ratios, scores and a column of a given table."""
    return tuple(TOOL["every_feature"]())


def key_of(feature: Feature) -> str:
    return feature.entry or ("given" if feature.family == "given" else feature.name)


def faults(feature: Feature, language: str) -> list[str]:
    """What is wrong with the texts of a feature, with the remedy."""
    key = key_of(feature)
    entry = catalog(language)["features"].get(key, {})
    where = f"{feature.name}: texts/{language}.toml"
    wrong = [f"{where} lacks {part} in [features.{key}]" for part in ("label", "definition") if not entry.get(part)]
    if (feature.unit or "given") not in catalog(language)["units"]:
        wrong.append(f"{where} lacks [units.{feature.unit}]")
    if wrong:
        return wrong
    label, definition = feature.label(language), feature.definition(language)
    if not label or definition.rstrip(".").casefold() in (label.casefold(), feature.name.casefold()):
        wrong.append(f"{where} has a definition that only repeats the name in [features.{key}]")
    if not definition.endswith("."):
        wrong.append(f"{where} has a definition that is no sentence in [features.{key}]")
    if language == "ru" and not CYRILLIC.search(definition):
        wrong.append(f"{where} is not in Russian in [features.{key}]")
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_features_have_texts(language: str) -> None:
    assert [fault for feature in features() for fault in faults(feature, language)] == []


def test_a_feature_without_texts_is_reported() -> None:
    new = Feature("basket_size", "pieces", "mix")
    assert faults(new, "en") == [
        "basket_size: texts/en.toml lacks label in [features.basket_size]",
        "basket_size: texts/en.toml lacks definition in [features.basket_size]",
        "basket_size: texts/en.toml lacks [units.pieces]",
    ]


def test_texts_belong_to_a_feature() -> None:
    used = {key_of(feature) for feature in features()}
    units = {feature.unit or "given" for feature in features()}
    assert set(catalog("en")["features"]) - used == set()
    # The kinds of numbers that are recognized in ready tables.
    assert set(catalog("en")["units"]) - units == {"calendar year", "code"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_differ(language: str) -> None:
    times = Counter(feature.label(language) for feature in features())
    assert [label for label, count in times.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_fixed_labels_are_in_their_language(language: str) -> None:
    labels = {key: entry["label"] for key, entry in catalog(language)["features"].items()}
    plain = {key: label for key, label in labels.items() if not label.startswith("{column}")}
    wrong = [key for key, label in plain.items() if bool(CYRILLIC.search(label)) != (language == "ru")]
    assert wrong in ([], ["interest"])


def test_units_have_a_form_for_each_plural() -> None:
    spoken = {key for key, unit in catalog("en")["units"].items() if "forms" in unit}
    for language, count in (("en", 2), ("ru", 3)):
        forms = {key: unit["forms"] for key, unit in catalog(language)["units"].items() if "forms" in unit}
        assert set(forms) == spoken
        assert {len(words) for words in forms.values()} == {count}


def test_generated_features_name_their_value() -> None:
    by_name = {feature.name: feature for feature in features()}
    assert by_name["days_since_date"].label() == "Days since “date”"
    assert by_name["labels_toys"].label("ru") == "«toys» в «labels»"
    assert by_name["consent_email"].label("ru") == "Согласие на связь: email"
    assert (
        by_name["category_share_other"]
        .definition()
        .startswith("Share of the customer's orders made in categories other than the 8 most common")
    )
    assert by_name["category_share_other"].fields == {"n": "8"}
    [ratio] = [feature for feature in features() if feature.entry == "source_clr_other"]
    assert ratio.label("ru") == "Логарифм доли остальных источников"
    assert by_name["r"].definition() == (
        "Score by recency_days from 1 (longest ago) to 5 (most recent); equal values get equal scores."
    )


@pytest.mark.slow
def test_summary_has_the_texts_of_the_language() -> None:
    english, russian = everything().summary(), everything().summary("ru")
    assert list(english) == [
        "name", "label", "unit", "definition", "family", "direction", "coverage", "skew",
    ]  # fmt: skip
    row = {key: values[0] for key, values in english.items()}
    assert (row["name"], row["label"], row["unit"]) == ("recency_days", "Days since last order", "days")
    assert row["definition"] == "Whole days from the last order to the snapshot; lower is more recent."
    assert (russian["label"][0], russian["unit"][0]) == ("Дней с последнего заказа", "дни")
    assert english["name"] == russian["name"]
    assert english["skew"] == russian["skew"]


@pytest.mark.slow
def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match=r"summary: language must be one of \['en', 'ru'\], got 'de'"):
        everything().summary("de")
    with pytest.raises(ValueError, match=r"label: language must be one of \['en', 'ru'\], got 'de'"):
        Feature("x").label("de")


def test_labels_that_meet_are_followed_by_the_column() -> None:
    table = pl.DataFrame({"customer_id": ["a", "b"], "Revenue": [1.0, 2.0]})
    shop = make_shop(6, 0)
    built = build_features(shop.orders, customers=Customers(table, numeric=["Revenue"]), as_of=shop.as_of)
    labels = dict(zip(built.names, built.summary()["label"], strict=True))
    assert (labels["revenue"], labels["Revenue"]) == ("Revenue (revenue)", "Revenue (Revenue)")


@pytest.mark.parametrize("language", LANGUAGES)
@given(name=st.one_of(st.text(max_size=80), st.sampled_from(["{column}", "{0}", "{x.__class__}", "{", "<b>", "a%s"])))
def test_texts_take_any_name(language: str, name: str) -> None:
    for entry in ("given", "attribute_days_since", "interest", "category_share", "consent"):
        fields = dict.fromkeys(("column", "value", "channel"), name)
        feature = Feature("x", entry=entry, fields=fields)
        for text in (feature.label(language), feature.definition(language)):
            assert text == printable(text)
            assert len(name) > 60 or " ".join(name.split()) != name or printable(name) in text
