"""The sentences of a reason, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from custseg.clustering.selection._reason import Reason, listed_numbers

REASON = Reason("separated", "kmeans", 5, 0.97, 0.75)
AGREE = (
    "two halves of the customers, segmented separately, agree "
    "(adjusted Rand 0.97, where 1 is full agreement and 0 is chance)."
)
AGREE_RU = (
    "если разбить на сегменты две половины клиентов по отдельности, результаты совпадают "
    "(скорректированный индекс Рэнда 0,97, где 1 — полное совпадение, 0 — случайное)."
)
EXIST, EXIST_RU = "Treat them as groups that exist.", "Считайте их группами, которые есть на самом деле."


def english(**changes: Any) -> str:
    return replace(REASON, **changes).text("en")


def russian(**changes: Any) -> str:
    return replace(REASON, **changes).text("ru")


def remarks(language: str = "en", **changes: Any) -> str:
    return " ".join(replace(REASON, **changes).remarks(language))


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("separated", "Five segments that are clearly apart, with hardly any customers between them", EXIST),
        (
            "reproducible",
            "Five segments without gaps between them",
            "They are a useful division: the borders between them are a convention.",
        ),
        (
            "partly_touching",
            "Five segments, some of them apart from each other and others parts of one group "
            "(gaps between 0 of 0 pairs)",
            "Where there is no gap between two segments, the border is a convention.",
        ),
        (
            "gaps_by_chance",
            "Five segments with gaps between them that chance may explain",
            "They may be groups that exist or just a useful division.",
        ),
        (
            "requested",
            "Five segments, as requested",
            "Use them to share out work, not as groups that exist: "
            "with other customers the borders could lie elsewhere.",
        ),
        ("unstable", "No reproducible segments; the best attempt gives five", "Do not build plans on them."),
        (
            "undivided",
            "One segment with all customers, because no division is reproducible; the best attempt gives five segments",
            "Do not build plans on a division of these customers.",
        ),
    ],
)
def test_two_sentences_say_what_the_segments_are_and_what_to_make_of_them(kind: str, first: str, second: str) -> None:
    assert english(kind=kind) == f"{first}, by k-means: {AGREE} {second}"
    assert f"метод: k-средние): {AGREE_RU} " in russian(kind=kind)


def test_one_segment_needs_no_evidence() -> None:
    assert english(kind="one", n_clusters=1, votes=(20, 20)) == "One segment with all customers."
    assert russian(kind="one", n_clusters=1) == "Один сегмент, в нём все клиенты."


@pytest.mark.parametrize(
    ("number", "first"),
    [
        (2, "Два явно разделённых сегмента"),
        (5, "Пять явно разделённых сегментов"),
        (21, "21 сегмент, который явно отделён"),
    ],
)
def test_number_agrees_with_the_noun(number: int, first: str) -> None:
    assert russian(n_clusters=number).startswith(first)


def test_large_number_is_a_figure() -> None:
    assert english(n_clusters=10).startswith("Ten segments")
    assert english(n_clusters=11).startswith("11 segments")


def test_method_has_its_name_in_the_language() -> None:
    assert "by Gaussian mixture:" in english(method="gaussian_mixture")
    assert "(метод: смесь нормальных распределений)" in russian(method="gaussian_mixture")
    assert "by HDBSCAN:" in english(method="hdbscan")
    assert "(метод: HDBSCAN)" in russian(method="hdbscan")
    assert "by another:" in english(method="another")


def test_halves_that_agree_in_part_are_told_with_the_limit() -> None:
    partly = "agree only in part (adjusted Rand 0.60, where 1 is full agreement and 0 is chance; 0.75 is needed)."
    assert partly in english(kind="unstable", stability=0.6)
    assert "лишь отчасти (скорректированный индекс Рэнда 0,60, где" in russian(stability=0.6)
    assert "0 — случайное; нужно не меньше 0,75)." in russian(kind="unstable", stability=0.6)
    assert "separately, do not agree (adjusted Rand 0.01, where" in english(stability=0.01)
    assert "результаты не совпадают (скорректированный индекс Рэнда 0,01, где" in russian(stability=0.01)
    assert "agree (adjusted Rand 0.75," in english(stability=0.75)
    assert "only in part (adjusted Rand 0.74," in english(stability=0.749)
    assert "whether two halves of the customers, segmented separately, agree was not measured." in english(
        stability=None
    )
    assert "не измерялось." in russian(stability=None)


def test_gaps_need_no_agreement_of_halves() -> None:
    assert "needed" not in english(stability=0.6)


def test_natural_numbers_that_were_not_allowed_are_told_last() -> None:
    last = (
        "With 2 and 9 segments there would be groups that are clearly apart: ask for one of these numbers to see them."
    )
    assert remarks(natural_numbers=(2, 9), votes=(18, 20)).endswith(last)
    assert remarks(natural_numbers=(2,)).endswith("ask for that number to see them.")
    assert "При другом числе сегментов (2 и 9)" in remarks("ru", natural_numbers=(2, 9))


def test_division_of_a_group_is_no_convention() -> None:
    divides = english(kind="reproducible", natural_numbers=(2,))
    assert divides.endswith(
        ". With 2 segments there would be groups that are clearly apart: ask for that number to see them."
    )
    assert remarks(kind="reproducible", natural_numbers=(2,)) == ""


def test_votes_are_told_unless_unanimous() -> None:
    votes = "Repeating the comparisons on random samples of the customers gives this number in 18 of 20 cases."
    assert (english(votes=(18, 20)), remarks(votes=(18, 20))) == (english(), votes)
    assert remarks("ru", votes=(18, 20)).endswith("то же число сегментов получается в 18 случаях из 20.")
    assert remarks(votes=(20, 20)) == ""


def test_other_numbers_that_would_do_are_in_the_second_sentence() -> None:
    assert english(near_numbers=(3, 4)).endswith("groups that exist; 3 and 4 segments would be about as good.")
    several = "; several other numbers would be about as good."
    assert english(near_numbers=(2, 3, 4, 8)).endswith(several)
    assert english(votes=(9, 20), leading=(4, 5)).endswith("; 4 segments would be about as good.")
    assert english(votes=(9, 20), leading=(2, 8)).endswith(
        "; on random samples of the customers the number often differs."
    )
    assert english(previous=5, near_numbers=(4,)) == english()
    assert russian(near_numbers=(3, 4)).endswith("; примерно так же хорошо подойдёт другое число сегментов (3 и 4).")


def test_number_that_is_seldom_selected_is_said_once_with_the_numbers_of_the_reason() -> None:
    seldom = "Repeating the comparisons on random samples of the customers gives this number in 9 of 20 cases only."
    assert remarks(votes=(9, 20), leading=(4, 5)) == seldom
    assert remarks("ru", votes=(9, 20), leading=(4, 5)).endswith("получается редко: 9 из 20.")
    assert remarks(votes=(9, 20), leading=(4, 5), near_numbers=(4,)) == seldom


def test_the_reason_and_the_remarks_give_the_same_numbers() -> None:
    both = {"votes": (9, 20), "leading": (3, 5), "near_numbers": (4, 6)}
    assert english(**both).endswith("; 3, 4 and 6 segments would be about as good.")
    assert "3, 4 and 6 segments are as good; 5 to 7" in remarks(**both, preferred=(5, 6, 7))
    many = {**both, "near_numbers": (2, 4, 6)}
    assert english(**many).endswith("; several other numbers would be about as good.")
    assert remarks(**many).startswith("For these data 2, 3, 4 and 6 segments are as good. Repeating")


def test_numbers_far_apart_are_not_called_equally_good() -> None:
    assert remarks(votes=(9, 20), leading=(2, 8)).endswith("in 9 of 20 cases only; most others give 2 and 8 segments.")
    assert remarks(votes=(9, 20), leading=(5, 9)).endswith("most others give 9 segments.")
    assert remarks(votes=(9, 20), leading=(1, 5)).endswith("most others give no reproducible segments.")
    assert remarks(votes=(4, 20), leading=(1, 8)).endswith("give 8 segments or no reproducible segments.")
    assert "чаще всего число сегментов 8 или ни одно деление не" in remarks("ru", votes=(4, 20), leading=(1, 8))
    single = remarks(kind="undivided", n_clusters=8, votes=(9, 20), leading=(1, 8))
    assert single.endswith("in 9 of 20 cases only; most others give 8 segments.")


def test_near_ties_and_what_settled_them_are_told() -> None:
    preferred = "For these data 3 and 4 segments are as good; 5 to 7 are preferred, numbers that a team can serve."
    assert remarks(near_numbers=(3, 4), preferred=(5, 6, 7)).endswith(preferred)
    assert remarks(near_numbers=(3, 4), preferred=(9, 10)) == ""
    assert "preferred" not in remarks(preferred=(5, 6, 7))
    assert "; 5 is preferred, a number" in remarks(near_numbers=(3, 4), preferred=(5,))
    assert "(3 и 4); предпочтение отдано числам 5 – 7: столько" in remarks(
        "ru", near_numbers=(3, 4), preferred=(5, 6, 7)
    )


def test_two_natural_segments_may_hold_smaller_groups() -> None:
    assert english(n_clusters=2).endswith("Treat them as groups that exist; each may hold smaller groups.")
    assert russian(n_clusters=2).endswith("есть на самом деле; внутри них могут быть группы поменьше.")
    assert english(n_clusters=3).endswith(EXIST)
    assert "smaller" not in english(n_clusters=2, near_numbers=(3,))


def test_previous_number_is_told_whether_kept_or_left() -> None:
    kept = remarks(previous=5, near_numbers=(4,), preferred=(4,))
    assert kept.endswith("There are as many as before, since no other number is clearly better.")
    assert "as good" not in kept
    assert remarks(previous=6).endswith("Before there were 6; that number is clearly worse now.")
    assert remarks("ru", previous=5).endswith("Сегментов столько же, сколько раньше: заметно лучшего числа нет.")
    assert remarks("ru", previous=6).endswith("Раньше сегментов было 6, теперь это число заметно хуже.")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((3,), "3"), ((3, 4), "3 and 4"), ((3, 4, 5), "3 to 5"), (range(2, 9), "2 to 8"), ((3, 5, 8), "3, 5 and 8")],
)
def test_numbers_are_listed(numbers: tuple[int, ...], text: str) -> None:
    assert listed_numbers(numbers) == text


def test_a_reason_has_two_sentences_and_a_remark_one_in_both_languages() -> None:
    everything = {"near_numbers": (4,), "preferred": (5,), "votes": (12, 20), "natural_numbers": (9,)}
    assert english(**everything).count(". ") == russian(**everything).count(". ") == 1
    for language in ("en", "ru"):
        sentences = replace(REASON, **everything).remarks(language)
        assert len(sentences) == 3
        assert all(". " not in sentence for sentence in sentences)


@pytest.mark.parametrize(("n_valleys", "kind"), [(10, "touching"), (9, "partly_touching"), (0, "reproducible")])
def test_segments_that_touch_have_fewer_customers_between_them_only_where_that_was_seen(
    n_valleys: int, kind: str
) -> None:
    assert replace(REASON, kind="touching").with_valleys(n_valleys, 10).kind == kind


def test_groups_whose_borders_are_uncertain_are_not_called_clearly_apart() -> None:
    assert english(stability=0.69).startswith("Five segments with few customers between them, by k-means: two halves")
    assert russian(stability=0.69).startswith("Пять сегментов, между которыми мало клиентов (метод: k-средние)")


@pytest.mark.parametrize(
    ("n_valleys", "kind"),
    [(10, "narrow_gaps"), (6, "partly_touching"), (5, "mostly_touching"), (1, "mostly_touching"), (0, "reproducible")],
)
def test_segments_are_without_gaps_only_where_no_two_have_one(n_valleys: int, kind: str) -> None:
    reason = replace(REASON, kind="reproducible").with_valleys(n_valleys, 10)
    assert reason.kind == kind
    if n_valleys == 1:
        assert "most of them parts of one group (gaps between only 1 of 10 pairs)" in reason.text("en")
        assert "(пар с промежутком всего 1 из 10; метод: k-средние)" in reason.text("ru")
