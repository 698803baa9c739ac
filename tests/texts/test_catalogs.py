"""The catalogs of texts: the same keys in every language, numbers and plurals as each language writes them."""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

import pytest

from custseg.texts import LANGUAGES, catalog, plural_form, single_line


def leaves(entry: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(entry, Mapping):
        for key, value in entry.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, entry


def fields(entry: Any) -> set[str]:
    texts = entry if isinstance(entry, list) else [entry]
    return {name for line in texts if isinstance(line, str) for _, name, _, _ in Formatter().parse(line) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_keys(language: str) -> None:
    assert {path for path, _ in leaves(catalog(language))} == {path for path, _ in leaves(catalog("en"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_fields(language: str) -> None:
    here, english = dict(leaves(catalog(language))), dict(leaves(catalog("en")))
    differing = [path for path in english if path[0] != "language" and fields(here[path]) != fields(english[path])]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_choice_has_a_sentence_an_advice_and_a_title(language: str) -> None:
    choice, titles = catalog(language)["choice"], catalog(language)["plots"]["choice_titles"]
    kinds = choice["advice"].keys() - {"uncertain"}
    assert kinds <= choice.keys()
    assert titles.keys() == kinds


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_features_are_not_shortened(language: str) -> None:
    labels = [feature["label"] for feature in catalog(language)["features"].values() if "label" in feature]
    fixed = [label for label in labels if not fields(label)]
    assert [label for label in fixed if single_line(label) != label] == []


@pytest.mark.parametrize(
    ("count", "russian"), [(1, "день"), (2, "дня"), (5, "дней"), (11, "дней"), (21, "день"), (112, "дней"), (0, "дней")]
)
def test_plural_forms(count: int, russian: str) -> None:
    assert plural_form(count, ["день", "дня", "дней"], "ru") == russian
    assert plural_form(count, ["day", "days"], "en") == ("day" if count == 1 else "days")


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Share of the revenue that was bought on discount", "Share of the revenue that was bought on…"),
        ("average_monthly_spend_on_household_goods", "average_monthly_spend_on_household_goods"),  # 40 characters
        ("average_monthly_spend_on_household_goods_2024", "average_monthly_spend_on_household…"),
        ("x" * 50, "x" * 39 + "…"),
        ("short " + "y" * 50, "short " + "y" * 33 + "…"),
    ],
)
def test_long_texts_are_cut_between_words_unless_little_is_left(value: str, line: str) -> None:
    assert single_line(value) == line


def test_russian_has_one_dash_between_words() -> None:
    assert [path for path, entry in leaves(catalog("ru")) if " \N{EN DASH} " in str(entry)] == []
