"""The sentences of a reason, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from custseg.clustering.selection._reason import Reason, listed_numbers

REASON = Reason("separated", "kmeans", 5, 0.97, 0.75)
AGREE = "Refits on random halves of the data agree (adjusted Rand index 0.97)."
AGREE_RU = "Повторные разбиения случайных половин данных совпадают (скорректированный индекс Рэнда 0,97)."


def english(**changes: Any) -> str:
    return replace(REASON, **changes).text("en")


def russian(**changes: Any) -> str:
    return replace(REASON, **changes).text("ru")


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("separated", "Five well-separated segments (k-means)."),
        ("reproducible", "Five segments without clear gaps between them (k-means)."),
        ("requested", "Five segments, as requested (k-means)."),
        ("unstable", "No reproducible segments; the best candidate has five (k-means)."),
        ("undivided", "One segment, because none of the clusterings is reproducible; the best has five (k-means)."),
    ],
)
def test_first_sentence_says_how_many_and_by_which_method(kind: str, first: str) -> None:
    assert english(kind=kind) == f"{first} {AGREE}"
    assert russian(kind=kind).endswith(f"(k-средних). {AGREE_RU}")


def test_one_segment_needs_no_evidence() -> None:
    assert english(kind="one", n_clusters=1, votes=(20, 20)) == "One segment with everyone in it."
    assert russian(kind="one", n_clusters=1) == "Один сегмент, в нём все."


@pytest.mark.parametrize(
    ("number", "first"),
    [
        (2, "Два хорошо разделённых сегмента"),
        (5, "Пять хорошо разделённых сегментов"),
        (21, "21 хорошо отделённый сегмент"),
    ],
)
def test_number_agrees_with_the_noun(number: int, first: str) -> None:
    assert russian(n_clusters=number).startswith(f"{first} (k-средних). ")


def test_large_number_is_a_figure() -> None:
    assert english(n_clusters=10).startswith("Ten well-separated")
    assert english(n_clusters=11).startswith("11 well-separated")


def test_method_has_its_name_in_the_language() -> None:
    assert "(Gaussian mixture)" in english(method="gaussian_mixture")
    assert "(смесь нормальных распределений)" in russian(method="gaussian_mixture")
    assert "(HDBSCAN)" in english(method="hdbscan")
    assert "(HDBSCAN)" in russian(method="hdbscan")
    assert "(another)" in english(method="another")


def test_refits_that_agree_in_part_are_told_with_the_limit() -> None:
    partly = "Refits on random halves of the data agree only in part (adjusted Rand index 0.60; 0.75 is required)."
    assert english(stability=0.6).endswith(partly)
    assert "лишь отчасти (скорректированный индекс Рэнда 0,60; нужно 0,75)" in russian(stability=0.6)
    assert english(stability=0.75).endswith("agree (adjusted Rand index 0.75).")
    assert english(stability=None).endswith("the data agree was not measured.")
    assert russian(stability=None).endswith("не измерялось.")


def test_natural_numbers_that_were_not_allowed_are_told_last() -> None:
    last = "Other numbers of segments (2 and 9) would give natural segments, but were not allowed."
    assert english(natural_numbers=(2, 9), votes=(20, 20)).endswith(last)
    assert "При другом числе сегментов (2 и 9)" in russian(natural_numbers=(2, 9))


def test_votes_are_told() -> None:
    assert english(votes=(18, 20)).endswith(f"{AGREE} Selected in 18 of 20 resamples of the customers.")
    assert russian(votes=(18, 20)).endswith(f"{AGREE_RU} Выбрано в 18 из 20 повторных выборок клиентов.")
    assert "resamples" not in english()


def test_numbers_without_a_majority_are_told_instead_of_the_votes() -> None:
    divided = (
        "Selected in 9 of 20 resamples of the customers, which do not agree: 4 and 5 segments are about equally good."
    )
    assert english(votes=(9, 20), leading=(4, 5)).endswith(f"{AGREE} {divided}")
    assert "не сходятся: примерно одинаково хороши разбиения на 4 и 5." in russian(votes=(9, 20), leading=(4, 5))


def test_near_ties_and_what_settled_them_are_told() -> None:
    preferred = "from 3 and 4; 5 to 7 are preferred, as numbers of segments that a team can serve."
    assert english(near_numbers=(3, 4), preferred=(5, 6, 7)).endswith(preferred)
    assert english(near_numbers=(3, 4), preferred=(9, 10)).endswith("do not distinguish this number from 3 and 4.")
    assert "preferred" not in english(preferred=(5, 6, 7))
    assert "; 5 is preferred, as a number" in english(near_numbers=(3, 4), preferred=(5,))
    assert "от 3 и 4; предпочтены 5 – 7: столько сегментов" in russian(near_numbers=(3, 4), preferred=(5, 6, 7))


def test_two_natural_segments_are_few() -> None:
    assert "Few, but more segments would cut through groups." in english(kind="separated", n_clusters=2, votes=(20, 20))
    assert "Few" not in english(kind="separated", n_clusters=3, votes=(20, 20))


def test_previous_number_is_told_whether_kept_or_left() -> None:
    kept = english(previous=5, near_numbers=(4,), preferred=(4,))
    assert kept.endswith("As many as before: no other number is clearly better.")
    assert "distinguish" not in kept
    assert english(previous=6).endswith("Before there were 6: that number is clearly worse now.")
    assert russian(previous=5).endswith("Столько же, сколько раньше: другое число заметно лучше не стало.")
    assert russian(previous=6).endswith("Раньше было 6: теперь это число заметно хуже.")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((3,), "3"), ((3, 4), "3 and 4"), ((3, 4, 5), "3 to 5"), (range(2, 9), "2 to 8"), ((3, 5, 8), "3, 5 and 8")],
)
def test_numbers_are_listed(numbers: tuple[int, ...], text: str) -> None:
    assert listed_numbers(numbers) == text


def test_all_sentences_come_in_one_order_in_both_languages() -> None:
    everything = {"near_numbers": (4,), "preferred": (5,), "votes": (12, 20), "natural_numbers": (9,)}
    assert english(**everything).count(". ") == 4
    assert russian(**everything).count(". ") == 4
