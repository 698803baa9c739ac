"""Conditions as Python writes them."""

from collections.abc import Callable

import pytest

from custseg.rule_segments import Predicate, column, overdue, rate_above


@pytest.mark.parametrize(
    ("predicate", "text"),
    [
        (column("order_value") > (5000, "RUB"), "order_value > 5000 RUB"),
        (column("return_share") <= (20, "%"), "return_share <= 20 %"),
        (column("recency_days").within(30), "recency_days within 30 days"),
        (column("region") == "Moscow", "region = 'Moscow'"),
        (column("region") != "O'Hara", "not region = 'O''Hara'"),
        (column("region").one_of(["a", "b", "a"]), "region in ['a', 'b']"),
        (column("vip").is_yes() | column("vip").is_no(), "vip is yes or vip is no"),
        (column("vip").is_unknown(), "vip is unknown"),
        (column("size %") < 0.5, '"size %" < 0.5'),
        (rate_above("click", 0.1, sure=0.9), "rate_above(click, 0.1, sure=0.9)"),
        (rate_above(("paid", "visits"), 0.5, sure=None), "rate_above(paid / visits, 0.5)"),
        (overdue(sure=0.8), "overdue(sure=0.8)"),
        (
            (column("region").valid_for(90, age="age") == "x") & ~((column("a") > 1) | (column("a") < 0)),
            "region = 'x' valid for 90 days by age and not (a > 1 or a < 0)",
        ),
    ],
)
def test_text_of_a_condition(predicate: Predicate, text: str) -> None:
    assert str(predicate) == text


def test_negation_twice_is_the_condition() -> None:
    predicate = column("revenue") >= 3
    assert ~~predicate == predicate


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: column(""), TypeError, "name must be the name of a column"),
        (lambda: column("a") > "b", TypeError, "must be compared with a finite number, got 'b'"),
        (lambda: column("a") > float("nan"), TypeError, "must be compared with a finite number, got nan"),
        (lambda: column("a").within(0), ValueError, "days must be from 1 to"),
        (lambda: column("a").one_of([]), TypeError, "with one text or more"),
        (lambda: rate_above("opens", 0.5), ValueError, "rate must be one of .*Did you mean 'open'"),
        (lambda: rate_above(("a",), 0.5), TypeError, "two columns, successes and trials"),
        (lambda: rate_above("open", 50), ValueError, "bound must lie between 0 and 1, both excluded, got 50"),
        (lambda: rate_above("open", 0.5, sure=1), ValueError, "sure must lie between 0 and 1"),
        (lambda: overdue(sure=True), TypeError, "sure must be a number"),
        (lambda: (column("a") > 1) & 3, TypeError, "join conditions with conditions, got int"),
        (lambda: bool(column("a") > 1), TypeError, "join conditions with &, | and ~"),
    ],
)
def test_bad_argument(make: Callable[[], object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words.replace("|", r"\|")):
        make()
