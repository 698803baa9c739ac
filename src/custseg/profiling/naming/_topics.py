"""What to do about the traits of a segment, by what each column is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from custseg._column_kinds import is_age_name, is_birth_name
from custseg.profiling.measures._terms import MISSING, Term
from custseg.profiling.naming._joined_names import joined
from custseg.profiling.naming.traits._levels import MAJORITY
from custseg.profiling.naming.traits._words import Trait, Words
from custseg.profiling.naming.traits.columns._column_topics import ANY, Topic, is_time_of_trouble, topic_of, topics
from custseg.texts import LANGUAGES, text

Share = Callable[[Sequence[Term]], float]
"""The share of the members of a segment that meet all of some terms."""
Key = tuple[str, str]
"""The topic and the kind of a line."""

_MAX_LINES = 3
# Of a topic, what to do with all steps of its column but the highest.
_STEP = "step"
# So much larger is the share of the members with a trait that is not in the name, but calls for a line.
_CLEAR = 0.5
_AWAY = {("recency", "high"), ("recency", "highest")}
# Of several steps on one side, the last one.
_ENDS = {"low": "lowest", "high": "highest"}
_KINDS = {"yes": "high", "no": "low"}
_MIDDLE = (ANY, "middle")
# Of whom nothing is asked in return for something that their name does not say.
_FAULTS = ("low", "no", MISSING)
# Most members are under this age: others decide for them.
_CHILD, _ADULT = "child", 18.0
_QUOTES = {"en": ("“", "”"), "ru": ("«", "»")}
_QUOTED = re.compile("[“«](.+)[”»]")
_OPPOSITE = {"low": "high", "high": "low"}


def trait_lines(
    traits: Sequence[Trait],
    *,
    share: Share,
    without: Collection[str] = (),
    is_away: bool = False,
    known: Sequence[Trait] = (),
    steps: Sequence[Trait] = (),
) -> dict[str, list[str]]:
    """Up to three lines of advice for the traits of a segment, by language; those of known topics before others.

    Traits with the same line share it. `share` gives the share of the members that meet some terms. `without` are
    columns of which the advice speaks already; `is_away` says that the customers have been away for long, as far as no
    other trait does; `known` is what else is true of the segment. What is in trouble there, such as a debt, comes
    first, and keeps away lines of praise; little money in one column calls for no small offer where another column of
    money is not low; and where the name says nothing of a known topic, the clearest of these that does gives the line.
    `steps` are the words of all segments where these are the steps of one column: customers are led to the next one
    where its topic says how, and a line that any column gets gives way to a sentence that this column does not say what
    to offer.
    """
    spoken = [trait for trait in traits if trait.feature not in without]
    is_away = is_away or any(_line_of(trait, share, is_away=False) in _AWAY for trait in spoken)
    not_low = {topic.key for trait in known if trait.kind in ("middle", "high") and (topic := _topic_of(trait))}
    by_line: dict[Key, list[Trait]] = {}
    for trait in [*_in_trouble(known, share, without=without), *spoken]:
        line = _line_of(trait, share, is_away=is_away)
        sharing = by_line.setdefault(line, []) if line is not None else []
        if trait.feature not in {earlier.feature for earlier in sharing}:
            sharing.append(trait)
    if "money" in not_low:
        by_line.pop(("money", "low"), None)
    if any(_is_trouble(line) for line in by_line):
        by_line = {line: sharing for line, sharing in by_line.items() if not _is_praise(line)}
    by_line = dict(sorted(by_line.items(), key=lambda item: not _is_trouble(item[0])))
    telling = [line for line in by_line if line[0] != ANY or line[1].startswith(MISSING)]
    if not telling and not steps:
        has_fault = any(trait.kind in _FAULTS for trait in traits)
        telling = _of_other_traits(by_line, known, share, without=without, is_away=is_away, may_praise=not has_fault)
    step_lines = [words for trait in traits if trait in steps and (words := _step_line(trait, steps))]
    ordered = (telling or ([] if step_lines else list(by_line)))[:_MAX_LINES]
    lines = _merged({line: by_line[line] for line in ordered})
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
        if trait.is_clear and trait.feature not in without and _is_trouble(_line_of(trait, share, is_away=False))
    ]


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
    by_line: dict[Key, list[Trait]],
    further: Sequence[Trait],
    share: Share,
    *,
    without: Collection[str],
    is_away: bool,
    may_praise: bool,
) -> list[Key]:
    """The line of a topic for the clearest trait beside the name, added to `by_line`; none for none."""
    of_logs = text("en", "features")
    for trait in sorted(further, key=lambda trait: trait.others - trait.members):
        # Of what is made from logs the plays of the segments speak.
        line = None if trait.feature in {*without, *of_logs} else _line_of(trait, share, is_away=is_away)
        if line is None or line[0] == ANY or (_is_praise(line) and not may_praise):
            continue
        if trait.members - trait.others >= _CLEAR:
            by_line[line] = [trait]
            return [line]
    return []


def _step_line(trait: Trait, steps: Sequence[Trait]) -> Words | None:
    """How to lead customers to the next step; of a column without a topic that it does not say; None for neither."""
    position, topic = steps.index(trait), _topic_of(trait)
    if topic is None:
        fields = {"position": position + 1, "total": len(steps)}
        forms = {language: str(text(language, "profiling", "steps", "unclear")) for language in LANGUAGES}
        return {code: form.format(condition=trait.condition[code], **fields) for code, form in forms.items()}
    if position == len(steps) - 1 or _STEP not in topic.lines:
        return None
    above = steps[position + 1].condition
    return {
        code: line.replace("{above}", above[code]).replace("{traits}", trait.condition[code])
        for code, line in topic.lines[_STEP].items()
    }


def _line_of(trait: Trait, share: Share, *, is_away: bool) -> Key | None:
    """The topic and kind of the line for a trait; None where the topic has nothing to say."""
    topic, kind = _topic_of(trait), trait.kind
    if topic is None or (kind == MISSING and MISSING not in topic.lines):
        return _line_of_any(trait)
    if topic.is_silent:
        return None
    if _CHILD in topic.lines and is_age_name(trait.feature):
        kind = _CHILD if share((Term(trait.feature, "<", _ADULT),)) >= MAJORITY else kind
    is_best_high = trait.scale == "score" and topic.key == "recency"  # the best score is that of the latest order
    is_born_early = topic.key == "age" and any(map(is_birth_name, [trait.feature, *_phrases(trait)]))
    if is_best_high or is_born_early or is_time_of_trouble(trait.feature, _phrases(trait), topic):
        kind = _OPPOSITE.get(kind, kind)
    kind = kind if kind in topic.lines else _KINDS.get(kind, kind)
    kinds = [_ENDS[kind], kind] if trait.is_end and kind in _ENDS else [kind]
    situations = [*["_away"] * is_away, *["_given"] * (trait.feature not in topic.features), ""]
    key = next(
        (f"{level}{situation}" for situation in situations for level in kinds if f"{level}{situation}" in topic.lines),
        None,
    )
    if key is None:
        # Nobody is asked about a figure that the library made of a log.
        return None if trait.feature in topic.features else _line_of_any(trait)
    return (topic.key, key) if topic.lines[key] else None


def _line_of_any(trait: Trait) -> Key | None:
    """What to do about any column: a middle that sets nobody apart is no reason to ask why."""
    lines, kind = topics()[ANY].lines, trait.kind
    if kind == MISSING and trait.is_descriptive:
        kind = f"{MISSING}_descriptive"
    elif kind == _MIDDLE[1] and trait.is_clear:
        kind = ANY
    kind = kind if kind in lines else ANY
    return (ANY, kind) if lines[kind] else None


def _topic_of(trait: Trait) -> Topic | None:
    """The topic of the column; of one among several ratings, that it is one."""
    return topics()["rated"] if trait.scale == "rating" else topic_of(trait.feature, _phrases(trait))


def _phrases(trait: Trait) -> list[str]:
    """The label of the column by language, with the condition."""
    return [trait.condition[language] for language in LANGUAGES]
