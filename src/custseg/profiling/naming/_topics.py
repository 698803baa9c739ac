"""What to do about the traits of a segment, by what each column is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from custseg._column_kinds import answer_of, is_age_name
from custseg.profiling.measures._column_statistics import NEARLY_ALL
from custseg.profiling.measures._terms import KNOWN, MISSING, Term
from custseg.profiling.naming._joined_names import joined
from custseg.profiling.naming.traits._levels import MAJORITY
from custseg.profiling.naming.traits._words import COMPARED, TIME, Trait, Words
from custseg.profiling.naming.traits.columns._clear_topics import clear_topic_of, is_sensitive, is_unknown
from custseg.profiling.naming.traits.columns._column_topics import ANY, Topic, is_time_of_trouble, topics
from custseg.profiling.naming.traits.columns._last_times import tokens_of, unit_in
from custseg.profiling.naming.traits.columns._number_kinds import RATING, YEARS
from custseg.texts import LANGUAGES, text

Share = Callable[[Sequence[Term]], float]
"""The share of the members of a segment that meet all of some terms."""
Key = tuple[str, str]
"""The topic and the kind of a line."""
AWAY, MIXED = "away", "mixed"
"""Most members have been away for long; or neither have most, nor do most still order."""

_MAX_LINES = 3
# Of a topic, what to do with all steps of its column but the highest.
_STEP = "step"
# So much larger is the share of the members with a trait that is not in the name, but calls for a line.
_CLEAR = 0.5
_SAY_AWAY = {("recency", "high"), ("recency", "highest")}
# Of several steps on one side, the last one.
_ENDS = {"low": "lowest", "high": "highest"}
_KINDS = {"yes": "high", "no": "low"}
_MIDDLE, _RECOMMENDING = "middle", "nps"
_KINDS_OF_OPERATORS = {"<": "low", "<=": "low", ">": "high", ">=": "high"}
_CATEGORY, _OTHER_CATEGORY = "category", "other_category"
# The unit of ranges of columns whose name has none.
_NO_UNIT = "any"
# Of whom nothing is asked in return for something that their name does not say.
_FAULTS = ("low", "no", MISSING)
# Most members are under this age: others decide for them.
_CHILD, _ADULT = "child", 18.0
_QUOTES = {"en": ("“", "”"), "ru": ("«", "»")}
_QUOTED = re.compile("[“«](.+)[”»]")
_OPPOSITE = {"low": "high", "high": "low", "yes": "no", "no": "yes"}


def trait_lines(
    traits: Sequence[Trait],
    *,
    share: Share,
    averages: Mapping[str, float] | None = None,
    without: Collection[str] = (),
    situation: str = "",
    known: Sequence[Trait] = (),
    steps: Sequence[Trait] = (),
) -> dict[str, list[str]]:
    """Up to three lines of advice for the traits of a segment, by language; none where no standard play fits.

    Traits with the same line share it. `share` gives the share of the members that meet some terms, `averages` are
    those of all customers: who has been worth much is above. `without` are columns of which the advice speaks already;
    `situation` is `AWAY` or `MIXED`, as far as no other trait says that customers have been away for long; `known` is
    what else is true of the segment. What is in trouble there, such as a debt, comes first, and keeps away lines of
    praise; no line contradicts what is true, such as a small offer for little money in one column where another column
    of money is not low; and where the name says nothing of a known topic, the clearest of these that does gives the
    line.
    `steps` are the words of all segments where these are the steps of one column: customers are led to the next one
    where its topic says how.
    """
    spoken = [trait for trait in traits if trait.feature not in without]
    # Of one column the name and the advice say the same.
    of_name = {trait.feature: trait for trait in traits}
    candidates = [of_name.get(trait.feature, trait) for trait in known]
    if any(_line_of(trait, share) in _SAY_AWAY for trait in spoken):
        situation = AWAY
    by_line: dict[Key, list[Trait]] = {}
    for trait in [*_in_trouble(candidates, share, without=without), *spoken]:
        line = _line_of(trait, share, situation)
        sharing = by_line.setdefault(line, []) if line is not None else []
        if trait.feature not in {earlier.feature for earlier in sharing}:
            sharing.append(trait)
    true = [*traits, *candidates]
    by_line = _without_contradictions(_above_average(by_line, share, averages or {}), true, share)
    if any(_is_trouble(line) for line in by_line):
        by_line = {line: sharing for line, sharing in by_line.items() if not _is_praise(line)}
    by_line = dict(sorted(by_line.items(), key=lambda item: not _is_trouble(item[0])))
    if not by_line and not steps:
        has_fault = any(trait.kind in _FAULTS for trait in traits)
        others = _of_other_traits(candidates, share, without=without, situation=situation, may_praise=not has_fault)
        by_line = _without_contradictions(_above_average(others, share, averages or {}), true, share)
    step_lines = [words for trait in traits if trait in steps and (words := _step_line(trait, steps))]
    lines = _merged({line: by_line[line] for line in list(by_line)[:_MAX_LINES]})
    return {
        language: [
            *(_filled(form[language], sharing, language) for form, sharing in lines),
            *(words[language] for words in step_lines),
        ]
        for language in LANGUAGES
    }


def _filled(form: str, sharing: Sequence[Trait], language: str) -> str:
    """A line with the words of the traits, and the names of their columns in quotes."""
    labels = [trait.label.get(language, trait.feature) for trait in sharing]
    # The label of a share has the category in quotes, which is what to offer.
    columns = [quoted[1] if (quoted := _QUOTED.search(label)) else label for label in labels]
    first, last = _QUOTES[language]
    return form.replace("{columns}", ", ".join(f"{first}{column}{last}" for column in dict.fromkeys(columns))).replace(
        "{traits}", joined(sharing)[language]
    )


def _in_trouble(known: Sequence[Trait], share: Share, *, without: Collection[str]) -> list[Trait]:
    """The clear traits that call for a line before all others, whether or not they are in the name."""
    return [
        trait
        for trait in known
        if trait.is_clear and trait.feature not in without and _is_trouble(_line_of(trait, share))
    ]


def _without_contradictions(
    by_line: Mapping[Key, list[Trait]], true: Sequence[Trait], share: Share
) -> dict[Key, list[Trait]]:
    """The lines that nothing true of the segment is against: nothing is sold to those who complain or claim."""
    pairs = [(topic, trait) for trait in true if (topic := _topic_of(trait)) is not None]
    facts = {f"{topic.key} {_KINDS.get(kind := _kind_of(trait, topic, share), kind)}" for topic, trait in pairs}
    may_complain = any(_says_complaint(trait, share) for trait in true)
    return {
        line: sharing
        for line, sharing in by_line.items()
        if facts.isdisjoint(topics()[line[0]].against.get(_plain_kind(line[1]), ()))
        and not (may_complain and _plain_kind(line[1]) in topics()[line[0]].sells)
    }


def _says_complaint(trait: Trait, share: Share) -> bool:
    """Whether complaints set the segment apart, as far as the name of the column says: claims may be such or not."""
    topic = topics()["complaint"]
    names = (trait.feature, *_labels(trait))
    if not (trait.is_clear or trait.gap >= _CLEAR) or not any(topic.is_named_by(tokens_of(name)) for name in names):
        return False
    kind = _kind_of(trait, topic, share)
    # One claim is the middle where others have none or several.
    is_some = kind == _MIDDLE and trait.scale != TIME and any(_is_above_none(term) for term in trait.terms)
    return is_some or _KINDS.get(kind, kind) == "high"


def _is_above_none(term: Term) -> bool:
    return term.operator in (">=", ">", "==") and isinstance(term.value, (int, float)) and term.value > 0


def _above_average(
    by_line: Mapping[Key, list[Trait]], share: Share, averages: Mapping[str, float]
) -> dict[Key, list[Trait]]:
    """The lines, those of customers who are worth much only where most members are above the average of all."""

    def is_above(trait: Trait) -> bool:
        return share((Term(trait.feature, ">=", averages.get(trait.feature, -np.inf)),)) >= MAJORITY

    return {
        (key, kind): sharing
        for (key, kind), sharing in by_line.items()
        if kind not in topics()[key].above or all(map(is_above, sharing))
    }


def _is_trouble(line: Key | None) -> bool:
    return line is not None and _plain_kind(line[1]) in topics()[line[0]].trouble


def _is_praise(line: Key) -> bool:
    return _plain_kind(line[1]) in topics()[line[0]].praise


def _plain_kind(kind: str) -> str:
    """The kind without the situation, and "high" of "highest"."""
    return kind.split("_")[0].removesuffix("est")


def _merged(by_line: Mapping[tuple[str, str], list[Trait]]) -> list[tuple[Words, list[Trait]]]:
    """The words of the lines with their traits, those of two topics that say the same once."""
    merged: list[tuple[Words, list[Trait]]] = []
    for (topic, kind), traits in by_line.items():
        words = topics()[topic].lines[kind]
        same = next((sharing for form, sharing in merged if form == words), None)
        if same is None:
            merged.append((words, list(traits)))
        else:
            same += traits
    return merged


def _of_other_traits(
    further: Sequence[Trait], share: Share, *, without: Collection[str], situation: str, may_praise: bool
) -> dict[Key, list[Trait]]:
    """The line of a topic for the clearest trait beside the name; empty for none."""
    of_logs = text("en", "features")
    for trait in sorted(further, key=lambda trait: trait.others - trait.members):
        # Of what is made from logs the plays of the segments speak.
        line = None if trait.feature in {*without, *of_logs} else _line_of(trait, share, situation)
        if line is None or line[0] == ANY or (_is_praise(line) and not may_praise):
            continue
        if trait.members - trait.others >= _CLEAR:
            return {line: [trait]}
    return {}


def _step_line(trait: Trait, steps: Sequence[Trait]) -> Words | None:
    """How to lead customers to the next step; None from the highest one, and where the topic does not say how."""
    position, topic = steps.index(trait), _topic_of(trait)
    if topic is None or position == len(steps) - 1 or _STEP not in topic.lines:
        return None
    above = steps[position + 1].condition
    return {
        code: line.replace("{above}", above[code]).replace("{traits}", trait.condition[code])
        for code, line in topic.lines[_STEP].items()
    }


def _line_of(trait: Trait, share: Share, situation: str = "") -> Key | None:
    """The topic and kind of the line for a trait; None where no standard play fits."""
    topic = _topic_of(trait)
    if trait.kind == MISSING and (topic is None or MISSING not in topic.lines):
        return _line_of_missing(trait)
    # A late calendar year is no long time: what was last in 2025 was lately.
    if topic is None or topic.is_silent or trait.scale == YEARS:
        return None
    # Answers that many do not give are about what does not concern them.
    if trait.scale == RATING and share((Term(trait.feature, KNOWN),)) < NEARLY_ALL:
        return None
    kind = _kind_of(trait, topic, share)
    if kind == _MIDDLE and trait.scale != RATING:
        # Bounds say neither low nor high, but where the topic says what that is in human terms.
        kind = next((kind for kind in _kinds_of_bounds(trait) if kind in topic.within), kind)
    kind = kind if kind in topic.lines else _KINDS.get(kind, kind)
    kinds = [_ENDS[kind], kind] if trait.is_end and kind in _ENDS else [kind]
    situations = [*[f"_{situation}"] * bool(situation), *["_given"] * (trait.feature not in topic.features), ""]
    keys = (f"{level}{situation}" for situation in situations for level in kinds)
    key = next((key for key in keys if key in topic.lines), None)
    if key is None or not topic.lines[key] or not _is_within(trait, topic, kind, share=share):
        return None
    return topic.key, key


def _kind_of(trait: Trait, topic: Topic, share: Share) -> str:
    """What the trait says of the topic: the best score is that of the latest order, and long since trouble is good."""
    kind = trait.kind
    if _CHILD in topic.lines and is_age_name(trait.feature):
        return _CHILD if share((Term(trait.feature, "<", _ADULT),)) >= MAJORITY else kind
    if kind in (_CATEGORY, _OTHER_CATEGORY):
        return _kind_of_category(trait, topic)
    is_best_high = trait.scale == "score" and topic.key == "recency"
    if is_best_high or is_time_of_trouble(trait.feature, _labels(trait), topic):
        return _OPPOSITE.get(kind, kind)
    return kind


def _kind_of_category(trait: Trait, topic: Topic) -> str:
    """Yes or no as such; else the kind for which the topic lists the category; empty for one that says nothing."""
    value = str(trait.terms[0].value) if trait.terms else ""
    is_other = trait.kind == _OTHER_CATEGORY
    if (answer := answer_of(value)) is not None:
        return _OPPOSITE[answer] if is_other else answer
    if is_unknown(value):
        return ""
    if not topic.values:
        return trait.kind
    words = tokens_of(value)
    kind = next((kind for kind, listed in topic.values.items() if any(map(listed.fullmatch, words))), "")
    return trait.kind if is_other and kind == _CATEGORY else "" if is_other else kind


def _kinds_of_bounds(trait: Trait) -> set[str]:
    """Low or high where the trait is a bound on one side; empty where it has both, or none."""
    kinds = {_KINDS_OF_OPERATORS.get(term.operator, "") for term in trait.terms}
    return kinds if len(kinds) == 1 else set()


def _is_within(trait: Trait, topic: Topic, kind: str, *, share: Share) -> bool:
    """Whether most members have values for which the line is meant, in the unit of the column.

    Words for features of logs have limits of their own, but for bounds and comparisons with most customers.
    """
    has_limit = trait.feature in topic.features and not trait.is_bound and abs(trait.order or 0.0) != COMPARED
    if kind not in topic.within or has_limit or trait.scale == "score":
        return True
    unit = next((unit for name in (trait.feature, *_labels(trait)) if (unit := unit_in(name))), _NO_UNIT)
    return any(
        share((Term(trait.feature, ">=", first), Term(trait.feature, "<=", last))) >= MAJORITY
        for first, last in topic.within[kind].get(unit, ())
    )


def _line_of_missing(trait: Trait) -> Key | None:
    """Whether to ask for a missing value or to find out what it means; of health or family neither, but of a rating."""
    if trait.scale != RATING and is_sensitive(trait.feature, _labels(trait)):
        return None
    return ANY, f"{MISSING}_descriptive" if trait.is_descriptive else MISSING


def _topic_of(trait: Trait) -> Topic | None:
    """The topic of the column; of one among several ratings, that it is one, or whether they would recommend you."""
    topic = clear_topic_of(trait.feature, _labels(trait))
    if trait.scale != RATING:
        return topic
    rated = topics()["rated"]
    # What is high on a scale to 10 is beyond one to 5.
    return replace(topic, within=rated.within) if topic is not None and topic.key == _RECOMMENDING else rated


def _labels(trait: Trait) -> list[str]:
    """The label of the column by language."""
    return [trait.label.get(language, trait.feature) for language in LANGUAGES]
