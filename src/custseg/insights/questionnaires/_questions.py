"""Rules as questions with boxes: the ranges between all thresholds of a column, or its categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

from custseg.feature_table import Feature
from custseg.insights.questionnaires._askable import is_computed
from custseg.rules import Condition, Rule
from custseg.texts import LANGUAGES, printable, text

NO_ANSWER = "0"
"""The letter of the box for no answer."""


@dataclass(frozen=True)
class Answer:
    """A box of a question.

    Attributes
    ----------
    letter : str
        "A", "B" and so on.
    condition : Condition
        The values that it stands for: a range, some categories, or yes or no.
    """

    letter: str
    condition: Condition

    def text(self, language: str = "en") -> str:
        """The values in words, such as "3–7" or "90 days or more"."""
        words = text(language, "typing_tool", "answers")
        if self.condition.kind == "category" and self.condition.excluded:
            return str(words["other"])
        return printable(self.condition.predicate(language, words))


@dataclass(frozen=True)
class Question:
    """A question of a typing tool.

    Attributes
    ----------
    column : str
        The column that it asks for.
    labels : mapping of str to str
        The label of the column, by language.
    answers : tuple of Answer
        The boxes; a customer without an answer has the box "0".
    accuracy_without : float or None
        Share of the held-out customers who are assigned to their segment if this question is left unanswered and the
        others are answered.
    is_computed : bool
        Whether nobody can answer, so that the value must be looked up: a score, a probability, a ratio or a smoothed
        rate.
    """

    column: str
    labels: Mapping[str, str]
    answers: tuple[Answer, ...]
    accuracy_without: float | None = None
    is_computed: bool = False

    def letters(self, rule: Rule) -> tuple[str, ...]:
        """The letters of the answers for which the rule holds; all of them where the rule does not ask."""
        conditions = [condition for condition in rule.conditions if condition.feature == self.column]
        boxes = [answer.letter for answer in self.answers if all(_meets(answer.condition, c) for c in conditions)]
        return (*boxes, *([NO_ANSWER] if all(condition.missing for condition in conditions) else []))

    @property
    def all_letters(self) -> tuple[str, ...]:
        """All boxes, that for no answer at the end."""
        return (*(answer.letter for answer in self.answers), NO_ANSWER)


def questions_of(names: Sequence[str], rules: Sequence[Rule], features: Sequence[Feature]) -> list[Question]:
    """The questions about these columns, in this order."""
    described = {feature.name: feature for feature in features}
    questions = []
    for name in names:
        conditions = [condition for rule in rules for condition in rule.conditions if condition.feature == name]
        answers = tuple(Answer(letter, box) for letter, box in zip(ascii_uppercase, _boxes(conditions), strict=False))
        labels = {language: described[name].label(language) for language in LANGUAGES}
        questions.append(Question(name, labels, answers, is_computed=is_computed(described[name])))
    return questions


def _boxes(conditions: Sequence[Condition]) -> Iterator[Condition]:
    """The values of a column, cut wherever a rule cuts them."""
    template = replace(conditions[0], low=None, high=None, categories=(), excluded=False, missing=False)
    if template.kind == "category":
        named = tuple(dict.fromkeys(value for condition in conditions for value in condition.categories))
        yield from (replace(template, categories=(value,)) for value in sorted(named))
        yield replace(template, categories=named, excluded=True)
        return
    cuts = sorted({bound for condition in conditions for bound in (condition.low, condition.high) if bound is not None})
    for low, high in zip([None, *cuts], [*cuts, None], strict=True):
        yield replace(template, low=low, high=high)


def _meets(box: Condition, condition: Condition) -> bool:
    """Whether all values of the box meet the condition, which cuts no box in two."""
    if condition.only_missing:
        return False
    if not condition.categories and condition.low is None and condition.high is None:
        return True
    if condition.kind == "category":
        is_named = not box.excluded and box.categories[0] in condition.categories
        return is_named != condition.excluded
    is_above = condition.low is None or (box.low is not None and box.low >= condition.low)
    is_below = condition.high is None or (box.high is not None and box.high <= condition.high)
    return is_above and is_below
