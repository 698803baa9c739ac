"""The words in the name of a column, and the lists that they are looked up in."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

_WORD = re.compile(r"[^\W\d_]+")
# The first or the last word of the name: "employees", "parcels_ordered".
_PLURAL = re.compile(r"(?:.*[\W_])?[^\W\d_]{2,}(?<![sui])s|[^\W\d_]{3,}(?<![sui])s[\W_].*", re.IGNORECASE)
# The ends of a scale: "0_10", "1 to 5".
_ENDS_OF_SCALE = re.compile(r"(?<!\d)[01]\D{1,5}(?:5|7|10)(?!\d)")
_AUXILIARIES = ("is", "has", "have", "was", "did", "will")
_HUMP = re.compile("(?<=[a-z\u0430-\u044f])(?=[A-Z\u0410-\u042f])")


def words_of(name: str) -> list[str]:
    """The words of a name in lower case, without accents: "usualHour" and "usual_hour" are both usual, hour."""
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word.lower() for word in _WORD.findall(_HUMP.sub(" ", letters))]


def is_amount_or_count(name: str) -> bool:
    """Whether the name says that the column is an amount of money, a count or a share, of which 0 is none."""
    lists = catalog()["zero"]
    return _has_word_of(name, lists["is_none"]) and not _has_word_of(name, lists["is_time"])


def is_plural_name(name: str) -> bool:
    """Whether the name is a number of things, a plural at its start or end: "support_tickets", "visits a month"."""
    lists, first = catalog()["plural"], words_of(name)[:1]
    is_listed = any(word in lists["words"] or word.endswith(tuple(lists["endings"])) for word in first)
    return _PLURAL.fullmatch(name) is not None or is_listed


def is_counted_name(name: str) -> bool:
    """Whether people say more and fewer of the column: things at its start, or alone at its end, but no money or share.

    "visits a month" and "support_tickets" are, "payment_term_days" and "share of parcels" are not.
    """
    if not is_plural_name(name) or is_money_name(name) or is_share_name(name):
        return False
    first, *others = words_of(name) or [""]
    if matches("since", others) or matches("\u0441", others):
        return False
    if others and others[0] in catalog()["plural"]["after_verbs"]:
        return False  # "likes the cafe" is a sentence
    if not others or _has_word_of(first, catalog()["plural"]["words"]) or is_plural_name(first):
        return True
    is_of_something = not {"of", "by", "to", "per", "in", "on"}.isdisjoint(others)
    return not (is_of_something or matches(others[-1], catalog()["plural"]["times"]))


def is_share_name(name: str) -> bool:
    """Whether the name says that the column holds shares, such as "weekend_share"."""
    return _has_word_of(name, catalog()["share"]["words"])


def is_scale_name(name: str) -> bool:
    """Whether the name says that the column holds answers on a scale: "satisfaction", "recommend_0_10"."""
    return _has_word_of(name, catalog()["scale"]["words"]) or re.search(_ENDS_OF_SCALE, name) is not None


def is_id_name(name: str) -> bool:
    """Whether the name says that the column identifies a customer or a thing, such as "client_no"."""
    words, lists = words_of(name), catalog()["ids"]
    return any(matches(word, lists["alone"]) for word in words) or (
        bool(words) and all(matches(word, [*lists["alone"], *lists["together"]]) for word in words)
    )


def is_birth_name(name: str) -> bool:
    """Whether the name says that the column holds dates or years of birth."""
    return _has_word_of(name, catalog()["birth"]["words"])


def is_age_name(name: str) -> bool:
    """Whether the name says that the column holds ages of people in years: "lift_age" holds those of something else."""
    lists = catalog()["age"]
    others = [word for word in words_of(name) if not matches(word, lists["words"])]
    return _has_word_of(name, lists["words"]) and all(matches(word, lists["beside"]) for word in others)


def is_demographic_name(name: str) -> bool:
    """Whether the name says that the column holds who somebody is or where they live, such as age, sex or income."""
    lists = catalog()["demographic"]
    is_named = is_birth_name(name) or is_age_name(name) or is_children_name(name) or _has_word_of(name, lists["words"])
    return is_named and not _has_word_of(name, lists["other"])


def is_sensitive_name(name: str) -> bool:
    """Whether the name says that the column holds what people must not be sorted by unasked.

    Age, sex, children, health, religion, origin, marital status, and where somebody lives, which often stands for one
    of these. What customers buy or do is not: "kids_shoes_spent".
    """
    lists = catalog()["sensitive"]
    is_listed = _has_word_of(name, lists["words"]) and not _has_word_of(name, lists["other"])
    is_named = is_birth_name(name) or is_age_name(name) or is_children_name(name) or is_listed
    return is_named and not _has_word_of(name, catalog()["demographic"]["other"])


def is_children_name(name: str) -> bool:
    """Whether the name says that the column is about the children of a person, not what is offered to children."""
    lists = catalog()["demographic"]
    return _has_word_of(name, lists["children"]) and not _has_word_of(name, lists["for_children"])


def is_kind_name(name: str) -> bool:
    """Whether the name says that the numbers stand for kinds of things, such as "dwelling_type"."""
    lists = catalog()["label"]
    return _has_word_of(name, lists["kinds"]) and not _has_word_of(name, lists["measures"])


def is_money_name(name: str) -> bool:
    """Whether the name is a plural that means money, such as "fees", rather than a number of things."""
    return _has_word_of(name, catalog()["money"]["words"])


def is_outcome_name(name: str) -> bool:
    """Whether the name says that the column holds a result: of a campaign, or the segment of an earlier analysis.

    What customers do, such as "bought", is a result where the name says no more, or names a campaign or a later time;
    "cancelled" before a plural is none, but a count: "cancelled_bookings".
    """
    words, lists = words_of(name), catalog()["outcome"]
    subject = [word for word in words if word not in _AUXILIARIES]
    acts = [word for word in subject if matches(word, lists["acts"])]
    is_result = subject == acts or any(matches(word, lists["context"]) for word in words)
    counted = {
        word
        for word, next_word in pairwise(words)
        if matches(word, lists["participles"]) and next_word.endswith(tuple(lists["plural_endings"]))
    }
    is_named = any(matches(word, lists["words"]) for word in words if word not in counted) or words in (
        [w] for w in lists["alone"]
    )
    return (is_named or (bool(acts) and is_result)) and not any(matches(word, lists["measures"]) for word in words)


def is_answer(word: str) -> bool:
    """Whether a value is a word for yes or no."""
    return answer_of(word) is not None


def answer_of(word: str) -> Literal["yes", "no"] | None:
    """Which of yes and no the word means, such as "Y" and "FALSE"; None for any other word."""
    plain, lists = _folded(word.strip().lower()), catalog()["answers"]
    if plain in lists["yes"]:
        return "yes"
    return "no" if plain in lists["no"] else None


def matches(word: str, entries: Sequence[str]) -> bool:
    """Whether the word is one of the entries, or begins with one that ends in "*"."""
    return any(word.startswith(entry[:-1]) if entry.endswith("*") else word == entry for entry in entries)


def _has_word_of(name: str, entries: Sequence[str]) -> bool:
    """Whether any word of the name is one of the entries."""
    return any(matches(word, entries) for word in words_of(name))


@cache
def catalog() -> Mapping[str, Mapping[str, list[str]]]:
    """The lists of words by purpose."""
    text = (files("custseg") / "_column_kinds" / "name_words.toml").read_text(encoding="utf-8")
    return {
        purpose: {key: [_folded(entry) for entry in entries] for key, entries in lists.items()}
        for purpose, lists in tomllib.loads(text).items()
    }


def _folded(entry: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", entry) if not unicodedata.combining(letter))
