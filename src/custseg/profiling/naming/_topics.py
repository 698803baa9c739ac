"""What to do about the traits of a segment, by what each column is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from custseg.profiling.measures._terms import MISSING
from custseg.profiling.naming._joined_names import joined
from custseg.profiling.naming.traits._words import Trait, Words
from custseg.profiling.naming.traits.columns._column_topics import ANY, Topic, is_time_of_trouble, topic_of, topics
from custseg.texts import LANGUAGES, text

_MAX_LINES = 3
# Of a topic, what to do with all steps of its column but the highest.
_STEP = "step"
# So much larger is the share of the members with a trait that is not in the name, but calls for a line.
_CLEAR = 0.5
_AWAY = {("recency", "high"), ("recency", "highest")}
# Of several steps on one side, the last one.
_ENDS = {"low": "lowest", "high": "highest"}
_KINDS = {"yes": "high", "no": "low"}
_OPPOSITE = {"low": "high", "high": "low"}


def trait_lines(
    traits: Sequence[Trait],
    *,
    without: Collection[str] = (),
    is_away: bool = False,
    known: Sequence[Trait] = (),
    steps: Sequence[Trait] = (),
) -> dict[str, list[str]]:
    """Up to three lines of advice for the traits of a segment, by language; those of known topics before others.

    Traits with the same line share it. `without` are columns of which the advice speaks already; `is_away` says that
    the customers have been away for long, as far as no other trait does; `known` is what else is true of the segment:
    little money in one column calls for no small offer where another column of money is not low, and where the name
    says nothing of a known topic, the clearest of these that does gives the line. `steps` are the words of all segments
    where these are the steps of one column: customers are led to the next one where its topic says how, and a line that
    any column gets gives way to a sentence that this column does not say what to offer.
    """
    is_away = is_away or any(
        _line_of(trait, is_away=False) in _AWAY for trait in traits if trait.feature not in without
    )
    not_low = {topic.key for trait in known if trait.kind in ("middle", "high") and (topic := _topic_of(trait))}
    by_line: dict[tuple[str, str], list[Trait]] = {}
    for trait in traits:
        line = None if trait.feature in without else _line_of(trait, is_away=is_away)
        if line is not None and not (line[0] == "money" and trait.kind == "low" and "money" in not_low):
            by_line.setdefault(line, []).append(trait)
    telling = [line for line in by_line if line[0] != ANY or line[1] == MISSING]
    if not telling and not steps:
        telling = _of_other_traits(by_line, known, without=without, is_away=is_away)
    step_lines = [words for trait in traits if trait in steps and (words := _step_line(trait, steps))]
    ordered = (telling or ([] if step_lines else list(by_line)))[:_MAX_LINES]
    lines = _merged({line: by_line[line] for line in ordered})
    return {
        language: [
            *(form[language].replace("{traits}", joined(sharing)[language]) for form, sharing in lines),
            *(words[language] for words in step_lines),
        ]
        for language in LANGUAGES
    }


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
    by_line: dict[tuple[str, str], list[Trait]], further: Sequence[Trait], *, without: Collection[str], is_away: bool
) -> list[tuple[str, str]]:
    """The line of a known topic for the clearest trait beside the name, added to `by_line`; none for none."""
    of_logs = text("en", "features")
    for trait in sorted(further, key=lambda trait: trait.others - trait.members):
        # Of what is made from logs the plays of the segments speak.
        line = None if trait.feature in {*without, *of_logs} else _line_of(trait, is_away=is_away)
        if line is not None and line[0] != ANY and trait.members - trait.others >= _CLEAR:
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


def _line_of(trait: Trait, *, is_away: bool) -> tuple[str, str] | None:
    """The topic and kind of the line for a trait; None where the topic has nothing to say."""
    topic, kind = _topic_of(trait), trait.kind
    if topic is None:
        return ANY, kind if kind in topics()[ANY].lines else ANY
    is_best_high = trait.scale == "score" and topic.key == "recency"  # the best score is that of the latest order
    if is_best_high or is_time_of_trouble(trait.feature, _phrases(trait), topic):
        kind = _OPPOSITE.get(kind, kind)
    kind = kind if kind in topic.lines else _KINDS.get(kind, kind)
    kinds = [_ENDS[kind], kind] if trait.is_end and kind in _ENDS else [kind]
    situations = [*["_away"] * is_away, *["_given"] * (trait.feature not in topic.features), ""]
    key = next(
        (f"{one}{situation}" for situation in situations for one in kinds if f"{one}{situation}" in topic.lines), None
    )
    if key is None:
        return ANY, kind if kind in topics()[ANY].lines else ANY
    return (topic.key, key) if topic.lines[key] else None


def _topic_of(trait: Trait) -> Topic | None:
    """The topic of the column; of one among several ratings, that it is one."""
    return topics()["rated"] if trait.scale == "rating" else topic_of(trait.feature, _phrases(trait))


def _phrases(trait: Trait) -> list[str]:
    """The label of the column by language, with the condition."""
    return [trait.condition[language] for language in LANGUAGES]
