"""A typing tool on paper: questions with boxes, then which answers give which segment; as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from custseg._display import DisplayTable, html_block
from custseg.insights.questionnaires._questions import Question
from custseg.rules import Rule
from custseg.texts import printable, table, text


def form_text(questions: Sequence[Question], rules: Sequence[Rule], *, lines: Sequence[str], language: str) -> str:
    """The form as plain text, with the sentences on its accuracy at the end."""
    words = text(language, "typing_tool", "form")
    output = [str(words["title"]), ""]
    for position, question in enumerate(questions, start=1):
        output.append(f"{position}. {printable(question.labels[language])}")
        output += [f"   [ ] {letter}  {answer}" for letter, answer in _boxes(question, language)]
        output.append("")
    output += [str(words["key"]), "", *table(_key(questions, rules, words), left=range(len(questions) + 1)), ""]
    return "\n".join([*output, *lines])


def form_html(questions: Sequence[Question], rules: Sequence[Rule], *, lines: Sequence[str], language: str) -> str:
    """The form as HTML; texts are escaped."""
    words = text(language, "typing_tool", "form")
    boxes = [
        DisplayTable(
            [str(words["box"]), str(words["answer"])],
            [[f"☐ {letter}", answer] for letter, answer in _boxes(question, language)],
            title=f"{position}. {question.labels[language]}",
        )
        for position, question in enumerate(questions, start=1)
    ]
    key = DisplayTable.of(_key(questions, rules, words), title=str(words["key"]))
    return html_block(language, lead=[str(words["title"])], tables=[*boxes, key], notes=lines)


def _boxes(question: Question, language: str) -> list[tuple[str, str]]:
    """Letters and words of all boxes of a question, that for no answer at the end."""
    no_answer = str(text(language, "typing_tool", "form", "no_answer"))
    answers = [answer.text(language) for answer in question.answers]
    return list(zip(question.all_letters, [*answers, no_answer], strict=True))


def _key(questions: Sequence[Question], rules: Sequence[Rule], words: Any) -> list[list[str]]:
    """One line per rule: the letters of each question, and the segment."""
    head = [*(str(position) for position in range(1, len(questions) + 1)), str(words["segment"])]
    lines = [
        [*(_letters(question, rule, str(words["any"])) for question in questions), printable(rule.name)]
        for rule in rules
    ]
    return [head, *lines]


def _letters(question: Question, rule: Rule, any_answer: str) -> str:
    letters = question.letters(rule)
    return any_answer if letters == question.all_letters else " ".join(letters)
