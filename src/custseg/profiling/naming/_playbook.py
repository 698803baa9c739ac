"""Advice for a segment: the lines of its play that apply to its medians, and how many customers can be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from custseg._numerics import Bools
from custseg._privacy import SMALLEST_GROUP, group_size, shown_count
from custseg.profiling.markers._coverage import covered_line
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import KNOWN, Term
from custseg.profiling.naming._archetypes import Line, Play
from custseg.profiling.naming._joined_names import SEPARATOR, joined
from custseg.profiling.naming._mail_reading import MailReading
from custseg.profiling.naming._own_rhythm import LATE, OVERDUE
from custseg.profiling.naming._topics import AWAY, MIXED, Share, trait_lines
from custseg.profiling.naming.traits._levels import MAJORITY
from custseg.profiling.naming.traits._words import Trait, Words
from custseg.profiling.naming.traits.columns._column_topics import topics
from custseg.profiling.naming.traits.columns._last_times import tokens_of
from custseg.texts import DASH, LANGUAGES, amount, number, single_line, text

Typical = float | str | None
"""The median of a number, or the category that most members have; None where it cannot be shown."""

_TRAITS, _PLAYS, _OPENED, _SEASON_PLAY = "{traits}", "{plays}", "{opened}", "{season_play}"
_OPENED_BY_OTHERS = "{opened_by_others}"
_LAPSED, _LATELY = Term("recency_days", ">=", 120), Term("recency_days", "<", 120)
_IN_RHYTHM, _LATE = Term(OVERDUE, "<=", LATE), Term(OVERDUE, ">", LATE)
_AROUND, _ONE_ORDER = Term("days_since_visit", "<=", 60), Term("order_count", "==", 1)
_GAP, _RARE = "gap_days_mean", 30
"""Days between two orders from which a message a week is too many."""
_AFTER, _UP_TO = (">=", ">"), ("<=", "<")
_TIMES_SINCE = ("days_since_click", "days_since_visit")
_CLEAR = 0.33
"""So many more of the members than of the others make a difference of which advice speaks (Romano et al. 2006)."""
_FLAGS = ("contactable_", "consent_")
_HALF = 0.5


@dataclass(frozen=True, repr=False)
class Advice:
    """What to do with a segment.

    Attributes
    ----------
    do, dont : tuple of str
        One sentence each.
    channel : str
        Which channel to use, and how many of the segment each channel reaches where that is known.
    cadence : str
        How often to contact them.
    language : {"en", "ru"}
        Language of all of these.
    """

    do: tuple[str, ...]
    dont: tuple[str, ...]
    channel: str
    cadence: str
    language: str = "en"

    @property
    def own_channel(self) -> str | None:
        """The channel; None where it is that of all customers, and nothing is known of consent."""
        words = text(self.language, "profiling", "reach")
        return None if self.channel == f"{words['any']}; {words['unknown']}" else self.channel

    @property
    def own_cadence(self) -> str | None:
        """How often; None where it is as often as for all customers."""
        return None if self.cadence == text(self.language, "profiling", "reach", "any") else self.cadence

    def __repr__(self) -> str:
        headings = text(self.language, "profiling", "advice")
        lists = [
            "\n".join([f"{headings[key]}:", *(f"  {line}" for line in lines)])
            for key, lines in (("do", self.do), ("dont", self.dont))
            if lines
        ]
        facts = {"channel": self.own_channel, "cadence": self.own_cadence}
        return "\n".join([*lists, *(f"{headings[key]}: {value}" for key, value in facts.items() if value)])


def reachable(table: ProfileTable, members: Bools) -> dict[str, int | None]:
    """How many members each channel reaches; None where the count must not be shown (see `shown_count`).

    Counts the members that are contactable or have consented, by the columns ``contactable_<channel>`` and
    ``consent_<channel>``, and have the opposite value in neither.
    """
    columns = [*table.categories, *table.numbers]
    channels = dict.fromkeys(
        name.removeprefix(flag) for name in columns for flag in _FLAGS if name.startswith(flag) and name != flag
    )
    counts: dict[str, int | None] = {}
    for channel in channels:
        may, refused = np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
        for flag in _FLAGS:
            if f"{flag}{channel}" in columns:
                yes, no = _answers(table, f"{flag}{channel}")
                may |= yes
                refused |= no
        counts[channel] = shown_count(int((may & ~refused & members).sum()), int(members.sum()))
    return counts


def advice(
    play: Play,
    general_play: Play,
    *,
    typical: Mapping[str, Typical],
    traits: Sequence[Trait],
    share: Share,
    share_of_others: Share,
    mails: tuple[MailReading, MailReading],
    reach: Mapping[str, int | None],
    size: int,
    season_plays: Words | None = None,
    rhythm: str = "",
    averages: Mapping[str, float] | None = None,
    known: Sequence[Trait] = (),
    steps: Sequence[Trait] = (),
) -> dict[str, Advice]:
    """The lines of both plays that apply to most members of the segment, by language.

    In a line, ``{traits}`` stands for the words of the traits, and a line ``{plays}`` for what to do about them, a line
    ``{season_play}`` for when to write to those who order in the season (`season_plays`).
    `rhythm` is what is known of the gaps of most members (`SegmentRhythm.of`), `averages` are those of all customers.
    `known` are all words that are true of the segment, `steps` the words of all segments where these are steps of one
    column; `share` gives the share of the members that meet some terms, `share_of_others` that of all others; `mails`
    says how members and others read theirs: ``{opened}`` and ``{opened_by_others}`` stand for the shares that they
    opened. Where no line of the play applies to most, it is the one that applies to most of those that do to half.
    Where none does, the advice says so, and what sets the segment apart: who knows the business may know what to do.
    """
    reading, reading_of_others = mails
    read_share = reading.corrected(share)
    lines_of = _LinesOf(read_share, share_of_others, reading, reading_of_others, size, season_plays or {}, rhythm)
    # Where half of them have been away for a year, and half have not, neither line holds for most.
    dos = [*(lines_of.applicable(play.do) or lines_of.best(play.do)), *lines_of.applicable(general_play.do)]
    donts = lines_of.applicable((*play.dont, *general_play.dont))
    play = _with_instead(play, read_share, reading)
    # Who visits has not gone, however long ago the last order was.
    if is_around := share((_AROUND,)) >= MAJORITY:
        dos = [line for line in dos if not any(_says_away(term) for term in line.when)]
    in_rhythm, is_of_one_order = (share((term,)) >= MAJORITY for term in (_IN_RHYTHM, _ONE_ORDER))
    situation = "" if in_rhythm or is_around else _situation(share)
    without = _needs_no_line(dos, in_rhythm=in_rhythm, of_one_order=is_of_one_order)
    some_out_of_reach = any(count is None or count < size for count in reach.values())
    words = joined(traits)
    plays = trait_lines(
        traits, share=share, averages=averages or {}, without=without, situation=situation, known=known, steps=steps
    )
    return {
        language: Advice(
            do=lines_of.sentences(dos, words, plays, language=language) or (_no_play(traits, language),),
            dont=(
                *lines_of.sentences(donts, words, plays, language=language),
                *([text(language, "profiling", "reach", "only")] if some_out_of_reach else []),
            ),
            channel="; ".join(
                [
                    _channel(play, typical, language, of_one_order=is_of_one_order).replace(
                        _OPENED, reading.opened(language)
                    ),
                    *_reach_words(reach, size, language, avoids=play.avoids),
                ]
            ),
            cadence=_cadence(play, typical, lines_of, language=language) if dos else _as_for_all(language),
            language=language,
        )
        for language in LANGUAGES
    }


def _needs_no_line(dos: Sequence[Line], *, in_rhythm: bool, of_one_order: bool) -> set[str]:
    """The features that call for no line of their own beside the lines of the play.

    The days since the last order and the own rhythm call for one line, and so do all features of mails. Nobody is asked
    why they stopped who did not, and one order makes no rate.
    """
    mentioned = {term.feature for line in dos for term in line.when}
    silence, mail = {_LAPSED.feature, OVERDUE}, set(topics()["mail"].features)
    without = mentioned | (silence if silence & mentioned else {_LAPSED.feature} if in_rhythm else set())
    without |= mail if mail & mentioned else set()
    return without | ({"orders_per_30d"} if of_one_order else set())


def _situation(share: Share) -> str:
    """Whether most members have been away for long, or neither that nor still order by the days and their own gaps."""
    if share((_LAPSED,)) >= MAJORITY:
        return AWAY
    is_known = share((Term(_LAPSED.feature, KNOWN),)) >= MAJORITY
    return MIXED if is_known and share((_LATELY,)) - share((_LATELY, _LATE)) < MAJORITY else ""


def _with_instead(play: Play, share: Share, reading: MailReading) -> Play:
    """The play with the channel and the cadence of the first line of `instead` that applies to most members."""
    lines = (line for line in play.instead if reading.is_unread or not line.unread)
    line = next((line for line in lines if share(line.when) >= MAJORITY), None)
    if line is None:
        return play
    # What is said of these customers comes before the gap between their orders.
    return replace(
        play,
        channel=line.channel or play.channel,
        cadence=line.cadence or play.cadence,
        follows_orders=play.follows_orders and line.cadence is None,
        avoids=(*play.avoids, *line.avoids),
    )


@dataclass(frozen=True)
class _LinesOf:
    """The lines of advice for one segment of `size` members, with the shares of members and others that meet terms."""

    share: Share
    share_of_others: Share
    reading: MailReading
    reading_of_others: MailReading
    size: int
    season_plays: Words
    rhythm: str

    def applicable(self, lines: tuple[Line, ...]) -> list[Line]:
        """The lines whose `when` holds for most members, not counting those for whom any of `unless` holds too.

        A median alone says little of them: half of them may be on either side, and many may have no value. Members for
        whom several of `unless` hold are taken off as often, so that no line is given to too few. What most others have
        alike is left out where a line says so.
        """
        holds = [self._share(line) >= MAJORITY and self._may_be_given(line) for line in lines]
        before = [False, *holds]
        return [line for i, line in enumerate(lines) if holds[i] and not (line.otherwise and before[i])]

    def best(self, lines: tuple[Line, ...]) -> list[Line]:
        """The line that holds for most members of all that hold for half of them; none where there is none."""
        halves = [line for line in lines if self._share(line) >= _HALF and self._may_be_given(line)]
        return sorted(halves, key=self._share, reverse=True)[:1]

    def _share(self, line: Line) -> float:
        return self.share(line.when) - sum(self.share((*line.when, term)) for term in line.unless)

    def _may_be_given(self, line: Line) -> bool:
        is_known = line.rhythm in ("", self.rhythm) and (self.reading.is_unread or not line.unread)
        return is_known and (not line.apart or self._is_apart(line))

    def _is_apart(self, line: Line) -> bool:
        is_apart = not line.when or self.share_of_others(line.when) <= self.share(line.when) - _CLEAR
        return is_apart and not (line.unread and self.reading_of_others.is_unknown_or_unread)

    def sentences(
        self, lines: Sequence[Line], traits: Words, plays: Mapping[str, Sequence[str]], *, language: str
    ) -> tuple[str, ...]:
        """The lines as text, with the members of whom they speak where many lack the values they rest on."""
        sentences: list[str] = []
        for line in lines:
            words = line.words[language]
            if words == _PLAYS:
                sentences += plays[language]
                continue
            words = words.replace(_SEASON_PLAY, self.season_plays.get(language, ""))
            words = words.replace(_TRAITS, traits[language]).replace(_OPENED, self.reading.opened(language))
            words = words.replace(_OPENED_BY_OTHERS, self.reading_of_others.opened(language))
            rests_on = [term.feature for term in line.when if not _says_lately(term)]
            sentences.append(self.covered(words, rests_on, language))
        return tuple(sentences)

    def covered(self, words: str, features: Sequence[str], language: str) -> str:
        """A text that rests on some features, with the members who have them where these are not nearly all."""
        return covered_line(
            words, features, lambda name: self.share((Term(name, KNOWN),)), size=self.size, language=language
        )


def _no_play(traits: Sequence[Trait], language: str) -> str:
    """That no standard play fits, and what sets the segment apart, or is at least true of most members."""
    forms, clear = text(language, "profiling", "no_play"), [trait for trait in traits if trait.is_clear]
    key = "apart" if clear else "common" if traits else "unknown"
    words = joined(clear or traits)[language].replace(SEPARATOR, "; ")
    return str(forms[key]).format(traits=words)


def _answers(table: ProfileTable, name: str) -> tuple[Bools, Bools]:
    """Which customers have yes, and which have no, in a column of flags."""
    if name in table.numbers:
        values = table.values(name)
        return values > 0, values == 0
    column = table.categories[name]
    yes, no = (column.values.index(word) if word in column.values else -2 for word in ("yes", "no"))
    return column.codes == yes, column.codes == no


def _channel(play: Play, typical: Mapping[str, Typical], language: str, *, of_one_order: bool) -> str:
    """The channel of the play; if it has none, the one that most members prefer, where customers can be reached there.

    A single order (`of_one_order`) is no preference, and nobody can be written to at a table of a restaurant.
    """
    if play.channel is not None:
        return play.channel[language]
    words, preferred = text(language, "profiling", "reach"), typical.get("preferred_channel")
    if preferred is None or of_one_order or not _is_reached_there(str(preferred)):
        return str(words["any"])
    return str(words["preferred"]).format(_channel_name(str(preferred), language))


def _is_reached_there(channel: str) -> bool:
    return any(map(topics()["channel"].values["category"].fullmatch, tokens_of(channel)))


def _channel_name(channel: str, language: str) -> str:
    """The usual channels in the language, others as they are."""
    return str(text(language, "profiling", "channels").get(channel.lower(), single_line(channel)))


def _as_for_all(language: str) -> str:
    return str(text(language, "profiling", "reach", "any"))


def _says_away(term: Term) -> bool:
    return term.feature == _LAPSED.feature and term.operator in _AFTER


def _says_lately(term: Term) -> bool:
    """Whether the term says that something happened lately: those without a value, who never did it, do not meet it."""
    return term.feature in _TIMES_SINCE and term.operator in _UP_TO


def _cadence(play: Play, typical: Mapping[str, Typical], lines_of: _LinesOf, *, language: str) -> str:
    """The cadence of the play; of one that follows the orders, by the members' own gap where that is long."""
    gap = typical.get(_GAP)
    if play.follows_orders and isinstance(gap, float) and gap >= _RARE:
        own_gap = str(text(language, "profiling", "reach", "own_gap")).format(amount(round(gap), "days", language))
        return lines_of.covered(own_gap, [_GAP], language)
    return _word(play.cadence, language)


def _word(texts: Words | None, language: str) -> str:
    return texts[language] if texts else DASH


def _reach_words(
    reach: Mapping[str, int | None], size: int, language: str, *, avoids: Collection[str] = ()
) -> list[str]:
    """How many members each channel reaches, but for those that the play avoids."""
    if reach and size < SMALLEST_GROUP:
        return []
    if not reach:
        return [text(language, "profiling", "reach", "unknown")]
    form = text(language, "profiling", "reach", "known")
    return [
        form.format(_channel_name(channel, language), group_size(count, language), number(size, language))
        for channel, count in reach.items()
        # Of 10 to 19 customers, None may also mean that 1 to 9 are left out.
        if channel not in avoids and (count is not None or size >= 2 * SMALLEST_GROUP)
    ]
