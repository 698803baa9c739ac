"""Conditions and categories as text."""

import pytest

from custseg.features.families._web import _STAGES
from custseg.profiling.measures._terms import category_words
from custseg.texts import text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_stage_of_the_funnel_has_words(language: str) -> None:
    stages = text(language, "profiling", "funnel_stages")
    assert set(stages) == {"none", *(stage for stage, _ in _STAGES)}
    assert all(category_words(stage, "stage", language) == words for stage, words in stages.items())


def test_categories_of_other_columns_stay_as_they_are() -> None:
    assert category_words("order", "text", "ru") == "order"
    assert category_words("order", "stage", "ru") == "заказ"
    assert category_words("yes", "text", "ru") == "да"
