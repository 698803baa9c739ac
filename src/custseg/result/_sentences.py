"""What a result says about itself in sentences, and the form of the files that it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from custseg._numerics import Integers
from custseg.feature_table import FeatureTable
from custseg.model import FitOptions, SegmentModel
from custseg.preparation import Preparation
from custseg.result._clusterings import Clustering
from custseg.rule_segments import condition_text
from custseg.snapshot import Snapshot
from custseg.texts import counted, number, plural_form, printable, shortened, text


def headline(
    sizes: Sequence[int], snapshot: Snapshot | None, phrases: Sequence[str], *, min_size: int, language: str
) -> str:
    """How many segments of how many customers, when, and by which features; `sizes` are those of the segments."""
    words = text(language, "result")
    return str(words["headline"]).format(
        segments=counted(len(sizes), words["segments"], language),
        customers=counted(sum(sizes), words["customers"], language),
        as_of=words["as_of"].format(snapshot=snapshot.text(language)) if snapshot else "",
        features=", ".join(shortened([printable(phrase) for phrase in phrases], language)),
        minimum=counted(min_size, words["customers"], language),
    )


def reason_of(
    clusterings: Sequence[Clustering], model: SegmentModel, features: FeatureTable, *, labels: Integers
) -> str:
    """Which segments are rules or stages, and why the others are what they are.

    `features` has what the columns of the rules are called, `labels` the number of the segment of each customer.
    """
    if not model.branches.items:
        return clusterings[0].choice.reason
    conditions = _conditions(model, features, model.language)
    if any(row.stage for row in clusterings):
        return _by_stages(clusterings, model, conditions)
    return _by_rules(clusterings, model, conditions, labels=labels)


def rule_texts(model: SegmentModel, features: FeatureTable, language: str) -> dict[int, str]:
    """By number of a segment the condition of its rule or stage in words."""
    texts: dict[int, str] = {}
    numbers = iter(model.numbers)
    for branch, condition in zip(model.branches.items, _conditions(model, features, language), strict=True):
        texts |= {next(numbers): condition for _ in range(branch.n_segments)}
    return texts


def _conditions(model: SegmentModel, features: FeatureTable, language: str) -> list[str]:
    """The conditions of the rules and stages in words."""
    return [condition_text(predicate, features.described, language) for predicate in model.branches.predicates]


def why(
    reason: str, options: FitOptions, preparation: Preparation, *, phrases: Mapping[str, str], language: str
) -> str:
    """The reason for the segments, which of the requested columns they are not made of, and what they are for."""
    goal, requested, words = options.goal, options.columns or (), text(language, "result")
    sentences = [str(words["why"]).format(reason=reason)]
    sentences += [
        str(words["not_used"]).format(column=printable(phrases.get(name, name)), reason=left_out.text(language))
        for name, left_out in preparation.dropped.items()
        if name in requested
    ]
    if goal is not None:
        goals = text(language, "goals")
        name = printable(goals["names"].get(goal.name, goal.name))
        outcome = goals["outcomes"][goal.outcome]
        sentences.append(goals["given"].format(goal=name, outcome=outcome, days=goal.horizon_days))
    return " ".join(sentences)


def _by_rules(
    clusterings: Sequence[Clustering], model: SegmentModel, conditions: Sequence[str], *, labels: Integers
) -> str:
    """Which segments are rules, in the order of their priority, and how the others were made."""
    language = model.language
    words = text(language, "result")
    rules = _named(model.names[: len(conditions)], conditions, language)
    form = plural_form(len(rules), words["stated"], language)
    stated = form.format(count=number(len(rules), language), rules="; ".join(rules))
    if not clusterings:
        return f"{stated} {words['nobody_left' if (labels < 0).any() else 'no_rest']}"
    [rest] = clusterings
    customers = counted(int(np.isin(labels, rest.numbers).sum()), words["customers"], language)
    if len(rest.numbers) == 1:
        return f"{stated} {words['one_rest'].format(customers=customers, name=printable(rest.names[0]))}"
    return f"{stated} {words['found'].format(customers=customers, reason=rest.choice.reason)}"


def _by_stages(clusterings: Sequence[Clustering], model: SegmentModel, conditions: Sequence[str]) -> str:
    """The stages with their conditions, the clusters inside each, and those of customers in no stage."""
    language = model.language
    words = text(language, "lifecycle")
    names = [branch.names[language] for branch in model.branches.items]
    sentences = [str(words["stages"]).format(rules="; ".join(_named(names, conditions, language)))]
    for row in clusterings:
        if row.stage and len(row.numbers) == 1:
            sentences.append(str(words["one"]).format(name=printable(row.stage)))
        else:
            sentences.append(row.said(row.choice.reason))
    return " ".join(sentences)


def _named(names: Sequence[str], conditions: Sequence[str], language: str) -> list[str]:
    """Each condition with the name of its rule or stage before it."""
    form = str(text(language, "result", "rule"))
    return [form.format(name=printable(name), when=when) for name, when in zip(names, conditions, strict=True)]
