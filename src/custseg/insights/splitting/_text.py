"""One sub-group, and the text of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custseg.insights.splitting._preferences import Preferences
from custseg.texts import number, printable, text


@dataclass(frozen=True)
class Subgroup:
    """A part of a segment.

    Attributes
    ----------
    number : int
        0 for the largest.
    name : str
        What its customers have in common, such as "preferred channel: app"; the name of the segment where it was not
        split.
    size : int
        Its customers.
    preferences : Preferences
        What they prefer; all None without an order log.
    """

    number: int
    name: str
    size: int
    preferences: Preferences


def groups_text(groups: Sequence[Subgroup], name: str, *, min_size: int, unused: Sequence[str], language: str) -> str:
    """What `repr` prints: two lines per sub-group, with its preferences."""
    words = text(language, "subgroups")
    total = number(sum(group.size for group in groups), language)
    minimum = number(min_size, language)
    lines = [words["title"].format(name=printable(name), customers=total, minimum=minimum), ""]
    for group in groups:
        lines.append(words["line"].format(name=printable(group.name), size=number(group.size, language)))
        likes = preference_words(group.preferences, language)
        lines.append("  " + ("; ".join(likes) if likes else str(words["nothing"])))
    if unused:
        lines += ["", words["unused"].format(columns=", ".join(printable(column) for column in unused))]
    return "\n".join(lines)


def preference_words(likes: Preferences, language: str) -> list[str]:
    """The preferences as phrases; those that are unknown are left out."""
    words = text(language, "subgroups", "likes")
    phrases = []
    if likes.category is not None and likes.lift is not None:
        ends = {name: number(getattr(likes.lift, name), language) for name in ("value", "low", "high")}
        phrases.append(words["category"].format(category=printable(likes.category), **ends))
    if likes.channel is not None:
        phrases.append(words["channel"].format(channel=printable(likes.channel)))
    if likes.weekday is not None:
        day = text(language, "subgroups", "weekdays")[likes.weekday]
        phrases.append(words["weekday"].format(day=day))
    if likes.hour is not None:
        phrases.append(words["hour"].format(start=likes.hour, end=(likes.hour + 1) % 24))
    if likes.last_product is not None:
        phrases.append(words["last_product"].format(product=printable(likes.last_product)))
    return phrases
